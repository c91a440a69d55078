//! Reads from the source of a generated module how it treats secrets.

use std::{fs, path::Path};

use syn::{
    Attribute, Field, File, Ident, Item, ItemStruct, LitStr, Meta, Token,
    ext::IdentExt as _,
    parse::ParseStream,
    token,
    visit::{self, Visit},
};

pub(super) struct Code(File);

/// The type of a call.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) derives_debug: bool,
    pub(super) shows_only_its_name: bool,
}

impl Code {
    pub(super) fn of(module: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plex-tv-sdk/src/generated");
        Self(syn::parse_file(&fs::read_to_string(folder.join(module).with_extension("rs")).unwrap()).unwrap())
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        let items = module(&self.0.items, "calls");
        let describe = |call: &ItemStruct| Call {
            name: call.ident.to_string(),
            derives_debug: call.attrs.iter().any(derives_debug),
            shows_only_its_name: items.iter().any(|item| shows_only_its_name(item, &call.ident)),
        };
        structs(items).map(describe).collect()
    }

    /// Returns whether the member of a schema is a `Secret`. `*` means the values of a map.
    pub(super) fn is_secret(&self, schema: &str, member: &str) -> bool {
        let types = module(&self.0.items, "types");
        let Some(plain) = structs(types).find(|one| one.ident == schema) else {
            return false;
        };
        let name = field_of(types, schema, member);
        let is_it = |field: &&Field| member == "*" || name.as_ref().is_some_and(|name| is_named(field, name));
        plain.fields.iter().find(is_it).is_some_and(mentions_secret)
    }
}

fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let inner = items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    &inner.unwrap().1
}

fn structs(items: &[Item]) -> impl Iterator<Item = &ItemStruct> {
    items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    })
}

fn derives_debug(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("derive") && list.tokens.to_string().contains("Debug"))
}

/// Returns whether the item is the macro that makes `Debug` show only the name of this call.
fn shows_only_its_name(item: &Item, name: &Ident) -> bool {
    let Item::Macro(item) = item else { return false };
    let is_debug = item.mac.path.segments.last().is_some_and(|last| last.ident == "call_debug");
    is_debug && item.mac.parse_body::<Ident>().is_ok_and(|shown| shown == *name)
}

/// Returns the field that has a name on the wire, from the table of a type.
fn field_of(items: &[Item], schema: &str, wire_name: &str) -> Option<String> {
    items.iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "object") => {
            let (name, rows) = item.mac.parse_body_with(table).unwrap();
            rows.into_iter().find(|(_, found)| name == schema && found == wire_name).map(|(field, _)| field)
        }
        _ => None,
    })
}

/// Parses `Type { field: "wireName", … }, …`.
fn table(input: ParseStream<'_>) -> syn::Result<(String, Vec<(String, String)>)> {
    let name = input.parse::<Ident>()?.to_string();
    let rows;
    syn::braced!(rows in input);
    let mut found = Vec::new();
    while !rows.is_empty() {
        let field = rows.call(Ident::parse_any)?.to_string();
        rows.parse::<Token![:]>()?;
        found.push((field, rows.parse::<LitStr>()?.value()));
        if rows.peek(token::Bracket) {
            let mark;
            syn::bracketed!(mark in rows);
            mark.parse::<Ident>()?;
        }
        rows.parse::<Option<Token![,]>>()?;
    }
    while !input.is_empty() {
        input.step(|rest| Ok(((), rest.token_tree().map_or(*rest, |(_, rest)| rest))))?;
    }
    Ok((name, found))
}

fn is_named(field: &Field, name: &str) -> bool {
    field.ident.as_ref().is_some_and(|ident| ident == name)
}

fn mentions_secret(field: &Field) -> bool {
    let mut names = Names::default();
    names.visit_type(&field.ty);
    names.has("Secret")
}

/// All identifiers in a piece of code.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|found| found == name)
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_ident(&mut self, name: &'ast Ident) {
        self.0.push(name.to_string());
        visit::visit_ident(self, name);
    }
}
