//! `cargo xtask api`, run as a maintainer runs it.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use common::{Ended, text, workspace, xtask};
use tempfile::TempDir;

/// A copy of the SDK's sources and of its list, to be spoilt.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for name in ["Cargo.toml", "api.txt"] {
            fs::copy(sdk().join(name), copy.path(name)).unwrap();
        }
        for file in rust_files(&sdk().join("src")) {
            let to = copy.path(text(file.strip_prefix(sdk()).unwrap()));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, to).unwrap();
        }
        copy
    }

    /// A crate of its own, whose `lib.rs` says `code`.
    fn with(code: &str) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        let manifest = "[package]\nname = \"my-crate\"\n[dependencies]\nserde-json.workspace = true\n";
        fs::write(copy.path("Cargo.toml"), manifest).unwrap();
        fs::create_dir(copy.path("src")).unwrap();
        fs::write(copy.path("src/lib.rs"), code).unwrap();
        copy
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn api(&self, arguments: &[&str]) -> Ended {
        xtask(&[&["api", "--sdk", text(self.0.path())], arguments].concat())
    }

    /// The list of a crate that can be read.
    #[track_caller]
    fn list(&self) -> Vec<String> {
        let ended = self.api(&[]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        ended.stdout.lines().map(str::to_owned).collect()
    }

    /// The list is out of date, by these lines and no others.
    #[track_caller]
    fn assert_stale(&self, counts: &str, wanted: &[&str]) {
        let before = fs::read(self.path("api.txt")).unwrap();
        let ended = self.api(&["--check"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (4, ""), "{}", ended.stderr);
        let lines: Vec<_> = ended.stderr.lines().map(str::trim_start).collect();
        assert!(lines[0].ends_with(&format!("api.txt is out of date ({counts})")), "{}", ended.stderr);
        assert_eq!(lines[1..lines.len() - 1], *wanted, "{}", ended.stderr);
        assert!(lines[lines.len() - 1].starts_with("fix: cargo xtask api --bless"), "{}", ended.stderr);
        assert_eq!(fs::read(self.path("api.txt")).unwrap(), before, "--check wrote something");
    }
}

fn sdk() -> PathBuf {
    workspace().join("plex-tv-sdk")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_checked_in_list_is_what_the_code_has() {
    let ended = xtask(&["api", "--check"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.ends_with(" public items\n"), "{}", ended.stdout);
}

#[test]
fn a_method_that_is_no_longer_public_is_named() {
    let copy = Copy::new();
    copy.api(&["--bless"]);
    copy.edit("src/client.rs", "pub fn pin_login(", "pub(crate) fn pin_login(");

    copy.assert_stale(
        "0 added, 1 removed, 0 changed",
        &["- plex_tv_sdk::Client::pin_login: fn pin_login(&self) -> PinLogin"],
    );
}

#[test]
fn a_field_of_another_type_is_named_with_both_types() {
    let copy = Copy::new();
    copy.api(&["--bless"]);
    let field = "pub expires_in: ::std::option::Option<i64>";
    copy.edit("src/generated/plex_tv.rs", field, "pub expires_in: i64");

    copy.assert_stale(
        "0 added, 0 removed, 1 changed",
        &[
            "- plex_tv_sdk::plex_tv::types::PinInfo::expires_in: Option<i64>",
            "+ plex_tv_sdk::plex_tv::types::PinInfo::expires_in: i64",
        ],
    );
}

#[test]
fn a_new_variant_is_named() {
    let copy = Copy::new();
    copy.api(&["--bless"]);
    copy.edit("src/generated/plex_tv.rs", "        Accepted,", "        Accepted,\n        Blocked,");

    copy.assert_stale(
        "1 added, 0 removed, 0 changed",
        &["+ plex_tv_sdk::plex_tv::types::FriendStatus::Blocked: Blocked"],
    );
}

#[test]
fn a_trait_that_a_macro_no_longer_gives_is_named() {
    let copy = Copy::new();
    copy.api(&["--bless"]);
    copy.edit("src/open_enum.rs", "impl ::std::fmt::Display for $name", "impl $name");

    let ended = copy.api(&["--check"]);

    assert_eq!(ended.code, 4);
    let row = "  - plex_tv_sdk::discover::types::AgeRatingType as Display: #[cfg(feature = \"discover\")] impl\n";
    assert!(ended.stderr.contains(row), "{}", ended.stderr);
    assert!(ended.stderr.contains("  … and "), "{}", ended.stderr);
    assert!(ended.stderr.lines().count() < 20, "{}", ended.stderr);
}

#[test]
fn what_is_no_change_of_the_surface_is_no_change_of_the_list() {
    let copy = Copy::new();
    copy.api(&["--bless"]);

    // A body, a doc, a private field, a name that is imported in another way, a test.
    copy.edit(
        "src/rows.rs",
        "impl<T> Rows<T> {",
        "/// Told anew.\nimpl<T> Rows<T> {\n    fn more(&self) -> usize { 1 }",
    );
    copy.edit("src/secret.rs", "impl fmt::Debug for Secret", "impl std::fmt::Debug for crate::Secret");
    copy.edit("src/lib.rs", "mod auth;", "#[cfg(test)]\npub mod more { pub struct Never; }\nmod auth;");

    let ended = copy.api(&["--check"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn bless_writes_the_list_once_and_a_checkout_with_other_line_ends_is_up_to_date() {
    let copy = Copy::with("pub fn one() {}");
    let missing = copy.api(&["--check"]);
    assert_eq!(missing.code, 4);
    assert!(missing.stderr.contains("api.txt is missing\n  fix: cargo xtask api --bless"), "{}", missing.stderr);

    let written = copy.api(&["--bless"]);

    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.ends_with("api.txt: written, 1 public items (1 added, 0 removed, 0 changed)\n"));
    let list = fs::read_to_string(copy.path("api.txt")).unwrap();
    assert!(list.starts_with("# ") && list.ends_with("\nmy_crate::one: fn one()\n"), "{list}");
    assert!(copy.api(&["--bless"]).stdout.ends_with("api.txt: up to date, 1 public items\n"));
    fs::write(copy.path("api.txt"), list.replace('\n', "\r\n")).unwrap();
    assert_eq!(copy.api(&["--check"]).code, 0);
    assert_eq!(fs::read_dir(copy.0.path()).unwrap().count(), 3, "a file was left over");
}

#[test]
fn re_exports_are_followed_and_private_items_left_out() {
    let copy = Copy::with(
        "mod inner;
        mod renamed { pub struct Old; impl Old { pub fn new() -> Self { Old } fn hidden() {} pub(crate) fn half() {} } }
        mod all { mod deep { pub fn found() {} } pub use deep::*; pub(crate) fn lost() {} pub const ONE: u8 = 1; }
        pub use inner::{Public, helper as aid};
        pub use renamed::Old as New;
        pub mod outside { pub use crate::all::*; #[cfg(feature = \"a\")] pub use crate::inner::Gated; }
        pub use serde_json;
        pub use ::serde_json::Value as Json;
        struct Private;
        pub(crate) struct Half;
        impl From<Private> for Public { }
        impl Clone for Private {}
        pub fn json(_: serde_json::Value, _: New) -> outside::Gated { x }",
    );
    fs::create_dir(copy.path("src/inner")).unwrap();
    fs::write(
        copy.path("src/inner/mod.rs"),
        "mod more; pub use self::more::Public; pub fn helper() {} #[cfg(feature = \"b\")] pub struct Gated;",
    )
    .unwrap();
    fs::write(
        copy.path("src/inner/more.rs"),
        "pub struct Public { pub a: super::Gated, b: u8 } impl super::super::renamed::Old { pub fn more(&self) {} }",
    )
    .unwrap();

    let list = copy.list();

    assert_eq!(
        list,
        [
            "my_crate::Json: pub use serde_json::Value",
            "my_crate::New: struct Old",
            "my_crate::New::more: fn more(&self)",
            "my_crate::New::new: fn new() -> Self",
            "my_crate::Public: struct Public { .. }",
            "my_crate::Public::a: outside::Gated",
            "my_crate::aid: fn helper()",
            "my_crate::json: fn json(_: Json, _: New) -> outside::Gated",
            "my_crate::outside: mod outside",
            "my_crate::outside::Gated: #[cfg(all(feature = \"a\", feature = \"b\"))] struct Gated",
            "my_crate::outside::ONE: const ONE: u8",
            "my_crate::outside::found: fn found()",
            "my_crate::serde_json: pub use serde_json",
        ]
    );
}

#[test]
fn two_modules_of_one_name_are_told_under_their_features() {
    let copy = Copy::with(
        "#[cfg(feature = \"a\")] #[path = \"one.rs\"] mod inner;
        #[cfg(not(feature = \"a\"))] #[path = \"two.rs\"] mod inner;
        pub use inner::go;",
    );
    fs::write(copy.path("src/one.rs"), "pub fn go() {}").unwrap();
    fs::write(copy.path("src/two.rs"), "pub fn go() -> u8 { 1 }").unwrap();

    assert_eq!(
        copy.list(),
        ["my_crate::go: #[cfg(feature = \"a\")] fn go()", "my_crate::go: #[cfg(not(feature = \"a\"))] fn go() -> u8",]
    );
}

#[test]
fn the_crates_own_macros_are_expanded_wherever_they_are_defined() {
    let copy = Copy::with(
        "pub mod first { #[cfg(feature = \"a\")] crate::last::make!(Name); other::unknown!(x); }
        mod last { macro_rules! make { ($name:ident) => { pub struct $name; inner!($name); } } pub(crate) use make; }
        #[macro_use] mod base { macro_rules! inner { ($name:ident) => { impl $name { pub fn made() {} } } } }",
    );

    assert_eq!(
        copy.list(),
        [
            "my_crate::first: mod first",
            "my_crate::first::Name: #[cfg(feature = \"a\")] struct Name",
            "my_crate::first::Name::made: #[cfg(feature = \"a\")] fn made()",
            "my_crate::first::unknown!(x): macro call",
        ]
    );
}

#[test]
fn a_path_that_cannot_be_followed_is_our_bug_and_told_by_file_and_line() {
    let cases = [
        ("mod a {}\npub use a::Lost;", "lib.rs:2: public-path: `pub use a::Lost` leads to nothing"),
        ("pub use unknown::*;", "lib.rs:1: public-path: `pub use unknown` leads to nothing"),
        ("pub mod a {\n    mod b { pub use super::c; }\n    pub use b::c;\n}", "lib.rs:3: public-path: "),
        ("macro_rules! odd { ($x:pat_param) => {}; }\nodd!(_);", "lib.rs:2: public-path: this call of a macro"),
        ("macro_rules! endless { () => { endless!(); }; }\nendless!();", "public-path: this call of a macro"),
        ("pub struct A;\nimpl A {\n    methods!();\n}", "lib.rs:3: public-path: "),
    ];

    for (code, wanted) in cases {
        let ended = Copy::with(code).api(&["--bless"]);

        assert_eq!((ended.code, ended.stdout.as_str()), (5, ""), "{code}: {}", ended.stderr);
        assert!(ended.stderr.contains(wanted), "{wanted}: {}", ended.stderr);
    }
}

#[test]
fn sources_that_cannot_be_read_are_told_by_file_and_line() {
    let cases = [
        ("\nmod missing;", "lib.rs:2: missing-module: the module `missing` has no file"),
        ("pub fn one() {}\npub fn {}", "lib.rs:2: rust-syntax: "),
    ];
    for (code, wanted) in cases {
        Copy::with(code).api(&[]).assert_mentions(wanted);
    }
    let nothing = tempfile::tempdir().unwrap();
    xtask(&["api", "--sdk", text(nothing.path())]).assert_mentions("Cargo.toml: unreadable: ");

    let unreadable = Copy::with("");
    fs::write(unreadable.path("api.txt"), b"\xff").unwrap();
    unreadable.api(&["--check"]).assert_refused("api.txt cannot be read");
}

#[test]
fn wrong_use_exits_2() {
    assert_eq!(xtask(&["api", "--check", "--bless"]).code, 2);
    assert_eq!(xtask(&["api", "file"]).code, 2);
}

#[test]
fn every_operation_has_its_builder_and_its_method_in_the_list() {
    let list = fs::read_to_string(sdk().join("api.txt")).unwrap();
    let counted = xtask(&["coverage", "--format", "json"]);
    let counted: serde_json::Value = serde_json::from_str(&counted.stdout).unwrap();

    let mut all = 0;
    for module in ["plex_tv", "plex_tv_v1", "discover"] {
        let of_module = |line: &&str| line.starts_with(&format!("plex_tv_sdk::{module}::"));
        let builders = list.lines().filter(of_module).filter(|line| {
            line.split(": ").next().is_some_and(|path| path.split("::").nth(2) == Some("builder"))
                && line.contains("struct ")
        });
        let methods = list.lines().filter(of_module).filter(|line| line.contains("Ext::") && line.contains(" fn "));
        let sends =
            list.lines().filter(of_module).filter(|line| line.contains("::builder::") && line.contains("::send: "));
        let builders = builders.count();
        assert!(builders > 0, "{module}");
        assert_eq!((methods.count(), sends.count()), (builders, builders), "{module}");
        all += builders;
    }
    assert_eq!(counted["operations"], all);
}

/// What compiles against the SDK proves that it is public: all that the examples and the tests import is in the list.
#[test]
fn all_that_examples_and_tests_import_is_in_the_list() {
    let list = fs::read_to_string(sdk().join("api.txt")).unwrap();
    let public: BTreeSet<_> = list.lines().map(path_of).collect();
    let mut imported = BTreeSet::new();
    for folder in [sdk().join("examples"), workspace().join("tests"), workspace().join("tools/conform")] {
        for file in rust_files(&folder) {
            for item in syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap().items {
                if let syn::Item::Use(item) = item {
                    imports(String::new(), &item.tree, &mut imported);
                }
            }
        }
    }
    // What another crate has is not listed, only that the whole crate is there.
    imported.retain(|path| path.starts_with("plex_tv_sdk::") && !path.starts_with("plex_tv_sdk::reqwest::"));

    let missing: Vec<_> = imported.iter().filter(|path| !public.contains(path.as_str())).collect();

    assert!(imported.len() > 20, "{imported:?}");
    assert!(missing.is_empty(), "{missing:?}");
}

fn path_of(line: &str) -> &str {
    line.split(": ").next().unwrap_or(line)
}

fn imports(start: String, tree: &syn::UseTree, found: &mut BTreeSet<String>) {
    match tree {
        syn::UseTree::Path(tree) => imports(format!("{start}{}::", tree.ident), &tree.tree, found),
        syn::UseTree::Group(tree) => tree.items.iter().for_each(|tree| imports(start.clone(), tree, found)),
        syn::UseTree::Glob(_) => found.extend([start.trim_end_matches("::").to_owned()]),
        syn::UseTree::Name(tree) if tree.ident == "self" => found.extend([start.trim_end_matches("::").to_owned()]),
        syn::UseTree::Name(tree) => found.extend([format!("{start}{}", tree.ident)]),
        syn::UseTree::Rename(tree) => found.extend([format!("{start}{}", tree.ident)]),
    }
}
