//! A schema of a description, to be walked together with a value.

use serde_json::Value;

/// The most references that are followed before a cycle is assumed.
const MAX_HOPS: usize = 32;

/// A schema with its references followed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'a> {
    root: &'a Value,
    value: &'a Value,
}

/// Returns the value that a `$ref` points to, or the value itself.
pub(crate) fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|reference| root.pointer(reference.strip_prefix('#')?));
    target.unwrap_or(value)
}

impl<'a> Schema<'a> {
    pub(crate) fn new(root: &'a Value, mut value: &'a Value) -> Self {
        for _ in 0..MAX_HOPS {
            value = match value["allOf"].get(0) {
                Some(inner) => inner,
                None => resolved(root, value),
            };
        }
        Self { root, value }
    }

    /// Returns the schema of a member, named or not, if the description has one.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let named = self.value["properties"].get(name);
        named.or_else(|| self.entries()).map(|value| Self::new(self.root, value))
    }

    pub(crate) fn items(self) -> Option<Self> {
        self.value.get("items").map(|items| Self::new(self.root, items))
    }

    /// Returns the member into which a list in place of the object is read.
    pub(crate) fn bare_list(self) -> Option<(&'a str, Self)> {
        let name = self.value["x-plex-bare-list"].as_str()?;
        Some((name, self.member(name)?))
    }

    /// Returns whether members are kept that the description does not name.
    pub(crate) fn keeps_the_unknown(self) -> bool {
        self.value.get("additionalProperties").is_some()
    }

    /// Returns whether the members are entries of a map, or anything at all.
    pub(crate) fn is_map(self) -> bool {
        self.kind() == "object" && self.value.get("properties").is_none()
    }

    /// Returns whether the description says nothing about the content.
    pub(crate) fn is_free(self) -> bool {
        self.kind().is_empty() || self.is_map() && self.entries().is_none()
    }

    pub(crate) fn is_list(self) -> bool {
        self.kind() == "array"
    }

    pub(crate) fn is_scalar(self) -> bool {
        matches!(self.kind(), "boolean" | "integer" | "number" | "string")
    }

    pub(crate) fn is_time(self) -> bool {
        self.value["format"] == "date-time" || self.value["format"] == "unix-time"
    }

    /// Returns the `type`, such as `integer`. An object may omit it.
    pub(crate) fn kind(self) -> &'a str {
        let implied = if self.value.get("properties").is_some() { "object" } else { "" };
        self.value["type"].as_str().unwrap_or(implied)
    }

    /// Returns the schema of unnamed members, unless they may be anything.
    fn entries(self) -> Option<&'a Value> {
        self.value["additionalProperties"].as_object().filter(|schema| !schema.is_empty())?;
        Some(&self.value["additionalProperties"])
    }
}
