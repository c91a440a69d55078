//! A small project with a description, a version and a git history.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::Ended;

pub(crate) const TINY: &str = include_str!("tiny.yaml");

/// Edits of `TINY`, each named after the level of its finding.
pub(crate) const BREAKING: Edit = Edit("code: { type: string }\n", "code: { type: string, nullable: true }\n");
pub(crate) const POTENTIAL: Edit = Edit("        - { name: code, in: query, schema: { type: string } }\n", "");
pub(crate) const COMPATIBLE: Edit =
    Edit("name: { type: string }\n", "name: { type: string }\n        age: { type: integer }\n");
pub(crate) const DOCS: Edit = Edit("A user.", "The user.");

/// A text and its replacement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edit(&'static str, &'static str);

pub(crate) fn edited(edits: &[Edit]) -> String {
    edits.iter().fold(TINY.to_owned(), |text, Edit(from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from:?}");
        text.replace(from, to)
    })
}

pub(crate) fn manifest(version: &str) -> String {
    format!("[workspace.package]\nversion = \"{version}\"\n")
}

pub(crate) struct Repository(TempDir);

impl Repository {
    /// Makes a repository with one commit on `main`: `openapi/tiny.yaml`, and version 0.3.2.
    pub(crate) fn new() -> Self {
        let repository = Self::without_git();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    /// Makes a folder with the same files, but without a history.
    pub(crate) fn without_git() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.write("openapi/tiny.yaml", TINY);
        repository.write("Cargo.toml", manifest("0.3.2"));
        repository
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    pub(crate) fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, edits: &[Edit]) {
        self.write("openapi/tiny.yaml", edited(edits));
    }

    pub(crate) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=A change"]);
    }

    /// Runs git without the user's settings, and asserts that it succeeds.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let ended = self.git_anyhow(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {}{}", ended.stdout, ended.stderr);
        ended.stdout.trim_end().to_owned()
    }

    /// Runs git without the user's settings. It may fail, for example on a merge conflict.
    pub(crate) fn git_anyhow(&self, arguments: &[&str]) -> Ended {
        let own = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"];
        Ended::of(self.command("git").args(own).args(arguments))
    }

    /// Returns the command, as if cargo ran it in this workspace.
    pub(crate) fn xtask(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_xtask"))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.0.path())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap_or(Path::new("/")))
            .env("LC_ALL", "C")
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE");
        command
    }

    /// Runs the diff without the Rust report, which is slow and tested elsewhere.
    pub(crate) fn diff(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.xtask().args(["diff", "--no-rust"]).args(arguments))
    }

    /// Returns the report as JSON. The command succeeds, no matter what it finds.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.diff(&[arguments, &["--format", "json", "--fail-on", "never"]].concat());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Returns the rules of the findings, the most severe first.
    #[track_caller]
    pub(crate) fn rules(&self, arguments: &[&str]) -> Vec<String> {
        rules(&self.json(arguments))
    }
}

pub(crate) fn rules(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// Makes a folder with two descriptions and no history.
pub(crate) fn two_files(base: &str, head: &str) -> Repository {
    let folder = Repository::without_git();
    folder.write("base.yaml", base);
    folder.write("head.yaml", head);
    folder
}
