//! Reads progenitor's code: the types, and for each operation the Rust types of its parameters,
//! body and reply.

use std::collections::BTreeMap;

use syn::{Attribute, Expr, Fields, File, FnArg, ImplItem, Item, ItemStruct, LitStr, Pat, ReturnType, Token, Type};

use crate::kind::{Kind, arguments};

/// The parts of progenitor's code that are used.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) structs: Vec<Struct>,
    pub(crate) methods: BTreeMap<String, Method>,
}

/// A type with members, or a wrapper around another type.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) shape: Shape,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Members(Vec<Member>),
    Wrapper(Kind),
}

#[derive(Debug)]
pub(crate) struct Member {
    /// The name in Rust.
    pub(crate) name: String,
    /// The name on the wire. `None` for the member that keeps unknown members.
    pub(crate) wire_name: Option<String>,
    pub(crate) kind: Kind,
}

/// The signature of an operation.
#[derive(Debug)]
pub(crate) struct Method {
    /// Names and types, in progenitor's order.
    pub(crate) arguments: Vec<(String, Kind)>,
    pub(crate) reply: Kind,
}

impl Source {
    pub(crate) fn read(file: &File) -> Result<Self, String> {
        let mut source = Self { structs: Vec::new(), methods: BTreeMap::new() };
        for item in &file.items {
            match item {
                Item::Mod(module) if module.ident == "types" => {
                    let items = module.content.iter().flat_map(|(_, items)| items);
                    for item in items {
                        if let Item::Struct(item) = item {
                            source.structs.push(read_struct(item)?);
                        } else if let Item::Enum(item) = item {
                            let what = "became an enum of the generator; move the enum to its own component";
                            return Err(format!("`{}` {what}", item.ident));
                        }
                    }
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    for member in &item.items {
                        if let ImplItem::Fn(function) = member
                            && function.sig.asyncness.is_some()
                        {
                            let name = function.sig.ident.to_string();
                            source.methods.insert(name, read_method(&function.sig)?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(source)
    }
}

fn read_struct(item: &ItemStruct) -> Result<Struct, String> {
    let name = item.ident.to_string();
    let shape = match &item.fields {
        Fields::Named(fields) => {
            let mut members = Vec::new();
            for field in &fields.named {
                let ident = field.ident.as_ref().ok_or("a member without a name")?.to_string();
                let serde = Serde::read(&field.attrs);
                let kind = Kind::read(&field.ty).map_err(|why| format!("`{name}::{ident}`: {why}"))?;
                let wire_name = (!serde.flattened).then(|| serde.rename.unwrap_or_else(|| ident.clone()));
                members.push(Member { name: ident, wire_name, kind });
            }
            Shape::Members(members)
        }
        Fields::Unnamed(fields) => {
            let field = fields.unnamed.first().ok_or_else(|| format!("`{name}` wraps nothing"))?;
            Shape::Wrapper(Kind::read(&field.ty).map_err(|why| format!("`{name}`: {why}"))?)
        }
        Fields::Unit => Shape::Members(Vec::new()),
    };
    Ok(Struct { name, shape })
}

/// The serde attributes of a member.
#[derive(Default)]
struct Serde {
    rename: Option<String>,
    flattened: bool,
}

impl Serde {
    fn read(attributes: &[Attribute]) -> Self {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            // An attribute that cannot be read is neither of these two.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    found.rename = Some(meta.value()?.parse::<LitStr>()?.value());
                } else if meta.path.is_ident("flatten") {
                    found.flattened = true;
                } else if meta.input.peek(Token![=]) {
                    meta.value()?.parse::<Expr>()?;
                }
                Ok(())
            });
        }
        found
    }
}

fn read_method(signature: &syn::Signature) -> Result<Method, String> {
    let name = &signature.ident;
    let error = |why: String| format!("`{name}`: {why}");
    let mut found = Vec::new();
    for input in &signature.inputs {
        let FnArg::Typed(argument) = input else { continue };
        let Pat::Ident(ident) = argument.pat.as_ref() else {
            return Err(error("an argument without a name".to_owned()));
        };
        found.push((ident.ident.to_string(), Kind::read(&argument.ty).map_err(error)?));
    }
    let reply = match &signature.output {
        ReturnType::Type(_, kind) => reply(kind).map(Kind::read),
        ReturnType::Default => None,
    };
    let reply = reply.ok_or_else(|| error("it has no reply type".to_owned()))?.map_err(error)?;
    Ok(Method { arguments: found, reply })
}

/// Returns `T` of `Result<ResponseValue<T>, Error<E>>`.
fn reply(output: &Type) -> Option<&Type> {
    let Type::Path(result) = output else { return None };
    let value = *arguments(&result.path.segments.last()?.arguments).first()?;
    let Type::Path(value) = value else { return None };
    arguments(&value.path.segments.last()?.arguments).first().copied()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_and_signatures_are_read() {
        let file: File = parse_quote! {
            pub mod types {
                pub struct Pin {
                    #[serde(rename = "authToken", skip_serializing_if = "::std::option::Option::is_none")]
                    pub auth_token: ::std::option::Option<crate::Secret>,
                    pub id: i64,
                    #[serde(flatten)]
                    pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                }
                pub struct Pins(pub ::std::vec::Vec<Pin>);
            }
            impl Client {
                pub async fn get_pin<'a>(&'a self, pin_id: i64, code: Option<&'a str>) -> Result<ResponseValue<types::Pin>, Error<()>> {}
            }
        };

        let source = Source::read(&file).unwrap();

        let Shape::Members(members) = &source.structs[0].shape else { panic!("{source:?}") };
        let names: Vec<_> = members.iter().map(|member| (member.name.as_str(), member.wire_name.as_deref())).collect();
        assert_eq!(names, [("auth_token", Some("authToken")), ("id", Some("id")), ("extra", None)]);
        assert!(matches!(&source.structs[1].shape, Shape::Wrapper(Kind::List(_))));
        let method = &source.methods["get_pin"];
        assert_eq!(method.arguments[0], ("pin_id".to_owned(), Kind::Number("i64".to_owned())));
        assert_eq!(method.arguments[1].1, Kind::Option(Box::new(Kind::Text)));
        assert_eq!(method.reply, Kind::Named("Pin".to_owned()));
    }
}
