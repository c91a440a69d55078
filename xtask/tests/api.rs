//! Tests of `cargo xtask api`, run as a maintainer runs it, on small crates.
//!
//! `.ci/run` checks the list of the SDK itself, since rustdoc takes a while for it.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use common::{Ended, text, workspace, xtask};
use tempfile::TempDir;

/// A temporary crate with the given `lib.rs`.
struct Crate(TempDir);

impl Crate {
    fn new(code: &str) -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        let manifest = "[package]\nname = \"my-crate\"\nedition = \"2024\"\n[features]\ndefault = [\"small\"]\nsmall = []\n\
                        extra = []\ncodegen = []\n[workspace]\n";
        fs::write(made.path("Cargo.toml"), manifest).unwrap();
        fs::create_dir(made.path("src")).unwrap();
        made.code(code);
        made
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn code(&self, code: &str) {
        fs::write(self.path("src/lib.rs"), code).unwrap();
    }

    fn list(&self) -> String {
        fs::read_to_string(self.path("api.txt")).unwrap()
    }

    fn api(&self, arguments: &[&str]) -> Ended {
        xtask(&[&["api", "--sdk", text(self.0.path())], arguments].concat())
    }
}

/// Returns whether the toolchain that the command needs is installed.
fn has_toolchain() -> bool {
    let named = fs::read_to_string(workspace().join("xtask/api-toolchain")).unwrap();
    let is_named = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).stderr(Stdio::null()).output();
        let told = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let minor = named.trim().rsplit_once('.').unwrap().0;
        told.starts_with(&format!("rustc {minor}."))
    };
    is_named("rustc", &["--version"]) || is_named("rustup", &["run", named.trim(), "rustc", "--version"])
}

#[test]
fn public_items_are_listed_with_all_features_but_codegen() {
    if !has_toolchain() {
        return;
    }
    let made = Crate::new(
        "mod inner {
            #[derive(Clone)] pub struct Old { pub a: u8, b: u8 }
            impl Old { pub fn new(_count: u8) -> Self { todo!() } fn hidden() {} pub(crate) fn half() {} }
            impl Iterator for Old { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
        }
        pub use inner::Old as New;
        pub mod outside { pub use crate::inner::*; }
        macro_rules! make { ($name:ident) => { #[cfg(feature = \"extra\")] #[non_exhaustive] pub enum $name { One } } }
        make!(Made);
        #[cfg(feature = \"small\")] pub fn small() {}
        #[cfg(feature = \"codegen\")] pub fn generated() {}
        #[doc(hidden)] pub fn hidden() {}
        struct Private;",
    );

    let ended = made.api(&[]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(
        ended.stdout.lines().collect::<Vec<_>>(),
        [
            "pub mod my_crate",
            "pub mod my_crate::outside",
            "pub struct my_crate::outside::Old",
            "pub my_crate::outside::Old::a: u8",
            "pub fn my_crate::outside::Old::new(_count: u8) -> Self",
            "impl core::clone::Clone for my_crate::outside::Old",
            "impl core::iter::traits::iterator::Iterator for my_crate::outside::Old",
            "pub type my_crate::outside::Old::Item = u8",
            "#[non_exhaustive] pub enum my_crate::Made",
            "pub my_crate::Made::One",
            "pub struct my_crate::New",
            "pub my_crate::New::a: u8",
            "pub fn my_crate::small()",
        ]
    );
}

#[test]
fn bless_writes_the_list_once_and_check_reports_what_changed() {
    if !has_toolchain() {
        return;
    }
    let made = Crate::new("pub fn one() {}\npub fn two() {}");
    let missing = made.api(&["--check"]);
    assert_eq!(missing.code, 4);
    assert!(missing.stderr.contains("api.txt is missing\n  fix: cargo xtask api --bless"), "{}", missing.stderr);

    let written = made.api(&["--bless"]);

    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.ends_with("api.txt: written, 3 public items (3 added, 0 removed)\n"), "{}", written.stdout);
    let list = made.list();
    assert!(list.starts_with("# ") && list.ends_with("\npub fn my_crate::one()\npub fn my_crate::two()\n"), "{list}");
    assert!(made.api(&["--bless"]).stdout.ends_with("api.txt: up to date, 3 public items\n"));
    fs::write(made.path("api.txt"), list.replace('\n', "\r\n")).unwrap();
    assert_eq!(made.api(&["--check"]).code, 0);

    // Bodies and private items are not part of the list. Changed signatures and removed items are.
    made.code("pub fn one() { private() }\npub fn two() {}\nfn private() {}");
    assert_eq!(made.api(&["--check"]).code, 0);
    made.code("pub fn one() -> u8 { 1 }\npub(crate) fn two() {}");
    let before = made.list();
    let stale = made.api(&["--check"]);
    assert_eq!((stale.code, stale.stdout.as_str()), (4, ""), "{}", stale.stderr);
    let lines: Vec<_> = stale.stderr.lines().map(str::trim_start).collect();
    assert!(lines[0].ends_with("api.txt is out of date (1 added, 2 removed)"), "{}", stale.stderr);
    let moved = ["- pub fn my_crate::one()", "- pub fn my_crate::two()", "+ pub fn my_crate::one() -> u8"];
    assert_eq!(lines[1..4], moved);
    assert!(lines[4].starts_with("fix: cargo xtask api --bless --sdk "), "{}", stale.stderr);
    assert_eq!(made.list(), before, "--check wrote something");
}

#[test]
fn a_long_difference_is_cut_off() {
    if !has_toolchain() {
        return;
    }
    let functions =
        |names: std::ops::Range<u8>| names.map(|name| format!("pub fn f{name}() {{}}\n")).collect::<String>();
    let made = Crate::new(&functions(0..40));
    assert_eq!(made.api(&["--bless"]).code, 0);
    made.code(&functions(40..80));

    let stale = made.api(&["--check"]);

    assert!(stale.stderr.contains("(40 added, 40 removed)"), "{}", stale.stderr);
    assert!(stale.stderr.contains("  … and 68 more\n"), "{}", stale.stderr);
    assert_eq!(stale.stderr.lines().count(), 15, "{}", stale.stderr);
}

#[test]
fn a_crate_that_cannot_be_documented_is_reported_with_cargos_message() {
    if !has_toolchain() {
        return;
    }
    let cases =
        [("pub fn one() {}\npub fn {}", "src/lib.rs:2:"), ("mod missing;", "file not found for module `missing`")];
    for (code, wanted) in cases {
        Crate::new(code).api(&[]).assert_mentions(wanted);
    }
    let nothing = tempfile::tempdir().unwrap();
    xtask(&["api", "--sdk", text(nothing.path())]).assert_mentions("Cargo.toml cannot be documented; cargo says:");

    let unreadable = Crate::new("");
    fs::write(unreadable.path("api.txt"), b"\xff").unwrap();
    unreadable.api(&["--check"]).assert_refused("api.txt cannot be read");
}

/// The only toolchain is one of another release.
#[cfg(unix)]
#[test]
fn a_missing_toolchain_exits_6_with_the_command_that_installs_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let rustc = folder.path().join("rustc");
    fs::write(&rustc, "#!/bin/sh\necho 'rustc 1.2.3 (other)'\n").unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    let named = fs::read_to_string(workspace().join("xtask/api-toolchain")).unwrap();

    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let ended = Ended::of(command.args(["api", "--check"]).env("PATH", folder.path()).env_remove("RUSTC"));

    assert_eq!((ended.code, ended.stdout.as_str()), (6, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("but this is Rust 1.2.3\n"), "{}", ended.stderr);
    let fix = format!("  fix: rustup toolchain install {} --profile minimal\n", named.trim());
    assert!(ended.stderr.ends_with(&fix), "{}", ended.stderr);
}

#[test]
fn wrong_usage_exits_2() {
    assert_eq!(xtask(&["api", "--check", "--bless"]).code, 2);
    assert_eq!(xtask(&["api", "file"]).code, 2);
}
