//! A schema of a description, to walk along with a value.

use serde_json::Value;

/// References that are followed before a circle is assumed.
const MAX_HOPS: usize = 32;

/// A schema with its references followed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'a> {
    root: &'a Value,
    value: &'a Value,
}

/// What a `$ref` points to, or the value itself.
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

    /// The schema of a member, named or not, if the description gives it one.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let named = self.value["properties"].get(name);
        named.or_else(|| self.entries()).map(|value| Self::new(self.root, value))
    }

    pub(crate) fn items(self) -> Option<Self> {
        self.value.get("items").map(|items| Self::new(self.root, items))
    }

    /// The member that a list in place of the object stands for.
    pub(crate) fn bare_list(self) -> Option<(&'a str, Self)> {
        let name = self.value["x-plex-bare-list"].as_str()?;
        Some((name, self.member(name)?))
    }

    /// Are members kept that the description does not name?
    pub(crate) fn keeps_the_unknown(self) -> bool {
        self.value.get("additionalProperties").is_some()
    }

    /// The members are entries of a map, or anything at all.
    pub(crate) fn is_map(self) -> bool {
        self.kind() == "object" && self.value.get("properties").is_none()
    }

    /// Nothing is said of what is inside.
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

    /// The `type`, as in `integer`; an object may do without.
    pub(crate) fn kind(self) -> &'a str {
        let implied = if self.value.get("properties").is_some() { "object" } else { "" };
        self.value["type"].as_str().unwrap_or(implied)
    }

    /// The schema of unnamed members, unless they may be anything.
    fn entries(self) -> Option<&'a Value> {
        self.value["additionalProperties"].as_object().filter(|schema| !schema.is_empty())?;
        Some(&self.value["additionalProperties"])
    }
}
