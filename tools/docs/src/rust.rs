//! Reads generated Rust code: the types with their members, and the calls with their arguments and
//! doctests.

use std::{collections::BTreeMap, fs, path::Path};

use plex_tv_openapi::Problem;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Attribute, Expr, Fields, Ident, Item, ItemMod, Lit, LitStr, Meta, ReturnType, Token, Type, ext::IdentExt as _,
    parse::ParseStream,
};

/// The generated module of one description.
#[derive(Debug, Default)]
pub(crate) struct RustModule {
    /// The types of the module `types`, by name.
    pub(crate) types: BTreeMap<String, RustType>,
    /// The calls of the module `calls`, by name.
    pub(crate) calls: BTreeMap<String, RustCall>,
    /// The signatures of the methods of `Api`, by name.
    pub(crate) methods: BTreeMap<String, String>,
}

/// A type of the module `types`.
#[derive(Debug)]
pub(crate) struct RustType {
    pub(crate) keyword: &'static str,
    /// The type of each member, by its name on the wire.
    pub(crate) members: BTreeMap<String, String>,
    /// The type inside a wrapper or an alias.
    pub(crate) inner: Option<String>,
}

/// A call.
#[derive(Debug, Default)]
pub(crate) struct RustCall {
    /// The members, by name, with their Rust types.
    pub(crate) fields: BTreeMap<String, String>,
    /// The members of the type with all required arguments, if there is one.
    pub(crate) arguments: Option<BTreeMap<String, String>>,
    /// The doctest, with the lines that rustdoc hides.
    pub(crate) example: String,
    /// What `send` returns.
    pub(crate) reply: String,
}

impl RustModule {
    /// Reads a generated file.
    ///
    /// # Errors
    /// If the file cannot be read, or is not Rust.
    pub(crate) fn load(path: &Path) -> Result<Self, Problem> {
        let problem = |why: String| Problem::new(path, "generated-code", why, "cargo xtask generate");
        let text = fs::read_to_string(path).map_err(|why| problem(format!("it cannot be read: {why}")))?;
        let file = syn::parse_file(&text).map_err(|why| problem(format!("it is not Rust: {why}")))?;
        let mut module = Self::default();
        for item in &file.items {
            match item {
                Item::Mod(inner) if inner.ident == "types" => module
                    .read_types(inner)
                    .map_err(|why| problem(format!("it has a table of members of another form: {why}")))?,
                Item::Mod(inner) if inner.ident == "calls" => module.read_calls(inner),
                Item::Impl(found) if found.trait_.is_none() && is_named(&found.self_ty, "Api") => {
                    for method in found.items.iter().filter_map(|item| match item {
                        syn::ImplItem::Fn(method) => Some(method),
                        _ => None,
                    }) {
                        let signature = spaced(&method.sig.to_token_stream().to_string());
                        module.methods.insert(method.sig.ident.to_string(), signature);
                    }
                }
                _ => {}
            }
        }
        Ok(module)
    }

    fn read_types(&mut self, module: &ItemMod) -> syn::Result<()> {
        for item in items(module) {
            let (name, found) = match item {
                Item::Struct(found) => {
                    let inner = match &found.fields {
                        Fields::Unnamed(fields) => fields.unnamed.first().map(|field| rust_type(&field.ty)),
                        _ => None,
                    };
                    let members = match &found.fields {
                        Fields::Named(fields) => fields.named.iter().map(member).collect(),
                        _ => BTreeMap::new(),
                    };
                    (&found.ident, RustType { keyword: "struct", members, inner })
                }
                Item::Enum(found) => {
                    (&found.ident, RustType { keyword: "enum", members: BTreeMap::new(), inner: None })
                }
                Item::Type(found) => {
                    let inner = Some(rust_type(&found.ty));
                    (&found.ident, RustType { keyword: "type", members: BTreeMap::new(), inner })
                }
                // The table of members stands behind its type.
                Item::Macro(found) if found.mac.path.segments.last().is_some_and(|last| last.ident == "object") => {
                    let (name, mut wire_names) = found.mac.parse_body_with(table)?;
                    if let Some(found) = self.types.get_mut(&name) {
                        let members = std::mem::take(&mut found.members).into_iter();
                        let members = members.map(|(field, kind)| (wire_names.remove(&field).unwrap_or(field), kind));
                        found.members = members.collect();
                    }
                    continue;
                }
                _ => continue,
            };
            self.types.insert(name.to_string(), found);
        }
        Ok(())
    }

    fn read_calls(&mut self, module: &ItemMod) {
        let mut arguments = BTreeMap::new();
        for item in items(module) {
            match item {
                Item::Struct(found) => {
                    let fields = found.fields.iter().filter_map(|field| {
                        Some((
                            field.ident.as_ref()?.to_string().trim_start_matches("r#").to_owned(),
                            rust_type(&field.ty),
                        ))
                    });
                    let fields: BTreeMap<_, _> = fields.collect();
                    match doctest(&docs(&found.attrs)) {
                        Some(example) => {
                            let call = RustCall { fields, example, ..RustCall::default() };
                            self.calls.insert(found.ident.to_string(), call);
                        }
                        None => {
                            arguments.insert(found.ident.to_string(), fields);
                        }
                    }
                }
                Item::Impl(found) if found.trait_.is_none() => {
                    let send = found.items.iter().find_map(|item| match item {
                        syn::ImplItem::Fn(method) if method.sig.ident == "send" => Some(method),
                        _ => None,
                    });
                    let Some(send) = send else { continue };
                    let name = found.self_ty.to_token_stream().to_string();
                    if let (ReturnType::Type(_, reply), Some(call)) = (&send.sig.output, self.calls.get_mut(&name)) {
                        let reply = rust_type(reply);
                        let value = reply.strip_prefix("Result<").and_then(|reply| reply.strip_suffix(", Error>"));
                        call.reply = value.unwrap_or(&reply).to_owned();
                    }
                }
                _ => {}
            }
        }
        for (name, fields) in arguments {
            let call = name.strip_suffix("Arguments").and_then(|name| self.calls.get_mut(name));
            if let Some(call) = call {
                call.arguments = Some(fields);
            }
        }
    }
}

fn items(module: &ItemMod) -> impl Iterator<Item = &Item> {
    module.content.iter().flat_map(|(_, items)| items)
}

fn is_named(written: &Type, name: &str) -> bool {
    matches!(written, Type::Path(path) if path.path.is_ident(name))
}

/// Returns the name of a member in Rust, and its type.
fn member(field: &syn::Field) -> (String, String) {
    let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    (ident.trim_start_matches("r#").to_owned(), rust_type(&field.ty))
}

/// Parses `Type { field: "wireName", … }, …`, and returns the name of the type and the names of its
/// members on the wire.
fn table(input: ParseStream<'_>) -> syn::Result<(String, BTreeMap<String, String>)> {
    let name = input.parse::<Ident>()?.to_string();
    let rows;
    syn::braced!(rows in input);
    let mut wire_names = BTreeMap::new();
    while !rows.is_empty() {
        let field = rows.call(Ident::parse_any)?.to_string();
        rows.parse::<Token![:]>()?;
        let wire_name = rows.parse::<LitStr>()?.value();
        wire_names.insert(field.trim_start_matches("r#").to_owned(), wire_name);
        // A mark such as `[even_empty]`, and the comma.
        while !rows.is_empty() && !rows.peek(Ident::peek_any) {
            rows.parse::<TokenTree>()?;
        }
    }
    input.parse::<TokenStream>()?;
    Ok((name, wire_names))
}

/// Returns the text of the doc comments.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else { return None };
        let Expr::Lit(literal) = &meta.value else { return None };
        let Lit::Str(text) = &literal.lit else { return None };
        let text = text.value();
        Some(text.strip_prefix(' ').map(str::to_owned).unwrap_or(text))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the first `no_run` code block of a text.
fn doctest(docs: &str) -> Option<String> {
    let (_, rest) = docs.split_once("```no_run\n")?;
    Some(rest.split_once("\n```")?.0.to_owned())
}

/// Whether rustdoc hides this line of a doctest.
pub(crate) fn is_hidden(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

/// Returns the lines of a doctest that rustdoc shows.
pub(crate) fn shown(doctest: &str) -> String {
    let lines = doctest.lines().filter(|line| !is_hidden(line));
    let lines = lines.map(|line| line.strip_prefix('#').filter(|rest| rest.starts_with('#')).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Formats a type as a person would write it, without its path.
fn rust_type(written: &Type) -> String {
    let text = spaced(&written.to_token_stream().to_string());
    text.replace("types::", "").replace("::serde_json::", "serde_json::").replace("runtime::", "")
}

/// Formats tokens with the same spaces as rustfmt.
fn spaced(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (from, to) in
        [(" < ", "<"), ("< ", "<"), (" <", "<"), (" >", ">"), (" ,", ","), (" ::", "::"), (":: ", "::"), (" :", ":")]
    {
        text = text.replace(from, to);
    }
    for (from, to) in
        [(" (", "("), ("( ", "("), (" )", ")"), ("& ", "&"), ("-> (", "->("), ("->(", "-> ("), (",)", ")")]
    {
        text = text.replace(from, to);
    }
    text.replace(" -> ", "->").replace("->", " -> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_line_is_not_shown() {
        assert_eq!(shown("# fn main() {\nlet a = 1;\n#\n## not hidden\n# }"), "let a = 1;\n# not hidden");
    }

    #[test]
    fn types_are_written_as_a_person_would() {
        let cases = [
            ("Option < types :: Pin >", "Option<Pin>"),
            ("BTreeMap < String , Vec < i64 > >", "BTreeMap<String, Vec<i64>>"),
            ("()", "()"),
            (":: serde_json :: Value", "serde_json::Value"),
        ];

        for (from, to) in cases {
            assert_eq!(rust_type(&syn::parse_str(from).unwrap()), to);
        }
    }
}
