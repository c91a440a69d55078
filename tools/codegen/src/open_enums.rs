//! Open enums: one variant for each known value, and `Other` for the rest.
//!
//! plex.tv adds values without notice. A named string schema with `x-extensible-enum` becomes such an enum, so that a new
//! value is kept and goes out unchanged instead of failing the reply.

use heck::ToUpperCamelCase as _;
use quote::format_ident;
use serde_json::Value;
use syn::{Item, parse_quote};

/// A named string schema with `x-extensible-enum`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenEnum {
    /// The component's name.
    pub(crate) schema_name: String,
    /// The enum's name in Rust.
    pub(crate) rust_name: String,
    description: String,
    /// `(variant, value on the wire)`.
    variants: Vec<(String, String)>,
}

impl OpenEnum {
    /// All open enums of a description.
    pub(crate) fn all(description: &Value) -> Vec<Self> {
        let schemas = description["components"]["schemas"].as_object();
        schemas.into_iter().flatten().filter_map(|(name, schema)| Self::read(name, schema)).collect()
    }

    fn read(name: &str, schema: &Value) -> Option<Self> {
        let values = schema.get("x-extensible-enum")?.as_array()?;
        Some(Self {
            schema_name: name.to_owned(),
            rust_name: name.to_upper_camel_case(),
            description: schema["description"].as_str().unwrap_or(name).to_owned(),
            variants: values
                .iter()
                .filter_map(Value::as_str)
                .map(|value| (variant_name(value), value.to_owned()))
                .collect(),
        })
    }

    /// The enum, its two conversions to and from text, and the shared rest by macro.
    pub(crate) fn items(&self) -> [Item; 4] {
        let name = format_ident!("{}", self.rust_name);
        let description = format!(" {}", self.description.trim());
        let variants: Vec<_> = self.variants.iter().map(|(variant, _)| format_ident!("{variant}")).collect();
        let values: Vec<_> = self.variants.iter().map(|(_, value)| value).collect();
        let docs: Vec<_> = values.iter().map(|value| format!(" `{value}`")).collect();
        [
            parse_quote! {
                #[doc = #description]
                #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                #[non_exhaustive]
                pub enum #name {
                    #(#[doc = #docs] #variants,)*
                    /// A value this version does not know. It goes out as it came in.
                    Other(::std::string::String),
                }
            },
            parse_quote! {
                impl #name {
                    /// The value as it stands on the wire.
                    pub fn as_str(&self) -> &str {
                        match self {
                            #(Self::#variants => #values,)*
                            Self::Other(value) => value,
                        }
                    }
                }
            },
            parse_quote! {
                impl ::std::convert::From<&str> for #name {
                    fn from(value: &str) -> Self {
                        match value {
                            #(#values => Self::#variants,)*
                            other => Self::Other(other.to_owned()),
                        }
                    }
                }
            },
            parse_quote! { crate::open_enum::text_traits!(#name); },
        ]
    }
}

fn variant_name(value: &str) -> String {
    let name = value.to_upper_camel_case();
    match name.chars().next() {
        Some(first) if first.is_alphabetic() => {
            if name == "Other" {
                "OtherValue".to_owned()
            } else {
                name
            }
        }
        _ => format!("Value{name}"),
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_variants_named_after_them() {
        let names = ["opt_in", "pubsub-player", "4k", "other"].map(variant_name);

        assert_eq!(names, ["OptIn", "PubsubPlayer", "Value4k", "OtherValue"]);
    }

    #[test]
    fn an_enum_keeps_what_it_does_not_know() {
        let found = OpenEnum::all(&json!({ "components": { "schemas": {
            "State": { "type": "string", "x-extensible-enum": ["opt_in"], "description": "A state." },
            "Plain": { "type": "string" },
        } } }));

        let code = found[0].items().map(|item| item.into_token_stream().to_string()).join("\n");

        assert_eq!(found.len(), 1);
        assert!(code.contains("pub enum State"), "{code}");
        assert!(code.contains("\"opt_in\" => Self :: OptIn"), "{code}");
        assert!(code.contains("other => Self :: Other (other . to_owned ())"), "{code}");
    }
}
