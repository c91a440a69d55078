//! Facts about the hand-written part of the SDK: the error codes, the predicates of `Error`, and
//! the rustdoc page of each public item.

use std::{collections::BTreeMap, fs, path::Path};

use plex_tv_openapi::Problem;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, Lit, ReturnType};

use crate::rust::docs;

/// The facts about the SDK that the site shows.
#[derive(Debug, Default)]
pub(crate) struct Sdk {
    /// plex.tv's error codes, by number.
    pub(crate) codes: BTreeMap<u64, Code>,
    /// The predicates of `Error`, with the first paragraph of their docs.
    pub(crate) predicates: BTreeMap<String, String>,
    /// The rustdoc page of each public item, by its path without the name of the crate.
    items: BTreeMap<String, String>,
    /// The base of links to rustdoc, with a trailing slash.
    rustdoc: String,
}

#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) variant: String,
    pub(crate) meaning: String,
}

impl Sdk {
    /// Reads the sources of the SDK below `package`.
    ///
    /// # Errors
    /// If a file cannot be read, or lacks the error codes or the predicates.
    pub(crate) fn load(package: &Path, rustdoc: &str) -> Result<Self, Problem> {
        let mut sdk = Self { rustdoc: format!("{}/", rustdoc.trim_end_matches('/')), ..Self::default() };
        let folder = package.join("src/runtime/error");
        let entries = fs::read_dir(&folder).map_err(|why| problem(&folder, why.to_string()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = read(&path)?;
                sdk.read_errors(&syn::parse_file(&text).map_err(|why| problem(&path, why.to_string()))?);
            }
        }
        if sdk.codes.is_empty() || sdk.predicates.is_empty() {
            return Err(problem(&folder, "there are no error codes or no predicates of `Error`".to_owned()));
        }
        sdk.read_items(&read(&package.join("api.txt"))?);
        Ok(sdk)
    }

    /// Returns the rustdoc address of an item, such as `Error::is_auth` or `v2::types::PinInfo`.
    pub(crate) fn rustdoc(&self, path: &str) -> Option<String> {
        self.items.get(path).map(|page| self.rustdoc_page(page))
    }

    /// Returns the rustdoc address of a method of the hand-written layer, such as `Friends::list`,
    /// whatever the module of its type.
    pub(crate) fn rustdoc_of_method(&self, method: &str) -> Option<String> {
        let nested = format!("::{method}");
        let in_module = || self.items.iter().find(|(path, _)| path.ends_with(&nested)).map(|(_, page)| page);
        self.items.get(method).or_else(in_module).map(|page| self.rustdoc_page(page))
    }

    /// Returns the address of a rustdoc page.
    pub(crate) fn rustdoc_page(&self, page: &str) -> String {
        let base = if self.rustdoc.contains("://") { self.rustdoc.clone() } else { format!("@/{}", self.rustdoc) };
        format!("{base}plex_tv_sdk/{page}")
    }

    fn read_errors(&mut self, file: &syn::File) {
        for item in &file.items {
            match item {
                Item::Macro(found) if found.mac.path.is_ident("codes") => self.read_codes(found.mac.tokens.clone()),
                Item::Impl(found) if found.trait_.is_none() => self.read_predicates(found),
                _ => {}
            }
        }
    }

    /// Reads entries such as `1000 ClientIdentifierMissing "the client identifier is missing",`.
    fn read_codes(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for entry in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
            if let [TokenTree::Literal(number), TokenTree::Ident(variant), TokenTree::Literal(meaning)] = entry
                && let (Lit::Int(number), Lit::Str(meaning)) = (Lit::new(number.clone()), Lit::new(meaning.clone()))
                && let Ok(number) = number.base10_parse()
            {
                self.codes.insert(number, Code { variant: variant.to_string(), meaning: meaning.value() });
            }
        }
    }

    fn read_predicates(&mut self, found: &syn::ItemImpl) {
        let is_error = matches!(&*found.self_ty, syn::Type::Path(path) if path.path.is_ident("Error"));
        for item in found.items.iter().filter(|_| is_error) {
            let syn::ImplItem::Fn(method) = item else { continue };
            let is_public = matches!(method.vis, syn::Visibility::Public(_));
            let gives_bool = matches!(&method.sig.output, ReturnType::Type(_, kind)
                if matches!(&**kind, syn::Type::Path(path) if path.path.is_ident("bool")));
            if is_public && gives_bool {
                let docs = docs(&method.attrs);
                let summary = docs.split("\n\n").next().unwrap_or_default().replace('\n', " ");
                self.predicates.insert(method.sig.ident.to_string(), summary);
            }
        }
    }

    /// Reads `api.txt`, which has one public item per line.
    fn read_items(&mut self, text: &str) {
        const CRATE: &str = "plex_tv_sdk::";
        let mut kinds = BTreeMap::<String, &str>::new();
        for line in text.lines().filter(|line| !line.starts_with('#') || line.starts_with("#[")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| word.starts_with(CRATE)) else { continue };
            let keyword = words.get(..at).and_then(<[_]>::last).copied().unwrap_or_default();
            let path = without_generics(words.get(at..).unwrap_or_default().join(" ").trim_start_matches(CRATE));
            let (parent, name) = path.rsplit_once("::").unwrap_or(("", &path));
            let folder = |parent: &str| {
                if parent.is_empty() { String::new() } else { format!("{}/", parent.replace("::", "/")) }
            };
            let page = match keyword {
                "mod" => format!("{}/index.html", path.replace("::", "/")),
                // An associated type of a trait is on the page of its trait.
                "type" if kinds.contains_key(parent) => continue,
                "struct" | "enum" | "trait" | "type" => {
                    kinds.entry(path.clone()).or_insert(keyword);
                    format!("{}{keyword}.{name}.html", folder(parent))
                }
                "fn" | "const" => {
                    let Some((owner, kind)) = kinds.get_key_value(parent) else {
                        if keyword == "fn" {
                            self.items.entry(path.clone()).or_insert(format!("{}fn.{name}.html", folder(parent)));
                        }
                        continue;
                    };
                    let (above, owner) = owner.rsplit_once("::").unwrap_or(("", owner));
                    let anchor = match (keyword, *kind) {
                        // rustdoc's anchor depends on whether the method has a default, which this
                        // list does not show.
                        (_, "trait") => String::new(),
                        ("const", _) => format!("#associatedconstant.{name}"),
                        _ => format!("#method.{name}"),
                    };
                    format!("{}{kind}.{owner}.html{anchor}", folder(above))
                }
                "pub" if kinds.get(parent) == Some(&"enum") => {
                    let (above, owner) = parent.rsplit_once("::").unwrap_or(("", parent));
                    format!("{}enum.{owner}.html#variant.{name}", folder(above))
                }
                _ => continue,
            };
            self.items.entry(path).or_insert(page);
        }
    }
}

/// Returns the path at the beginning of a text, without generic arguments.
fn without_generics(text: &str) -> String {
    let mut path = String::new();
    let mut depth = 0_usize;
    for character in text.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if character.is_alphanumeric() || "_:".contains(character) => path.push(character),
            _ => break,
        }
    }
    path.trim_end_matches(':').to_owned()
}

fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|why| problem(path, format!("it cannot be read: {why}")))
}

fn problem(path: &Path, why: String) -> Problem {
    Problem::new(path, "sdk-source", why, "use the workspace of plex-tv-sdk, and check that it compiles")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_on_their_rustdoc_pages() {
        let mut sdk = Sdk { rustdoc: "rustdoc/".to_owned(), ..Sdk::default() };

        sdk.read_items(
            "# comment\npub mod plex_tv_sdk\npub mod plex_tv_sdk::v2\npub mod plex_tv_sdk::v2::types\n\
             #[non_exhaustive] pub struct plex_tv_sdk::v2::types::PinInfo\n\
             pub plex_tv_sdk::v2::types::PinInfo::code: plex_tv_sdk::Secret\n\
             pub struct plex_tv_sdk::Error\npub fn plex_tv_sdk::Error::is_auth(&self) -> bool\n\
             pub fn plex_tv_sdk::printable(text: &str) -> alloc::string::String\n\
             pub trait plex_tv_sdk::Clock: core::marker::Send\npub fn plex_tv_sdk::Clock::now(&self) -> u64\n\
             pub type plex_tv_sdk::v2::types::Libraries = plex_tv_sdk::Choice<i64>\n\
             impl core::fmt::Debug for plex_tv_sdk::Error\n\
             pub struct plex_tv_sdk::PinWait<'a>\nimpl<'a> plex_tv_sdk::PinWait<'a>\n\
             pub fn plex_tv_sdk::PinWait<'a>::on_poll(self, callback: impl Fn(&plex_tv_sdk::PinProgress<'_>)) -> Self\n\
             pub enum plex_tv_sdk::Choice<K, V>\npub plex_tv_sdk::Choice::Other(alloc::string::String)\n\
             pub fn plex_tv_sdk::Choice<K, V>::as_str(&self) -> &str\n",
        );

        let page = |path: &str| sdk.rustdoc(path);
        assert_eq!(page("v2").as_deref(), Some("@/rustdoc/plex_tv_sdk/v2/index.html"));
        assert_eq!(page("v2::types::PinInfo").as_deref(), Some("@/rustdoc/plex_tv_sdk/v2/types/struct.PinInfo.html"));
        assert_eq!(page("Error::is_auth").as_deref(), Some("@/rustdoc/plex_tv_sdk/struct.Error.html#method.is_auth"));
        assert_eq!(page("printable").as_deref(), Some("@/rustdoc/plex_tv_sdk/fn.printable.html"));
        assert_eq!(page("Clock").as_deref(), Some("@/rustdoc/plex_tv_sdk/trait.Clock.html"));
        assert_eq!(page("Clock::now").as_deref(), Some("@/rustdoc/plex_tv_sdk/trait.Clock.html"));
        assert_eq!(page("v2::types::Libraries").as_deref(), Some("@/rustdoc/plex_tv_sdk/v2/types/type.Libraries.html"));
        assert_eq!(page("v2::types::PinInfo::code"), None);
        assert_eq!(page("Missing"), None);
        let other = page("PinWait::on_poll");
        assert_eq!(other.as_deref(), Some("@/rustdoc/plex_tv_sdk/struct.PinWait.html#method.on_poll"));
        assert_eq!(page("Choice::Other").as_deref(), Some("@/rustdoc/plex_tv_sdk/enum.Choice.html#variant.Other"));
        assert_eq!(page("Choice::as_str").as_deref(), Some("@/rustdoc/plex_tv_sdk/enum.Choice.html#method.as_str"));
    }
}
