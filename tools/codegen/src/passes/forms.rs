//! Form bodies with a repeated field.
//!
//! The form encoder is flat: it refuses lists. A form body that has one writes itself as pairs, one for each item, and an
//! empty list as the field without its brackets and without a value, which is how plex.tv clears a list.

use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Attribute, Fields, Item, ItemStruct, LitStr, Path, Token, parse_quote, punctuated::Punctuated};

pub(super) fn run(types: &mut Vec<Item>, description: &Value) {
    let names = bodies(description);
    let mut writers = Vec::new();
    for item in types.iter_mut() {
        if let Item::Struct(item) = item
            && names.iter().any(|name| item.ident == name)
        {
            item.attrs.iter_mut().for_each(without_serialize);
            writers.push(writer(item));
        }
    }
    types.extend(writers);
}

/// The types of form bodies with a list in them.
fn bodies(description: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for item in description["paths"].as_object().into_iter().flat_map(serde_json::Map::values) {
        for operation in item.as_object().into_iter().flat_map(serde_json::Map::values) {
            let form = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["$ref"];
            let Some(name) = form.as_str().and_then(|reference| reference.rsplit('/').next()) else { continue };
            let properties = description["components"]["schemas"][name]["properties"].as_object();
            if properties.into_iter().flatten().any(|(_, property)| property["type"] == "array") {
                found.push(name.to_upper_camel_case());
            }
        }
    }
    found
}

fn without_serialize(attribute: &mut Attribute) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    if let Ok(traits) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) {
        let kept = traits.iter().filter(|path| path.segments.last().is_none_or(|last| last.ident != "Serialize"));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}

fn writer(item: &ItemStruct) -> Item {
    let name = &item.ident;
    let pairs = match &item.fields {
        Fields::Named(fields) => fields
            .named
            .iter()
            .filter_map(|field| {
                let ident = field.ident.as_ref()?;
                let wire_name = wire_name(&field.attrs).unwrap_or_else(|| ident.to_string());
                let kind = &field.ty;
                let is_list = quote!(#kind).to_string().contains("Vec <");
                let method = if is_list { format_ident!("list") } else { format_ident!("field") };
                Some(quote!(pairs.#method(#wire_name, &self.#ident);))
            })
            .collect(),
        _ => Vec::new(),
    };
    parse_quote! {
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                let mut pairs = crate::form::Pairs::default();
                #(#pairs)*
                pairs.serialize(serializer)
            }
        }
    }
}

fn wire_name(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.input.peek(Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_with_a_list_writes_itself_as_pairs() {
        let description = json!({
            "paths": { "/hooks": { "post": { "requestBody": { "content": { "application/x-www-form-urlencoded": {
                "schema": { "$ref": "#/components/schemas/Hooks" },
            } } } } } },
            "components": { "schemas": { "Hooks": { "properties": { "urls[]": { "type": "array" } } } } },
        });
        let mut types: Vec<Item> = vec![parse_quote! {
            #[derive(::serde::Deserialize, ::serde::Serialize, Clone)]
            pub struct Hooks { #[serde(default, rename = "urls[]")] pub urls: ::std::vec::Vec<String>, pub kind: String }
        }];

        run(&mut types, &description);

        let [body, writer] = [0, 1].map(|index| types[index].to_token_stream().to_string());
        assert!(body.starts_with("# [derive (:: serde :: Deserialize , Clone)]"), "{body}");
        assert!(
            writer.contains("pairs . list (\"urls[]\" , & self . urls) ; pairs . field (\"kind\" , & self . kind)"),
            "{writer}"
        );
    }
}
