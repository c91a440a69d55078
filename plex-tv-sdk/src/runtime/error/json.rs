//! Reads JSON of any size and keeps only its beginning.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads JSON and keeps at most `most` of its values. The rest is parsed without being kept, so
/// that broken JSON is noticed. Control characters in texts are read as spaces.
pub(super) fn beginning(text: &str, most: usize) -> Option<Value> {
    let read = |text: &str| {
        let left = Cell::new(most);
        let mut reader = serde_json::Deserializer::from_str(text);
        let value = Beginning { left: &left }.deserialize(&mut reader).ok()?;
        reader.end().ok().map(|()| value)
    };
    read(text).or_else(|| text.starts_with(['{', '[', '"']).then(|| read(&text.replace(char::is_control, " ")))?)
}

/// Reads an object and keeps at most `most` values of one of its members. The other members are
/// parsed without taking memory. Returns `None` if the text is not an object or does not have the
/// member. Control characters in texts are read as spaces.
pub(super) fn member(text: &str, name: &str, most: usize) -> Option<Value> {
    let read = |text: &str| {
        let mut reader = serde_json::Deserializer::from_str(text);
        let value = reader.deserialize_map(Member { name, most }).ok()?;
        reader.end().ok().map(|()| value)
    };
    read(text).or_else(|| read(&text.replace(char::is_control, " "))).flatten()
}

struct Member<'a> {
    name: &'a str,
    most: usize,
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<Value>, A::Error> {
        let mut found = None;
        while let Some(name) = object.next_key::<Cow<'de, str>>()? {
            if name == self.name {
                let left = Cell::new(self.most);
                found = Some(object.next_value_seed(Beginning { left: &left })?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[derive(Clone, Copy)]
struct Beginning<'a> {
    /// How many values may still be kept.
    left: &'a Cell<usize>,
}

impl Beginning<'_> {
    fn has_room(self) -> bool {
        self.left.get() > 0
    }

    fn count_one(self) {
        self.left.set(self.left.get().saturating_sub(1));
    }
}

impl<'de> DeserializeSeed<'de> for Beginning<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.count_one();
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Beginning<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while self.has_room() {
            let Some(item) = list.next_element_seed(self)? else { return Ok(items.into()) };
            items.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while self.has_room() {
            let Some(name) = object.next_key::<String>()? else { return Ok(members.into()) };
            members.insert(name, object.next_value_seed(self)?);
        }
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_up_to_the_limit_are_kept_and_the_rest_is_dropped() {
        let text = r#"{"a":[1,2,{"b":null},"c"],"d":true}"#;

        assert_eq!(beginning(text, 99), Some(json!({ "a": [1, 2, { "b": null }, "c"], "d": true })));
        assert_eq!(beginning(text, 5), Some(json!({ "a": [1, 2, {}] })));
        assert_eq!(beginning(text, 1), Some(json!({})));
        assert_eq!(beginning("[1e400]", 9), None);
        assert_eq!(beginning("[1] 2", 9), None);
    }

    #[test]
    fn however_much_there_is_no_more_than_the_limit_is_kept() {
        for size in [1_000, 10_000, 100_000] {
            for item in ["0,", "[],", "{},", r#"{"a":[{}]},"#] {
                let text = format!("[{}0]", item.repeat(size));

                let kept = beginning(&text, 100).unwrap().to_string();

                assert!(kept.len() <= 1_000, "{size} of {item}: {}", kept.len());
            }
        }
    }

    #[test]
    fn one_member_is_kept_wherever_it_is() {
        let many = format!("[{}0]", "{},".repeat(10_000));
        for text in [
            format!(r#"{{"errors":[1,2,3],"data":{many}}}"#),
            format!(r#"{{"data":{many},"errors":[1,2,3]}}"#),
            r#"{"err\u006frs":[1,2,3]}"#.to_owned(),
        ] {
            assert_eq!(member(&text, "errors", 9), Some(json!([1, 2, 3])), "{text}");
            assert_eq!(member(&text, "errors", 3), Some(json!([1, 2])), "{text}");
        }
        for text in ["", "[]", "{", "{}", r#"{"a":{"errors":1}}"#, r#"{"errors":1} 2"#, r#"{"errors":1,"#] {
            assert_eq!(member(text, "errors", 9), None, "{text}");
        }
        assert_eq!(member("{\"a\":\"\u{1}\",\"errors\":1}", "errors", 9), Some(json!(1)));
    }

    #[test]
    fn control_characters_in_texts_are_spaces() {
        assert_eq!(beginning("{\"a\":\n\"b\u{1}c\nd\"}", 9), Some(json!({ "a": "b c d" })));
    }
}
