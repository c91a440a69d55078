//! What of a tree of modules can be reached from outside.

use std::collections::{BTreeSet, HashMap, VecDeque};

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{
    Attribute, GenericParam, Generics, Ident, ImplItem, ItemImpl, ItemMacro, Meta, PathArguments, TraitItem, Type,
};

use super::{
    cfg::{self, Condition},
    items::Item,
    signature::{Printer, line, where_clause},
    tree::{Named, Root, Target, Tree, is_public},
};

/// The public items of a tree, sorted, and what could not be followed.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) items: Vec<Item>,
    pub(super) limits: Vec<Limit>,
}

/// What these tools do not understand.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) module: usize,
    pub(super) span: Span,
    pub(super) message: String,
}

/// Where an item is public, at the shortest path.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) path: Vec<Ident>,
    condition: Condition,
}

/// The public paths of all that is public.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) definitions: HashMap<usize, Place>,
    modules: HashMap<usize, Place>,
    /// Of items of other crates.
    pub(super) externals: HashMap<Vec<Ident>, Vec<Ident>>,
    aliases: Vec<Alias>,
}

/// A further path of a public item, or the only one of an item of another crate.
#[derive(Debug)]
struct Alias {
    place: Place,
    /// What is put behind the path: ` as _` or `::*`.
    suffix: &'static str,
    target: Target,
}

impl Surface {
    /// `prefix` is put before each path.
    pub(super) fn of(tree: &Tree<'_>, prefix: &str) -> Self {
        let mut surface = Self::default();
        let places = Places::of(tree, &mut surface.limits);
        let printer = Printer { tree, places: &places, module: 0, named: Vec::new() };
        let mut teller = Teller { printer, prefix, items: BTreeSet::new(), limits: Vec::new() };
        teller.modules();
        teller.aliases();
        teller.definitions();
        for (module, found) in tree.modules.iter().enumerate() {
            teller.printer.module = module;
            found.impls.iter().for_each(|item| teller.implementation(&found.condition, item));
            found.macros.iter().for_each(|item| teller.macro_item(&found.condition, item));
            surface.limits.extend(found.unknown.iter().map(|item| Limit {
                module,
                span: syn::spanned::Spanned::span(item),
                message: "this kind of item is not understood".to_owned(),
            }));
        }
        surface.limits.extend(teller.limits);
        surface.items = teller.items.into_iter().collect();
        surface
    }
}

impl Places {
    /// Breadth first, so that the first path found is the shortest.
    fn of(tree: &Tree<'_>, limits: &mut Vec<Limit>) -> Self {
        let mut places = Self::default();
        let mut waiting = VecDeque::from([0]);
        let mut nameless = Vec::new();
        places.modules.insert(0, Place { path: Vec::new(), condition: Condition::default() });
        while let Some(module) = waiting.pop_front() {
            let Some(place) = places.modules.get(&module).cloned() else { continue };
            // What is defined here comes before what is only brought here.
            let (defined, brought) = public_names(tree, module, &mut BTreeSet::new(), limits);
            for (name, condition, target) in defined.into_iter().chain(brought) {
                let at = |name: &Ident| Place {
                    path: [place.path.as_slice(), std::slice::from_ref(name)].concat(),
                    condition: place.condition.and(&condition),
                };
                match name {
                    Some(name) if name != "_" => waiting.extend(places.put(at(&name), target)),
                    Some(_) => nameless.push((place.clone(), condition, target)),
                    None => {
                        let place = Place { path: place.path.clone(), condition: place.condition.and(&condition) };
                        places.aliases.push(Alias { place, suffix: "*", target });
                    }
                }
            }
        }
        for (mut place, condition, target) in nameless {
            place.condition = place.condition.and(&condition);
            let name = match &target {
                Target::Definition(id) => Some(tree.definitions[*id].name),
                Target::External(path) => path.last(),
                Target::Module(_) | Target::Variant(..) => None,
            };
            place.path.extend(name.cloned());
            if let Target::Definition(id) = target {
                // A trait that has no name outside still has methods there.
                places.definitions.entry(id).or_insert_with(|| place.clone());
            }
            places.aliases.push(Alias { place, suffix: " as _", target });
        }
        places
    }

    /// Notes a public path; gives the module behind it when it is new.
    fn put(&mut self, place: Place, target: Target) -> Option<usize> {
        match &target {
            Target::Module(id) if !self.modules.contains_key(id) => {
                self.modules.insert(*id, place);
                return Some(*id);
            }
            Target::Definition(id) if !self.definitions.contains_key(id) => {
                self.definitions.insert(*id, place);
                return None;
            }
            Target::External(path) => {
                self.externals.entry(path.clone()).or_insert_with(|| place.path.clone());
            }
            _ => {}
        }
        self.aliases.push(Alias { place, suffix: "", target });
        None
    }

    fn path(&self, tree: &Tree<'_>, target: &Target) -> String {
        match target {
            Target::Module(id) => join(self.modules.get(id).map_or(&tree.modules[*id].path, |place| &place.path)),
            Target::Definition(id) => match self.definitions.get(id) {
                Some(place) => join(&place.path),
                None => tree.definitions[*id].name.to_string(),
            },
            Target::Variant(id, name) => format!("{}::{name}", self.path(tree, &Target::Definition(*id))),
            Target::External(path) => join(path),
        }
    }
}

/// A name, `_`, or none for all of another crate's module; what must hold for it; what it leads to.
type PublicName = (Option<Ident>, Condition, Target);

/// What a module defines and what it brings in, each in the order of names.
fn public_names(
    tree: &Tree<'_>,
    module: usize,
    following: &mut BTreeSet<usize>,
    limits: &mut Vec<Limit>,
) -> (Vec<PublicName>, Vec<PublicName>) {
    let found = &tree.modules[module];
    let (mut defined, mut brought) = (Vec::new(), Vec::new());
    for (name, all) in &found.names {
        for named in all {
            match named {
                Named::Module(id) if tree.modules[*id].public => {
                    defined.push((Some(name.clone()), tree.modules[*id].condition.clone(), Target::Module(*id)));
                }
                Named::Definition(id) if tree.definitions[*id].public => {
                    defined.push((
                        Some(name.clone()),
                        tree.definitions[*id].condition.clone(),
                        Target::Definition(*id),
                    ));
                }
                Named::Use(id) if tree.uses[*id].public => {
                    let targets = public_targets(tree, *id, limits);
                    let condition = &tree.uses[*id].condition;
                    brought.extend(targets.into_iter().map(|target| (Some(name.clone()), condition.clone(), target)));
                }
                _ => {}
            }
        }
    }
    if !following.insert(module) {
        return (defined, brought);
    }
    for &glob in found.globs.iter().filter(|glob| tree.uses[**glob].public) {
        let condition = &tree.uses[glob].condition;
        for target in public_targets(tree, glob, limits) {
            let names = match target {
                Target::Module(id) => {
                    let (defined, brought) = public_names(tree, id, following, limits);
                    defined.into_iter().chain(brought).collect()
                }
                Target::Definition(id) => match tree.definitions[id].item {
                    syn::Item::Enum(item) => item
                        .variants
                        .iter()
                        .map(|variant| {
                            let target = Target::Variant(id, variant.ident.clone());
                            (Some(variant.ident.clone()), Condition::default(), target)
                        })
                        .collect(),
                    _ => Vec::new(),
                },
                Target::External(_) => vec![(None, Condition::default(), target)],
                Target::Variant(..) => Vec::new(),
            };
            for (name, of_name, target) in names {
                // A name of the module itself hides that of a glob.
                if name.as_ref().is_none_or(|name| !found.names.contains_key(name)) {
                    brought.push((name, condition.and(&of_name), target));
                }
            }
        }
    }
    following.remove(&module);
    (defined, brought)
}

/// What a `pub use` brings in, without what is only private and has the same name.
fn public_targets(tree: &Tree<'_>, id: usize, limits: &mut Vec<Limit>) -> Vec<Target> {
    let mut targets = tree.targets(id);
    let found = &tree.uses[id];
    if found.name.is_some() {
        targets.retain(|target| match target {
            Target::Module(id) => tree.modules[*id].public,
            Target::Definition(id) => tree.definitions[*id].public,
            Target::Variant(..) | Target::External(_) => true,
        });
    }
    if targets.is_empty() && matches!(tree.root, Root::Crate { .. }) {
        let message = format!("`pub use {}` leads to nothing that these tools can follow", join(&found.path));
        limits.push(Limit { module: found.module, span: found.span, message });
    }
    targets
}

fn join(path: &[Ident]) -> String {
    path.iter().map(Ident::to_string).collect::<Vec<_>>().join("::")
}

/// Puts items into words.
struct Teller<'t, 'a> {
    printer: Printer<'t, 'a>,
    prefix: &'t str,
    items: BTreeSet<Item>,
    limits: Vec<Limit>,
}

impl<'a> Teller<'_, 'a> {
    fn put(&mut self, path: String, signature: String) {
        self.items.insert(Item { path, signature });
    }

    /// A macro in an `impl` or a trait, or what syn does not know.
    fn limit(&mut self, item: &impl syn::spanned::Spanned) {
        let message = "what this gives to a public type or trait cannot be told".to_owned();
        self.limits.push(Limit { module: self.printer.module, span: item.span(), message });
    }

    fn modules(&mut self) {
        let (tree, places) = (self.printer.tree, self.printer.places);
        for (id, place) in &places.modules {
            let module = &tree.modules[*id];
            if let Some(item) = module.item {
                let condition = place.condition.and(&module.condition);
                let signature = format!("{}mod {}", marks(&condition, &item.attrs), item.ident);
                self.put(format!("{}{}", self.prefix, join(&place.path)), signature);
            }
        }
    }

    fn aliases(&mut self) {
        let (tree, places) = (self.printer.tree, self.printer.places);
        for Alias { place, suffix, target } in &places.aliases {
            let path = join(&place.path);
            let (path, suffix, of_target) = match *suffix {
                "*" if path.is_empty() => ("*".to_owned(), "", "::*"),
                "*" => (path, "::*", "::*"),
                suffix => (path, suffix, ""),
            };
            let signature = format!("{}pub use {}{of_target}", place.condition.attribute(), places.path(tree, target));
            self.put(format!("{}{path}{suffix}", self.prefix), signature);
        }
    }

    fn definitions(&mut self) {
        let (tree, places) = (self.printer.tree, self.printer.places);
        for (id, place) in &places.definitions {
            let definition = &tree.definitions[*id];
            self.printer.module = definition.module;
            let condition = place.condition.and(&definition.condition);
            self.definition(&format!("{}{}", self.prefix, join(&place.path)), &condition, definition.item);
        }
    }

    fn definition(&mut self, path: &str, condition: &Condition, item: &'a syn::Item) {
        let own = |attributes: &[Attribute]| marks(condition, attributes);
        let signature = match item {
            syn::Item::Struct(item) => {
                for (index, field) in item.fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
                    let name = field.ident.as_ref().map_or_else(|| index.to_string(), Ident::to_string);
                    self.field(path, &name, condition, field);
                }
                self.derives(path, condition, &item.attrs, &item.generics);
                let told = self.printer.structure(&item.ident, &item.generics, &item.fields);
                format!("{}{told}", own(&item.attrs))
            }
            syn::Item::Union(item) => {
                for field in item.fields.named.iter().filter(|field| is_public(&field.vis)) {
                    let name = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
                    self.field(path, &name, condition, field);
                }
                self.derives(path, condition, &item.attrs, &item.generics);
                format!("{}union {}{}", own(&item.attrs), item.ident, self.printer.generics(&item.generics))
            }
            syn::Item::Enum(item) => {
                for variant in &item.variants {
                    let Some(of_variant) = Condition::of(&variant.attrs) else { continue };
                    let told = self.printer.variant(variant);
                    let signature = format!("{}{told}", marks(&condition.and(&of_variant), &variant.attrs));
                    self.put(format!("{path}::{}", variant.ident), signature);
                }
                self.derives(path, condition, &item.attrs, &item.generics);
                let generics = self.printer.generics(&item.generics);
                let bounds = where_clause(&self.printer.predicates(&item.generics));
                format!("{}enum {}{generics}{bounds}", own(&item.attrs), item.ident)
            }
            syn::Item::Trait(item) => {
                for inner in &item.items {
                    self.trait_item(path, condition, inner);
                }
                let generics = self.printer.generics(&item.generics);
                let above: Vec<_> = item.supertraits.iter().map(|bound| self.printer.bound(bound)).collect();
                let above = if above.is_empty() { String::new() } else { format!(": {}", above.join(" + ")) };
                let bounds = where_clause(&self.printer.predicates(&item.generics));
                let unsafety = if item.unsafety.is_some() { "unsafe " } else { "" };
                format!("{}{unsafety}trait {}{generics}{above}{bounds}", own(&item.attrs), item.ident)
            }
            syn::Item::Fn(item) => {
                format!("{}{}", own(&item.attrs), self.printer.function(&item.sig, &Generics::default()))
            }
            syn::Item::Const(item) => {
                format!("{}const {}: {}", own(&item.attrs), item.ident, self.printer.ty(&item.ty))
            }
            syn::Item::Static(item) => {
                let mutability = if matches!(item.mutability, syn::StaticMutability::Mut(_)) { "mut " } else { "" };
                format!("{}static {mutability}{}: {}", own(&item.attrs), item.ident, self.printer.ty(&item.ty))
            }
            syn::Item::Type(item) => {
                let generics = self.printer.generics(&item.generics);
                let bounds = where_clause(&self.printer.predicates(&item.generics));
                let ty = self.printer.ty(&item.ty);
                format!("{}type {}{generics} = {ty}{bounds}", own(&item.attrs), item.ident)
            }
            _ => return,
        };
        self.put(path.to_owned(), signature);
    }

    fn field(&mut self, path: &str, name: &str, condition: &Condition, field: &syn::Field) {
        let Some(of_field) = Condition::of(&field.attrs) else { return };
        let signature = format!("{}{}", marks(&condition.and(&of_field), &field.attrs), self.printer.ty(&field.ty));
        self.put(format!("{path}::{name}"), signature);
    }

    fn derives(&mut self, path: &str, condition: &Condition, attributes: &[Attribute], generics: &Generics) {
        for (of_derive, meta) in cfg::attributes(attributes) {
            if !meta.path().is_ident("derive") {
                continue;
            }
            for derived in cfg::list(&meta) {
                let name = self.printer.trait_path(derived.path());
                let condition = condition.and(&of_derive).attribute();
                // Without parameters of its own, a derived impl is what one would write.
                let bounds: Vec<_> =
                    generics.type_params().map(|parameter| format!("{}: {name}", parameter.ident)).collect();
                let generics = if bounds.is_empty() { String::new() } else { format!("<{}>", bounds.join(", ")) };
                self.put(format!("{path} as {name}"), format!("{condition}impl{generics}"));
            }
        }
    }

    fn trait_item(&mut self, path: &str, condition: &Condition, item: &TraitItem) {
        let (name, attributes) = match item {
            TraitItem::Const(item) => (&item.ident, &item.attrs),
            TraitItem::Fn(item) => (&item.sig.ident, &item.attrs),
            TraitItem::Type(item) => (&item.ident, &item.attrs),
            unknown => return self.limit(unknown),
        };
        let Some(of_item) = Condition::of(attributes) else { return };
        let told = match item {
            TraitItem::Const(item) => {
                let value = if item.default.is_some() { " = _" } else { "" };
                format!("const {name}: {}{value}", self.printer.ty(&item.ty))
            }
            TraitItem::Fn(item) => {
                let body = if item.default.is_some() { " { .. }" } else { "" };
                format!("{}{body}", self.printer.function(&item.sig, &Generics::default()))
            }
            TraitItem::Type(item) => {
                let generics = self.printer.generics(&item.generics);
                let bounds: Vec<_> = item.bounds.iter().map(|bound| self.printer.bound(bound)).collect();
                let bounds = if bounds.is_empty() { String::new() } else { format!(": {}", bounds.join(" + ")) };
                let default = item.default.as_ref().map(|(_, ty)| format!(" = {}", self.printer.ty(ty)));
                let predicates = where_clause(&self.printer.predicates(&item.generics));
                format!("type {name}{generics}{bounds}{}{predicates}", default.unwrap_or_default())
            }
            _ => return,
        };
        self.put(format!("{path}::{name}"), format!("{}{told}", marks(&condition.and(&of_item), attributes)));
    }

    fn implementation(&mut self, of_module: &Condition, item: &ItemImpl) {
        let Some(of_impl) = Condition::of(&item.attrs) else { return };
        let condition = of_module.and(&of_impl);
        self.printer.named.clear();
        let whole = self.printer.ty(&item.self_ty);
        let of_type = std::mem::take(&mut self.printer.named);
        let places = self.printer.places;
        if !of_type.iter().all(|id| places.definitions.contains_key(id)) {
            return;
        }
        // `Rows<T>` is told as `Rows`, and under its public path.
        let (name, at) = match (&*item.self_ty, of_type.first().and_then(|id| places.definitions.get(id))) {
            (Type::Path(ty), Some(place)) if whole.starts_with(&join(&place.path)) => {
                let arguments = ty.path.segments.last().map(|segment| &segment.arguments);
                let plain = arguments.is_none_or(|arguments| are_parameters(arguments, &item.generics));
                let name = if plain { join(&place.path) } else { whole };
                (format!("{}{name}", self.prefix), place.condition.clone())
            }
            _ => (whole, Condition::default()),
        };
        let condition = condition.and(&at);
        match &item.trait_ {
            Some((path, _)) => self.trait_of_type(&name, &condition, path, item),
            None => item.items.iter().for_each(|inner| self.associated(&name, &condition, inner, &item.generics)),
        }
    }

    fn trait_of_type(&mut self, name: &str, condition: &Condition, path: &syn::Path, item: &ItemImpl) {
        let (tree, places) = (self.printer.tree, self.printer.places);
        self.printer.named.clear();
        let of_trait = self.printer.trait_path(path);
        let named = std::mem::take(&mut self.printer.named);
        let is_reachable = |id: &usize| match tree.definitions[*id].item {
            syn::Item::Trait(_) => places.definitions.contains_key(id),
            // A public type in a private module has no name outside, but there may be values of it.
            _ => tree.definitions[*id].public,
        };
        if !named.iter().all(is_reachable) {
            return;
        }
        let mut signature = marks(condition, &item.attrs);
        if item.unsafety.is_some() {
            signature.push_str("unsafe ");
        }
        signature.push_str("impl");
        signature.push_str(&self.printer.generics_of_impl(&item.generics));
        if item.modifiers.polarity.is_some() {
            signature.push_str(" !");
        }
        signature.push_str(&where_clause(&self.printer.predicates(&item.generics)));
        let types: Vec<_> = item
            .items
            .iter()
            .filter_map(|inner| match inner {
                ImplItem::Type(inner) => {
                    let generics = self.printer.generics(&inner.generics);
                    Some(format!("type {}{generics} = {};", inner.ident, self.printer.ty(&inner.ty)))
                }
                _ => None,
            })
            .collect();
        if !types.is_empty() {
            signature.push_str(&format!(" {{ {} }}", types.join(" ")));
        }
        self.put(format!("{name} as {of_trait}"), signature);
    }

    fn associated(&mut self, of: &str, condition: &Condition, item: &ImplItem, generics: &Generics) {
        let (name, visibility, attributes) = match item {
            ImplItem::Const(item) => (&item.ident, &item.vis, &item.attrs),
            ImplItem::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
            ImplItem::Type(item) => (&item.ident, &item.vis, &item.attrs),
            unknown => return self.limit(unknown),
        };
        let Some(of_item) = Condition::of(attributes) else { return };
        if !is_public(visibility) {
            return;
        }
        let told = match item {
            ImplItem::Const(item) => format!("const {name}: {}", self.printer.ty(&item.ty)),
            ImplItem::Fn(item) => self.printer.function(&item.sig, generics),
            ImplItem::Type(item) => format!("type {name} = {}", self.printer.ty(&item.ty)),
            _ => return,
        };
        self.put(format!("{of}::{name}"), format!("{}{told}", marks(&condition.and(&of_item), attributes)));
    }

    fn macro_item(&mut self, of_module: &Condition, item: &ItemMacro) {
        let Some(of_macro) = Condition::of(&item.attrs) else { return };
        let condition = of_module.and(&of_macro);
        if let Some(name) = &item.ident {
            if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                self.put(format!("{}{name}!", self.prefix), format!("{}macro", marks(&condition, &item.attrs)));
            }
            return;
        }
        let Some(place) = self.printer.places.modules.get(&self.printer.module) else { return };
        let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let call = format!("{name}!({})", line(item.mac.tokens.clone()));
        let above = join(&place.path);
        let above = if above.is_empty() { String::new() } else { format!("{above}::") };
        self.put(format!("{}{above}{call}", self.prefix), format!("{}macro call", condition.attribute()));
    }
}

/// Are these only lifetimes and parameters of the `impl`?
fn are_parameters(arguments: &PathArguments, generics: &Generics) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return arguments.is_none() };
    arguments.args.iter().all(|argument| match argument {
        syn::GenericArgument::Lifetime(_) => true,
        syn::GenericArgument::Type(Type::Path(ty)) => generics.params.iter().any(|parameter| match parameter {
            GenericParam::Type(parameter) => ty.path.is_ident(&parameter.ident),
            GenericParam::Const(parameter) => ty.path.is_ident(&parameter.ident),
            GenericParam::Lifetime(_) => false,
        }),
        _ => false,
    })
}

/// The attributes that matter to a user, each with a space behind.
fn marks(condition: &Condition, attributes: &[Attribute]) -> String {
    let mut text = condition.attribute();
    let mut marks = BTreeSet::new();
    for (condition, meta) in cfg::attributes(attributes) {
        let path = meta.path();
        let mark = if ["deprecated", "must_use", "non_exhaustive"].iter().any(|name| path.is_ident(name)) {
            line(path.to_token_stream())
        } else if path.is_ident("repr") || (path.is_ident("doc") && is_hidden(&meta)) {
            line(meta.to_token_stream())
        } else {
            continue;
        };
        marks.insert(match condition.inner() {
            Some(condition) => format!("#[cfg_attr({condition}, {mark})] "),
            None => format!("#[{mark}] "),
        });
    }
    text.extend(marks);
    text
}

fn is_hidden(meta: &Meta) -> bool {
    cfg::list(meta).iter().any(|meta| meta.path().is_ident("hidden"))
}
