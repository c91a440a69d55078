//! Predicts whether a change affects the Rust API, from the two descriptions and from what the
//! recipe of `plex-tv-codegen` does.
//!
//! Predictions are checked against the items of the generated code. If the two disagree, either
//! this file or the recipe is wrong.

use serde_json::Value;

use crate::{
    finding::{Finding, Place},
    rule::Rule,
};
use plex_tv_openapi::pointer::{followed, split, unescaped};

/// Whether public items of the generated code change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prediction {
    /// No item changes.
    Nothing,
    /// At least one item changes.
    Items,
    /// It depends on more than is examined here.
    Open,
}

use Prediction::{Items, Nothing, Open};

impl Prediction {
    fn when(moves: bool) -> Self {
        if moves { Items } else { Nothing }
    }
}

/// Returns the prediction for a finding. The descriptions may allow a more precise one than its
/// rule.
pub(crate) fn predict(finding: &Finding, base: &Value, head: &Value) -> Prediction {
    let change = Change { finding, base, head };
    if finding.key.starts_with("/webhooks/") {
        // The generated client sends requests and does not receive any.
        return Nothing;
    }
    if change.is_identity_header() {
        // The transport sends these with every call; they do not appear in the generated code.
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
        // A list that is read row by row has no Rust type.
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
    /// Returns the value and its pointer on each side, `steps_up` levels above the finding. A side
    /// without a place is looked up at the other side's pointer.
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

    /// An optional property is an `Option<T>` anyway, and a list reads null as empty.
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

    /// A scalar changes between `Option<T>` and `T`. A nullable value is an `Option<T>` anyway, and
    /// a list never is one, but whether the object's type has a `Default` depends on all of its
    /// members.
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

    /// Another type or format. A string with limits is a dedicated type, whatever its format.
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

/// Returns `x` of `…/properties/x`.
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

/// Returns whether a schema becomes a plain Rust type. Enums and limits make a dedicated type.
fn is_scalar(schema: &Value) -> bool {
    const MORE: [&str; 9] =
        ["enum", "x-extensible-enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf", "const"];

    matches!(schema["type"].as_str(), Some("string" | "integer" | "number" | "boolean"))
        && !MORE.iter().any(|key| schema.get(key).is_some())
}

/// Returns the Rust type of a scalar, or a word that stands for it.
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
