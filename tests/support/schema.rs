//! A schema of the description, to walk along with a value.

use serde_json::Value;

use crate::description::{content, description_of, resolved};

/// A schema with its references followed.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    root: &'static Value,
    value: &'static Value,
    /// Where it is used: `xml` may stand beside the reference.
    used: &'static Value,
}

impl Schema {
    pub(crate) fn new(root: &'static Value, used: &'static Value) -> Self {
        let mut value = used;
        loop {
            let inner = match &value["allOf"][0] {
                Value::Null => resolved(root, value),
                inner => inner,
            };
            if std::ptr::eq(inner, value) {
                return Self { root, value, used };
            }
            value = inner;
        }
    }

    /// The schema of a reply's body, JSON or XML.
    pub fn of_reply(id: &str, status: u16) -> Option<Self> {
        let (kind, media) = content(id, status)?;
        let is_decoded = matches!(kind, "application/json" | "application/xml");
        is_decoded.then(|| Self::new(&description_of(id).value, &media["schema"]))
    }

    /// The schema of a success, of whatever status: they all share one.
    pub fn of_success(id: &str) -> Option<Self> {
        [200, 201].into_iter().find_map(|status| Self::of_reply(id, status))
    }

    /// The schema of a member, named or not, if the description gives it one.
    pub fn member(self, name: &str) -> Option<Self> {
        let named = self.value["properties"].get(name);
        let unnamed = self.value["additionalProperties"].as_object();
        named
            .or_else(|| unnamed.filter(|schema| !schema.is_empty()).map(|_| &self.value["additionalProperties"]))
            .map(|value| Self::new(self.root, value))
    }

    /// The names of the members.
    pub fn members(self) -> impl Iterator<Item = &'static str> {
        let properties = self.value["properties"].as_object();
        properties.into_iter().flatten().map(|(name, _)| name.as_str())
    }

    pub fn items(self) -> Option<Self> {
        self.value.get("items").map(|value| Self::new(self.root, value))
    }

    pub fn requires(self, name: &str) -> bool {
        let required = self.value["required"].as_array();
        required.is_some_and(|names| names.iter().any(|required| required == name))
    }

    /// The member that a list in place of the object stands for.
    pub fn bare_list(self) -> Option<(&'static str, Self)> {
        let name = self.value["x-plex-bare-list"].as_str()?;
        Some((name, self.member(name)?))
    }

    /// Is it the same schema, wherever it is used?
    pub fn is(self, other: Self) -> bool {
        std::ptr::eq(self.value, other.value)
    }

    /// Are members kept that the description does not name?
    pub fn keeps_the_unknown(self) -> bool {
        self.value.get("additionalProperties").is_some()
    }

    /// Does it name no member, but say what they all are?
    pub fn is_map(self) -> bool {
        self.value.get("properties").is_none() && self.value["additionalProperties"].is_object()
    }

    /// Is a row that cannot be read set aside?
    pub fn is_rows(self) -> bool {
        self.value["x-plex-rows"] == true
    }

    pub fn is_open_enum(self) -> bool {
        self.value.get("x-extensible-enum").is_some()
    }

    pub fn is_time(self) -> bool {
        self.value["format"] == "date-time" || self.value["format"] == "unix-time"
    }

    /// The name of the XML element, where the description gives one.
    pub fn element(self) -> Option<&'static str> {
        self.value["xml"]["name"].as_str()
    }

    /// Is it an XML attribute?
    pub fn is_attribute(self) -> bool {
        [self.used, self.value].iter().any(|schema| schema["xml"]["attribute"] == true)
    }

    /// The `type`, as in `integer`.
    pub fn kind(self) -> &'static str {
        self.value["type"].as_str().unwrap_or_default()
    }
}
