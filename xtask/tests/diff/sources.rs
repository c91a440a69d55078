//! Tests of where the two sides come from.

use crate::repository::{BREAKING, COMPATIBLE, DOCS, Repository, TINY, edited, manifest, rules, two_files};

#[test]
fn by_default_the_work_tree_is_compared_with_its_merge_base_with_main() {
    let repository = Repository::new();
    let left = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.edit(&[DOCS]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.edit(&[COMPATIBLE]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    let clean = repository.rules(&[]);
    repository.edit(&[DOCS, BREAKING]);

    let dirty = repository.json(&[]);

    assert_eq!(clean, ["docs"]);
    assert_eq!(rules(&dirty), ["nullable-added", "docs"]);
    assert!(dirty["base"].as_str().unwrap().starts_with(&left[..7]), "{}", dirty["base"]);
    assert_eq!(dirty["head"], "work tree");
}

#[test]
fn main_of_the_remote_is_used_if_there_is_no_local_main() {
    let repository = Repository::new();
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repository.git(&["branch", "--quiet", "--move", "main", "topic"]);
    repository.edit(&[BREAKING]);

    assert_eq!(repository.rules(&[]), ["nullable-added"]);

    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let ended = repository.diff(&[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.starts_with("error: there is no branch main to compare with; "), "{}", ended.stderr);
}

/// The report is the same, however the two sides are named.
#[test]
fn a_side_is_a_file_a_folder_a_path_of_a_revision_or_a_revision() {
    let repository = Repository::new();
    repository.git(&["tag", "before"]);
    repository.edit(&[BREAKING, DOCS]);
    repository.commit();
    repository.write("old/tiny.yaml", TINY);
    let pairs = [
        ["before", "HEAD"],
        ["HEAD~1", "openapi"],
        ["before:openapi", "HEAD:openapi"],
        ["before:openapi/", "openapi"],
        ["old", "openapi"],
        ["before:openapi/tiny.yaml", "HEAD:openapi/tiny.yaml"],
        ["old/tiny.yaml", "openapi/tiny.yaml"],
        ["before:openapi/tiny.yaml", "openapi/tiny.yaml"],
    ];

    for [base, head] in pairs {
        let report = repository.json(&[base, head]);

        assert_eq!(rules(&report), ["nullable-added", "docs"], "{base} {head}");
        assert_eq!(report["findings"][0]["line"], 36, "{base} {head}");
        assert!(report["findings"][0]["file"].as_str().unwrap().ends_with("tiny.yaml"), "{base} {head}");
    }
    assert_eq!(repository.rules(&["before", "before"]), [""; 0]);
    assert_eq!(repository.rules(&["HEAD", "HEAD~1"]), ["nullable-removed", "docs"]);
    assert_eq!(repository.json(&["before", "HEAD"])["base"].as_str().unwrap().len(), "before (1234567)".len());
    repository.git(&["tag", "old", "HEAD"]);
    assert_eq!(
        repository.rules(&["old", "HEAD"]),
        ["nullable-added", "docs"],
        "a path takes precedence over a revision of the same name"
    );
}

#[test]
fn added_and_removed_descriptions_are_one_finding_each() {
    let repository = Repository::new();
    repository.write("openapi/more.yaml", TINY);
    repository.write("openapi/README.md", "Not a description.");
    let added = repository.json(&["HEAD"]);
    repository.commit();

    let removed = repository.json(&["HEAD", "HEAD~1"]);

    assert_eq!((rules(&added), rules(&removed)), (vec!["doc-added".to_owned()], vec!["doc-removed".to_owned()]));
    assert_eq!((&added["operations"], &removed["operations"]), (&6.into(), &6.into()));
    assert!(added["findings"][0]["file"].as_str().unwrap().ends_with("more.yaml"));
    assert_eq!(repository.diff(&["HEAD~1", "HEAD"]).code, 0);
    assert_eq!(repository.diff(&["HEAD", "HEAD~1"]).code, 1);
}

#[test]
fn descriptions_in_a_folder_may_be_json_or_end_in_yml() {
    let repository = Repository::new();
    let json = r#"{"openapi": "3.0.3", "info": {"title": "Old"}, "paths": {}}"#;
    for name in ["a.json", "b.yml"] {
        repository.write(&format!("openapi/{name}"), json);
        repository.write(&format!("alone/{name}"), json);
    }
    // Other files may be JSON too.
    repository.write("openapi/package.json", r#"{"name": "openapi"}"#);
    repository.commit();
    for folder in ["openapi", "alone"] {
        for name in ["a.json", "b.yml"] {
            repository.write(&format!("{folder}/{name}"), json.replace("Old", "New"));
        }
    }
    repository.commit();

    assert_eq!(repository.rules(&["HEAD~1", "openapi"]), ["docs", "docs"]);
    assert_eq!(repository.rules(&["HEAD~1:alone", "HEAD:alone"]), ["docs", "docs"]);
    assert_eq!(repository.rules(&["HEAD~1:alone", "alone"]), ["docs", "docs"]);
}

#[test]
fn the_required_version_is_shown_and_enforced() {
    let repository = Repository::new();
    repository.edit(&[BREAKING]);
    repository.commit();
    repository.write("Cargo.toml", manifest("0.4.0"));
    repository.commit();
    let unbumped = ["--fail-on", "unbumped"];

    let before = repository.diff(&[&["HEAD~2", "HEAD~1"], &unbumped[..]].concat());
    let after = repository.diff(&[&["HEAD~2", "HEAD"], &unbumped[..]].concat());

    assert_eq!((before.code, after.code), (1, 0));
    assert!(before.stdout.contains("\nneeds 0.4.0 (breaking); Cargo.toml says 0.3.2\n"), "{}", before.stdout);
    assert!(after.stdout.contains("\nneeds 0.4.0 (breaking); Cargo.toml says 0.4.0, which is enough\n"));
    let version = &repository.json(&["HEAD~2", "HEAD~1"])["version"];
    assert_eq!((&version["bump"], &version["is_bumped"]), (&"major".into(), &false.into()));
    let version = &repository.json(&["HEAD~2:openapi", "HEAD~1:openapi"])["version"];
    assert_eq!((&version["needed"], &version["current"]), (&"0.4.0".into(), &"0.3.2".into()));
    // The version of the work tree counts if the work tree is compared, or if no revision has one.
    assert_eq!(repository.diff(&[&["HEAD~2"], &unbumped[..]].concat()).code, 0);
    repository.write("Cargo.toml", manifest("0.3.3"));
    assert_eq!(repository.diff(&[&["HEAD~2"], &unbumped[..]].concat()).code, 1);
}

#[test]
fn an_unreadable_version_is_reported_only_if_it_is_needed() {
    let repository = Repository::new();
    repository.edit(&[BREAKING]);
    repository.write("Cargo.toml", "<<<<<<< HEAD\n");

    let ended = repository.diff(&["openapi", "openapi", "--fail-on", "unbumped"]);

    ended.assert_mentions("Cargo.toml: no-version: no version can be read from it");
    assert_eq!(repository.diff(&["openapi", "openapi"]).code, 0);
}

#[test]
fn changes_that_break_nothing_are_never_unbumped() {
    let repository = Repository::new();
    let unbumped = ["HEAD", "--fail-on", "unbumped"];

    let equal = repository.diff(&unbumped);
    assert_eq!(equal.code, 0);
    assert!(equal.stdout.contains("\nneeds no new version; Cargo.toml says 0.3.2\n"), "{}", equal.stdout);

    repository.edit(&[COMPATIBLE, DOCS]);
    let added = repository.diff(&unbumped);
    assert_eq!(added.code, 0);
    assert!(added.stdout.contains("\nneeds 0.3.3 (additions); Cargo.toml says 0.3.2\n"), "{}", added.stdout);
}

#[test]
fn line_endings_order_of_keys_and_comments_do_not_matter() {
    let with_text = TINY.replace("description: An example. }", "description: \"An\\n\\nexample.\" }");
    let block = TINY.replace(
        "info: { title: Example, version: 0.1.0, description: An example. }\n",
        "# Who we are.\ninfo:\n  version: 0.1.0\n  description: |-\n    An\n\n    example.\n  title: Example\n",
    );
    let folder = two_files(&with_text, &block.replace('\n', "\r\n"));

    let ended = folder.diff(&["base.yaml", "head.yaml", "--fail-on", "any"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n0 breaking, 0 potentially breaking, 0 compatible, 0 docs-only, in 0 of 3 op"));
}

#[test]
fn openapi_3_1_is_compared_with_3_0() {
    let head = edited(&[BREAKING]).replace("3.0.3", "3.1.0").replace("string, nullable: true", "[string, 'null']");
    let folder = two_files(TINY, &head);

    assert_eq!(folder.rules(&["base.yaml", "head.yaml"]), ["nullable-added", "openapi-version"]);
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_not_utf_8_is_compared() {
    use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _};

    let folder = two_files(TINY, &edited(&[BREAKING]));
    let odd = OsStr::from_bytes(b"head\xff.yaml");
    fs::rename(folder.path("head.yaml"), folder.path("").join(odd)).unwrap();

    for format in ["text", "markdown", "json", "github", "sarif", "changelog"] {
        let ended = crate::common::Ended::of(
            folder.xtask().args(["diff", "--no-rust", "--format", format, "base.yaml"]).arg(odd),
        );

        assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{format}");
    }
}

const WITH_FILE: &str = "openapi: 3.0.3
info: { title: A, version: 1.0.0 }
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200':
          description: Pets.
          content: { application/json: { schema: { $ref: './schemas/pet.yaml#/Pet' } } }
        '404': { $ref: 'shared.yaml#/Gone' }
";
const PET: &str = "Pet: { type: object, required: [id], properties: { id: { type: integer } } }\n";
const SHARED: &str = "Gone: { description: Gone. }\n";

#[test]
fn files_that_a_description_refers_to_are_followed_in_a_file_a_folder_and_a_revision() {
    let repository = Repository::new();
    for (name, text) in [("tiny.yaml", WITH_FILE), ("schemas/pet.yaml", PET), ("shared.yaml", SHARED)] {
        repository.write(&format!("openapi/{name}"), text);
        repository.write(&format!("old/{name}"), text);
    }
    repository.commit();
    repository.write("openapi/schemas/pet.yaml", PET.replace("integer", "string"));
    repository.commit();

    for sides in [["HEAD~1", "HEAD"], ["old", "openapi"], ["old/tiny.yaml", "HEAD:openapi/tiny.yaml"]] {
        let report = repository.json(&sides);
        assert_eq!(rules(&report), ["type-changed"], "{sides:?}");
        assert!(report["findings"][0]["file"].as_str().unwrap().ends_with("schemas/pet.yaml"), "{sides:?}");
        assert_eq!(report["findings"][0]["pointer"], "/Pet/properties/id/type", "{sides:?}");
    }
}

#[test]
fn missing_and_forbidden_files_are_refused() {
    let folder = Repository::without_git();
    folder.write("openapi/tiny.yaml", WITH_FILE);
    folder.write("openapi/shared.yaml", SHARED);
    let refused = |text: &str| {
        folder.write("openapi/tiny.yaml", text);
        let ended = folder.diff(&["openapi/tiny.yaml", "openapi/tiny.yaml"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{text}");
        ended.stderr
    };

    assert!(refused(WITH_FILE).contains("schemas/pet.yaml"));
    assert!(refused(&WITH_FILE.replace("./schemas/pet.yaml", "https://example.org/pet.yaml")).contains("tiny.yaml:10"));
    assert!(refused(&WITH_FILE.replace("./schemas/pet.yaml", "/dev/zero")).contains("tiny.yaml:10"));
    folder.write("openapi/schemas/pet.yaml", "Pet: [");
    assert!(refused(WITH_FILE).contains("schemas/pet.yaml:1"));
}

#[test]
fn revisions_are_the_same_from_every_folder_of_the_repository() {
    let repository = Repository::new();
    repository.write("xtask/empty", "");
    let revision = repository.git(&["rev-parse", "HEAD"]);
    let mut command = repository.xtask();
    command.current_dir(repository.path("xtask")).args(["diff", "--no-rust", &revision, &revision]);

    let ended = crate::common::Ended::of(&mut command);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
}
