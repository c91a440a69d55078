//! A crate's sources as one tree of items: files read, own macros expanded, what no configuration has left out.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use plex_tv_openapi::Problem;
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta, spanned::Spanned as _, token::Brace};

use super::{cfg::Condition, macros::Rules};
use crate::outcome::{PUBLIC_PATH, PUBLIC_PATH_MEND};

/// No crate calls more of its macros; a macro that calls itself would.
const MOST_CALLS: usize = 10_000;

/// A crate as it was read.
#[derive(Debug)]
pub(super) struct Sources {
    /// As paths spell it.
    pub(super) name: String,
    pub(super) dependencies: Vec<String>,
    pub(super) items: Vec<Item>,
    files: BTreeMap<Vec<String>, PathBuf>,
}

impl Sources {
    /// Reads the crate in a folder: `Cargo.toml`, `src/lib.rs`, and what belongs to it.
    ///
    /// # Errors
    /// A file that is missing, unreadable or not Rust.
    pub(super) fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let manifest = read(&folder.join("Cargo.toml")).map_err(|problem| vec![problem])?;
        let (name, dependencies) = manifest_names(&manifest);
        let file = folder.join("src/lib.rs");
        let mut items = parse(&file).map_err(|problem| vec![problem])?;
        let mut loader = Loader::default();
        let root = Place { file, folder: folder.join("src") };
        loader.places.insert(Vec::new(), root);
        loop {
            loader.moved = false;
            loader.stuck.clear();
            loader.module(&[], &mut items);
            // A macro may be defined after its first call in the order of files.
            if !loader.moved || loader.calls > MOST_CALLS {
                break;
            }
        }
        if loader.problems.is_empty() {
            loader.problems = loader.stuck;
        }
        if !loader.problems.is_empty() {
            return Err(loader.problems);
        }
        let files = loader.places.into_iter().map(|(path, place)| (path, place.file)).collect();
        Ok(Self { name, dependencies, items, files })
    }

    /// The file that a module stands in.
    pub(super) fn file(&self, module: &[syn::Ident]) -> &Path {
        let mut path: Vec<_> = module.iter().map(syn::Ident::to_string).collect();
        loop {
            match self.files.get(&path) {
                Some(file) => return file,
                None if path.pop().is_none() => return Path::new(""),
                None => {}
            }
        }
    }
}

#[derive(Clone, Debug)]
struct Place {
    file: PathBuf,
    /// Where the files of the modules in it are.
    folder: PathBuf,
}

#[derive(Default)]
struct Loader {
    macros: HashMap<String, Rules>,
    places: BTreeMap<Vec<String>, Place>,
    problems: Vec<Problem>,
    /// Calls of own macros that could not be expanded in this round.
    stuck: Vec<Problem>,
    /// Was something read, learned or expanded in this round?
    moved: bool,
    calls: usize,
}

impl Loader {
    fn module(&mut self, path: &[String], items: &mut Vec<Item>) {
        for item in &*items {
            if let Item::Macro(item) = item
                && let Some(name) = &item.ident
            {
                self.macros.entry(name.to_string()).or_insert_with(|| {
                    self.moved = true;
                    Rules::new(item.mac.tokens.clone())
                });
            }
        }
        let mut waiting = std::mem::take(items);
        waiting.reverse();
        while let Some(mut item) = waiting.pop() {
            let attributes = attributes_mut(&mut item).map(|attributes| attributes.clone()).unwrap_or_default();
            if Condition::of(&attributes).is_none() {
                continue;
            }
            if let Some(rules) = self.rules_of(&item) {
                if let Some(made) = expanded(rules, &item, &attributes).filter(|_| self.calls < MOST_CALLS) {
                    self.calls += 1;
                    self.moved = true;
                    waiting.extend(made.into_iter().rev());
                    continue;
                }
                let file = self.places.get(path).map(|place| place.file.clone()).unwrap_or_default();
                let message = "this call of a macro of the crate cannot be expanded by these tools";
                let problem = Problem::new(file, PUBLIC_PATH, message, PUBLIC_PATH_MEND);
                self.stuck.push(problem.on_line(item.span().start().line));
            }
            if let Item::Mod(module) = &mut item {
                self.child(path, module);
            }
            items.push(item);
        }
    }

    /// The rules behind the call of one of the crate's own macros.
    fn rules_of(&self, item: &Item) -> Option<&Rules> {
        let Item::Macro(call) = item else { return None };
        let name = call.mac.path.segments.last().filter(|_| call.ident.is_none())?;
        self.macros.get(&name.ident.to_string())
    }

    fn child(&mut self, above: &[String], module: &mut ItemMod) {
        let name = module.ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        let path = [above, &[name.to_owned()]].concat();
        let Some(parent) = self.places.get(above).cloned() else { return };
        if let Some((_, items)) = &mut module.content {
            if !self.places.contains_key(&path) {
                self.places.insert(path.clone(), Place { file: parent.file, folder: parent.folder.join(name) });
            }
            return self.module(&path, items);
        }
        self.moved = true;
        let place = match own_path(&module.attrs) {
            Some(own) => {
                let file = parent.file.parent().unwrap_or(Path::new("")).join(own);
                Some(Place { folder: file.parent().unwrap_or(Path::new("")).to_owned(), file })
            }
            None => [format!("{name}.rs"), format!("{name}/mod.rs")]
                .map(|below| parent.folder.join(below))
                .into_iter()
                .find(|file| file.is_file())
                .map(|file| Place { file, folder: parent.folder.join(name) }),
        };
        let Some(place) = place else {
            let line = module.ident.span().start().line;
            let message = format!("the module `{name}` has no file");
            let problem = Problem::new(&parent.file, "missing-module", message, format!("add {name}.rs, or drop it"));
            self.problems.push(problem.on_line(line));
            // Told once, not in every round.
            module.content = Some((Brace::default(), Vec::new()));
            return;
        };
        let read = parse(&place.file);
        self.places.insert(path.clone(), place);
        let mut items = read.unwrap_or_else(|problem| {
            self.problems.push(problem);
            Vec::new()
        });
        self.module(&path, &mut items);
        module.content = Some((Brace::default(), items));
    }
}

/// What the call of a macro gives.
fn expanded(rules: &Rules, item: &Item, attributes: &[Attribute]) -> Option<Vec<Item>> {
    let Item::Macro(call) = item else { return None };
    let tokens = rules.expand(call.mac.tokens.clone())?;
    let mut made = syn::parse2::<syn::File>(tokens).ok()?.items;
    for inner in made.iter_mut().filter_map(attributes_mut) {
        inner.extend(attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned());
    }
    Some(made)
}

fn read(file: &Path) -> Result<String, Problem> {
    fs::read_to_string(file)
        .map_err(|why| Problem::new(file, "unreadable", why.to_string(), "check the path and its permissions"))
}

fn parse(file: &Path) -> Result<Vec<Item>, Problem> {
    let text = read(file)?;
    let parsed = syn::parse_file(&text).map_err(|why| {
        let line = why.span().start().line;
        Problem::new(file, "rust-syntax", why.to_string(), "make it compile: cargo check -p plex-tv-sdk").on_line(line)
    })?;
    Ok(parsed.items)
}

/// The name of the package and of its dependencies, as paths spell them.
fn manifest_names(manifest: &str) -> (String, Vec<String>) {
    let (mut section, mut name, mut dependencies) = ("", String::new(), Vec::new());
    for line in manifest.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('[') {
            section = heading.trim_end_matches(']');
            if let Some((above, name)) = section.rsplit_once('.')
                && above.ends_with("dependencies")
            {
                dependencies.push(name.replace('-', "_"));
            }
        } else if let Some((key, value)) = line.split_once('=') {
            if section == "package" && key.trim() == "name" {
                name = value.trim().trim_matches('"').replace('-', "_");
            } else if section == "dependencies" || section.ends_with(".dependencies") {
                dependencies.push(key.split('.').next().unwrap_or(key).trim().replace('-', "_"));
            }
        }
    }
    (name, dependencies)
}

/// The value of `#[path = "…"]`.
fn own_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

fn attributes_mut(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::ExternCrate(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::ForeignMod(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}
