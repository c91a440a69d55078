//! What the description says about operations, as data.

use plex_tv_openapi::Auth;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::gate;
use crate::model::{Call, Model, Place};

/// Returns the constant of a call.
pub(super) fn constant(call: &Call<'_>) -> TokenStream {
    let Call { operation, host, node, .. } = call;
    let (id, path, tag) = (&operation.id, &operation.path, &operation.tag);
    let method = format_ident!("{}{}", &operation.method[..1], operation.method[1..].to_ascii_lowercase());
    let host = (*host > 0).then(|| {
        let host = proc_macro2::Literal::usize_unsuffixed(*host);
        quote!(.host(#host))
    });
    let auth = match operation.auth {
        Auth::None => Some(quote!(.auth(Auth::None))),
        Auth::ClientIdentifier => Some(quote!(.auth(Auth::ClientIdentifier))),
        Auth::Token => None,
    };
    let by_method = matches!(operation.method.as_str(), "GET" | "HEAD" | "OPTIONS");
    let safe_to_retry = operation.safe_to_retry;
    let safe = (safe_to_retry != by_method).then(|| quote!(.safe_to_retry(#safe_to_retry)));
    let deprecated = operation.deprecated.then(|| quote!(.deprecated()));
    let xml = operation.xml.as_ref().map(|root| quote!(.xml(#root)));
    let proof = node["x-plex-proof"].as_str().map(|proof| {
        use heck::ToUpperCamelCase as _;
        let proof = format_ident!("{}", proof.to_upper_camel_case());
        quote!(.proof(Proof::#proof))
    });
    let pass_code = node["x-plex-pass-code"].as_i64().map(|code| {
        let code = proc_macro2::Literal::i64_unsuffixed(code);
        quote!(.plex_pass_code(#code))
    });
    let storage =
        (node["x-plex-redirects-to-storage"] == serde_json::Value::Bool(true)).then(|| quote!(.redirects_to_storage()));
    let listed = call.parameters.iter().map(|parameter| {
        let name = &parameter.wire_name;
        let place = match parameter.place {
            Place::Path => format_ident!("path"),
            Place::Query => format_ident!("query"),
            Place::Header => format_ident!("header"),
        };
        let required = (parameter.required && parameter.place != Place::Path).then(|| quote!(.required()));
        quote!(Parameter::#place(#name) #required)
    });
    let parameters = (!call.parameters.is_empty()).then(|| quote!(.parameters(&[#(#listed),*])));
    quote! {
        /// What the description says about this operation.
        pub const OPERATION: &'static Operation = &Operation::new(#id, Method::#method, #path)
            .tag(#tag) #auth #safe #deprecated #host #xml #proof #pass_code #storage #parameters;
    }
}

/// Returns the list of all operations.
pub(super) fn table(model: &Model<'_>) -> TokenStream {
    let operations = model.calls.iter().map(|call| {
        let (gate, name) = (gate(&call.operation), format_ident!("{}", call.name));
        quote!(#gate calls::#name::OPERATION)
    });
    quote! {
        /// All operations, in the order of the description.
        pub const OPERATIONS: &[&runtime::Operation] = &[#(#operations),*];
    }
}
