//! Checks the layers of the SDK's files: imports only go down, and no file imports itself through
//! others.
//!
//! An import is a `use`, a path in code or in a macro that starts with `crate`, `self` or `super`,
//! or such a path in the text of an attribute. A re-exported name is followed to the file that
//! defines it. So a `mod.rs` may re-export what its files define, and they may use what it defines.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use common::workspace;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree};

/// The layers of the crate with their modules, from top to bottom. A layer may import from itself
/// and from those below it.
const LAYERS: &[(&str, &[&str])] = &[
    ("names", &["lib"]),
    (
        "verbs",
        &[
            "account",
            "auth",
            "client",
            "community",
            "guides",
            "home",
            "hosts",
            "identity",
            "paging",
            "servers",
            "sharing",
            "watchlist",
            "webhooks",
        ],
    ),
    ("generated", &["generated"]),
    ("runtime", &["runtime"]),
];
/// Hosts that texts in `runtime` must not contain.
const HOSTS: [&str; 2] = ["plex.tv", "plex.direct"];
const RUNTIME: &str = "runtime";

#[test]
fn imports_of_the_sdk_go_down_and_not_in_cycles() {
    let ids = operation_ids();
    let found = violations(&workspace().join("plex-tv-sdk/src"), LAYERS, &ids);

    assert!(
        found.is_empty(),
        "fix these imports: for one that goes up or in a cycle, move what both files need further down: {found:#?}"
    );
}

fn operation_ids() -> HashSet<String> {
    let openapi = plex_tv_openapi::Descriptions::load(&workspace().join("openapi")).unwrap();
    let documents = openapi.documents().unwrap();
    let operations = documents.iter().flat_map(|(_, document)| plex_tv_openapi::operations(document.value()));
    operations.map(|operation| operation.id).collect()
}

/// Returns one line for each import that goes up or in a cycle, for each text that the runtime must
/// not contain, and for each file without a layer.
fn violations(src: &Path, layers: &[(&str, &[&str])], ids: &HashSet<String>) -> BTreeSet<String> {
    let tree = Tree::read(src);
    let imports = tree.imports();
    let layer = |file: &str| {
        let module = file.split('/').next().unwrap().trim_end_matches(".rs");
        layers.iter().position(|(_, modules)| modules.contains(&module))
    };
    let mut found = BTreeSet::new();
    for file in tree.files.keys() {
        match layer(file) {
            None => {
                found.insert(format!("no layer: {file}"));
            }
            Some(at) if layers[at].0 == RUNTIME => found.extend(tree.files[file].known_of_plex(file, ids)),
            Some(_) => {}
        }
    }
    for (from, to) in &imports {
        if layer(from).zip(layer(to)).is_some_and(|(from, to)| from > to) {
            found.insert(format!("up: {from} -> {to}"));
        }
        if reaches(&imports, to, from) {
            found.insert(format!("cycle: {from} -> {to}"));
        }
    }
    found
}

fn reaches(imports: &BTreeSet<(String, String)>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        let targets = imports.iter().filter(|(from, _)| from == at).map(|(_, target)| target.as_str());
        next.extend(targets.filter(|target| seen.insert(target)));
    }
    false
}

/// The modules of a crate, including those inside a file.
struct Tree {
    files: BTreeMap<String, File>,
    /// Modules by path: `[]` is the root, and `["auth", "pin"]` is a module below it.
    modules: BTreeMap<Vec<String>, Module>,
}

/// The contents of a module, without its submodules.
#[derive(Default)]
struct Module {
    file: String,
    uses: Vec<Use>,
    /// Paths in code, relative to the module.
    paths: BTreeSet<Vec<String>>,
}

/// One name that a `use` imports.
struct Use {
    path: Vec<String>,
    /// `*` for all names.
    name: String,
    is_passed_on: bool,
}

/// The texts and names in the code of a file.
#[derive(Default)]
struct File {
    texts: BTreeSet<String>,
    names: HashSet<String>,
}

impl File {
    fn known_of_plex(&self, file: &str, ids: &HashSet<String>) -> BTreeSet<String> {
        // A text with spaces is a message for people.
        let is_host = |text: &&String| HOSTS.iter().any(|host| text.contains(host)) && !text.contains(' ');
        let hosts = self.texts.iter().filter(is_host).map(|text| format!("host: {file} has {text:?}"));
        let ids = self.texts.iter().filter(|text| ids.contains(*text));
        hosts.chain(ids.map(|id| format!("operation: {file} has {id:?}"))).collect()
    }
}

impl Tree {
    fn read(src: &Path) -> Self {
        let mut tree = Self { files: BTreeMap::new(), modules: BTreeMap::new() };
        tree.folder(src, src, &[]);
        tree
    }

    fn folder(&mut self, src: &Path, folder: &Path, above: &[String]) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                self.folder(src, &path, &[above, &[stem]].concat());
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.strip_prefix(src).unwrap().to_str().unwrap().replace('\\', "/");
                let is_folder_itself = stem == "mod" || above.is_empty() && stem == "lib";
                let module = if is_folder_itself { above.to_vec() } else { [above, &[stem]].concat() };
                let text = fs::read_to_string(&path).unwrap();
                let items = syn::parse_file(&text).unwrap_or_else(|why| panic!("{name}: {why}")).items;
                self.files.insert(name.clone(), File::default());
                self.module(&name, module, &items);
            }
        }
    }

    fn module(&mut self, file: &str, path: Vec<String>, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items.iter().filter(|item| !is_for_tests(item)) {
            match item {
                Item::Use(item) => {
                    let is_passed_on = !matches!(item.vis, syn::Visibility::Inherited);
                    leaves(&item.tree, Vec::new(), &mut |path, name| {
                        module.uses.push(Use { path, name, is_passed_on })
                    });
                }
                Item::Mod(item) => {
                    if let Some((_, items)) = &item.content {
                        self.module(file, [&path[..], &[item.ident.to_string()]].concat(), items);
                    }
                }
                _ => self.files.get_mut(file).unwrap().scan(item.to_token_stream(), &mut module.paths),
            }
        }
        self.modules.insert(path, module);
    }

    /// Returns each import of one file from another.
    fn imports(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for (path, module) in &self.modules {
            let used = module.uses.iter().filter(|used| {
                // A mere re-export is not a use.
                !used.is_passed_on || self.files[&module.file].names.contains(&used.name)
            });
            let used = used.map(|used| &used.path);
            for target in used.chain(&module.paths).filter_map(|target| self.find(path, target, &mut Vec::new())) {
                let target = &self.modules[&target].file;
                if *target != module.file {
                    found.insert((module.file.clone(), target.clone()));
                }
            }
        }
        found
    }

    /// Returns the module that defines the target of a path; `None` for another crate.
    fn find(
        &self,
        from: &[String],
        path: &[String],
        above: &mut Vec<(Vec<String>, Vec<String>)>,
    ) -> Option<Vec<String>> {
        let question = (from.to_vec(), path.to_vec());
        if above.contains(&question) {
            return None;
        }
        above.push(question);
        let found = self.follow(from, path, above);
        above.pop();
        found
    }

    fn follow(
        &self,
        from: &[String],
        path: &[String],
        above: &mut Vec<(Vec<String>, Vec<String>)>,
    ) -> Option<Vec<String>> {
        let mut at = from.to_vec();
        let mut is_here = false;
        for (number, step) in path.iter().enumerate() {
            match step.as_str() {
                "crate" => (at, is_here) = (Vec::new(), true),
                "self" => is_here = true,
                "super" => {
                    at.pop()?;
                    is_here = true;
                }
                name => {
                    let inner = [&at[..], &[name.to_owned()]].concat();
                    if self.modules.contains_key(&inner) {
                        (at, is_here) = (inner, true);
                        continue;
                    }
                    let rest = &path[number + 1..];
                    return self.passed_on(&at, name, rest, above).or_else(|| is_here.then_some(at));
                }
            }
        }
        is_here.then_some(at)
    }

    /// Returns the module that defines a name which a `use` in a module imports.
    fn passed_on(
        &self,
        at: &[String],
        name: &str,
        rest: &[String],
        above: &mut Vec<(Vec<String>, Vec<String>)>,
    ) -> Option<Vec<String>> {
        let uses = &self.modules.get(at)?.uses;
        let named = uses.iter().filter(|used| used.name == name);
        let all = uses.iter().filter(|used| used.name == "*");
        let mut targets = named.map(|used| [&used.path[..], rest].concat()).collect::<Vec<_>>();
        targets.extend(all.map(|used| [&used.path[..], &[name.to_owned()], rest].concat()));
        // The name of another crate looks like a local one.
        targets.iter().filter(|target| target[0] != name).find_map(|target| self.find(at, target, above))
    }
}

impl File {
    /// Collects the paths, names and texts in some code.
    fn scan(&mut self, tokens: TokenStream, paths: &mut BTreeSet<Vec<String>>) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                // `#[doc = "…"]` is for people.
                TokenTree::Group(group) if !is_doc(group.stream()) => self.scan(group.stream(), paths),
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal.clone()) {
                        let text = text.value();
                        if text.starts_with("crate::") {
                            paths.insert(text.split("::").map(|step| step.trim().to_owned()).collect());
                        }
                        self.texts.insert(text);
                    }
                }
                TokenTree::Ident(name) => {
                    self.names.insert(name.to_string());
                    if ["crate", "self", "super"].iter().any(|start| name == start) {
                        let path = path_from(&tokens[at..]);
                        if path.len() > 1 {
                            paths.insert(path);
                        }
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// Returns the path at the start of some tokens, such as `crate::a::b`.
fn path_from(tokens: &[TokenTree]) -> Vec<String> {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        path.push(name.to_string());
        if !(is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2))) {
            break;
        }
        at += 3;
    }
    path
}

fn is_doc(tokens: TokenStream) -> bool {
    matches!(tokens.into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

/// Calls `found` for each name of a `use`, with its path.
fn leaves(tree: &UseTree, above: Vec<String>, found: &mut impl FnMut(Vec<String>, String)) {
    let with = |name: &syn::Ident| [&above[..], &[name.to_string()]].concat();
    match tree {
        UseTree::Path(tree) => leaves(&tree.tree, with(&tree.ident), found),
        UseTree::Group(tree) => tree.items.iter().for_each(|tree| leaves(tree, above.clone(), found)),
        UseTree::Glob(_) => found(above, "*".to_owned()),
        UseTree::Name(tree) if tree.ident == "self" => {
            let name = above.last().cloned().unwrap_or_default();
            found(above, name);
        }
        UseTree::Name(tree) => found(with(&tree.ident), tree.ident.to_string()),
        UseTree::Rename(tree) if tree.ident == "self" => found(above, tree.rename.to_string()),
        UseTree::Rename(tree) => found(with(&tree.ident), tree.rename.to_string()),
    }
}

fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    };
    attributes.iter().any(|attribute| {
        let condition = attribute.path().is_ident("cfg").then(|| attribute.meta.to_token_stream().to_string());
        condition.is_some_and(|condition| condition == "cfg (test)" || condition.starts_with("cfg (all (test ,"))
    })
}

/// Returns the violations in a made-up tree of files.
#[track_caller]
fn of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let layers: &[(&str, &[&str])] = &[("names", &["lib"]), ("verbs", &["verbs"]), ("runtime", &["runtime", "error"])];
    violations(folder.path(), layers, &HashSet::from(["getPin".to_owned()])).into_iter().collect()
}

const LIB: (&str, &str) =
    ("lib.rs", "mod verbs; mod runtime; mod error; pub use verbs::Verb; pub use error::{Error as Failure};");

#[test]
fn imports_that_go_down_are_fine() {
    let found = of(&[
        LIB,
        // It re-exports what its files define, and they use what it defines.
        (
            "verbs/mod.rs",
            "mod deep; pub use deep::Deep; pub struct Verb; use crate::{Failure, runtime::{self, wire::{Wire}}};",
        ),
        (
            "verbs/deep.rs",
            "use super::Verb; pub struct Deep(super::Verb); #[cfg(test)] mod tests { use crate::verbs::other; }",
        ),
        ("runtime/mod.rs", "pub mod wire; pub use self::wire::*;"),
        (
            "runtime/wire.rs",
            "use crate::error::Error; use serde::{Deserialize, de::*}; pub struct Wire; /// See getPin at plex.tv\nfn f() {}",
        ),
        ("error.rs", "use std::error::Error as _; pub struct Error; impl Error { fn f() { self::g() } } fn g() {}"),
    ]);

    assert_eq!(found, [""; 0]);
}

#[test]
fn an_import_that_goes_up_is_found_in_every_form() {
    let forms = [
        "use crate::verbs::Verb;",
        "use crate::{error::Error, verbs::{Verb}};",
        "use super::super::verbs;",
        "use crate::{Failure as _, Verb as V};",
        "pub(crate) use crate::verbs::Verb; struct A(Verb);",
        "use crate::verbs::*;",
        "fn f() -> crate::verbs::Verb { x }",
        "fn f() { let x = vec![crate::Verb]; }",
        "macro_rules! m { () => { $crate::verbs::Verb }; }",
        "#[serde(with = \"crate::verbs::with\")] struct A;",
        "mod inner { use super::super::super::Verb; }",
        "fn f() { use crate::verbs::Verb; }",
    ];

    for form in forms {
        let found = of(&[
            LIB,
            ("verbs.rs", "pub struct Verb;"),
            ("runtime/mod.rs", "mod wire;"),
            ("runtime/wire.rs", form),
            ("error.rs", "pub struct Error;"),
        ]);
        assert_eq!(found, ["up: runtime/wire.rs -> verbs.rs"], "{form}");
    }
}

#[test]
fn cycles_through_any_number_of_files_are_found_with_all_their_imports() {
    let found = of(&[
        LIB,
        ("verbs.rs", "pub struct Verb; use crate::runtime::A;"),
        ("runtime/mod.rs", "mod a; mod b; mod c; pub use a::A; pub(crate) use c::*; pub fn helper() {}"),
        ("runtime/a.rs", "use super::b::B; pub struct A;"),
        ("runtime/b.rs", "use crate::runtime::C; pub struct B;"),
        ("runtime/c.rs", "pub struct C; fn f() { super::A; super::helper() }"),
        ("error.rs", ""),
    ]);

    assert_eq!(
        found,
        [
            "cycle: runtime/a.rs -> runtime/b.rs",
            "cycle: runtime/b.rs -> runtime/c.rs",
            "cycle: runtime/c.rs -> runtime/a.rs",
        ]
    );
    let found = of(&[
        ("lib.rs", "mod verbs;"),
        ("verbs/mod.rs", "mod a; pub use a::A; pub fn f() -> A { A }"),
        ("verbs/a.rs", "pub struct A; fn g() { super::f() }"),
    ]);
    assert_eq!(found, ["cycle: verbs/a.rs -> verbs/mod.rs", "cycle: verbs/mod.rs -> verbs/a.rs"]);
}

#[test]
fn the_runtime_knows_neither_operations_nor_hosts_and_every_file_has_a_layer() {
    let found = of(&[
        ("lib.rs", "mod runtime; mod odd;"),
        (
            "runtime/mod.rs",
            "const A: &str = \"getPin\"; fn f() { g(\"https://plex.tv/api\", \"plex.tv is away\", \"getPins\", r#\"a.plex.direct\"#) }",
        ),
        (
            "odd.rs",
            "const A: &str = \"https://plex.tv\"; pub use odd::Lost; use self::Lost as _; mod odd { pub use super::Lost; }",
        ),
    ]);

    assert_eq!(
        found,
        [
            "host: runtime/mod.rs has \"a.plex.direct\"",
            "host: runtime/mod.rs has \"https://plex.tv/api\"",
            "no layer: odd.rs",
            "operation: runtime/mod.rs has \"getPin\"",
        ]
    );
}
