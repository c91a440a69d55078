//! The source of a generated module, as far as secrets go.

use std::{fs, path::Path};

use syn::{
    Attribute, Field, File, Ident, ImplItem, Item, ItemImpl, ItemStruct, Meta,
    visit::{self, Visit},
};

pub(super) struct Code(File);

/// What makes one call.
pub(super) struct Builder {
    pub(super) name: String,
    pub(super) derives_debug: bool,
    pub(super) shows_only_its_name: bool,
}

impl Code {
    pub(super) fn of(module: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plex-tv-sdk/src/generated");
        Self(syn::parse_file(&fs::read_to_string(folder.join(module).with_extension("rs")).unwrap()).unwrap())
    }

    pub(super) fn builders(&self) -> Vec<Builder> {
        let items = module(&self.0.items, "builder");
        let describe = |builder: &ItemStruct| Builder {
            name: builder.ident.to_string(),
            derives_debug: builder.attrs.iter().any(derives_debug),
            shows_only_its_name: items.iter().any(|item| shows_only_its_name(item, &builder.ident)),
        };
        structs(items).map(describe).collect()
    }

    /// Is the member of a schema a `Secret`, in its type and in the builder of that? `*` stands for all members.
    pub(super) fn is_secret(&self, schema: &str, member: &str) -> bool {
        let types = module(&self.0.items, "types");
        let is_of = |one: &&ItemStruct| one.ident == schema;
        let Some(plain) = structs(types).find(is_of) else { return false };
        let Some(field) = plain.fields.iter().find(|field| member == "*" || wire_name(field) == member) else {
            return false;
        };
        // A map has no builder.
        let Some(name) = &field.ident else { return mentions_secret(field) };
        let builder = structs(module(types, "builder")).find(is_of);
        let built = builder.and_then(|builder| builder.fields.iter().find(|field| field.ident.as_ref() == Some(name)));
        mentions_secret(field) && built.is_some_and(mentions_secret)
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

/// `impl Debug` with nothing of `self` in it.
fn shows_only_its_name(item: &Item, name: &Ident) -> bool {
    let Item::Impl(ItemImpl { trait_: Some((path, _)), self_ty, items, .. }) = item else { return false };
    let is_debug = path.segments.last().is_some_and(|last| last.ident == "Debug");
    let mut own = Names::default();
    own.visit_type(self_ty);
    let [ImplItem::Fn(function)] = items.as_slice() else { return false };
    let mut said = Names::default();
    said.visit_block(&function.block);
    is_debug && own.has(&name.to_string()) && said.has("finish_non_exhaustive") && !said.has("self")
}

fn wire_name(field: &Field) -> String {
    let rename = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")).find_map(|attribute| {
        let mut name = None;
        let read = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident("rename") {
                name = value.ok().map(|value| value.value());
            }
            Ok(())
        });
        read.ok().and(name)
    });
    rename.unwrap_or_else(|| field.ident.as_ref().map(ToString::to_string).unwrap_or_default())
}

fn mentions_secret(field: &Field) -> bool {
    let mut names = Names::default();
    names.visit_type(&field.ty);
    names.has("Secret")
}

/// Every name in a piece of code.
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
