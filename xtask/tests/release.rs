//! Tests of the parts of `cargo xtask release` that publish nothing.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    fs,
    process::{Command, Stdio},
};

use common::{Ended, workspace};
use tempfile::TempDir;

const MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["plex-tv-sandbox", "plex-tv-sdk", "private"]

[workspace.package]
version = "0.1.0"
edition = "2024"
repository = ""

[workspace.dependencies]
plex-tv-sandbox = { path = "plex-tv-sandbox", version = "=0.1.0" }
plex-tv-sdk = { path = "plex-tv-sdk", version = "=0.1.0" }
"#;

const CHANGELOG: &str = "# Changelog\n\n## Unreleased\n\n### SDK\n\n- All of it.\n";

/// A workspace with two published crates, in a temporary repository.
struct Fixture(TempDir);

impl Fixture {
    fn new() -> Self {
        let fixture = Self(tempfile::tempdir().unwrap());
        fixture.write("Cargo.toml", MANIFEST);
        fixture.write("CHANGELOG.md", CHANGELOG);
        fixture.write("README.md", "plex-tv-sdk = \"0.1\"\n");
        for (name, more) in [
            ("plex-tv-sandbox", ""),
            ("plex-tv-sdk", "[dev-dependencies]\nplex-tv-sandbox.workspace = true\n"),
            ("private", "[dependencies]\nplex-tv-sdk.workspace = true\n"),
        ] {
            let publish = if name == "private" { "publish = false\n" } else { "repository.workspace = true\n" };
            let package = format!(
                "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n{publish}\n{more}"
            );
            fixture.write(&format!("{name}/Cargo.toml"), &package);
            fixture.write(&format!("{name}/src/lib.rs"), "");
            fixture.write(&format!("{name}/README.md"), "plex-tv-sdk = \"0.1\"\nother = \"0.1\"\n");
        }
        fixture.git(&["init", "--quiet"]);
        fixture.commit();
        fixture
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Example", "-c", "user.email=user@example.com"]).args(arguments);
        assert!(git.current_dir(self.0.path()).stdout(Stdio::null()).status().unwrap().success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Change"]);
    }

    fn release(&self, arguments: &[&str]) -> Ended {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask.arg("release").args(arguments).current_dir(self.0.path());
        Ended::of(xtask.env("CARGO_MANIFEST_DIR", self.0.path().join("xtask")).env("CARGO_NET_OFFLINE", "true"))
    }
}

fn assert_refused(ended: &Ended, wanted: &str) {
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(
        ended.stdout.lines().any(|line| line.starts_with("refused: ") && line.contains(wanted)),
        "{wanted}: {}",
        ended.stdout
    );
}

#[test]
fn a_dry_run_lists_all_steps_and_changes_nothing() {
    let fixture = Fixture::new();

    let ended = fixture.release(&["--dry-run", "0.2.0"]);

    for wanted in [
        "CHANGELOG.md: + ## 0.2.0 - 2",
        "Cargo.toml: + version = \"0.2.0\"",
        "Cargo.toml: + plex-tv-sdk = { path = \"plex-tv-sdk\", version = \"=0.2.0\" }",
        "README.md: + plex-tv-sdk = \"0.2\"",
        "plex-tv-sdk/README.md: + plex-tv-sdk = \"0.2\"",
        "semver: cargo semver-checks --release-type major -p plex-tv-sandbox -p plex-tv-sdk ",
        "publish: plex-tv-sandbox, plex-tv-sdk",
        "tag: v0.2.0",
    ] {
        assert!(ended.stdout.lines().any(|line| line.starts_with(wanted)), "{wanted}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains("other"), "{}", ended.stdout);
    assert_refused(&ended, "`repository` of plex-tv-sandbox is empty");
    assert_eq!((fixture.read("Cargo.toml"), fixture.read("CHANGELOG.md")), (MANIFEST.to_owned(), CHANGELOG.to_owned()));
}

#[test]
fn the_first_release_is_prepared_and_then_needs_the_address_of_the_repository() {
    let fixture = Fixture::new();
    assert_refused(&fixture.release(&["--publish", "0.1.0"]), "CHANGELOG.md does not have 0.1.0");

    let prepared = fixture.release(&["0.1.0"]);
    assert_eq!((prepared.code, prepared.stderr.as_str()), (0, ""), "{}", prepared.stdout);
    assert!(fixture.read("CHANGELOG.md").starts_with("# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2"));
    assert!(fixture.read("Cargo.lock").contains("name = \"plex-tv-sdk\"\nversion = \"0.1.0\""));

    let uncommitted = fixture.release(&["--publish", "0.1.0"]);
    assert_refused(&uncommitted, "are not committed");
    fixture.commit();
    let ready = fixture.release(&["--publish", "0.1.0"]);
    assert_refused(&ready, "`repository` of plex-tv-sandbox is empty");
    assert_eq!(ready.stdout.matches("refused").count(), 1, "{}", ready.stdout);

    fixture.write("Cargo.toml", &MANIFEST.replace("repository = \"\"", "repository = \"https://example.com/plex\""));
    fixture.commit();
    let ended = fixture.release(&["--dry-run", "0.1.0"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "files: prepared\npublish: plex-tv-sandbox, plex-tv-sdk\ntag: v0.1.0\n")
    );

    fixture.git(&["tag", "v0.1.0"]);
    assert_refused(&fixture.release(&["--dry-run", "0.1.0"]), "the tag v0.1.0 exists");
    assert_refused(&fixture.release(&["--publish", "0.1.0"]), "the tag v0.1.0 exists");
}

#[test]
fn a_release_that_is_not_possible_is_refused_with_every_reason() {
    let fixture = Fixture::new();
    fixture.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n");

    let ended = fixture.release(&["0.0.9"]);

    assert_refused(&ended, "0.0.9 is older than 0.1.0");
    assert_refused(&ended, "CHANGELOG.md: there are no entries under");
    assert_eq!(fixture.release(&["next"]).code, 2);
    assert_eq!(fixture.release(&[]).code, 2);
}

/// The tests above use a small workspace. This one uses the real one.
#[test]
fn this_workspace_has_its_version_in_every_place_that_a_release_changes() {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let ended = Ended::of(xtask.args(["release", "--dry-run", "99.0.0"]).current_dir(workspace()));

    for file in ["CHANGELOG.md", "Cargo.toml", "README.md", "plex-tv-sdk/README.md", "plex-tv-sandbox/README.md"] {
        assert!(ended.stdout.lines().any(|line| line.starts_with(&format!("{file}: + "))), "{file}: {}", ended.stdout);
    }
    let crates = ended.stdout.lines().filter(|line| line.starts_with("Cargo.toml: + plex-tv-")).count();
    assert_eq!(crates, 4, "{}", ended.stdout);
}
