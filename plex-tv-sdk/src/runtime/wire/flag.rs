//! A boolean that is 0 or 1 on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    read,
    scalar::{Scalar, scalar_slot},
};

/// A boolean that is `0` or `1` on the wire, as most query parameters of plex.tv are.
///
/// Setters take a plain `bool`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(with = "u8"))]
pub struct Flag(pub bool);

impl From<bool> for Flag {
    fn from(value: bool) -> Self {
        Self(value)
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0.into())
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

scalar_slot!(Flag);

impl Scalar for Flag {
    const EXPECTED: &'static str = "boolean";

    fn blank() -> Self {
        Self(false)
    }

    fn from_bool(value: bool) -> Option<Self> {
        bool::from_bool(value).map(Self)
    }

    fn from_integer(value: i128) -> Option<Self> {
        bool::from_integer(value).map(Self)
    }

    fn from_float(value: f64) -> Option<Self> {
        bool::from_float(value).map(Self)
    }

    fn from_text(value: &str) -> Option<Self> {
        bool::from_text(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_out_as_a_number_and_comes_in_as_anything_boolean() {
        assert_eq!(serde_json::to_string(&[Flag(true), Flag(false)]).unwrap(), "[1,0]");
        assert_eq!(
            serde_json::from_str::<Vec<Flag>>(r#"[1,"0",true]"#).unwrap(),
            [Flag(true), Flag(false), Flag(true)]
        );
    }
}
