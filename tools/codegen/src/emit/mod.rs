//! Writes the code of a module.

mod calls;
mod conform;
mod docs;
mod example;
mod open_enum;
mod operation;
mod setter;
mod types;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use self::docs::docs;
use crate::{
    kind::Kind,
    model::{Body, Model},
};

/// Returns the module as a syntax tree. `runtime` is the path of the module that generated code
/// builds on.
pub(crate) fn module(model: &Model<'_>, runtime: &syn::Path) -> Result<syn::File, String> {
    let types = types::types(model, runtime)?;
    let calls: Vec<_> = model.calls.iter().map(|call| calls::call(model, call)).collect();
    let methods = calls::methods(model);
    let operations = operation::table(model);
    let conform = conform::tables(model);
    let title = model.description["info"]["title"].as_str().unwrap_or_default();
    let api_docs = docs(&format!("{title}.\n\nReturned by `client.{}()`.\n\n{}", model.module, docs::table(model)));
    let hosts = &model.hosts;
    let imports: Vec<_> = imports(model).into_iter().map(|name| format_ident!("{name}")).collect();
    let arguments = argument_imports(model).into_iter().map(|name| format_ident!("{name}"));
    let tokens = quote! {
        use #runtime as runtime;
        #(use #runtime::#arguments;)*

        #api_docs
        #[derive(Clone, Debug)]
        pub struct Api {
            hosts: runtime::Hosts,
        }

        /// The base URLs of the hosts; [`runtime::Operation::host`] is an index into them.
        pub const HOSTS: &[&str] = &[#(#hosts),*];

        impl Api {
            /// The API, with a transport for each of [`HOSTS`].
            pub(crate) fn new(hosts: runtime::Hosts) -> Self {
                Self { hosts }
            }

            /// Creates a call of an operation that this crate does not know. It is signed and
            /// limited like all calls, and goes to the same hosts.
            pub fn call(&self, operation: runtime::Operation) -> runtime::Call {
                self.hosts.call(operation)
            }
        }

        #(#methods)*

        #operations

        #conform

        /// The calls. Each has setters for its optional arguments and a `send`.
        pub mod calls {
            use super::{Api, types};
            use #runtime::{self as runtime, #(#imports),*};

            #(#calls)*
        }

        #types
    };
    syn::parse2(tokens).map_err(|why| format!("the emitted code does not parse: {why}"))
}

/// Returns the names that the calls import from the runtime.
fn imports(model: &Model<'_>) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::from(["Error", "Method", "Operation", "Response"]);
    for call in &model.calls {
        if call.operation.auth != plex_tv_openapi::Auth::Token {
            found.insert("Auth");
        }
        if !call.parameters.is_empty() {
            found.insert("Parameter");
        }
        call.reply.imports(&mut found);
        call.parameters.iter().for_each(|parameter| parameter.kind.imports(&mut found));
        if call.node.get("x-plex-proof").is_some() {
            found.insert("Proof");
        }
    }
    found
}

/// Returns the names that the arguments of the methods import from the runtime.
fn argument_imports(model: &Model<'_>) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for call in model.calls.iter().filter(|call| !call.takes_arguments()) {
        // A flag is passed as a `bool`.
        let required = call.required().filter(|parameter| parameter.kind != Kind::Flag);
        required.for_each(|parameter| parameter.kind.imports(&mut found));
    }
    found
}

/// Returns the names that the types import from the runtime.
fn type_imports(model: &Model<'_>) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for definition in &model.types {
        match &definition.body {
            Body::Members { members, keeps_unknown } => {
                members.iter().for_each(|member| member.kind.imports(&mut found));
                if *keeps_unknown {
                    found.insert("Extra");
                }
            }
            Body::Wrapper(kind) => kind.imports(&mut found),
            Body::Choice(_) => {
                found.insert("Choice");
            }
            Body::OpenEnum(_) | Body::ClosedEnum(_) => {}
        }
    }
    found
}

/// Returns whether the types need the map of the standard library.
fn has_map(model: &Model<'_>) -> bool {
    fn is_map(kind: &Kind) -> bool {
        match kind {
            Kind::Map(_) => true,
            Kind::Boxed(inner)
            | Kind::Option(inner)
            | Kind::Nullable(inner)
            | Kind::List(inner)
            | Kind::Rows(inner) => is_map(inner),
            _ => false,
        }
    }
    model.types.iter().any(|definition| match &definition.body {
        Body::Members { members, .. } => members.iter().any(|member| is_map(&member.kind)),
        Body::Wrapper(kind) => is_map(kind),
        _ => false,
    })
}

/// Returns `#[deprecated]`, if the description says so.
fn deprecated(node: &serde_json::Value) -> Option<TokenStream> {
    (node["deprecated"] == serde_json::Value::Bool(true))
        .then(|| quote!(#[deprecated(note = "plex.tv is dropping this; the documentation names what to use instead")]))
}

/// Returns the feature gate of an operation that rests on one unconfirmed source.
fn gate(operation: &plex_tv_openapi::Operation) -> Option<TokenStream> {
    operation.unstable.then(|| quote!(#[cfg(feature = "unstable")]))
}
