//! The implementations that all open enums share.

/// Implements an open enum, given its variants and their values on the wire.
macro_rules! open_enum {
    ($name:ident { $($variant:ident: $value:literal),* $(,)? }) => {
        impl $name {
            /// The value as it is sent on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(Self::from(value))
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
            const EXPECTED: &'static str = "text";
            const EMPTY_IS_A_VALUE: bool = true;

            fn blank() -> Self {
                Self::Other(::std::string::String::new())
            }

            fn from_bool(value: bool) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self::from(value.to_string()))
            }

            fn from_integer(value: i128) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self::from(value.to_string()))
            }

            fn from_float(value: f64) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self::from(value.to_string()))
            }

            fn from_text(value: &str) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self::from(value))
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
                ::schemars::json_schema!({ "type": "string" })
            }
        }
    };
}

pub(crate) use open_enum;
