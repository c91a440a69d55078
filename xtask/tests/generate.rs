//! Tests of `cargo xtask generate` and `lint`, run as a maintainer runs them.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{fs, path::PathBuf};

use common::{Ended, text, workspace, xtask};
use tempfile::TempDir;

/// A copy of the descriptions and the generated files, for tests that change them.
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

    /// Renames a member of the PIN, as plex.tv might do.
    fn rename_a_field(&self) {
        let text = fs::read_to_string(self.description()).unwrap();
        fs::write(self.description(), text.replace("newRegistration:", "freshRegistration:")).unwrap();
    }

    fn generated(&self) -> String {
        fs::read_to_string(self.path("generated").join(generated_file())).unwrap()
    }
}

/// Returns the name of the file that is generated from `plex-tv.yaml`.
fn generated_file() -> String {
    let table = plex_tv_openapi::Descriptions::load(&workspace().join("openapi")).unwrap();
    format!("{}.rs", table.by_file("plex-tv.yaml".as_ref()).unwrap().module)
}

#[test]
fn the_checked_in_code_is_up_to_date() {
    let ended = xtask(&["generate", "--check"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn the_descriptions_pass_the_lint() {
    let ended = xtask(&["lint"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
}

#[test]
fn a_renamed_field_makes_the_check_fail_with_file_line_and_fix() {
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
        // The first line has the hash of the description, so it always differs.
        2 + before.lines().zip(after.lines()).skip(1).position(|(old, new)| old != new).unwrap()
    };
    let told = ended.stderr.lines().next().unwrap();
    assert!(told.contains(&format!("{} is out of date (+", generated_file())), "{told}");
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
fn generate_fixes_what_the_check_found() {
    let copy = Copy::new();
    copy.rename_a_field();

    let written = copy.generate(&[]);

    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.contains(&format!("{}: written,", generated_file())), "{}", written.stdout);
    assert!(copy.generated().contains("pub fresh_registration:"));
    assert_eq!(copy.generate(&["--check"]).code, 0);
    assert!(copy.generate(&[]).stdout.contains(&format!("{}: up to date", generated_file())));
}

#[test]
fn a_missing_and_an_orphaned_file_are_out_of_date_too() {
    let copy = Copy::new();
    fs::rename(copy.path("generated").join(generated_file()), copy.path("generated/old.rs")).unwrap();

    let checked = copy.generate(&["--check"]);
    assert_eq!(checked.code, 4);
    assert!(checked.stderr.contains(&format!("{} is missing", generated_file())), "{}", checked.stderr);
    assert!(checked.stderr.contains("old.rs no longer has a description"), "{}", checked.stderr);

    assert_eq!(copy.generate(&[]).code, 0);
    assert_eq!(copy.generate(&["--check"]).code, 0);
}

/// Wrong input exits with 3 and names file, line, rule and fix. It never panics.
#[test]
fn wrong_descriptions_are_refused_with_file_line_rule_and_fix() {
    let cases = [
        ("openapi: 3.0.3", "swagger: '2.0'", "openapi-version"),
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

/// Returns a small description with the given responses and schema, for constructs that the real
/// descriptions do not have.
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

/// Returns a table with one description.
fn table(file: &str) -> String {
    format!("[[description]]\nfile = '{file}'\nmodule = 'my_module'\nhosts = ['https://plex.tv']\n")
}

fn success(status: &str, schema: &str) -> String {
    format!(
        "        '{status}': {{ description: D., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{schema}' }}, example: {{}} }} }} }}"
    )
}

#[test]
fn constructs_that_the_generator_cannot_read_are_reported_before_it_panics() {
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
        fs::write(folder.path().join("descriptions.toml"), table("tiny.yaml")).unwrap();

        let ended = xtask(&["generate", "--openapi", text(folder.path()), "--out", text(&folder.path().join("out"))]);

        assert_eq!(ended.code, 3, "{rule}: {}", ended.stderr);
        assert!(ended.stderr.contains(&format!(": {rule}: ")), "{rule}: {}", ended.stderr);
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn the_table_of_descriptions_names_the_module_and_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |command: &[&str]| xtask(&[command, &["--openapi", text(folder.path()), "--out", text(&out)]].concat());
    let both = tiny(&success("200", "X"), "{ $ref: '#/components/schemas/Y' }");
    fs::write(folder.path().join("tiny.yaml"), both).unwrap();
    let without = run(&["generate"]);
    assert!(without.code == 0 && out.join("tiny.rs").exists(), "{}", without.stderr);

    fs::write(folder.path().join("descriptions.toml"), table("other.yaml")).unwrap();
    run(&["generate"]).assert_mentions("tiny.yaml: table-file: descriptions.toml does not list this file");

    fs::write(folder.path().join("descriptions.toml"), table("tiny.yaml")).unwrap();
    let written = run(&["generate"]);
    assert!(written.code == 0 && out.join("my_module.rs").exists(), "{}", written.stderr);
    assert!(!out.join("tiny.rs").exists());
}

/// The features in the table are features of the SDK, and its modules are those of the generated
/// code.
#[test]
fn the_table_of_descriptions_matches_the_sdk() {
    let table = plex_tv_openapi::Descriptions::load(&workspace().join("openapi")).unwrap();
    let manifest = fs::read_to_string(workspace().join("plex-tv-sdk/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let modules = fs::read_to_string(workspace().join("plex-tv-sdk/src/generated.rs")).unwrap();

    for description in table.all() {
        let module = &description.module;
        let call = match &description.feature {
            Some(feature) => {
                assert!(manifest["features"].get(feature).is_some(), "the SDK has no feature {feature}");
                format!("\", {module}, \"{feature}\");")
            }
            None => format!("\", {module});"),
        };
        assert!(modules.contains(&call), "generated.rs has no {call}");
    }
    assert_eq!(modules.matches("\ndescription!(").count(), table.all().len());
}

#[test]
fn files_that_are_not_descriptions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = folder.path().join("x.yaml");

    for bytes in [&b"\xff\xfe"[..], b"just text", b"[]"] {
        fs::write(&yaml, bytes).unwrap();
        fs::write(folder.path().join("descriptions.toml"), table("x.yaml")).unwrap();
        let ended = xtask(&["generate", "--openapi", text(folder.path()), "--out", text(&folder.path().join("out"))]);
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains("x.yaml"), "{}", ended.stderr);
    }
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in [&["generate", "--nonsense"][..], &["nonsense"], &[]] {
        assert_eq!(xtask(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn lint_findings_go_to_standard_output_and_exit_1() {
    let copy = Copy::new();
    copy.edit("summary: ", "summary: TODO ");

    let ended = xtask(&["lint", text(&copy.path("openapi"))]);

    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""));
    assert!(ended.stdout.contains(": todo: ") && ended.stdout.ends_with("1 problem\n"), "{}", ended.stdout);
}
