//! A table from operation to type, for tools that check recorded replies: `cargo xtask conform`.

use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, Type, parse_quote};

/// What a success of an operation decodes as, and by which reader of the transport.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) id: String,
    pub(super) kind: Type,
    pub(super) reader: String,
    /// The root element of a success that comes as XML.
    pub(super) root: Option<String>,
}

pub(super) fn tables(replies: &[Reply], description: &Value) -> [Item; 2] {
    let replies = replies.iter().filter_map(|Reply { id, kind, reader, root }| {
        let reread = match reader.as_str() {
            "decode" => format_ident!("json"),
            "decode_xml" => format_ident!("xml"),
            _ => return None,
        };
        let root = root.iter();
        Some(quote!(#id => crate::conform::#reread::<#kind>(body #(, #root)*),))
    });
    let bodies = bodies(description).into_iter().map(|(id, name)| {
        let kind = format_ident!("{name}");
        quote!(#id => crate::conform::json::<types::#kind>(body),)
    });
    [
        parse_quote! {
            /// Decodes a success of an operation and encodes it again; `None` where there is nothing to decode.
            #[cfg(feature = "conform")]
            pub fn reread_reply(operation: &str, body: &[u8]) -> Option<Result<crate::Reread, crate::Error>> {
                Some(match operation {
                    #(#replies)*
                    _ => return None,
                })
            }
        },
        parse_quote! {
            /// Decodes a request body, given as JSON, and encodes it again; `None` where there is none.
            #[cfg(feature = "conform")]
            pub fn reread_request(operation: &str, body: &[u8]) -> Option<Result<crate::Reread, crate::Error>> {
                Some(match operation {
                    #(#bodies)*
                    _ => return None,
                })
            }
        },
    ]
}

/// `(operation, type of its request body)`
fn bodies(description: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in description["paths"].as_object().into_iter().flat_map(serde_json::Map::values) {
        for operation in item.as_object().into_iter().flat_map(serde_json::Map::values) {
            let content = operation["requestBody"]["content"].as_object();
            let reference = content.and_then(|content| content.values().next()?["schema"]["$ref"].as_str());
            let name = reference.and_then(|reference| reference.rsplit('/').next());
            if let (Some(id), Some(name)) = (operation["operationId"].as_str(), name) {
                found.push((id.to_owned(), name.to_upper_camel_case()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn replies_and_bodies_are_listed_by_operation() {
        let replies = [
            Reply { id: "getIt".into(), kind: parse_quote!(types::It), reader: "decode".into(), root: None },
            Reply {
                id: "getOld".into(),
                kind: parse_quote!(types::Old),
                reader: "decode_xml".into(),
                root: Some("old".into()),
            },
            Reply { id: "setIt".into(), kind: parse_quote!(()), reader: "finish".into(), root: None },
        ];
        let description = json!({ "paths": { "/it": { "put": { "operationId": "setIt", "requestBody": { "content": {
            "application/json": { "schema": { "$ref": "#/components/schemas/ItBody" } },
        } } } } } });

        let [replies, bodies] = tables(&replies, &description).map(|item| item.to_token_stream().to_string());

        assert!(replies.contains(r#""getIt" => crate :: conform :: json :: < types :: It > (body)"#), "{replies}");
        assert!(
            replies.contains(r#""getOld" => crate :: conform :: xml :: < types :: Old > (body , "old")"#),
            "{replies}"
        );
        assert!(!replies.contains("setIt"), "{replies}");
        assert!(bodies.contains(r#""setIt" => crate :: conform :: json :: < types :: ItBody > (body)"#), "{bodies}");
    }
}
