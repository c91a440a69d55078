//! Compares a reply of plex.tv with the same reply after a round trip through its generated type.

use plex_tv_sdk::Timestamp;
use serde_json::Value;

use crate::Schema;

/// The members of a reply that need a closer look. Each entry is a JSON path.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Lost or changed, although the description names the member or keeps unknown ones.
    pub lost: Vec<String>,
    /// Dropped, because the description does not name the member.
    pub unknown: Vec<String>,
    /// Kept among the extra members, because the description does not name the member.
    pub extra: Vec<String>,
}

/// Compares two values under their schema. Documented normalisations do not count as a loss: null
/// members, empty lists and maps, and empty strings in place of another type may disappear. Times
/// become RFC 3339, and scalars become the type that the description gives them.
pub fn compare(sent: &Value, back: &Value, schema: Schema) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.value(sent, Some(back), schema, String::new());
    comparison
}

impl Comparison {
    fn value(&mut self, sent: &Value, back: Option<&Value>, schema: Schema, path: String) {
        if let (Value::Array(_), Some(Value::Object(members)), Some((name, list))) = (sent, back, schema.bare_list()) {
            return self.value(sent, members.get(name), list, path);
        }
        match (sent, back) {
            (Value::Object(sent), Some(Value::Object(back))) => {
                for (name, sent) in sent {
                    let path = format!("{path}.{name}");
                    match schema.member(name) {
                        Some(schema) => self.value(sent, back.get(name), schema, path),
                        None if !schema.keeps_the_unknown() => self.unknown.push(path),
                        None if back.get(name) == Some(sent) => self.extra.push(path),
                        None => self.lost.push(path),
                    }
                }
            }
            (Value::Array(sent), Some(Value::Array(back))) if sent.len() == back.len() => {
                let items = schema.items().expect("the schema of a list should have `items`");
                for (index, (sent, back)) in sent.iter().zip(back).enumerate() {
                    self.value(sent, Some(back), items, format!("{path}[{index}]"));
                }
            }
            _ if !is_kept(sent, back, schema) => self.lost.push(path),
            _ => {}
        }
    }
}

fn is_kept(sent: &Value, back: Option<&Value>, schema: Schema) -> bool {
    // A request keeps its null where null has a meaning.
    let Some(back) = back.filter(|back| !(sent.is_null() && back.is_null())) else {
        return match sent {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(entries) => schema.is_map() && entries.values().all(Value::is_null),
            Value::String(text) => text.is_empty() && (schema.kind() != "string" || schema.is_time()),
            _ => false,
        };
    };
    let same = |read: fn(&Value) -> Option<String>| read(sent).is_some() && read(sent) == read(back);
    match schema.kind() {
        _ if schema.is_time() => same(instant),
        "boolean" => same(truth),
        "number" => same(number),
        "string" | "integer" => same(text),
        _ => sent == back,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<String> {
    let number: f64 = text(value)?.parse().ok()?;
    Some(number.to_string())
}

fn truth(value: &Value) -> Option<String> {
    text(value).map(|text| match text.as_str() {
        "1" => "true".to_owned(),
        "0" => "false".to_owned(),
        _ => text,
    })
}

fn instant(value: &Value) -> Option<String> {
    let text = text(value)?;
    let seconds = text.parse().ok().map(Timestamp::from_second);
    let time = seconds.unwrap_or_else(|| text.replace(" UTC", "Z").parse());
    time.ok().map(|time| time.to_string())
}
