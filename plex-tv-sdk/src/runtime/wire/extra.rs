//! Members of a reply that the description does not name.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::read::{self, Container, Found, Opening, Slot};

/// Members of a reply that the description does not name, kept so that nothing is lost.
///
/// `Debug` shows only their names, because a value may be a new token.
#[derive(Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Extra(Map<String, Value>);

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

/// As a member itself, it is an object that keeps all its members.
impl Slot for Extra {
    fn begin() -> Self {
        Self::default()
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        self.0.clear();
        found.is_blank()
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        match opening {
            Opening::Object => Container::Entries(&mut self.0),
            Opening::List => Container::Refused,
        }
    }

    fn expected(&self) -> &'static str {
        "object"
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extra")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Extra {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_values_are_not() {
        let extra: Extra = serde_json::from_str(r#"{"newToken":"CANARY"}"#).unwrap();

        assert_eq!(format!("{extra:?}"), r#"Extra{"newToken"}"#);
        assert_eq!(serde_json::to_string(&extra).unwrap(), r#"{"newToken":"CANARY"}"#);
    }
}
