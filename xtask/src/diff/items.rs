//! The public items of one generated file, each with its signature on one line.
//!
//! Only the kinds of items that generated code has are listed: modules, structs, enums, traits,
//! functions, constants, and impls for local types. Traits that every type has (`Clone`, `Debug`)
//! and items that repeat others (a setter with the name of a public field, the builder of a type)
//! are left out.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Fields, ImplItem, Item, Meta, PatIdent, Path, Signature, Token, TraitItem, Visibility,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

/// Traits that every generated type has.
const USUAL: [&str; 2] = ["Clone", "Debug"];
/// Modules that are shown in front of the names inside them.
const MODULES: [&str; 3] = ["builder", "calls", "types"];

/// Returns the signatures of the public items, by their path inside the module.
pub(super) fn items(file: &syn::File) -> BTreeMap<String, String> {
    let mut list = List::default();
    list.module(&file.items, "", "");
    let List { found, methods } = list;
    let methods = methods.into_iter().filter(|(path, _)| !found.contains_key(path)).collect::<Vec<_>>();
    found.into_iter().chain(methods).collect()
}

#[derive(Debug, Default)]
struct List {
    found: BTreeMap<String, String>,
    /// Methods and constants of types. A method with the name of a public field is its setter.
    methods: BTreeMap<String, String>,
}

impl List {
    /// Adds the items of a module. `at` is its path, which ends with `::` unless it is empty. `cfg`
    /// has the conditions of the modules around it.
    fn module(&mut self, items: &[Item], at: &str, cfg: &str) {
        for item in items {
            match item {
                Item::Mod(module) if is_public(&module.vis) => {
                    let name = module.ident.to_string();
                    let Some((_, items)) = module.content.as_ref().filter(|_| !(at == "types::" && name == "builder"))
                    else {
                        continue;
                    };
                    self.module(items, &format!("{at}{name}::"), &format!("{cfg}{}", marks(&module.attrs)));
                }
                Item::Struct(item) if is_public(&item.vis) => {
                    let path = format!("{at}{}", item.ident);
                    self.add(&path, cfg, &item.attrs, format!("struct {}{}", item.ident, line(&item.generics)));
                    self.derives(&path, cfg, &item.attrs);
                    self.fields(&path, cfg, &item.fields);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let path = format!("{at}{}", item.ident);
                    self.add(&path, cfg, &item.attrs, format!("enum {}{}", item.ident, line(&item.generics)));
                    self.derives(&path, cfg, &item.attrs);
                    for variant in &item.variants {
                        let mut bare = variant.clone();
                        bare.attrs.clear();
                        bare.fields.iter_mut().for_each(|field| field.attrs.clear());
                        self.add(&format!("{path}::{}", variant.ident), cfg, &variant.attrs, line(&bare));
                    }
                }
                Item::Trait(item) if is_public(&item.vis) => {
                    let path = format!("{at}{}", item.ident);
                    self.add(&path, cfg, &item.attrs, format!("trait {}{}", item.ident, line(&item.generics)));
                    for inner in &item.items {
                        if let TraitItem::Fn(method) = inner {
                            self.method(&path, cfg, &method.attrs, &method.sig);
                        }
                    }
                }
                Item::Fn(item) if is_public(&item.vis) => {
                    self.add(&format!("{at}{}", item.sig.ident), cfg, &item.attrs, signature(&item.sig));
                }
                Item::Const(item) if is_public(&item.vis) => {
                    self.add(&format!("{at}{}", item.ident), cfg, &item.attrs, constant(&item.ident, &item.ty));
                }
                Item::Static(item) if is_public(&item.vis) => {
                    self.add(&format!("{at}{}", item.ident), cfg, &item.attrs, format!("static: {}", line(&*item.ty)));
                }
                Item::Type(item) if is_public(&item.vis) => {
                    let what = format!("type {}{} = {}", item.ident, line(&item.generics), line(&*item.ty));
                    self.add(&format!("{at}{}", item.ident), cfg, &item.attrs, what);
                }
                Item::Impl(item) => self.implementation(item, at, cfg),
                _ => {}
            }
        }
    }

    fn implementation(&mut self, item: &syn::ItemImpl, at: &str, cfg: &str) {
        // An impl for a type of another crate is added and removed with our type that it names.
        let syn::Type::Path(of) = &*item.self_ty else { return };
        let (1, Some(name)) = (of.path.segments.len(), of.path.segments.first().map(|first| &first.ident)) else {
            return;
        };
        let path = format!("{at}{name}");
        let cfg = format!("{cfg}{}", marks(&item.attrs));
        if let Some((of, _)) = &item.trait_ {
            let name = line(of);
            if !USUAL.contains(&name.as_str()) {
                self.found.insert(format!("{path} as {name}"), format!("{cfg}impl"));
            }
            return;
        }
        for inner in &item.items {
            match inner {
                // The builder of a type is left out, and so is the method that returns it.
                ImplItem::Fn(method)
                    if is_public(&method.vis) && !(at == "types::" && method.sig.ident == "builder") =>
                {
                    self.method(&path, &cfg, &method.attrs, &method.sig);
                }
                ImplItem::Const(item) if is_public(&item.vis) => {
                    let row = format!("{cfg}{}{}", marks(&item.attrs), constant(&item.ident, &item.ty));
                    self.methods.insert(format!("{path}::{}", item.ident), row);
                }
                _ => {}
            }
        }
    }

    fn method(&mut self, path: &str, cfg: &str, attributes: &[Attribute], of: &Signature) {
        self.methods.insert(format!("{path}::{}", of.ident), format!("{cfg}{}{}", marks(attributes), signature(of)));
    }

    fn fields(&mut self, path: &str, cfg: &str, fields: &Fields) {
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.add(&format!("{path}::{name}"), cfg, &field.attrs, line(&field.ty));
        }
    }

    fn derives(&mut self, path: &str, cfg: &str, attributes: &[Attribute]) {
        for derived in attributes.iter().flat_map(|attribute| derived(&attribute.meta)) {
            let name = derived.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            if !USUAL.contains(&name.as_str()) {
                self.found.insert(format!("{path} as {name}"), format!("{cfg}impl"));
            }
        }
    }

    fn add(&mut self, path: &str, cfg: &str, attributes: &[Attribute], what: String) {
        self.found.insert(path.to_owned(), format!("{cfg}{}{what}", marks(attributes)));
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Returns the attributes that a caller notices.
fn marks(attributes: &[Attribute]) -> String {
    let mut found = String::new();
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("cfg") {
            found.push_str(&format!("#[{}] ", line(&attribute.meta)));
        } else if path.is_ident("deprecated") {
            found.push_str("#[deprecated] ");
        } else if path.is_ident("non_exhaustive") {
            found.push_str("#[non_exhaustive] ");
        }
    }
    found
}

/// Returns the traits of `derive(…)`, and of `cfg_attr(…, derive(…))`.
fn derived(meta: &Meta) -> Vec<Path> {
    let Meta::List(list) = meta else { return Vec::new() };
    if list.path.is_ident("derive") {
        let paths = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        return paths.into_iter().flatten().collect();
    }
    if !list.path.is_ident("cfg_attr") {
        return Vec::new();
    }
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    inner.into_iter().flatten().flat_map(|inner| derived(&inner)).collect()
}

fn signature(of: &Signature) -> String {
    // `mut self` does not matter to the caller.
    line(of).replace("(mut self", "(self")
}

fn constant(name: &syn::Ident, ty: &syn::Type) -> String {
    format!("const {name}: {}", line(ty))
}

/// Removes the paths of names, so that a name reads the same wherever it is used.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let is_shown = |segment: &&syn::PathSegment| MODULES.iter().any(|name| segment.ident == name);
        let count = path.segments.len();
        let kept = if path.segments.iter().rev().nth(1).as_ref().is_some_and(is_shown) { 2 } else { 1 };
        path.leading_colon = None;
        path.segments = std::mem::take(&mut path.segments).into_iter().skip(count.saturating_sub(kept)).collect();
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        pattern.mutability = None;
    }
}

/// Returns the tokens of a piece of code on one line, spaced as by rustfmt, with short names.
fn line(code: &impl Shortened) -> String {
    let mut lexemes = Vec::new();
    flatten(code.shortened(), &mut lexemes);
    let mut text = String::new();
    let mut before = "";
    for (index, lexeme) in lexemes.iter().enumerate() {
        // A trailing comma depends only on how the code was broken into lines.
        if lexeme == "," && lexemes.get(index + 1).is_some_and(|next| [">", "]", ")"].contains(&next.as_str())) {
            continue;
        }
        if is_spaced(before, lexeme) {
            text.push(' ');
        }
        text.push_str(lexeme);
        before = lexeme;
    }
    text
}

trait Shortened {
    fn shortened(&self) -> TokenStream;
}

macro_rules! shortened {
    ($($ty:ty: $visit:ident,)*) => {
        $(impl Shortened for $ty {
            fn shortened(&self) -> TokenStream {
                let mut code = self.clone();
                Shorten.$visit(&mut code);
                code.into_token_stream()
            }
        })*
    };
}

shortened! {
    syn::Type: visit_type_mut,
    syn::Generics: visit_generics_mut,
    syn::Variant: visit_variant_mut,
    syn::Meta: visit_meta_mut,
    Signature: visit_signature_mut,
    Path: visit_path_mut,
}

fn flatten(tokens: TokenStream, lexemes: &mut Vec<String>) {
    let mut joint = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                lexemes.extend((!open.is_empty()).then(|| open.to_owned()));
                flatten(group.stream(), lexemes);
                lexemes.extend((!close.is_empty()).then(|| close.to_owned()));
            }
            TokenTree::Ident(ident) => lexemes.push(format!("{}{ident}", std::mem::take(&mut joint))),
            TokenTree::Literal(literal) => lexemes.push(literal.to_string()),
            TokenTree::Punct(punct) => {
                joint.push(punct.as_char());
                let is_open =
                    punct.spacing() == Spacing::Joint && matches!(joint.as_str(), ":" | "-" | "=" | "'" | "." | "..");
                if !is_open {
                    lexemes.push(std::mem::take(&mut joint));
                }
            }
        }
    }
    lexemes.extend((!joint.is_empty()).then_some(joint));
}

fn is_spaced(before: &str, next: &str) -> bool {
    let is_word = |text: &str| text.starts_with(|first: char| first.is_alphanumeric() || "_'\"".contains(first));
    match (before, next) {
        ("", _) | (_, "," | ";" | ")" | "]" | ">" | ":" | "::" | ".") => false,
        ("," | ";" | ":" | "->" | "=>" | "=" | "+" | "{", _) | (_, "->" | "=>" | "=" | "+" | "{" | "}") => true,
        ("(" | "[" | "<" | "&" | "::" | "!" | "*" | "?" | "#" | "." | "-", _) => false,
        ("as" | "dyn" | "impl" | "mut" | "const", "<" | "(" | "[") => true,
        (_, "<" | "(" | "!" | "?") => false,
        (before, "[") => is_word(before),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_items(code: &str, wanted: &[&str]) {
        let found: Vec<_> = items(&syn::parse_file(code).unwrap())
            .into_iter()
            .map(|(path, signature)| format!("{path}: {signature}"))
            .collect();

        assert_eq!(found, wanted, "\n{}\n", found.join("\n"));
    }

    #[test]
    fn types_are_listed_with_fields_variants_and_impls() {
        assert_items(
            r#"
            pub mod types {
                /// Docs are not part of the public surface.
                #[non_exhaustive]
                #[derive(::serde::Deserialize, Clone, Debug, Default)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                pub struct Pin {
                    #[serde(default, deserialize_with = "crate::loose::option")]
                    pub auth_token: ::std::option::Option<crate::Secret>,
                    #[deprecated(note = "gone")]
                    pub places: ::std::collections::BTreeMap<::std::string::String, super::types::Place,>,
                    hidden: u8,
                }
                impl Pin {
                    pub fn new(id: impl ::std::convert::Into<::std::string::String>) -> Self { x }
                    pub fn auth_token(mut self, value: impl Into<crate::Secret>) -> Self { x }
                    pub fn builder() -> builder::Pin { x }
                    fn private(&self) {}
                }
                #[derive(Copy)]
                pub enum Kind { #[serde(rename = "a")] A, B(::std::string::String) }
                impl ::std::str::FromStr for Kind {}
                impl ::std::convert::From<Kind> for ::std::string::String {}
                impl ::std::convert::From<&Kind> for Kind {}
                impl Clone for Kind {}
                pub mod builder { pub struct Pin {} }
                struct Private { pub field: u8 }
            }"#,
            &[
                "types::Kind: enum Kind",
                "types::Kind as Copy: impl",
                "types::Kind as From<&Kind>: impl",
                "types::Kind as FromStr: impl",
                "types::Kind::A: A",
                "types::Kind::B: B(String)",
                "types::Pin: #[non_exhaustive] struct Pin",
                "types::Pin as Default: impl",
                "types::Pin as Deserialize: impl",
                "types::Pin as JsonSchema: impl",
                "types::Pin::auth_token: Option<Secret>",
                "types::Pin::new: fn new(id: impl Into<String>) -> Self",
                "types::Pin::places: #[deprecated] BTreeMap<String, types::Place>",
            ],
        );
    }

    #[test]
    fn calls_are_listed_with_their_methods_and_conditions() {
        assert_items(
            r#"
            #[cfg(feature = "v1")]
            impl Api {
                #[deprecated]
                pub fn get_token(&self, pin_id: i64) -> calls::GetToken { x }
                #[cfg(feature = "unstable")]
                pub fn both(&self, a: String, mut b: String) -> calls::Both { x }
            }
            pub mod calls {
                #[derive(Clone, Debug)]
                pub struct GetToken { api: super::Api, code: ::std::option::Option<crate::Secret> }
                impl GetToken {
                    pub const OPERATION: &'static crate::Operation = &X;
                    pub fn code(mut self, code: impl Into<crate::Secret>) -> Self { x }
                    pub async fn send(self) -> Result<super::types::PinInfo, crate::Error> { x }
                }
            }
            pub const OPERATIONS: &[&crate::Operation] = &[];
            pub trait ClientExt: Send { fn list(&self) -> builder::List<'_>; }
            pub use types::Pin;
            fn private() {}
            "#,
            &[
                "Api::both: #[cfg(feature = \"v1\")] #[cfg(feature = \"unstable\")] fn both(&self, a: String, b: String) -> calls::Both",
                "Api::get_token: #[cfg(feature = \"v1\")] #[deprecated] fn get_token(&self, pin_id: i64) -> calls::GetToken",
                "ClientExt: trait ClientExt",
                "ClientExt::list: fn list(&self) -> builder::List<'_>",
                "OPERATIONS: const OPERATIONS: &[&Operation]",
                "calls::GetToken: struct GetToken",
                "calls::GetToken::OPERATION: const OPERATION: &'static Operation",
                "calls::GetToken::code: fn code(self, code: impl Into<Secret>) -> Self",
                "calls::GetToken::send: async fn send(self) -> Result<types::PinInfo, Error>",
            ],
        );
    }

    #[test]
    fn tokens_are_spaced_as_rustfmt_would() {
        for text in [
            "Option<Vec<String>>",
            "&'a mut [u8]",
            "[u8; 32]",
            "Box<dyn Fn(&str, i64) -> Result<(), Error> + Send + 'static>",
            "impl Into<String>",
            "(A, B)",
        ] {
            assert_eq!(line(&syn::parse_str::<syn::Type>(text).unwrap()), text);
        }
    }
}
