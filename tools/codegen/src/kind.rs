//! The types of values, as progenitor chose them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{GenericArgument, Ident, PathArguments, Type};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Bool,
    /// With the name of its Rust type.
    Number(String),
    Time,
    Flag,
    /// An object whose members are all kept as they are.
    Extra,
    Json,
    /// A type of the module `types`.
    Named(String),
    Boxed(Box<Kind>),
    Option(Box<Kind>),
    /// A member of a request that may be null.
    Nullable(Box<Kind>),
    List(Box<Kind>),
    Rows(Box<Kind>),
    Map(Box<Kind>),
    /// The reply has no body.
    Nothing,
    Bytes,
}

impl Kind {
    /// Reads a type that progenitor wrote.
    pub(crate) fn read(written: &Type) -> Result<Self, String> {
        match written {
            Type::Reference(reference) => Self::read(&reference.elem),
            Type::Tuple(tuple) if tuple.elems.is_empty() => Ok(Self::Nothing),
            Type::Path(path) => {
                let last = path.path.segments.last().ok_or("a type without a name")?;
                let name = last.ident.to_string();
                let inner = || {
                    let inner = arguments(&last.arguments).pop();
                    inner.ok_or_else(|| format!("`{name}` has no type argument")).and_then(Self::read).map(Box::new)
                };
                Ok(match name.as_str() {
                    "str" | "String" => Self::Text,
                    "Secret" => Self::Secret,
                    "bool" => Self::Bool,
                    "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" => Self::Number(name),
                    "Timestamp" => Self::Time,
                    "Flag" => Self::Flag,
                    "Value" => Self::Json,
                    "Map" => Self::Extra,
                    "ByteStream" => Self::Bytes,
                    "Box" => Self::Boxed(inner()?),
                    "Option" => match *inner()? {
                        // A missing list of rows is empty, like any other list.
                        rows @ Self::Rows(_) => rows,
                        kind => Self::Option(Box::new(kind)),
                    },
                    "Vec" => Self::List(inner()?),
                    "Rows" => Self::Rows(inner()?),
                    "BTreeMap" => Self::Map(inner()?),
                    _ => Self::Named(name),
                })
            }
            _ => Err("a type that is neither a path nor a reference".to_owned()),
        }
    }

    /// Replaces each name that is an alias with its kind.
    pub(crate) fn replace(&mut self, aliases: &std::collections::BTreeMap<String, Self>) {
        match self {
            Self::Named(name) => {
                if let Some(kind) = aliases.get(name) {
                    *self = kind.clone();
                }
            }
            Self::Boxed(inner)
            | Self::Option(inner)
            | Self::Nullable(inner)
            | Self::List(inner)
            | Self::Rows(inner)
            | Self::Map(inner) => inner.replace(aliases),
            _ => {}
        }
    }

    /// Returns the type in Rust, as it is written inside the module `types`.
    pub(crate) fn rust(&self) -> TokenStream {
        match self {
            Self::Text => quote!(String),
            Self::Secret => quote!(Secret),
            Self::Bool => quote!(bool),
            Self::Number(name) | Self::Named(name) => {
                let name = format_ident!("{name}");
                quote!(#name)
            }
            Self::Time => quote!(Timestamp),
            Self::Flag => quote!(Flag),
            Self::Extra => quote!(Extra),
            Self::Json => quote!(::serde_json::Value),
            Self::Boxed(inner) => within("Box", inner),
            Self::Option(inner) => within("Option", inner),
            Self::Nullable(inner) => within("Nullable", inner),
            Self::List(inner) => within("Vec", inner),
            Self::Rows(inner) => within("Rows", inner),
            Self::Map(inner) => {
                let inner = inner.rust();
                quote!(BTreeMap<String, #inner>)
            }
            Self::Nothing => quote!(()),
            Self::Bytes => quote!(ByteStream),
        }
    }

    /// Returns the type in Rust, as it is written outside the module `types`.
    pub(crate) fn outside(&self) -> TokenStream {
        match self {
            Self::Named(name) => {
                let name = format_ident!("{name}");
                quote!(types::#name)
            }
            Self::Option(inner) => {
                let inner = inner.outside();
                quote!(Option<#inner>)
            }
            Self::List(inner) => {
                let inner = inner.outside();
                quote!(Vec<#inner>)
            }
            Self::Rows(inner) => {
                let inner = inner.outside();
                quote!(Rows<#inner>)
            }
            _ => self.rust(),
        }
    }

    /// Returns the kind without an option around it.
    pub(crate) fn required(&self) -> &Self {
        match self {
            Self::Option(inner) | Self::Nullable(inner) => inner,
            kind => kind,
        }
    }

    /// Adds the names that a file has to import from the runtime for this type.
    pub(crate) fn imports(&self, found: &mut std::collections::BTreeSet<&'static str>) {
        match self {
            Self::Secret => found.insert("Secret"),
            Self::Time => found.insert("Timestamp"),
            Self::Flag => found.insert("Flag"),
            Self::Extra => found.insert("Extra"),
            Self::Bytes => found.insert("ByteStream"),
            Self::Nullable(inner) => {
                inner.imports(found);
                found.insert("Nullable")
            }
            Self::Rows(inner) => {
                inner.imports(found);
                found.insert("Rows")
            }
            Self::Boxed(inner) | Self::Option(inner) | Self::List(inner) | Self::Map(inner) => {
                inner.imports(found);
                false
            }
            _ => false,
        };
    }

    /// Returns whether a value of this kind can be read from a missing member.
    pub(crate) fn may_be_missing(&self) -> bool {
        matches!(
            self,
            Self::Option(_)
                | Self::Nullable(_)
                | Self::List(_)
                | Self::Rows(_)
                | Self::Map(_)
                | Self::Extra
                | Self::Json
        )
    }
}

fn within(name: &str, inner: &Kind) -> TokenStream {
    let (name, inner): (Ident, _) = (format_ident!("{name}"), inner.rust());
    quote!(#name<#inner>)
}

/// Returns the types in angle brackets.
pub(crate) fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_are_read_by_their_names() {
        let read = |written: Type| Kind::read(&written).unwrap();

        assert_eq!(read(parse_quote!(&'a str)), Kind::Text);
        assert_eq!(
            read(parse_quote!(::std::option::Option<::std::boxed::Box<types::Pin>>)).rust().to_string(),
            "Option < Box < Pin > >"
        );
        assert_eq!(
            read(parse_quote!(Option<crate::Rows<types::Row>>)),
            Kind::Rows(Box::new(Kind::Named("Row".into())))
        );
        assert_eq!(
            read(parse_quote!(::std::collections::BTreeMap<::std::string::String, i64>)).rust().to_string(),
            "BTreeMap < String , i64 >"
        );
        assert_eq!(read(parse_quote!(())), Kind::Nothing);
        assert!(Kind::read(&parse_quote!([u8; 4])).is_err());
    }
}
