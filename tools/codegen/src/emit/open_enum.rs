//! Enums. An open one has a variant for each known value, and `Other` for the rest.
//!
//! plex.tv adds values without notice. A new value is kept and sent back unchanged, instead of
//! making the reply fail.

use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::docs;

pub(super) fn open_enum(name: &str, about: &str, values: &[String]) -> TokenStream {
    let name = format_ident!("{name}");
    let about = docs(about);
    let variants: Vec<_> = values.iter().map(|value| format_ident!("{}", variant_name(value))).collect();
    let shown = values.iter().map(|value| docs(&format!("`{value}`")));
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#shown #variants,)*
            /// A value that this version does not know. It is sent back unchanged.
            Other(String),
        }

        runtime::open_enum!(#name { #(#variants: #values),* });
    }
}

/// Returns a closed enum for requests: other values cannot be sent.
pub(super) fn closed_enum(name: &str, about: &str, values: &[String]) -> TokenStream {
    let name = format_ident!("{name}");
    let about = docs(about);
    let variants: Vec<_> = values.iter().map(|value| format_ident!("{}", variant_name(value))).collect();
    let shown = values.iter().map(|value| docs(&format!("`{value}`")));
    quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#shown #variants),*
        }

        runtime::closed_enum!(#name { #(#variants: #values),* });
    }
}

pub(super) fn variant_name(value: &str) -> String {
    let name = value.to_upper_camel_case();
    match name.chars().next() {
        Some(first) if first.is_alphabetic() && name != "Other" => name,
        Some(first) if first.is_alphabetic() => "OtherValue".to_owned(),
        _ => format!("Value{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_variants_named_after_them() {
        let names = ["opt_in", "pubsub-player", "4k", "other"].map(variant_name);

        assert_eq!(names, ["OptIn", "PubsubPlayer", "Value4k", "OtherValue"]);
    }
}
