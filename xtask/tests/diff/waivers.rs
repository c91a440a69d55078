//! Tests of waivers: findings that were accepted.

use crate::repository::{BREAKING, DOCS, Repository, TINY, edited, rules, two_files};

const FILES: [&str; 4] = ["base.yaml", "head.yaml", "--ignore", "ignore.toml"];

fn broken() -> Repository {
    two_files(TINY, &edited(&[BREAKING]))
}

/// Returns the pointer by which a waiver names the breaking change.
fn pointer(folder: &Repository) -> String {
    let report = folder.json(&["base.yaml", "head.yaml"]);
    report["findings"][0]["pointer"].as_str().unwrap().to_owned()
}

fn waiver(rule: &str, pointer: &str, expires: &str) -> String {
    format!(
        "[[ignore]]\nrule = \"{rule}\"\npointer = \"{pointer}\"\nreason = \"Our <reader> knows.\"\nexpires = \"{expires}\"\n"
    )
}

#[test]
fn a_waived_finding_is_shown_with_its_reason_and_does_not_fail() {
    let folder = broken();
    folder.write("ignore.toml", waiver("nullable-added", &pointer(&folder), "9999-12-31"));

    let ended = folder.diff(&[&FILES[..], &["--fail-on", "any"]].concat());

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n0 breaking, "), "{}", ended.stdout);
    assert!(ended.stdout.contains("; 1 waived\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nwaived: Pin, used by 2 operations: `code` may be null now (nullable-added)\n"));
    assert!(ended.stdout.contains("   Our <reader> knows. (until 9999-12-31)\n"), "{}", ended.stdout);
    let report = folder.json(&FILES);
    assert_eq!((&report["counts"]["breaking"], &report["counts"]["waived"]), (&0.into(), &1.into()));
    assert_eq!(report["findings"][0]["waived"], "Our <reader> knows. (until 9999-12-31)");
    assert_eq!(report["version"]["bump"], "none");
    let shown = |format| folder.diff(&[&FILES[..], &["--format", format]].concat()).stdout;
    assert!(
        shown("markdown").contains("<summary>Waived: 1</summary>")
            && shown("markdown").contains("`Our <reader> knows. (until 9999-12-31)`")
    );
    assert_eq!(shown("github"), "");
    let sarif: serde_json::Value = serde_json::from_str(&shown("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
}

#[test]
fn an_expired_waiver_has_no_effect_and_is_a_finding() {
    let folder = broken();
    folder.write("ignore.toml", waiver("nullable-added", &pointer(&folder), "2020-01-01"));

    let report = folder.json(&FILES);

    assert_eq!(rules(&report), ["nullable-added", "ignore-expired"]);
    assert_eq!(folder.diff(&FILES).code, 1);
    assert_eq!((&report["findings"][1]["file"], &report["findings"][1]["line"]), (&"ignore.toml".into(), &1.into()));
}

#[test]
fn a_waiver_that_matches_nothing_is_a_finding() {
    let folder = two_files(TINY, &edited(&[DOCS]));
    folder.write("ignore.toml", format!("\n{}", waiver("nullable-added", "/components/schemas/Pin", "9999-12-31")));

    let report = folder.json(&FILES);

    assert_eq!(rules(&report), ["ignore-unused", "docs"]);
    assert_eq!(report["findings"][0]["line"], 2);
    assert_eq!(folder.diff(&[&FILES[..], &["--fail-on", "potential"]].concat()).code, 1);
}

#[test]
fn a_waiver_may_be_limited_to_one_file() {
    let folder = broken();
    let waived = waiver("nullable-added", &pointer(&folder), "9999-12-31");

    folder.write("ignore.toml", format!("{waived}file = \"head.yaml\"\n"));
    assert_eq!(folder.diff(&FILES).code, 0);

    folder.write("ignore.toml", format!("{waived}file = \"other.yaml\"\n"));
    assert_eq!(folder.diff(&FILES).code, 1);
}

#[test]
fn the_default_waiver_file_is_read() {
    let repository = Repository::new();
    repository.edit(&[BREAKING]);
    let pointer = repository.json(&["HEAD"])["findings"][0]["pointer"].as_str().unwrap().to_owned();
    assert_eq!(repository.diff(&["HEAD"]).code, 1);

    repository.write("openapi/diff-ignore.toml", waiver("nullable-added", &pointer, "9999-12-31"));
    assert_eq!(repository.diff(&["HEAD"]).code, 0);

    repository.write("none.toml", "");
    assert_eq!(repository.diff(&["HEAD", "--ignore", "none.toml"]).code, 1, "the named file is read instead");
}

#[test]
fn invalid_waiver_files_are_refused_with_the_line() {
    let good = waiver("nullable-added", "/a", "9999-12-31");
    let cases = [
        (good.replace("nullable-added", "nothing"), ":1: ", "there is no rule \"nothing\"; --list-rules lists them"),
        (good.replace("9999-12-31", "soon"), ":1: ", "\"soon\" is not a date"),
        (good.replace("9999-12-31", "2026-02-30"), ":1: ", "\"2026-02-30\" is not a date"),
        (good.replace("Our <reader> knows.", "  "), ":1: ", "a waiver without a reason waives nothing"),
        (good.replace("reason = \"Our <reader> knows.\"\n", ""), ":1: ", "missing field `reason`"),
        (good.replace("expires = \"9999-12-31\"\n", ""), ":1: ", "missing field `expires`"),
        (good.replace("pointer", "place"), ":3: ", "unknown field `place`"),
        (format!("{good}[[ignored]]\n"), ":6: ", "unknown field `ignored`"),
        (format!("{good}\n{good}reason = \"Twice.\"\n"), ":12: ", "duplicate key"),
        (format!("# Ours.\n{good}rule\n"), ":7: ", ""),
    ];
    let folder = broken();

    for (text, line, wanted) in cases {
        folder.write("ignore.toml", &text);
        let ended = folder.diff(&FILES);

        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{text}");
        let first = ended.stderr.lines().next().unwrap();
        assert!(first.starts_with(&format!("ignore.toml{line}ignore-file: ")), "{text}{first}");
        assert!(first.contains(wanted), "{wanted}: {first}");
        assert!(ended.stderr.contains("  fix: each [[ignore]] needs rule, pointer, reason and expires"), "{text}");
    }
}

#[test]
fn a_waiver_file_that_cannot_be_read_is_refused() {
    let folder = broken();
    folder.write("latin.toml", b"# \xe9\n");

    for file in ["no/such.toml", "openapi", "latin.toml"] {
        let ended = folder.diff(&["base.yaml", "head.yaml", "--ignore", file]);

        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{file}");
        assert!(ended.stderr.starts_with(&format!("{file}: unreadable: ")), "{}", ended.stderr);
    }
}
