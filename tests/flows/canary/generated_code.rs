//! Reads from the source of a generated module how it treats secrets.

use std::{fs, path::Path};

use syn::{
    Attribute, Field, File, Ident, Item, ItemStruct, Meta,
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
        let Some(plain) = structs(module(&self.0.items, "types")).find(|one| one.ident == schema) else {
            return false;
        };
        let is_it = |field: &&Field| member == "*" || wire_name(field, &plain.attrs) == member;
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

fn wire_name(field: &Field, of_struct: &[Attribute]) -> String {
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let is_camel = serde(of_struct, "rename_all").is_some_and(|case| case == "camelCase");
    let by_rule = || if is_camel { camel_case(&name) } else { name.clone() };
    serde(&field.attrs, "rename").unwrap_or_else(by_rule)
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

/// Returns the value of a key in the serde attributes.
fn serde(attributes: &[Attribute], key: &str) -> Option<String> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("serde")).find_map(|attribute| {
        let mut found = None;
        let read = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident(key) {
                found = value.ok().map(|value| value.value());
            }
            Ok(())
        });
        read.ok().and(found)
    })
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
