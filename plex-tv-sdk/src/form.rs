//! Form bodies with a repeated field, which the form encoder cannot write by itself.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

/// The fields of a form, in order, as they go out.
#[derive(Default)]
pub(crate) struct Pairs(Vec<(String, Result<Value, String>)>);

impl Pairs {
    /// A field with one value; none is left out.
    pub(crate) fn field(&mut self, name: &str, value: &impl Serialize) {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            value => self.0.push((name.to_owned(), value.map_err(|error| error.to_string()))),
        }
    }

    /// A field for each item. An empty list is the field without brackets and without a value: that clears it at plex.tv.
    pub(crate) fn list<T: Serialize>(&mut self, name: &str, items: &[T]) {
        if items.is_empty() {
            self.0.push((name.trim_end_matches("[]").to_owned(), Ok(Value::from(""))));
        }
        for item in items {
            self.field(name, item);
        }
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs: Result<Vec<_>, &String> =
            self.0.iter().map(|(name, value)| value.as_ref().map(|value| (name, value))).collect();
        serializer.collect_seq(pairs.map_err(S::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_field_an_item_and_an_empty_one_is_cleared() {
        let mut full = Pairs::default();
        full.field("kind", &Some("all"));
        full.field("none", &None::<u8>);
        full.list("urls[]", &["a", "b"]);
        let mut empty = Pairs::default();
        empty.list::<String>("urls[]", &[]);

        assert_eq!(serde_json::to_string(&full).unwrap(), r#"[["kind","all"],["urls[]","a"],["urls[]","b"]]"#);
        assert_eq!(serde_json::to_string(&empty).unwrap(), r#"[["urls",""]]"#);
    }
}
