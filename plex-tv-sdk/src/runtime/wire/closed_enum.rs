//! The implementations that all closed enums share.

/// Implements a closed enum, given its variants and their values on the wire. No description needs
/// one at the moment.
#[allow(unused_macros)]
macro_rules! closed_enum {
    ($name:ident { $first:ident: $first_value:literal $(, $variant:ident: $value:literal)* $(,)? }) => {
        impl $name {
            /// The value as it is sent on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_value,
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::wire::read::deserialize(deserializer)
            }
        }

        impl $crate::runtime::wire::Scalar for $name {
            const EXPECTED: &'static str = "a known word";

            fn blank() -> Self {
                Self::$first
            }

            fn from_bool(_: bool) -> ::std::option::Option<Self> {
                None
            }

            fn from_integer(_: i128) -> ::std::option::Option<Self> {
                None
            }

            fn from_float(_: f64) -> ::std::option::Option<Self> {
                None
            }

            fn from_text(value: &str) -> ::std::option::Option<Self> {
                match value {
                    $first_value => Some(Self::$first),
                    $($value => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        $crate::runtime::wire::scalar::scalar_slot!($name);

        impl $crate::runtime::wire::Written for $name {
            fn write(&self, each: &mut dyn FnMut(&str)) {
                each(self.as_str());
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "enum": [$first_value $(, $value)*] })
            }
        }
    };
}

#[allow(unused_imports)]
pub(crate) use closed_enum;

#[cfg(test)]
#[allow(unreachable_pub, reason = "generated enums are public")]
mod tests {
    /// A side.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Side {
        Left,
        Right,
    }

    closed_enum!(Side { Left: "left", Right: "right" });

    #[test]
    fn known_words_round_trip_and_others_are_refused() {
        assert_eq!(serde_json::to_string(&[Side::Left, Side::Right]).unwrap(), r#"["left","right"]"#);
        assert_eq!(serde_json::from_str::<Side>("\"right\"").unwrap(), Side::Right);
        assert!(serde_json::from_str::<Side>("\"middle\"").is_err());
        assert_eq!(Side::Right.to_string(), "right");
    }
}
