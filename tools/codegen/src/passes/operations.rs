//! The table of operations: what the transport must know of a call and the generated code does not say.

use quote::quote;
use syn::{Item, parse_quote};

use plex_tv_openapi::{Auth, Operation};

pub(super) fn table(operations: &[Operation]) -> Item {
    let mut sorted: Vec<&Operation> = operations.iter().collect();
    sorted.sort_by(|one, other| one.rust_name.cmp(&other.rust_name));
    let rows = sorted.into_iter().map(|operation| {
        let Operation { id, rust_name, tag, method, path, safe_to_retry, optional_body, deprecated, server, .. } =
            operation;
        let auth = match operation.auth {
            Auth::None => quote!(None),
            Auth::ClientIdentifier => quote!(ClientIdentifier),
            Auth::Token => quote!(Token),
        };
        let server = server.as_ref().map_or_else(|| quote!(None), |server| quote!(Some(#server)));
        quote! {
            crate::Operation {
                id: #id,
                rust_name: #rust_name,
                tag: #tag,
                method: #method,
                path: #path,
                server: #server,
                auth: crate::Auth::#auth,
                safe_to_retry: #safe_to_retry,
                optional_body: #optional_body,
                deprecated: #deprecated,
            }
        }
    });
    parse_quote! {
        /// Every operation of this description, sorted by the name of its method in Rust.
        pub const OPERATIONS: &[crate::Operation] = &[#(#rows),*];
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_sorted_by_rust_name() {
        let operations = plex_tv_openapi::operations(&json!({ "paths": {
            "/a": { "get": { "operationId": "zebra" } },
            "/b": { "get": { "operationId": "ant", "security": [{ "Token": [] }] } },
        } }));

        let code = table(&operations).into_token_stream().to_string();

        assert!(code.find("\"ant\"").unwrap() < code.find("\"zebra\"").unwrap(), "{code}");
        assert!(code.contains("auth : crate :: Auth :: Token"), "{code}");
    }
}
