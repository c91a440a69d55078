//! Tests that wrong input is reported in one sentence.

use crate::{
    common::Ended,
    repository::{BREAKING, DOCS, Repository, TINY, edited, two_files},
};

/// Asserts that one problem is reported with its place, and that nothing else is printed.
#[track_caller]
fn assert_reported(ended: &Ended, code: i32, wanted: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{wanted}: {}", ended.stderr);
    let first = ended.stderr.lines().next().unwrap();
    assert!(first.contains(wanted), "{wanted}: {}", ended.stderr);
    let is_single = ended.stderr.lines().count() == 1 || ended.stderr.ends_with("\n1 problem\n");
    assert!(is_single, "{wanted}: {}", ended.stderr);
}

#[test]
fn files_that_are_not_descriptions_are_refused() {
    let cases: [(&[u8], &str); 12] = [
        (b"", "bad.yaml: empty-file: the file is empty"),
        (b"# Nothing.\n", "bad.yaml: empty-file: the file is empty"),
        (b"openapi: 3.0.3\npaths: }\ninfo: {}\n", "bad.yaml:2: yaml-syntax: "),
        (b"{\"openapi\": \"3.0.3\",\n \"paths\": {", ": yaml-syntax: "),
        (b"openapi: 3.0.3\n\xff: x\n", "bad.yaml:2: not-utf8: this line is not UTF-8 text"),
        (b"name: x\n", "bad.yaml:1: not-openapi: this is not an OpenAPI document: `openapi` is missing"),
        (b"just text", "bad.yaml:1: not-openapi: "),
        (b"- 1\n", "bad.yaml:1: not-openapi: "),
        (
            b"\nswagger: '2.0'\npaths: {}\n",
            "bad.yaml:2: not-openapi: this is Swagger 2, not OpenAPI; convert it to OpenAPI 3 first",
        ),
        (
            b"openapi: 3.2.0\npaths: {}\n",
            ":1: not-openapi: this is OpenAPI \"3.2.0\"; only 3.0 and 3.1 can be compared",
        ),
        (b"openapi: 3.0.3\n", ":1: not-openapi: this is not an OpenAPI document: `paths` is missing"),
        (
            b"openapi: 3.0.3\npaths: []\n",
            ":2: not-openapi: this is not an OpenAPI document: `paths` is missing, or is not a mapping",
        ),
    ];
    let folder = two_files(TINY, TINY);

    for (bytes, wanted) in cases {
        folder.write("bad.yaml", bytes);
        assert_reported(&folder.diff(&["base.yaml", "bad.yaml"]), 3, wanted);
        assert_reported(&folder.diff(&["bad.yaml", "base.yaml"]), 3, wanted);
        assert_reported(&folder.diff(&["bad.yaml", "bad.yaml"]), 3, wanted);
    }
}

#[test]
fn the_same_files_are_refused_in_a_folder_and_in_a_revision() {
    let repository = Repository::new();
    repository.write("openapi/bad.yaml", "openapi: 3.0.3\npaths: }\n");
    repository.commit();
    repository.write("openapi/worse.yaml", b"\xff");

    assert_reported(&repository.diff(&["HEAD~1", "HEAD"]), 3, "openapi/bad.yaml:2: yaml-syntax: ");
    let both = repository.diff(&["HEAD~1"]);
    assert_eq!((both.code, both.stdout.as_str()), (3, ""));
    assert!(
        both.stderr.contains("bad.yaml:2: ") && both.stderr.contains("worse.yaml:1: not-utf8: "),
        "{}",
        both.stderr
    );
    assert!(both.stderr.ends_with("\n2 problems\n"), "{}", both.stderr);

    repository.commit();
    repository.write("latin.yaml", b"\xff");
    repository.commit();
    assert_reported(&repository.diff(&["HEAD:latin.yaml", "HEAD:latin.yaml"]), 3, "HEAD:latin.yaml: not-utf8: ");
}

#[test]
fn missing_inputs_are_named() {
    let repository = Repository::new();
    repository.write("empty/README.md", "No description.");
    repository.commit();
    for (argument, wanted) in [
        ("missing.yaml", "missing.yaml: no-such-input: there is no such file or folder, and git has no such revision"),
        ("no/such/folder", "no/such/folder: no-such-input: "),
        ("nothing:openapi", "nothing:openapi: no-such-input: "),
        ("HEAD~9", "HEAD~9: no-such-input: "),
        ("HEAD:missing", "HEAD:missing: unreadable: the revision \"HEAD\" has no file or folder \"missing\""),
        ("HEAD:openapi/missing.yaml", "the revision \"HEAD\" has no file or folder \"openapi/missing.yaml\""),
        ("HEAD:empty", "HEAD:empty: unreadable: there is no *.yaml file in this folder"),
        ("empty", "empty: no-description: there is no *.yaml file in this folder"),
        ("C:\\openapi", "no-such-input: "),
        ("", "no-such-input: "),
    ] {
        assert_reported(&repository.diff(&[argument]), 3, wanted);
        assert_reported(&repository.diff(&["HEAD", argument]), 3, wanted);
    }
}

#[test]
fn a_revision_without_descriptions_is_named() {
    let repository = Repository::new();
    repository.git(&["rm", "--quiet", "-r", "--cached", "openapi"]);
    repository.git(&["commit", "--quiet", "--message=Away"]);

    assert_reported(&repository.diff(&["HEAD"]), 3, "the revision \"HEAD\" has no file or folder \"openapi\"");
}

#[test]
fn a_file_is_not_compared_with_a_folder() {
    let repository = Repository::new();
    for [base, head] in
        [["openapi/tiny.yaml", "openapi"], ["openapi", "HEAD:openapi/tiny.yaml"], ["HEAD", "openapi/tiny.yaml"]]
    {
        let ended = repository.diff(&[base, head]);

        assert_reported(&ended, 2, "give two files, or two folders");
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    }
    assert_reported(&repository.diff(&["openapi/tiny.yaml"]), 2, "work tree is a folder of them");
}

#[test]
fn merge_conflicts_in_the_work_tree_are_reported() {
    let repository = Repository::new();
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.edit(&[DOCS]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("openapi/tiny.yaml", TINY.replace("A user.", "Some user."));
    repository.commit();
    assert_eq!(repository.git_anyhow(&["merge", "topic"]).code, 1);
    let line = 1 + repository.read("openapi/tiny.yaml").lines().position(|line| line.starts_with("<<<<<<< ")).unwrap();

    let told = format!("tiny.yaml:{line}: merge-conflict: the file has merge conflict markers");
    assert_reported(&repository.diff(&[]), 3, &told);
    assert_reported(&repository.diff(&["HEAD"]), 3, &told);
    assert_reported(&repository.diff(&["HEAD:openapi/tiny.yaml", "openapi/tiny.yaml"]), 3, &told);

    repository.edit(&[DOCS]);
    assert_eq!(repository.rules(&["HEAD"]), ["docs"], "once the conflict is resolved, the work tree is compared");
}

#[cfg(unix)]
#[test]
fn a_missing_path_that_is_not_utf_8_is_reported() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let repository = Repository::new();
    for odd in [&b"no\xff.yaml"[..], b"HEAD:\xff", b"\xff:openapi"] {
        let ended = Ended::of(repository.xtask().args(["diff", "--no-rust", "HEAD"]).arg(OsStr::from_bytes(odd)));

        assert_reported(&ended, 3, "no-such-input: there is no such file, and a git revision must be UTF-8");
    }
}

#[cfg(unix)]
#[test]
fn a_revision_with_names_that_are_not_utf_8_is_reported() {
    use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _};

    let repository = Repository::new();
    fs::write(repository.path("openapi").join(OsStr::from_bytes(b"odd\xff.yaml")), TINY).unwrap();
    repository.commit();

    assert_reported(&repository.diff(&["HEAD~1", "HEAD"]), 3, "HEAD:openapi: unreadable: ");
}

#[test]
fn places_that_cannot_be_written_are_reported() {
    let folder = two_files(TINY, &edited(&[BREAKING]));
    for (option, place) in [
        ("--output", "openapi"),
        ("--output", "base.yaml/below"),
        ("--json", "openapi"),
        ("--summary", "openapi"),
        ("--summary", "no/such/folder/summary.md"),
    ] {
        let ended = folder.diff(&["base.yaml", "head.yaml", option, place]);

        ended.assert_refused(&format!("{place} cannot be written: "));
    }
    let left = std::fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(
        left.filter(|name| name.to_string_lossy().contains("xtask")).count(),
        0,
        "a half-written file was left behind"
    );
    assert_eq!(folder.read("base.yaml"), TINY);
}

#[test]
fn without_git_revisions_cannot_be_named_but_files_can() {
    let repository = Repository::new();
    let without = |arguments: &[&str]| {
        Ended::of(
            repository.xtask().env("PATH", repository.path("nothing")).args(["diff", "--no-rust"]).args(arguments),
        )
    };

    assert_reported(&without(&[]), 2, "without git there is no branch main to compare with (git cannot be run: ");
    let told =
        "HEAD: no-such-input: there is no such file or folder, and no git revision can be looked up (git cannot be run";
    assert_reported(&without(&["HEAD"]), 3, told);
    assert_eq!(without(&["openapi", "openapi"]).code, 0);
}

#[test]
fn outside_a_repository_revisions_cannot_be_named_but_files_can() {
    let folder = Repository::without_git();

    assert_reported(&folder.diff(&[]), 2, "without git there is no branch main to compare with (not a git repository");
    let told =
        "HEAD: no-such-input: there is no such file or folder, and no git revision can be looked up (not a git repo";
    assert_reported(&folder.diff(&["HEAD"]), 3, told);
    assert_eq!(folder.diff(&["openapi/tiny.yaml", "openapi/tiny.yaml"]).code, 0);
}
