//! The public items of a module, each with its signature.

use super::{
    surface::Surface,
    tree::{Root, Tree},
};

/// One public item: its path below the module, and its signature on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) path: String,
    pub(crate) signature: String,
}

/// The public items of a generated module, sorted by path.
///
/// Types are named from the module's root, `types::Pin`; what stands elsewhere in the SDK by its last name, `Secret`; what
/// Rust has likewise, `Option`. A trait of a type, written or derived, is the item `types::Pin as Clone`. Of an item in
/// several places only the shortest path tells it all, the others are `pub use`. The code of derives and of macros that
/// are called is not looked into; a call of a macro is an item of its own, `types::text_traits!(Kind)`.
pub(crate) fn items(file: &syn::File) -> Vec<Item> {
    Surface::of(&Tree::new(Root::Module, &file.items), "").items
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a module's items, `path: signature`.
    #[track_caller]
    fn assert_items(code: &str, wanted: &[&str]) {
        let found: Vec<_> = items(&syn::parse_file(code).unwrap())
            .into_iter()
            .map(|item| format!("{}: {}", item.path, item.signature))
            .collect();

        assert_eq!(found, wanted, "\n{}\n", found.join("\n"));
    }

    #[test]
    fn a_struct_is_told_with_its_public_fields_and_its_traits() {
        assert_items(
            r#"
            pub mod types {
                /// Docs say nothing of the surface.
                #[non_exhaustive]
                #[derive(::serde::Deserialize, Clone)]
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
                pub struct Pin {
                    #[serde(default, deserialize_with = "crate::loose::option")]
                    pub auth_token: ::std::option::Option<crate::Secret>,
                    #[deprecated(note = "gone")]
                    pub location: ::std::collections::BTreeMap<
                        ::std::string::String,
                        super::types::Place,
                    >,
                    pub rows: crate::Rows<crate::generated::plex_tv::types::Place>,
                    hidden: u8,
                }
                pub struct Place(pub ::std::string::String, i64);
                pub struct Unit;
                struct Private { pub field: u8 }
            }"#,
            &[
                "types: mod types",
                "types::Pin: #[non_exhaustive] struct Pin { .. }",
                "types::Pin as Clone: impl",
                "types::Pin as schemars::JsonSchema: #[cfg(feature = \"schemars\")] impl",
                "types::Pin as serde::Deserialize: impl",
                "types::Pin::auth_token: Option<Secret>",
                "types::Pin::location: #[deprecated] BTreeMap<String, types::Place>",
                "types::Pin::rows: Rows<types::Place>",
                "types::Place: struct Place(String, _)",
                "types::Place::0: String",
                "types::Unit: struct Unit",
            ],
        );
    }

    #[test]
    fn variants_are_told_with_what_they_carry() {
        assert_items(
            "#[non_exhaustive] pub enum Kind { Movie, Other(::std::string::String), At { x: u8 }, #[cfg(feature = \"b\")] Last = 7 }",
            &[
                "Kind: #[non_exhaustive] enum Kind",
                "Kind::At: At { x: u8 }",
                "Kind::Last: #[cfg(feature = \"b\")] Last = 7",
                "Kind::Movie: Movie",
                "Kind::Other: Other(String)",
            ],
        );
    }

    #[test]
    fn methods_are_told_with_generics_and_bounds_and_without_bodies() {
        assert_items(
            r#"
            use progenitor_client::ResponseValue;
            pub mod types { pub struct Pin; pub mod builder { pub struct Pin; } }
            pub mod builder {
                use super::{types, ResponseValue};
                pub struct GetToken<'a> { client: &'a super::Client }
                impl<'a> GetToken<'a> {
                    #[must_use = "it does nothing alone"]
                    pub fn pin_id<V>(mut self, value: V) -> Self
                    where
                        V: std::convert::TryInto<types::builder::Pin>,
                        <V as std::convert::TryInto<i64>>::Error: std::fmt::Display,
                    { self }
                    pub async fn send(self) -> Result<ResponseValue<types::Pin>, crate::Error> { todo() }
                    pub fn map(&mut self, f: impl std::ops::FnOnce(&str) -> types::Pin) {}
                    pub(crate) fn hidden(&self) {}
                    fn private(&self) {}
                }
            }
            pub struct Client(());
            pub const fn answer<T: Clone + ?Sized, const N: usize>(_: [T; N], (a, b): (u8, u8)) -> ::std::fmt::Result { x }
            "#,
            &[
                "Client: struct Client(_)",
                "answer: const fn answer<T: Clone + ?Sized, const N: usize>(_: [T; N], _: (u8, u8)) -> fmt::Result",
                "builder: mod builder",
                "builder::GetToken: struct GetToken<'a> { .. }",
                "builder::GetToken::map: fn map(&mut self, f: impl FnOnce(&str) -> types::Pin)",
                "builder::GetToken::pin_id: #[must_use] fn pin_id<V>(self, value: V) -> Self where V: TryInto<types::builder::Pin>, <V as TryInto<i64>>::Error: Display",
                "builder::GetToken::send: async fn send(self) -> Result<progenitor_client::ResponseValue<types::Pin>, Error>",
                "types: mod types",
                "types::Pin: struct Pin",
                "types::builder: mod builder",
                "types::builder::Pin: struct Pin",
            ],
        );
    }

    #[test]
    fn traits_are_told_with_their_methods_and_types_with_their_impls() {
        assert_items(
            r#"
            pub trait ClientExt: Send {
                type Reply<'a>: Clone where Self: 'a;
                const LIMIT: usize = 7;
                #[cfg(feature = "unstable")]
                fn get(&self) -> builder::Get<'_>;
                #[deprecated]
                fn both(&self) -> u8 { 1 }
            }
            pub mod builder { pub struct Get<'a>(&'a u8); impl std::fmt::Debug for Get<'_> {} }
            pub struct Rows<T>(Vec<T>);
            impl<T> Rows<T> { pub fn first(&self) -> Option<&T> { None } }
            impl<T: Copy> Rows<T> where T: Send { pub fn sum(&self) -> T { x } }
            impl Rows<u8> { pub const MAX: u8 = 1; }
            impl<T: Send> ::std::iter::IntoIterator for Rows<T> { type Item = T; type IntoIter = std::vec::IntoIter<T>; fn into_iter(self) {} }
            impl<'a, T> IntoIterator for &'a Rows<T> { type Item = &'a T; }
            impl ::std::convert::From<Rows<u8>> for ::std::vec::Vec<u8> {}
            impl<'de> ::serde::Deserialize<'de> for Rows<u8> {}
            struct Visitor;
            impl<'de> ::serde::de::Visitor<'de> for Visitor {}
            impl From<Visitor> for Rows<u8> {}
            trait Hidden {}
            impl Hidden for Rows<u8> {}
            const _: () = { impl Clone for Rows<i64> {} };
            "#,
            &[
                "&'a Rows<T> as IntoIterator: impl<T> { type Item = &'a T; }",
                "ClientExt: trait ClientExt: Send",
                "ClientExt::LIMIT: const LIMIT: usize = _",
                "ClientExt::Reply: type Reply<'a>: Clone where Self: 'a",
                "ClientExt::both: #[deprecated] fn both(&self) -> u8 { .. }",
                "ClientExt::get: #[cfg(feature = \"unstable\")] fn get(&self) -> builder::Get<'_>",
                "Rows: struct Rows<T>(_)",
                "Rows as IntoIterator: impl<T: Send> { type Item = T; type IntoIter = IntoIter<T>; }",
                "Rows::first: fn first(&self) -> Option<&T>",
                "Rows::sum: fn sum(&self) -> T where T: Copy, T: Send",
                "Rows<i64> as Clone: impl",
                "Rows<u8> as serde::Deserialize: impl",
                "Rows<u8>::MAX: const MAX: u8",
                "Vec<u8> as From<Rows<u8>>: impl",
                "builder: mod builder",
                "builder::Get: struct Get<'a>(_)",
                "builder::Get as Debug: impl",
            ],
        );
    }

    #[test]
    fn constants_aliases_and_re_exports_are_items() {
        assert_items(
            r#"
            pub use progenitor_client::{ByteStream, Error as Failure};
            pub use reqwest;
            pub use types::Pin;
            pub mod types { pub struct Pin; pub enum Kind { A } }
            pub mod prelude { pub use super::types::Pin; pub use super::Client as _; pub use super::types::Kind::*; pub use other::*; }
            pub trait Client {}
            pub const ALL: &[crate::Operation] = &[];
            pub static ONE: u8 = 1;
            pub type Reply<T> = ::std::result::Result<(T, u8,), (Failure,),>;
            pub(crate) use hidden::Name;
            macro_rules! own { () => {} }
            crate::open_enum::text_traits!(Kind);
            pub fn stream() -> ByteStream { x }
            "#,
            &[
                "ALL: const ALL: &[Operation]",
                "ByteStream: pub use progenitor_client::ByteStream",
                "Client: trait Client",
                "Failure: pub use progenitor_client::Error",
                "ONE: static ONE: u8",
                "Pin: struct Pin",
                "Reply: type Reply<T> = Result<(T, u8), (Failure,)>",
                "prelude: mod prelude",
                "prelude::*: pub use other::*",
                "prelude::A: pub use types::Kind::A",
                "prelude::Client as _: pub use Client",
                "prelude::Pin: pub use Pin",
                "reqwest: pub use reqwest",
                "stream: fn stream() -> ByteStream",
                "text_traits!(Kind): macro call",
                "types: mod types",
                "types::Kind: enum Kind",
                "types::Kind::A: A",
                "types::Pin: pub use Pin",
            ],
        );
    }

    #[test]
    fn a_feature_of_a_module_stands_before_all_that_is_in_it() {
        assert_items(
            r#"
            #[cfg(feature = "v1")]
            pub mod old {
                pub struct Client;
                #[cfg(feature = "unstable")]
                impl Client { #[cfg(all(feature = "v1", unix))] pub fn new() -> Self { Client } }
                #[cfg(test)]
                mod tests { pub struct Never; }
            }
            #[doc(hidden)]
            pub fn inner() {}
            "#,
            &[
                "inner: #[doc(hidden)] fn inner()",
                "old: #[cfg(feature = \"v1\")] mod old",
                "old::Client: #[cfg(feature = \"v1\")] struct Client",
                "old::Client::new: #[cfg(all(feature = \"unstable\", feature = \"v1\", unix))] fn new() -> Self",
            ],
        );
    }

    #[test]
    fn circles_of_names_end() {
        assert_items(
            "pub mod a { pub use super::b::*; pub use super::a; } pub mod b { pub use super::a::*; pub use self::lost as found; pub use found as lost; }",
            &[
                "a: mod a",
                "a::a: pub use a",
                "a::found: pub use found",
                "a::lost: pub use found",
                "b: mod b",
                "b::a: pub use a",
                "b::found: pub use found",
                "b::lost: pub use found",
            ],
        );
    }

    #[test]
    fn the_generated_modules_are_told_in_a_moment() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../plex-tv-sdk/src/generated");
        let file = syn::parse_file(&std::fs::read_to_string(folder.join("plex_tv.rs")).unwrap()).unwrap();

        let found = items(&file);

        let signature = |path: &str| &found.iter().find(|item| item.path == path).unwrap().signature;
        assert_eq!(signature("ClientAuthenticationExt::get_token"), "fn get_token(&self) -> builder::GetToken<'_>");
        assert_eq!(
            signature("builder::GetToken::send"),
            "async fn send(self) -> Result<ResponseValue<types::PinInfo>, Error>"
        );
        assert!(found.is_sorted());
    }
}
