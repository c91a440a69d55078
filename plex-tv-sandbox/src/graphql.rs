//! GraphQL: parses queries, and selects the requested fields of a value.

use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql_parser::{Positioned, parse_query};
use async_graphql_value::ConstValue;
use serde_json::{Map, Value, json};

/// Why a query is refused. All refusals are sent with status 200.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    code: String,
    message: String,
}

impl Refusal {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new("GRAPHQL_VALIDATION_FAILED", message)
    }

    pub(crate) fn to_value(&self) -> Value {
        json!({"errors": [{"message": self.message, "extensions": {"code": self.code}}], "data": null})
    }
}

/// A parsed query with its variables.
#[derive(Debug)]
pub(crate) struct Query {
    operation: OperationDefinition,
    variables: Map<String, Value>,
}

/// A field that a query asks for.
pub(crate) struct Asked<'a> {
    pub(crate) name: &'a str,
    /// The name of the field in the reply.
    pub(crate) alias: &'a str,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) selection: &'a SelectionSet,
}

impl Query {
    /// Reads `{"query": "…", "variables": {…}, "operationName": "…"}`.
    pub(crate) fn read(body: &Value) -> Result<Self, Refusal> {
        let text = body["query"].as_str().ok_or_else(|| Refusal::new("BAD_REQUEST", "Must provide query string."))?;
        let document = parse_query(text).map_err(|error| Refusal::new("GRAPHQL_PARSE_FAILED", error.to_string()))?;
        let operation = operation(document, body["operationName"].as_str())?;
        if operation.ty != OperationType::Query {
            return Err(Refusal::invalid("The sandbox serves queries only."));
        }
        let mut variables = body["variables"].as_object().cloned().unwrap_or_default();
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            let name = definition.name.node.as_str();
            if let Some(default) = &definition.default_value {
                let default = default.node.clone().into_json().unwrap_or_default();
                variables.entry(name).or_insert(default);
            }
            if !definition.var_type.node.nullable && variables.get(name).is_none_or(Value::is_null) {
                let of = &definition.var_type.node;
                let message = format!("Variable \"${name}\" of required type \"{of}\" was not provided.");
                return Err(Refusal::new("BAD_USER_INPUT", message));
            }
        }
        Ok(Self { operation, variables })
    }

    pub(crate) fn selection(&self) -> &SelectionSet {
        &self.operation.selection_set.node
    }

    /// The fields of a selection for a value of this type, with those of its fragments.
    pub(crate) fn fields<'a>(&self, selection: &'a SelectionSet, of: &str) -> Result<Vec<Asked<'a>>, Refusal> {
        let mut fields = Vec::new();
        for selection in &selection.items {
            match &selection.node {
                Selection::Field(field) => fields.push(self.asked(&field.node)?),
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let condition = fragment.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    if condition.is_none_or(|condition| condition == of) {
                        fields.extend(self.fields(&fragment.selection_set.node, of)?);
                    }
                }
                Selection::FragmentSpread(_) => {
                    return Err(Refusal::invalid("The sandbox does not support named fragments."));
                }
            }
        }
        Ok(fields)
    }

    fn asked<'a>(&self, field: &'a Field) -> Result<Asked<'a>, Refusal> {
        let mut arguments = Map::new();
        for (name, value) in &field.arguments {
            let value = value.node.clone().into_const_with(|variable| {
                let value = self.variables.get(variable.as_str()).cloned();
                let known = self.operation.variable_definitions.iter().any(|known| known.node.name.node == variable);
                let unknown = || Refusal::invalid(format!("Variable \"${variable}\" is not defined."));
                let value = if known { value.unwrap_or_default() } else { return Err(unknown()) };
                ConstValue::from_json(value).map_err(|_| unknown())
            })?;
            arguments.insert(name.node.to_string(), value.into_json().unwrap_or_default());
        }
        let alias = field.alias.as_ref().unwrap_or(&field.name).node.as_str();
        Ok(Asked { name: field.name.node.as_str(), alias, arguments, selection: &field.selection_set.node })
    }

    /// Returns a value with only the selected fields. Its objects must have all members of their
    /// type, and the type as `__typename`.
    pub(crate) fn cut(&self, value: &Value, selection: &SelectionSet) -> Result<Value, Refusal> {
        match value {
            Value::Array(items) => items.iter().map(|item| self.cut(item, selection)).collect(),
            Value::Object(members) => {
                let of = members.get("__typename").and_then(Value::as_str).unwrap_or_default();
                if selection.items.is_empty() {
                    return Err(Refusal::invalid(format!(
                        "A value of type \"{of}\" must have a selection of subfields."
                    )));
                }
                let mut found = Map::new();
                for field in self.fields(selection, of)? {
                    let value = members.get(field.name).ok_or_else(|| unknown_field(field.name, of))?;
                    found.insert(String::from(field.alias), self.cut(value, field.selection)?);
                }
                Ok(Value::Object(found))
            }
            scalar if selection.items.is_empty() || scalar.is_null() => Ok(scalar.clone()),
            _ => Err(Refusal::invalid("A scalar has no subfields.")),
        }
    }
}

pub(crate) fn unknown_field(name: &str, of: &str) -> Refusal {
    Refusal::invalid(format!("Cannot query field \"{name}\" on type \"{of}\"."))
}

/// Returns the operation to run.
fn operation(document: ExecutableDocument, name: Option<&str>) -> Result<OperationDefinition, Refusal> {
    let unknown = || Refusal::new("BAD_REQUEST", "Unknown operation.");
    let operation: Positioned<OperationDefinition> = match document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(mut operations) => match name {
            Some(name) => operations.remove(name).ok_or_else(unknown)?,
            None if operations.len() == 1 => {
                operations.drain().map(|(_, operation)| operation).next().ok_or_else(unknown)?
            }
            None => return Err(unknown()),
        },
    };
    Ok(operation.node)
}
