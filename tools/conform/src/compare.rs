//! Compares what plex.tv sent with what a generated type encodes.

use std::fmt;

use plex_tv_sdk::Timestamp;
use serde_json::Value;

use crate::schema::Schema;

/// What happened to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The description names it or keeps unknown members, but it is missing from the output.
    Missing,
    /// The description names it or keeps unknown members, but its value is different in the output.
    Changed,
    /// The description does not name it, and it is dropped.
    Dropped,
    /// The description does not name it, and it is kept with the extra members.
    Extra,
}

impl Fate {
    pub(crate) fn is_loss(self) -> bool {
        matches!(self, Self::Missing | Self::Changed)
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
            Self::Extra => "kept as extra",
        })
    }
}

/// A field that differs from the description. It counts once for all rows of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) fate: Fate,
    /// The path without the indices, as in `[].connections[].port`.
    pub(crate) path: String,
    /// The path of the first occurrence.
    pub(crate) first: String,
    pub(crate) times: usize,
    /// The kind of the first value, as in `text`. Never the value.
    pub(crate) kind: &'static str,
}

/// Compares two values by the description. Documented normalisations are not a loss. Null members
/// and empty lists may vanish, and so may an empty text that is not a value. Times become RFC 3339,
/// and scalars become the type in the description.
pub(crate) fn compare(sent: &Value, back: &Value, schema: Schema<'_>) -> Vec<Field> {
    let mut comparison = Comparison { fields: Vec::new() };
    comparison.value(sent, Some(back), schema, &Place::default());
    comparison.fields
}

/// The path of a value, with indices and without.
#[derive(Clone, Debug, Default)]
struct Place {
    exact: String,
    path: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let is_plain = |each: char| each.is_alphanumeric() || "_-$".contains(each);
        let step = match (name.is_empty() || !name.chars().all(is_plain), self.exact.is_empty()) {
            (true, _) => format!("[{}]", Value::from(name)),
            (false, true) => name.to_owned(),
            (false, false) => format!(".{name}"),
        };
        Self { exact: format!("{}{step}", self.exact), path: format!("{}{step}", self.path) }
    }

    fn item(&self, index: usize) -> Self {
        Self { exact: format!("{}[{index}]", self.exact), path: format!("{}[]", self.path) }
    }
}

struct Comparison {
    fields: Vec<Field>,
}

impl Comparison {
    fn value(&mut self, sent: &Value, back: Option<&Value>, schema: Schema<'_>, place: &Place) {
        let back = back.filter(|back| !back.is_null());
        if let (Value::Array(_), Some(Value::Object(members)), Some((name, list))) = (sent, back, schema.bare_list()) {
            return self.value(sent, members.get(name), list, place);
        }
        match (sent, back) {
            _ if schema.is_list() => self.list(sent, back, schema, place),
            (Value::Object(members), _) if schema.is_scalar() => self.element(members, back, schema, place),
            (Value::Object(members), Some(Value::Object(back))) if !schema.is_free() => {
                for (name, sent) in members {
                    self.member(sent, back.get(name), schema.member(name), schema, &place.member(name));
                }
            }
            _ if !is_kept(sent, back, schema) => self.lose(sent, back, place),
            _ => {}
        }
    }

    fn member(
        &mut self,
        sent: &Value,
        back: Option<&Value>,
        schema: Option<Schema<'_>>,
        owner: Schema<'_>,
        place: &Place,
    ) {
        match schema {
            Some(schema) => self.value(sent, back, schema, place),
            None if !owner.keeps_the_unknown() => self.note(Fate::Dropped, sent, place),
            None if back == Some(sent) => self.note(Fate::Extra, sent, place),
            None if sent.is_null() => self.note(Fate::Dropped, sent, place),
            None => self.lose(sent, back, place),
        }
    }

    /// Compares a list. XML has no lists: one child is an object, and no child is a missing member
    /// or empty text. Nulls in a list are ignored.
    fn list(&mut self, sent: &Value, back: Option<&Value>, schema: Schema<'_>, place: &Place) {
        let rows = match sent {
            Value::Array(items) => items.as_slice(),
            Value::String(text) if text.trim().is_empty() => &[],
            one => std::slice::from_ref(one),
        };
        let rows: Vec<_> = rows.iter().enumerate().filter(|(_, row)| !row.is_null()).collect();
        let read = match back {
            None => &[],
            Some(Value::Array(items)) => items.as_slice(),
            Some(_) => return self.lose(sent, back, place),
        };
        if rows.len() != read.len() {
            return self.lose(sent, back.filter(|_| !read.is_empty()), place);
        }
        for ((index, row), back) in rows.into_iter().zip(read) {
            match schema.items() {
                Some(items) => self.value(row, Some(back), items, &place.item(index)),
                None if row != back => self.lose(row, Some(back), &place.item(index)),
                None => {}
            }
        }
    }

    /// Compares an XML element that has its value as text. Attributes give its type and say whether
    /// it is empty.
    fn element(
        &mut self,
        members: &serde_json::Map<String, Value>,
        back: Option<&Value>,
        schema: Schema<'_>,
        place: &Place,
    ) {
        for (name, sent) in members.iter().filter(|(name, _)| !matches!(name.as_str(), "$text" | "nil" | "type")) {
            self.note(Fate::Dropped, sent, &place.member(name));
        }
        let text = members.get("$text").unwrap_or(&Value::Null);
        let is_empty_text = text.is_null() && back == Some(&Value::from(""));
        if !is_empty_text && !is_kept(text, back, schema) {
            self.lose(text, back, place);
        }
    }

    fn lose(&mut self, sent: &Value, back: Option<&Value>, place: &Place) {
        self.note(if back.is_some() { Fate::Changed } else { Fate::Missing }, sent, place);
    }

    fn note(&mut self, fate: Fate, sent: &Value, place: &Place) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.fate == fate && field.path == place.path) {
            field.times += 1;
            return;
        }
        let Place { exact, path } = place.clone();
        self.fields.push(Field { fate, path, first: exact, times: 1, kind: kind_of(sent) });
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

fn is_kept(sent: &Value, back: Option<&Value>, schema: Schema<'_>) -> bool {
    let is_empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    match (sent, back) {
        (Value::Null, back) => back.is_none_or(is_empty),
        (Value::Object(members), None) => members.is_empty() && schema.is_map(),
        (Value::String(text), None) => text.trim().is_empty() && (schema.kind() != "string" || schema.is_time()),
        (_, None) => is_empty(sent),
        (_, Some(back)) => is_same(sent, back, schema),
    }
}

fn is_same(sent: &Value, back: &Value, schema: Schema<'_>) -> bool {
    fn both<T: PartialEq>(sent: &Value, back: &Value, read: fn(&Value) -> Option<T>) -> bool {
        read(sent).is_some_and(|sent| Some(sent) == read(back))
    }
    match schema.kind() {
        _ if schema.is_time() => both(sent, back, instant),
        "boolean" => both(sent, back, truth),
        "integer" => both(sent, back, whole),
        "number" => is_close(sent, back),
        "string" => both(sent, back, text) || sent.is_f64() && is_close(sent, back),
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

fn truth(value: &Value) -> Option<bool> {
    match text(value)?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "1.0" => Some(true),
        "false" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i128> {
    let text = text(value)?;
    let text = text.trim();
    let of_words = || value.as_bool().map(i128::from);
    let of_float = || text.parse::<f64>().ok().filter(|number| number.fract() == 0.0).map(|number| number as i128);
    text.parse().ok().or_else(of_words).or_else(of_float)
}

/// Numbers are read as floats, some with single precision.
fn is_close(sent: &Value, back: &Value) -> bool {
    let number = |value| text(value).and_then(|text| text.trim().parse::<f64>().ok());
    match (number(sent), number(back)) {
        (Some(sent), Some(back)) => (sent - back).abs() <= sent.abs() * 1e-6,
        _ => false,
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    let text = text(value)?;
    let text = text.trim();
    let of_seconds = || i64::try_from(whole(value)?).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    text.parse().ok().or_else(|| text.replace(" UTC", "Z").parse().ok()).or_else(of_seconds)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(schema: &Value, sent: &Value, back: &Value) -> Vec<String> {
        compare(sent, back, Schema::new(schema, schema))
            .iter()
            .map(|field| format!("{} {} {} {} x{}", field.fate, field.kind, field.path, field.first, field.times))
            .collect()
    }

    fn object(properties: Value) -> Value {
        json!({ "type": "object", "properties": properties })
    }

    #[test]
    fn normalisations_are_not_a_loss() {
        let schema = object(json!({
            "id": { "type": "string" }, "port": { "type": "integer" }, "owned": { "type": "boolean" },
            "at": { "type": "string", "format": "date-time" }, "seen": { "type": "integer", "format": "unix-time" },
            "rate": { "type": "number", "format": "float" }, "list": { "type": "array", "items": { "type": "string" } },
            "map": { "type": "object", "additionalProperties": { "type": "integer" } },
            "free": { "type": "object", "additionalProperties": {} },
            "User": { "type": "array", "items": { "type": "object", "properties": { "id": { "type": "integer" } } } },
        }));
        let cases = [
            (json!({ "id": 7 }), json!({ "id": "7" })),
            (json!({ "id": 1.5 }), json!({ "id": "1.5" })),
            (json!({ "id": true }), json!({ "id": "true" })),
            (json!({ "id": { "type": "integer", "$text": "7" } }), json!({ "id": "7" })),
            (json!({ "port": "32400" }), json!({ "port": 32400 })),
            (json!({ "port": 32400.0 }), json!({ "port": 32400 })),
            (json!({ "port": true }), json!({ "port": 1 })),
            (json!({ "port": "" }), json!({})),
            (json!({ "port": { "nil": "true", "type": "integer" } }), json!({ "port": null })),
            (json!({ "owned": "1" }), json!({ "owned": true })),
            (json!({ "owned": "False" }), json!({ "owned": false })),
            (json!({ "at": "2023-03-24 00:00:00 UTC" }), json!({ "at": "2023-03-24T00:00:00Z" })),
            (json!({ "at": "2023-03-24T01:00:00+01:00" }), json!({ "at": "2023-03-24T00:00:00Z" })),
            (json!({ "seen": "1679616000" }), json!({ "seen": "2023-03-24T00:00:00Z" })),
            (json!({ "seen": " " }), json!({})),
            (json!({ "rate": "1.1" }), json!({ "rate": 1.100_000_023_841_858 })),
            (json!({ "list": null }), json!({})),
            (json!({ "list": [] }), json!({})),
            (json!({ "list": ["a", null, 1] }), json!({ "list": ["a", "1"] })),
            (json!({ "map": { "a": null } }), json!({ "map": {} })),
            (json!({ "map": {} }), json!({})),
            (json!({ "free": { "a": [1, { "b": null }] } }), json!({ "free": { "a": [1, { "b": null }] } })),
            (json!({ "User": { "id": "7" } }), json!({ "User": [{ "id": 7 }] })),
            (json!({ "User": "" }), json!({ "User": [] })),
        ];

        for (sent, back) in cases {
            assert_eq!(fields(&schema, &sent, &back), Vec::<String>::new(), "{sent}");
        }
    }

    #[test]
    fn a_value_that_is_missing_or_different_in_the_output_is_lost() {
        let schema = object(json!({
            "id": { "type": "string" }, "port": { "type": "integer" }, "big": { "type": "integer" },
            "at": { "type": "string", "format": "date-time" }, "list": { "type": "array", "items": { "type": "string" } },
            "free": { "type": "object", "additionalProperties": {} },
        }));
        let cases = [
            (json!({ "id": "" }), json!({}), "missing text id id x1"),
            (json!({ "id": "a" }), json!({ "id": "b" }), "changed text id id x1"),
            (json!({ "id": null }), json!({ "id": "null" }), "changed null id id x1"),
            (json!({ "port": 0 }), json!({}), "missing number port port x1"),
            (
                json!({ "big": 9_007_199_254_740_993_i64 }),
                json!({ "big": 9_007_199_254_740_992_i64 }),
                "changed number big big x1",
            ),
            (json!({ "at": 7 }), json!({ "at": "1970-01-01T00:00:08Z" }), "changed number at at x1"),
            (json!({ "list": ["a", "b"] }), json!({ "list": ["a"] }), "changed list list list x1"),
            (json!({ "list": ["a"] }), json!({}), "missing list list list x1"),
            (json!({ "free": { "a": 1 } }), json!({ "free": { "a": 2 } }), "changed object free free x1"),
        ];

        for (sent, back, wanted) in cases {
            assert_eq!(fields(&schema, &sent, &back), [wanted], "{sent}");
        }
    }

    #[test]
    fn unknown_members_are_dropped_or_kept_and_count_once_for_all_rows() {
        let row = |extra: Value| {
            let mut row = object(json!({ "id": { "type": "integer" } }));
            row.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            json!({ "type": "array", "items": row })
        };
        let sent = json!([{ "id": 1 }, { "id": 2, "new": "a", "a b": 1 }, { "id": 3, "new": "c" }]);

        let dropped = fields(&row(json!({})), &sent, &json!([{ "id": 1 }, { "id": 2 }, { "id": 3 }]));
        let kept = fields(&row(json!({ "additionalProperties": {} })), &sent, &sent);
        let lost = fields(
            &row(json!({ "additionalProperties": {} })),
            &sent,
            &json!([{ "id": 1 }, { "id": 2, "a b": 1 }, { "id": 3, "new": "d" }]),
        );

        let sorted = |mut list: Vec<String>| {
            list.sort();
            list
        };
        assert_eq!(sorted(dropped), [r#"dropped number []["a b"] [1]["a b"] x1"#, "dropped text [].new [1].new x2"]);
        assert_eq!(
            sorted(kept),
            [r#"kept as extra number []["a b"] [1]["a b"] x1"#, "kept as extra text [].new [1].new x2"]
        );
        assert_eq!(
            sorted(lost),
            [
                "changed text [].new [2].new x1",
                r#"kept as extra number []["a b"] [1]["a b"] x1"#,
                "missing text [].new [1].new x1"
            ]
        );
    }

    #[test]
    fn a_cycle_of_references_ends() {
        let root = json!({ "a": { "$ref": "#/b" }, "b": { "allOf": [{ "$ref": "#/a" }] } });

        assert!(compare(&json!({ "x": 1 }), &json!({ "x": 1 }), Schema::new(&root, &root["a"])).is_empty());
    }
}
