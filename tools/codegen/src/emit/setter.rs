//! Arguments and setters: they convert what callers pass into what is stored.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::docs::docs;
use crate::{
    kind::Kind,
    model::{Body, Model},
};

/// An argument of a method: its type, and the expression that is stored.
pub(super) struct Argument {
    pub(super) written: TokenStream,
    pub(super) kept: TokenStream,
}

/// Returns the argument `name` for a value of this kind. `inside` says whether the code is in the
/// module `types`.
pub(super) fn argument(model: &Model<'_>, kind: &Kind, name: &Ident, inside: bool) -> Argument {
    let rust = if inside { kind.rust() } else { kind.outside() };
    let (written, kept) = match kind {
        Kind::Text | Kind::Secret => (quote!(impl Into<#rust>), quote!(#name.into())),
        Kind::Named(found) if is_open_enum(model, found) => (quote!(impl Into<#rust>), quote!(#name.into())),
        Kind::Flag => (quote!(bool), quote!(#name.into())),
        Kind::Number(number) if number.starts_with('f') => (quote!(impl Into<#rust>), quote!(#name.into())),
        Kind::Boxed(inner) => {
            let inner = argument(model, inner, name, inside);
            let kept = inner.kept;
            (inner.written, quote!(Box::new(#kept)))
        }
        Kind::List(inner) => {
            let item = argument(model, inner, &format_ident!("item"), inside);
            let item_written = item.written;
            let kept = match inner.as_ref() {
                Kind::Text | Kind::Secret => quote!(#name.into_iter().map(Into::into).collect()),
                _ => quote!(#name.into_iter().collect()),
            };
            (quote!(impl IntoIterator<Item = #item_written>), kept)
        }
        Kind::Map(inner) => {
            let item = argument(model, inner, &format_ident!("value"), inside);
            let (item_written, item_kept) = (item.written, item.kept);
            let kept = quote!(#name.into_iter().map(|(name, value)| (name.into(), #item_kept)).collect());
            (quote!(impl IntoIterator<Item = (impl Into<String>, #item_written)>), kept)
        }
        _ => (quote!(#rust), quote!(#name)),
    };
    Argument { written, kept }
}

fn is_open_enum(model: &Model<'_>, name: &str) -> bool {
    model.type_def(name).is_some_and(|found| matches!(found.body, Body::OpenEnum(_)))
}

/// Returns the setters of an optional value: one for a value, one for a value that may be missing,
/// and one that clears it if it can be null.
pub(super) fn setters(model: &Model<'_>, kind: &Kind, name: &str, about: &str, inside: bool) -> TokenStream {
    let ident = field(name);
    let Argument { written, kept } = argument(model, kind.required(), &ident, inside);
    let about = docs(about);
    // The type of a call is `#[must_use]` itself.
    let must_use = inside.then(|| quote!(#[must_use]));
    let maybe = format_ident!("maybe_{}", name.trim_end_matches('_'));
    let maybe_docs = docs(&format!("The same as [`Self::{name}`], for a value that may be missing."));
    let kept = match kind {
        Kind::Option(_) => quote!(Some(#kept)),
        Kind::Nullable(_) => quote!(Nullable::Value(#kept)),
        _ => kept,
    };
    let maybe = matches!(kind, Kind::Option(_) | Kind::Nullable(_)).then(|| {
        quote! {
            #maybe_docs
            #must_use
            pub fn #maybe(self, #ident: Option<#written>) -> Self {
                match #ident {
                    Some(#ident) => self.#ident(#ident),
                    None => self,
                }
            }
        }
    });
    let clear = matches!(kind, Kind::Nullable(_)).then(|| {
        let clear = format_ident!("clear_{}", name.trim_end_matches('_'));
        let clear_docs = docs(&format!("Sends null for [`Self::{name}`], which clears what is there."));
        quote! {
            #clear_docs
            #must_use
            pub fn #clear(mut self) -> Self {
                self.#ident = Nullable::Null;
                self
            }
        }
    });
    quote! {
        #about
        #must_use
        pub fn #ident(mut self, #ident: #written) -> Self {
            self.#ident = #kept;
            self
        }
        #maybe
        #clear
    }
}

/// Returns the identifier of a field.
pub(super) fn field(name: &str) -> Ident {
    format_ident!("{name}")
}
