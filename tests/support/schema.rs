//! Schemas of the descriptions, to walk together with a value.

use serde_json::Value;

use crate::description::{content, description_of, resolved};

/// A schema with its references followed.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    root: &'static Value,
    value: &'static Value,
    /// The schema at the place of use, where `xml` may be next to the reference.
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

    /// The schema of a successful reply. All success statuses share one.
    pub fn of_success(id: &str) -> Option<Self> {
        [200, 201].into_iter().find_map(|status| Self::of_reply(id, status))
    }

    /// The schema of a member, from `properties` or `additionalProperties`.
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

    /// The member that holds the list if plex.tv sends a bare list instead of the object.
    pub fn bare_list(self) -> Option<(&'static str, Self)> {
        let name = self.value["x-plex-bare-list"].as_str()?;
        Some((name, self.member(name)?))
    }

    /// Returns whether both are the same schema, wherever they are used.
    pub fn is(self, other: Self) -> bool {
        std::ptr::eq(self.value, other.value)
    }

    /// Returns whether members that the description does not name are kept.
    pub fn keeps_the_unknown(self) -> bool {
        self.value.get("additionalProperties").is_some()
    }

    /// Returns whether it names no members but has one schema for all of them.
    pub fn is_map(self) -> bool {
        self.value.get("properties").is_none() && self.value["additionalProperties"].is_object()
    }

    /// Returns whether a row that cannot be decoded is set aside.
    pub fn is_rows(self) -> bool {
        self.value["x-plex-rows"] == true
    }

    pub fn is_open_enum(self) -> bool {
        self.value.get("x-extensible-enum").is_some()
    }

    pub fn is_time(self) -> bool {
        self.value["format"] == "date-time" || self.value["format"] == "unix-time"
    }

    /// The name of the XML element, if the description gives one.
    pub fn element(self) -> Option<&'static str> {
        self.value["xml"]["name"].as_str()
    }

    /// Returns whether it is an XML attribute.
    pub fn is_attribute(self) -> bool {
        [self.used, self.value].iter().any(|schema| schema["xml"]["attribute"] == true)
    }

    /// The `type`, as in `integer`.
    pub fn kind(self) -> &'static str {
        self.value["type"].as_str().unwrap_or_default()
    }
}
