//! What a change should do to the Rust API, derived from the two descriptions and from what the
//! recipe of `plex-tv-codegen` does.
//!
//! The items of the generated code prove it: where the two disagree, either this file or the recipe
//! is wrong.

use serde_json::Value;

use crate::{
    finding::{Finding, Place},
    rule::Rule,
};
use plex_tv_openapi::pointer::{followed, split, unescaped};

/// Whether public items of the generated code move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prediction {
    /// None does.
    Nothing,
    /// At least one does.
    Items,
    /// It depends on more than is looked at.
    Open,
}

use Prediction::{Items, Nothing, Open};

impl Prediction {
    fn when(moves: bool) -> Self {
        if moves { Items } else { Nothing }
    }
}

/// What a finding should do, where the descriptions say more than its rule.
pub(crate) fn predict(finding: &Finding, base: &Value, head: &Value) -> Prediction {
    let change = Change { finding, base, head };
    if finding.key.starts_with("/webhooks/") {
        // The generated client makes requests, and receives none.
        return Nothing;
    }
    if change.is_identity_header() {
        // The transport sends these with every call; the generated code does not know them.
        return Nothing;
    }
    match finding.rule {
        Rule::NullableAdded | Rule::NullableRemoved => change.of_nullable(),
        Rule::PropRequired | Rule::PropOptional => change.of_required(),
        Rule::TypeChanged
        | Rule::TypeWidened
        | Rule::TypeNarrowed
        | Rule::IntWidth
        | Rule::FormatAdded
        | Rule::FormatRemoved
        | Rule::FormatChanged => change.of_scalar(),
        Rule::EnumAdded | Rule::EnumRemoved | Rule::EnumOpened | Rule::EnumClosed => change.of_values(),
        // A list that is read row by row has no type of its own.
        Rule::SchemaRenamed if change.sides(0).into_iter().flatten().any(|(value, _)| value["x-plex-rows"] == true) => {
            Open
        }
        Rule::OpExtension => change.of_operation_key(),
        Rule::SchemaExtension => change.of_schema_key(),
        rule => rule.prediction(),
    }
}

struct Change<'a> {
    finding: &'a Finding,
    base: &'a Value,
    head: &'a Value,
}

impl<'a> Change<'a> {
    /// The pointer, and the value there, on either side; where one side has none, its value at the
    /// other's pointer.
    fn sides(&self, steps_up: usize) -> [Option<(&'a Value, String)>; 2] {
        let pointer = |place: &Option<Place>, other: &Option<Place>| {
            let mut pointer = place.as_ref().or(other.as_ref())?.pointer.clone();
            for _ in 0..steps_up {
                pointer = split(&pointer)?.0.to_owned();
            }
            Some(pointer)
        };
        let Finding { base, head, .. } = self.finding;
        let value = |root: &'a Value, pointer: Option<String>| {
            let pointer = pointer?;
            let value = root.pointer(&pointer)?;
            Some(followed(root, value, pointer))
        };
        [value(self.base, pointer(base, head)), value(self.head, pointer(head, base))]
    }

    fn last_step(&self) -> String {
        split(self.finding.pointer()).map(|(_, step)| unescaped(step)).unwrap_or_default()
    }

    fn is_identity_header(&self) -> bool {
        let is_one = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap_or_default();
            parameter["in"] == "header" && name.to_ascii_lowercase().starts_with("x-plex-")
        };
        self.finding.key.contains("/parameters/header:x-plex-")
            || self.finding.key.starts_with("/components/parameters/")
                && (0..4).any(|up| self.sides(up).into_iter().flatten().any(|(value, _)| is_one(value)))
    }

    /// `Option<T>` is for what may be missing too, and a list takes null for empty.
    fn of_nullable(&self) -> Prediction {
        let [Some((old, at)), Some((new, _))] = self.sides(1) else { return Open };
        if is_list(old) && is_list(new) {
            return Nothing;
        }
        let Some(name) = property_of(&at) else { return Open };
        let required = self.sides(3).map(|object| object.is_some_and(|(object, _)| requires(object, &name)));
        match required {
            [true, true] => Items,
            [false, false] => Nothing,
            _ => Open,
        }
    }

    /// `Option<T>` or `T` for a scalar. What may be null is an `Option<T>` anyway, and a list never
    /// is, but whether their type has a `Default` depends on all of its members.
    fn of_required(&self) -> Prediction {
        let place = self.finding.place().map(|place| place.pointer.as_str()).unwrap_or_default();
        let Some(name) = [self.base, self.head].into_iter().find_map(|root| root.pointer(place)?.as_str()) else {
            return Open;
        };
        let [old, new] = self.sides(2).map(|object| {
            let (object, pointer) = object?;
            object["properties"].get(name).map(|property| (property, pointer))
        });
        let (Some((old, _)), Some((new, _))) = (old, new) else { return Open };
        let target = |root: &'a Value, value: &'a Value| followed(root, value, String::new()).0;
        let may_be_null = |value: &Value| value["nullable"] == Value::Bool(true);
        match (target(self.base, old), target(self.head, new)) {
            (old, new) if is_scalar(old) && is_scalar(new) && !may_be_null(old) && !may_be_null(new) => {
                if old.get("default").or(new.get("default")).is_some() { Open } else { Items }
            }
            _ => Open,
        }
    }

    /// Another type or format. A text with limits is a type of its own, whatever its format.
    fn of_scalar(&self) -> Prediction {
        match self.sides(1) {
            [Some((old, _)), Some((new, _))] if is_scalar(old) && is_scalar(new) => {
                Prediction::when(rust_type(old) != rust_type(new))
            }
            _ => Open,
        }
    }

    fn of_values(&self) -> Prediction {
        let is_text =
            |side: &Option<(&Value, String)>| side.as_ref().is_none_or(|(value, _)| value["type"] == "string");
        let steps = if matches!(self.finding.rule, Rule::EnumAdded | Rule::EnumRemoved) { 2 } else { 1 };
        let sides = self.sides(steps);
        if sides.iter().all(is_text) && sides.iter().any(Option::is_some) { Items } else { Open }
    }

    fn of_operation_key(&self) -> Prediction {
        if self.last_step() != "x-plex-confidence" {
            return Nothing;
        }
        let is_low = self.sides(0).map(|value| value.is_some_and(|(value, _)| value == "low"));
        Prediction::when(is_low[0] != is_low[1])
    }

    fn of_schema_key(&self) -> Prediction {
        match self.last_step().as_str() {
            "x-rust-name" | "x-plex-rows" => Items,
            "x-plex-constant" | "x-plex-empty-means-all" => Open,
            "x-plex-list" => Open,
            _ => Nothing,
        }
    }
}

/// `x` of `…/properties/x`.
fn property_of(pointer: &str) -> Option<String> {
    let (above, name) = split(pointer)?;
    above.ends_with("/properties").then(|| unescaped(name))
}

fn requires(object: &Value, name: &str) -> bool {
    object["required"].as_array().is_some_and(|names| names.iter().any(|other| other == name))
}

fn is_list(schema: &Value) -> bool {
    schema["type"] == "array"
}

/// A value of a plain Rust type: no enum, no limits that make a type of their own.
fn is_scalar(schema: &Value) -> bool {
    const MORE: [&str; 9] =
        ["enum", "x-extensible-enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf", "const"];

    matches!(schema["type"].as_str(), Some("string" | "integer" | "number" | "boolean"))
        && !MORE.iter().any(|key| schema.get(key).is_some())
}

/// The Rust type of a scalar.
fn rust_type(schema: &Value) -> &str {
    let format = schema["format"].as_str().unwrap_or_default();
    match (schema["type"].as_str().unwrap_or_default(), format) {
        ("string", "password") => "Secret",
        ("string", "date-time") | ("integer", "unix-time") => "Timestamp",
        ("string", "date" | "uuid" | "ip" | "ipv4" | "ipv6") => format,
        ("string", _) => "String",
        ("integer", "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32" | "uint" | "uint64") => format,
        ("integer", _) => "i64",
        ("number", "float") => "f32",
        ("number", _) => "f64",
        (other, _) => other,
    }
}
