//! The tolerance pass: replies decode calmly, field by field.
//!
//! Every generated struct that derives `Deserialize` gets readers of `crate::loose`: a scalar takes any scalar that converts
//! (`"32400"`, `1`, epoch seconds), a missing or null list is empty, a missing option is `None`. Types stay plain Rust types,
//! and nothing is invented: what does not convert is an error with its JSON path.

use quote::ToTokens as _;
use syn::{
    Attribute, Field, Fields, GenericArgument, Item, Meta, PathArguments, Token, Type, parse_quote,
    punctuated::Punctuated,
};

/// Types that `crate::loose` reads from any scalar.
const SCALARS: [&str; 12] =
    ["bool", "f32", "f64", "i8", "i16", "i32", "i64", "u32", "u64", "String", "Secret", "Timestamp"];

pub(super) fn run(types: &mut [Item]) {
    for item in types {
        if let Item::Struct(item) = item
            && derives_deserialize(&item.attrs)
        {
            match &mut item.fields {
                Fields::Named(fields) => fields.named.iter_mut().for_each(named),
                Fields::Unnamed(fields) => fields.unnamed.iter_mut().for_each(wrapped),
                Fields::Unit => {}
            }
        }
    }
}

pub(super) fn derives_deserialize(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("derive") && attribute.to_token_stream().to_string().contains("Deserialize")
    })
}

fn named(field: &mut Field) {
    let mut metas = serde_metas(&field.attrs);
    if metas.iter().any(|meta| meta.path().is_ident("flatten")) {
        return;
    }
    metas.retain(|meta| !meta.path().is_ident("default") && !meta.path().is_ident("deserialize_with"));
    let (default, reader) = reading(&field.ty);
    if default {
        metas.push(parse_quote!(default));
    }
    if let Some(reader) = reader {
        metas.push(parse_quote!(deserialize_with = #reader));
    }
    set_serde_metas(&mut field.attrs, metas);
}

/// The one field of a newtype: there is no key that may be missing.
fn wrapped(field: &mut Field) {
    if let (_, Some(reader)) = reading(&field.ty) {
        set_serde_metas(&mut field.attrs, vec![parse_quote!(deserialize_with = #reader)]);
    }
}

/// May the member be missing, and which function reads it?
fn reading(kind: &Type) -> (bool, Option<&'static str>) {
    match generic(kind) {
        Some(("Option", inner)) => (true, is_scalar(inner).then_some("crate::loose::option")),
        Some(("Vec", inner)) if is_scalar(inner) => (true, Some("crate::loose::list")),
        Some(("Vec", _)) => (true, Some("crate::loose::items")),
        Some(("BTreeMap", _)) => (true, Some("crate::loose::map")),
        Some(("Rows", _)) => (true, None),
        _ => (false, is_scalar(kind).then_some("crate::loose::scalar")),
    }
}

/// `("Option", T)` of `Option<T>`, `("BTreeMap", K)` of a map, and so on.
pub(super) fn generic(kind: &Type) -> Option<(&'static str, &Type)> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    let name = ["Option", "Vec", "BTreeMap", "Rows"].into_iter().find(|name| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some((name, inner)),
        _ => None,
    }
}

fn is_scalar(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    let ours = path.path.segments.len() == 1
        || path.path.segments.first().is_some_and(|first| ["std", "crate"].iter().any(|root| first.ident == root));
    ours && path.path.segments.last().is_some_and(|last| SCALARS.iter().any(|name| last.ident == name))
}

pub(super) fn serde_metas(attributes: &[Attribute]) -> Vec<Meta> {
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    serde.filter_map(|attribute| attribute.parse_args_with(parse).ok()).flatten().collect()
}

pub(super) fn set_serde_metas(attributes: &mut Vec<Attribute>, metas: Vec<Meta>) {
    attributes.retain(|attribute| !attribute.path().is_ident("serde"));
    if !metas.is_empty() {
        attributes.push(parse_quote!(#[serde(#(#metas),*)]));
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn after(input: Item) -> String {
        let mut items = vec![input];
        run(&mut items);
        items[0].to_token_stream().to_string()
    }

    #[test]
    fn each_kind_of_field_gets_its_reader() {
        let code = after(parse_quote! {
            #[derive(::serde::Deserialize)]
            struct A {
                #[serde(rename = "iD", deserialize_with = "old")]
                id: i64,
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                token: ::std::option::Option<crate::Secret>,
                child: ::std::option::Option<Child>,
                #[serde(default)]
                names: ::std::vec::Vec<::std::string::String>,
                children: ::std::vec::Vec<Child>,
                rows: crate::Rows<Child>,
                one: Child,
                #[serde(flatten)]
                extra: crate::Extra,
            }
        });

        let expected = quote! {
            #[derive(::serde::Deserialize)]
            struct A {
                #[serde(rename = "iD", deserialize_with = "crate::loose::scalar")]
                id: i64,
                #[serde(
                    skip_serializing_if = "::std::option::Option::is_none", default,
                    deserialize_with = "crate::loose::option"
                )]
                token: ::std::option::Option<crate::Secret>,
                #[serde(default)]
                child: ::std::option::Option<Child>,
                #[serde(default, deserialize_with = "crate::loose::list")]
                names: ::std::vec::Vec<::std::string::String>,
                #[serde(default, deserialize_with = "crate::loose::items")]
                children: ::std::vec::Vec<Child>,
                #[serde(default)]
                rows: crate::Rows<Child>,
                one: Child,
                #[serde(flatten)]
                extra: crate::Extra,
            }
        };
        assert_eq!(code, expected.to_string());
    }

    #[test]
    fn a_named_list_reads_null_as_empty() {
        let code = after(parse_quote!(
            #[derive(::serde::Deserialize)]
            #[serde(transparent)]
            struct L(pub ::std::vec::Vec<R>);
        ));

        assert!(code.contains("(# [serde (deserialize_with = \"crate::loose::items\")] pub"), "{code}");
    }

    #[test]
    fn builders_are_left_alone() {
        let code = after(parse_quote!(
            #[derive(Clone)]
            struct B {
                id: i64,
            }
        ));

        assert_eq!(
            code,
            quote!(
                #[derive(Clone)]
                struct B {
                    id: i64,
                }
            )
            .to_string()
        );
    }
}
