//! Marks of the description that progenitor ignores: `deprecated`, and low confidence as feature `unstable`.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use serde_json::Value;
use syn::{Attribute, Fields, File, ImplItem, Item, ItemImpl, TraitItem, Type, parse_quote};

use super::module;
use plex_tv_openapi::Operation;

pub(super) fn run(file: &mut File, description: &Value, operations: &[Operation]) -> Result<(), String> {
    let marks: BTreeMap<&str, Vec<Attribute>> = operations
        .iter()
        .map(|operation| (operation.rust_name.as_str(), attributes(operation)))
        .filter(|(_, attributes)| !attributes.is_empty())
        .collect();
    mark_methods(file, &marks);
    gate_builders(module(file, "builder")?, operations);
    mark_types(module(file, "types")?, description);
    Ok(())
}

fn deprecated() -> Attribute {
    parse_quote!(#[deprecated(note = "plex.tv gives this up; the documentation says what to use instead")])
}

fn unstable() -> Attribute {
    parse_quote!(#[cfg(feature = "unstable")])
}

fn attributes(operation: &Operation) -> Vec<Attribute> {
    let gate = operation.unstable.then(unstable);
    gate.into_iter().chain(operation.deprecated.then(deprecated)).collect()
}

/// The methods stand twice: in the trait of their tag and in its implementation for `Client`.
fn mark_methods(file: &mut File, marks: &BTreeMap<&str, Vec<Attribute>>) {
    for item in &mut file.items {
        match item {
            Item::Trait(item) => {
                for member in &mut item.items {
                    if let TraitItem::Fn(method) = member
                        && let Some(attributes) = marks.get(method.sig.ident.to_string().as_str())
                    {
                        method.attrs.extend(attributes.iter().cloned());
                    }
                }
            }
            Item::Impl(ItemImpl { trait_: Some(_), items, .. }) => {
                for member in items {
                    if let ImplItem::Fn(method) = member
                        && let Some(attributes) = marks.get(method.sig.ident.to_string().as_str())
                    {
                        // `deprecated` has no effect on an implementation, and rustc says so.
                        let gates = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
                        method.attrs.extend(gates.cloned());
                    }
                }
            }
            _ => {}
        }
    }
}

fn gate_builders(builders: &mut [Item], operations: &[Operation]) {
    let gated: Vec<String> = operations
        .iter()
        .filter(|operation| operation.unstable)
        .map(|operation| operation.rust_name.to_upper_camel_case())
        .collect();
    let is_gated = |name: &syn::Ident| gated.iter().any(|gated| name == gated);
    for item in builders {
        match item {
            Item::Struct(item) if is_gated(&item.ident) => item.attrs.push(unstable()),
            Item::Impl(item) => {
                if let Type::Path(path) = item.self_ty.as_ref()
                    && path.path.segments.last().is_some_and(|last| is_gated(&last.ident))
                {
                    item.attrs.push(unstable());
                }
            }
            _ => {}
        }
    }
}

fn mark_types(types: &mut [Item], description: &Value) {
    for (name, schema) in description["components"]["schemas"].as_object().into_iter().flatten() {
        let name = name.to_upper_camel_case();
        let found = types.iter_mut().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let Some(item) = found else { continue };
        if schema["deprecated"] == Value::Bool(true) {
            item.attrs.push(deprecated());
        }
        let Fields::Named(fields) = &mut item.fields else {
            continue;
        };
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            if schema["deprecated"] == Value::Bool(true) {
                let field = property.to_snake_case();
                fields
                    .named
                    .iter_mut()
                    .filter(|candidate| candidate.ident.as_ref().is_some_and(|ident| ident == &field))
                    .for_each(|candidate| candidate.attrs.push(deprecated()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};
    use serde_json::json;

    use super::*;

    #[test]
    fn deprecated_and_low_confidence_reach_rust() {
        let view = json!({
            "paths": { "/old": { "get": {
                "operationId": "getOld", "deprecated": true, "x-plex-confidence": "low",
            } } },
            "components": { "schemas": { "Old": { "properties": { "goneBy": { "deprecated": true }, "kept": {} } } } },
        });
        let mut file: File = syn::parse2(quote! {
            pub mod types { pub struct Old { pub gone_by: i64, pub kept: i64 } }
            pub trait ClientT { fn get_old(&self); }
            impl ClientT for Client { fn get_old(&self) {} }
            pub mod builder { pub struct GetOld; impl GetOld {} }
        })
        .unwrap();

        run(&mut file, &view, &plex_tv_openapi::operations(&view)).unwrap();

        let gone = deprecated();
        let expected = quote! {
            pub mod types { pub struct Old { #gone pub gone_by: i64, pub kept: i64 } }
            pub trait ClientT { #[cfg(feature = "unstable")] #gone fn get_old(&self); }
            impl ClientT for Client { #[cfg(feature = "unstable")] fn get_old(&self) {} }
            pub mod builder {
                #[cfg(feature = "unstable")] pub struct GetOld;
                #[cfg(feature = "unstable")] impl GetOld {}
            }
        };
        assert_eq!(file.into_token_stream().to_string(), expected.to_string());
    }
}
