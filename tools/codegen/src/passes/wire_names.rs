//! Fields that have a name of their own in Rust keep the wire's name for serde.

use heck::ToUpperCamelCase as _;
use serde_json::Value;
use syn::{Fields, Item, parse_quote};

pub(super) fn run(types: &mut [Item], description: &Value) {
    for (schema, wire_name, rust_name) in named(description) {
        for item in types.iter_mut() {
            if let Item::Struct(item) = item
                && item.ident == schema
                && let Fields::Named(fields) = &mut item.fields
            {
                for field in
                    fields.named.iter_mut().filter(|field| field.ident.as_ref().is_some_and(|name| name == rust_name))
                {
                    field.attrs.push(parse_quote!(#[serde(rename = #wire_name)]));
                }
            }
        }
    }
}

/// `(type, name on the wire, name in Rust)` of every property with `x-rust-name`.
fn named(description: &Value) -> Vec<(String, &str, &str)> {
    let mut found = Vec::new();
    for (schema, members) in description["components"]["schemas"].as_object().into_iter().flatten() {
        for (wire_name, property) in members["properties"].as_object().into_iter().flatten() {
            if let Some(rust_name) = property["x-rust-name"].as_str() {
                found.push((schema.to_upper_camel_case(), wire_name.as_str(), rust_name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_renamed_field_keeps_its_name_on_the_wire() {
        let description = json!({ "components": { "schemas": { "Movie": { "properties": {
            "guid": {}, "Guid": { "x-rust-name": "guids" },
        } } } } });
        let mut types: Vec<Item> = vec![parse_quote!(
            pub struct Movie {
                pub guid: String,
                pub guids: Vec<String>,
            }
        )];

        run(&mut types, &description);

        let expected = quote!(
            pub struct Movie {
                pub guid: String,
                #[serde(rename = "Guid")]
                pub guids: Vec<String>,
            }
        );
        assert_eq!(types[0].to_token_stream().to_string(), expected.to_string());
    }
}
