//! The types of requests and replies.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{
    deprecated,
    docs::{docs, sentence},
    has_map,
    open_enum::{closed_enum, open_enum},
    setter::{Argument, argument, field, setters},
    type_imports,
};
use crate::{
    kind::Kind,
    model::{Body, Member, Model, TypeDef},
};

/// Returns the module `types`.
pub(super) fn types(model: &Model<'_>, runtime: &syn::Path) -> Result<TokenStream, String> {
    let imports: Vec<_> = type_imports(model).into_iter().map(|name| format_ident!("{name}")).collect();
    let clash = model.types.iter().find(|definition| {
        ["Box", "Option", "String", "Vec", "BTreeMap"].contains(&definition.name.as_str())
            || imports.iter().any(|name| *name == definition.name && definition.name != "Flag")
    });
    if let Some(definition) = clash {
        return Err(format!("the type `{}` has the name of a type that the generated code uses", definition.name));
    }
    let map = has_map(model).then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let types = model.types.iter().map(|definition| type_def(model, definition));
    Ok(quote! {
        /// The types of requests and replies.
        pub mod types {
            #map

            use #runtime::{self as runtime, #(#imports),*};

            #(#types)*
        }
    })
}

fn type_def(model: &Model<'_>, definition: &TypeDef<'_>) -> TokenStream {
    let name = format_ident!("{}", definition.name);
    let text = sentence(definition.schema, &definition.name);
    let (about, deprecated) = (docs(&text), deprecated(definition.schema));
    match &definition.body {
        Body::OpenEnum(values) => open_enum(&definition.name, &text, values),
        Body::ClosedEnum(values) => closed_enum(&definition.name, &text, values),
        Body::Choice(kind) => {
            let kind = kind.rust();
            quote!(#about pub type #name = Choice<#kind>;)
        }
        Body::Wrapper(kind) => wrapper(model, definition, kind),
        Body::Members { members, keeps_unknown } => {
            let fields = members.iter().map(|member| struct_field(member, members));
            let extra = keeps_unknown.then(|| {
                quote! {
                    /// Members that the description does not name.
                    #[cfg_attr(feature = "schemars", schemars(flatten))]
                    pub extra: Extra
                }
            });
            let fields = fields.chain(extra);
            let camel = members.iter().any(|member| renames(member) && camel_case(&member.name) == member.wire_name);
            let camel = camel.then(|| quote!(#[cfg_attr(feature = "schemars", schemars(rename_all = "camelCase"))]));
            let default = (!members.iter().any(Member::must_be_read)).then(|| quote!(, Default));
            let builder = definition.is_sent.then(|| builder(model, definition, members, *keeps_unknown));
            let table = table(&name, members, *keeps_unknown, definition.schema["x-plex-bare-list"].as_str());
            quote! {
                #about
                #[derive(Clone, Debug #default)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                #camel
                #[non_exhaustive]
                #deprecated
                pub struct #name { #(#fields),* }
                #builder
                #table
            }
        }
    }
}

/// Returns whether a member has another name on the wire.
fn renames(member: &Member<'_>) -> bool {
    member.name.trim_end_matches('_') != member.wire_name
}

/// Converts a name as `rename_all = "camelCase"` does.
fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    let mut is_upper = false;
    for character in name.chars() {
        match character {
            '_' => is_upper = true,
            _ if is_upper => {
                camel.extend(character.to_uppercase());
                is_upper = false;
            }
            _ => camel.push(character),
        }
    }
    camel
}

fn struct_field(member: &Member<'_>, all: &[Member<'_>]) -> TokenStream {
    let about = docs(&sentence(member.schema, &member.wire_name));
    let deprecated = deprecated(member.schema);
    let (name, kind, wire_name) = (field(&member.name), member.kind.rust(), &member.wire_name);
    let is_camel = all.iter().any(|other| renames(other) && camel_case(&other.name) == other.wire_name);
    let by_rule = if is_camel { camel_case(&member.name) } else { member.name.clone() };
    let rename = (by_rule != *wire_name).then(|| quote!(rename = #wire_name));
    // schemars treats a member that is not an `Option` as required, unless an attribute says
    // otherwise. Null is no default of a nullable member: it clears something.
    let default = match member.kind {
        Kind::List(_) | Kind::Rows(_) | Kind::Map(_) if !member.required => Some(quote!(default)),
        Kind::Nullable(_) if !member.required => Some(quote!(default, skip_serializing_if = "Nullable::is_missing")),
        _ => None,
    };
    let schemars: Vec<_> = rename.into_iter().chain(default).collect();
    let schemars = (!schemars.is_empty()).then(|| quote!(#[cfg_attr(feature = "schemars", schemars(#(#schemars),*))]));
    quote! {
        #about
        #schemars
        #deprecated
        pub #name: #kind
    }
}

/// Returns the table by which a type is read and written. Required members come first. A list in
/// place of the object is read into the member `bare_list`.
fn table(name: &syn::Ident, members: &[Member<'_>], keeps_unknown: bool, bare_list: Option<&str>) -> TokenStream {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|member| (!member.must_be_read(), member.line));
    let rows = sorted.iter().map(|member| {
        let (field, wire_name) = (field(&member.name), &member.wire_name);
        let is_kept = member.required && matches!(member.kind, Kind::List(_) | Kind::Rows(_) | Kind::Map(_));
        let even_empty = is_kept.then(|| quote!([even_empty]));
        quote!(#field: #wire_name #even_empty)
    });
    let required = Literal::usize_unsuffixed(members.iter().filter(|member| member.must_be_read()).count());
    let extra = keeps_unknown.then(|| quote!(, extra));
    let list = members.iter().find(|member| Some(member.wire_name.as_str()) == bare_list);
    let list = list.map(|member| field(&member.name)).map(|field| quote!(; #field));
    quote!(runtime::object!(#name { #(#rows),* }, #required #extra #list);)
}

/// Returns `new` with the required members, and a setter for each of the others.
fn builder(model: &Model<'_>, definition: &TypeDef<'_>, members: &[Member<'_>], keeps_unknown: bool) -> TokenStream {
    let name = format_ident!("{}", definition.name);
    let mut required: Vec<_> = members.iter().filter(|member| member.required && member.constant().is_none()).collect();
    required.sort_by_key(|member| member.line);
    let arguments = required.iter().map(|member| {
        let ident = field(&member.name);
        let Argument { written, .. } = argument(model, &member.kind, &ident, true);
        quote!(#ident: #written)
    });
    let values = members.iter().map(|member| {
        let ident = field(&member.name);
        if let Some(constant) = member.constant() {
            return quote!(#ident: #constant.to_owned());
        }
        if !member.required {
            return quote!(#ident: Default::default());
        }
        let Argument { kept, .. } = argument(model, &member.kind, &ident, true);
        quote!(#ident: #kept)
    });
    let extra = keeps_unknown.then(|| quote!(extra: Extra::default()));
    let values = values.chain(extra);
    let about = match required.len() {
        0 => "Creates a value with nothing set.",
        _ => "Creates a value with the required members only.",
    };
    let about = docs(about);
    let setters = members.iter().filter(|member| !member.required).map(|member| {
        self::setters(model, &member.kind, &member.name, &sentence(member.schema, &member.wire_name), true)
    });
    quote! {
        impl #name {
            #about
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
            #(#setters)*
        }
    }
}

/// Returns a type that wraps a list, a map or a free-form object.
fn wrapper(model: &Model<'_>, definition: &TypeDef<'_>, kind: &Kind) -> TokenStream {
    let name = format_ident!("{}", definition.name);
    let about = docs(&sentence(definition.schema, &definition.name));
    let deprecated = deprecated(definition.schema);
    let inner = kind.rust();
    let builder = definition.is_sent.then(|| {
        let Argument { written, kept } = argument(model, kind, &format_ident!("entries"), true);
        quote! {
            impl #name {
                /// Creates a value from these entries.
                pub fn new(entries: #written) -> Self {
                    Self(#kept)
                }
            }
        }
    });
    quote! {
        #about
        #[derive(Clone, Debug, Default)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema), schemars(transparent))]
        #deprecated
        pub struct #name(pub #inner);
        #builder
        runtime::list!(#name(#inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_is_that_of_serde() {
        for (name, camel) in [("auth_token", "authToken"), ("id", "id"), ("has_2fa", "has2fa")] {
            assert_eq!(camel_case(name), camel);
        }
    }
}
