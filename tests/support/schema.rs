//! A schema of the description, to walk along with a value.

use serde_json::Value;

use crate::description::{content, resolved};

/// A schema with its references followed.
#[derive(Clone, Copy, Debug)]
pub struct Schema(&'static Value);

impl Schema {
    pub(crate) fn new(mut value: &'static Value) -> Self {
        loop {
            let inner = match &value["allOf"][0] {
                Value::Null => resolved(value),
                inner => inner,
            };
            if std::ptr::eq(inner, value) {
                return Self(value);
            }
            value = inner;
        }
    }

    /// The schema of a reply's JSON body.
    pub fn of_reply(id: &str, status: u16) -> Option<Self> {
        let (kind, media) = content(id, status)?;
        (kind == "application/json").then(|| Self::new(&media["schema"]))
    }

    /// The schema of a member, named or not, if the description gives it one.
    pub fn member(self, name: &str) -> Option<Self> {
        let named = self.0["properties"].get(name);
        let unnamed = self.0["additionalProperties"].as_object();
        named
            .or_else(|| unnamed.filter(|schema| !schema.is_empty()).map(|_| &self.0["additionalProperties"]))
            .map(Self::new)
    }

    /// The names of the members.
    pub fn members(self) -> impl Iterator<Item = &'static str> {
        let properties = self.0["properties"].as_object();
        properties.into_iter().flatten().map(|(name, _)| name.as_str())
    }

    pub fn items(self) -> Option<Self> {
        self.0.get("items").map(Self::new)
    }

    pub fn requires(self, name: &str) -> bool {
        let required = self.0["required"].as_array();
        required.is_some_and(|names| names.iter().any(|required| required == name))
    }

    /// Are members kept that the description does not name?
    pub fn keeps_the_unknown(self) -> bool {
        self.0.get("additionalProperties").is_some()
    }

    /// Is a row that cannot be read set aside?
    pub fn is_rows(self) -> bool {
        self.0["x-plex-rows"] == true
    }

    pub fn is_open_enum(self) -> bool {
        self.0.get("x-extensible-enum").is_some()
    }

    pub fn is_time(self) -> bool {
        self.0["format"] == "date-time" || self.0["format"] == "unix-time"
    }

    /// The `type`, as in `integer`.
    pub fn kind(self) -> &'static str {
        self.0["type"].as_str().unwrap_or_default()
    }
}
