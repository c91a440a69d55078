//! `cargo xtask generate` and `lint`, run as a maintainer runs them.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A copy of the descriptions and of the generated files, to be spoilt.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        for (from, to) in [("openapi", "openapi"), ("plex-tv-sdk/src/generated", "generated")] {
            let to = copy.path(to);
            fs::create_dir(&to).unwrap();
            for entry in fs::read_dir(workspace().join(from)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
        copy
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn description(&self) -> PathBuf {
        self.path("openapi/plex-tv.yaml")
    }

    fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.description()).unwrap();
        assert!(text.contains(from), "the description has no {from:?}");
        fs::write(self.description(), text.replacen(from, to, 1)).unwrap();
    }

    fn generate(&self, arguments: &[&str]) -> Ended {
        let (openapi, out) = (self.path("openapi"), self.path("generated"));
        let folders = ["generate", "--openapi", text(&openapi), "--out", text(&out)];
        xtask(&[&folders[..], arguments].concat())
    }

    /// A member of the PIN gets another name, as plex.tv might do.
    fn rename_a_field(&self) {
        let text = fs::read_to_string(self.description()).unwrap();
        fs::write(self.description(), text.replace("newRegistration:", "freshRegistration:")).unwrap();
    }

    fn generated(&self) -> String {
        fs::read_to_string(self.path("generated/plex_tv.rs")).unwrap()
    }
}

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

fn xtask(arguments: &[&str]) -> Ended {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(!stderr.contains("panicked"), "{stderr}");
    Ended { code: status.code().unwrap(), stdout, stderr }
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_checked_in_code_is_what_the_descriptions_give() {
    let ended = xtask(&["generate", "--check"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn the_descriptions_keep_the_rules() {
    let ended = xtask(&["lint"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
}

#[test]
fn a_renamed_field_makes_the_check_fail_with_file_line_and_mend() {
    let copy = Copy::new();
    let before = copy.generated();
    copy.rename_a_field();

    let ended = copy.generate(&["--check"]);

    assert_eq!(ended.code, 4, "{}", ended.stderr);
    let first_difference = {
        let copy = Copy::new();
        copy.rename_a_field();
        assert_eq!(copy.generate(&[]).code, 0);
        let after = copy.generated();
        // The first line names the hash of the description, which says nothing to a reader.
        2 + before.lines().zip(after.lines()).skip(1).position(|(old, new)| old != new).unwrap()
    };
    let told = ended.stderr.lines().next().unwrap();
    assert!(told.contains("plex_tv.rs is out of date (+"), "{told}");
    assert!(told.ends_with(&format!("first at line {first_difference})")), "{told}");
    assert!(ended.stderr.contains("fresh_registration"), "{}", ended.stderr);
    assert!(
        ended.stderr.trim_end().lines().last().unwrap().starts_with("  fix: cargo xtask generate"),
        "{}",
        ended.stderr
    );
    assert_eq!(copy.generated(), before, "--check wrote something");
}

#[test]
fn generate_mends_what_the_check_found_and_says_what_moved() {
    let copy = Copy::new();
    copy.rename_a_field();

    let written = copy.generate(&[]);

    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.contains("plex_tv.rs: written,"), "{}", written.stdout);
    assert!(copy.generated().contains("pub fresh_registration:"));
    assert_eq!(copy.generate(&["--check"]).code, 0);
    assert!(copy.generate(&[]).stdout.contains("plex_tv.rs: up to date"));
}

#[test]
fn a_missing_and_an_orphaned_file_are_out_of_date_too() {
    let copy = Copy::new();
    fs::rename(copy.path("generated/plex_tv.rs"), copy.path("generated/old.rs")).unwrap();

    let checked = copy.generate(&["--check"]);
    assert_eq!(checked.code, 4);
    assert!(checked.stderr.contains("plex_tv.rs is missing"), "{}", checked.stderr);
    assert!(checked.stderr.contains("old.rs has no description"), "{}", checked.stderr);

    assert_eq!(copy.generate(&[]).code, 0);
    assert_eq!(copy.generate(&["--check"]).code, 0);
}

#[test]
fn a_checkout_with_other_line_ends_gives_the_same_code() {
    let copy = Copy::new();
    let text = fs::read_to_string(copy.description()).unwrap();
    fs::write(copy.description(), text.replace('\n', "\r\n")).unwrap();

    let ended = copy.generate(&["--check"]);

    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn a_place_that_cannot_be_written_is_told_in_one_line() {
    let copy = Copy::new();
    let in_the_way = copy.path("generated/plex_tv.rs");

    let ended = xtask(&["generate", "--openapi", text(&copy.path("openapi")), "--out", text(&in_the_way)]);

    assert_eq!((ended.code, ended.stderr.lines().count()), (3, 1), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_half_done() {
    use std::os::unix::fs::PermissionsExt as _;

    let copy = Copy::new();
    let before = copy.generated();
    copy.edit("newRegistration:", "newRegistration:\n          deprecated: true");
    let folder = copy.path("generated");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let can_write_anyway = fs::write(folder.join("probe"), "").is_ok();

    let ended = copy.generate(&[]);

    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    if can_write_anyway {
        // The superuser may write anywhere.
        return;
    }
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("cannot be written"), "{}", ended.stderr);
    assert_eq!(copy.generated(), before);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

/// Wrong input ends with exit 3, the file, the line, the rule and the mend, and never with a panic.
#[test]
fn wrong_descriptions_are_refused_by_file_line_rule_and_mend() {
    let cases = [
        ("openapi: 3.0.3", "openapi: 3.1.0", "openapi-version"),
        ("openapi: 3.0.3", "swagger: '2.0'", "openapi-version"),
        ("openapi: 3.0.3", "openapi: [3.0.3", "yaml-syntax"),
        ("operationId: getToken", "operationId: getPin", "operation-id"),
        ("#/components/schemas/PinInfo", "#/components/schemas/PinInf", "dangling-ref"),
        ("operationId: getToken", "operationId: getToken\n      operationId: getToken", "duplicate-key"),
        ("operationId: getToken", "operationID: getToken", "operation-id"),
    ];

    for (from, to, rule) in cases {
        let copy = Copy::new();
        copy.edit(from, to);

        let ended = copy.generate(&[]);

        assert_eq!(ended.code, 3, "{rule}: {}", ended.stderr);
        assert!(ended.stdout.is_empty(), "{}", ended.stdout);
        let row = ended.stderr.lines().find(|line| line.contains(&format!(": {rule}: ")));
        let row = row.unwrap_or_else(|| panic!("{rule}: {}", ended.stderr));
        let line = row.split("plex-tv.yaml:").nth(1).and_then(|rest| rest.split(':').next());
        assert!(line.is_some_and(|line| line.parse::<usize>().is_ok()), "{row}");
        assert!(ended.stderr.contains("  fix: "), "{}", ended.stderr);
    }
}

/// A small description, so that a construct can be put where the real ones have none.
fn tiny(responses: &str, schema: &str) -> String {
    format!(
        "openapi: 3.0.3
info: {{ title: T, version: 0.1.0, description: D. }}
servers: [{{ url: https://plex.tv }}]
tags: [{{ name: A, description: D. }}]
paths:
  /x:
    get:
      operationId: getX
      tags: [A]
      summary: S
      description: D.
      x-plex-confidence: high
      security: []
      responses:
{responses}
components:
  schemas:
    X:
      type: object
      description: D.
      properties:
        x: {schema}
    Y: {{ type: object, description: D., properties: {{ y: {{ type: string, description: D. }} }} }}
"
    )
}

fn success(status: &str, schema: &str) -> String {
    format!(
        "        '{status}': {{ description: D., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{schema}' }}, example: {{}} }} }} }}"
    )
}

#[test]
fn constructs_that_the_generator_cannot_read_are_named_before_it_panics() {
    let one = success("200", "X");
    let two = format!("{one}\n{}", success("201", "Y"));
    let plain = "{ type: string, description: D. }";
    let cases = [
        (tiny(&two, plain), "success-body"),
        (tiny(&one, "{ description: D., anyOf: [{ type: string }] }"), "unsupported-keyword"),
        (tiny(&one, "{ description: D., not: { type: string } }"), "unsupported-keyword"),
        (tiny(&one, "{ $ref: '#/components/schemas/Y', description: D. }"), "ref-siblings"),
        (tiny(&one, "{ type: string, description: D., enum: [a, A] }"), "reply-enum"),
    ];

    for (description, rule) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tiny.yaml"), description).unwrap();

        let ended = xtask(&["generate", "--openapi", text(folder.path()), "--out", text(&folder.path().join("out"))]);

        assert_eq!(ended.code, 3, "{rule}: {}", ended.stderr);
        assert!(ended.stderr.contains(&format!(": {rule}: ")), "{rule}: {}", ended.stderr);
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn missing_empty_and_unreadable_input_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = folder.path().join("x.yaml");

    let nothing = xtask(&["generate", "--openapi", "no/such/folder"]);
    assert_eq!(nothing.code, 3);
    assert!(nothing.stderr.contains("no/such/folder"), "{}", nothing.stderr);

    let no_description = xtask(&["lint", text(folder.path())]);
    assert_eq!(no_description.code, 3, "{}", no_description.stderr);

    for bytes in [&b""[..], b"\xff\xfe", b"just text", b"[]"] {
        fs::write(&yaml, bytes).unwrap();
        let ended = xtask(&["generate", "--openapi", text(folder.path()), "--out", text(&folder.path().join("out"))]);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
    }
}

#[test]
fn wrong_use_exits_2() {
    for arguments in [&["generate", "--nonsense"][..], &["nonsense"], &[]] {
        assert_eq!(xtask(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn findings_of_the_lint_exit_1_on_standard_output() {
    let copy = Copy::new();
    copy.edit("summary: ", "summary: TODO ");

    let ended = xtask(&["lint", text(&copy.path("openapi"))]);

    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""));
    assert!(ended.stdout.contains(": todo: ") && ended.stdout.ends_with("1 problem\n"), "{}", ended.stdout);
}
