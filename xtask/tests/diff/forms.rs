//! Tests of the six output formats of a report, and where reports are written.

use std::{fmt::Write as _, fs};

use serde_json::Value;

use crate::{
    common::Ended,
    repository::{BREAKING, COMPATIBLE, DOCS, Edit, POTENTIAL, Repository, TINY, edited, two_files},
};

const ALL: [Edit; 4] = [BREAKING, POTENTIAL, COMPATIBLE, DOCS];

fn all_levels() -> Repository {
    two_files(TINY, &edited(&ALL))
}

fn shown(folder: &Repository, format: &str) -> Ended {
    let ended = folder.diff(&["base.yaml", "head.yaml", "--format", format]);
    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{format}");
    ended
}

#[test]
fn text_has_level_subject_rule_and_place_of_each_finding() {
    let folder = two_files(TINY, &edited(&[BREAKING, COMPATIBLE, DOCS]));

    let ended = shown(&folder, "text");

    assert_eq!(
        ended.stdout,
        "spec diff: base.yaml -> head.yaml
1 breaking, 0 potentially breaking, 1 compatible, 1 docs-only, in 2 of 3 operations
needs 0.4.0 (breaking); Cargo.toml says 0.3.2

!! breaking: Pin, used by 2 operations: `code` may be null now (nullable-added, response, head.yaml:36)
+  compatible: User, used by getUser: `age` was added (prop-optional-added, response, head.yaml:41)
.  docs: GET /user getUser: response 200: description changed (docs, response, head.yaml:22)
"
    );
    let told = shown(&all_levels(), "text").stdout;
    assert!(told.contains("\n!  potential: GET /pins/{pinId} getPin: query parameter `code` was removed ("), "{told}");
}

#[test]
fn json_has_every_detail_of_each_finding() {
    let report: Value = serde_json::from_str(&shown(&all_levels(), "json").stdout).unwrap();

    assert_eq!(report["schema_version"], 1);
    assert_eq!((&report["base"], &report["head"]), (&"base.yaml".into(), &"head.yaml".into()));
    assert_eq!((&report["operations"], &report["operations_touched"]), (&3.into(), &2.into()));
    for level in ["breaking", "potential", "compatible", "docs"] {
        assert_eq!(report["counts"][level], 1, "{level}");
    }
    let findings = report["findings"].as_array().unwrap();
    let levels: Vec<_> = findings.iter().map(|finding| finding["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["breaking", "potential", "compatible", "docs"]);
    let worst = &findings[0];
    assert_eq!(worst["rule"], "nullable-added");
    assert_eq!(worst["side"], "response");
    assert_eq!(worst["component"], "schemas/Pin");
    assert_eq!(worst["used_by"], serde_json::json!(["getPin", "getUser"]));
    assert_eq!((&worst["file"], &worst["line"]), (&"head.yaml".into(), &35.into()));
    assert!(worst["pointer"].as_str().unwrap().starts_with("/components/schemas/Pin/properties/code"));
    let fingerprint = worst["fingerprint"].as_str().unwrap();
    assert!(fingerprint.len() == 12 && fingerprint.chars().all(|each| each.is_ascii_hexdigit()), "{fingerprint}");
    assert_eq!(findings[1]["operation"], "getPin");
    assert_eq!(report["rust"], Value::Null);
}

#[test]
fn a_fingerprint_does_not_change_when_lines_move() {
    let folder = all_levels();
    let fingerprints = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["fingerprint"].clone()).collect::<Vec<_>>()
    };
    let before = folder.json(&["base.yaml", "head.yaml"]);
    folder.write("head.yaml", format!("# A line.\n# And another.\n{}", edited(&ALL)));

    let after = folder.json(&["base.yaml", "head.yaml"]);

    assert_eq!(fingerprints(&before), fingerprints(&after));
    assert_ne!(before["findings"][0]["line"], after["findings"][0]["line"]);
}

#[test]
fn sarif_has_what_code_scanning_needs() {
    let sarif: Value = serde_json::from_str(&shown(&all_levels(), "sarif").stdout).unwrap();

    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(run["tool"]["driver"]["name"].is_string());
    let results = run["results"].as_array().unwrap();
    let levels: Vec<_> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "warning", "note", "none"]);
    for result in results {
        let id = &result["ruleId"];
        let rule = rules.iter().find(|rule| rule["id"] == *id).unwrap();
        assert!(rule["shortDescription"]["text"].is_string() && rule["fullDescription"]["text"].is_string(), "{rule}");
        assert!(result["message"]["text"].is_string(), "{id}");
        let location = &result["locations"][0]["physicalLocation"];
        assert!(location["artifactLocation"]["uri"].as_str().unwrap().ends_with(".yaml"), "{id}");
        assert!(location["region"]["startLine"].as_u64().unwrap() >= 1, "{id}");
        assert!(location["region"]["startColumn"].as_u64().unwrap() >= 1, "{id}");
        assert_eq!(result["partialFingerprints"]["specDiff/v1"].as_str().unwrap().len(), 12, "{id}");
    }
}

#[test]
fn github_annotations_are_one_per_line_and_escaped() {
    let odd = |schema: &str| TINY.replace("name: { type: string }", &format!("\"100%\\nsure\": {{ type: {schema} }}"));
    let folder = Repository::without_git();
    folder.write("base.yaml", odd("string"));
    folder.write("a,b.yaml", odd("integer").replace("A user.", "The user."));

    let ended = folder.diff(&["base.yaml", "a,b.yaml", "--format", "github"]);

    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!((ended.code, lines.len()), (1, 2), "{}", ended.stdout);
    assert!(
        lines[0].starts_with("::error title=type-changed,file=a%2Cb.yaml,line=40::User, used by getUser: "),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains("`100%25\\nsure`"), "{}", lines[0]);
    assert!(lines[1].starts_with("::notice title=docs,file=a%2Cb.yaml,line=22::GET /user getUser: "), "{}", lines[1]);
}

#[test]
fn github_annotations_show_the_level_and_count_the_omitted_ones() {
    let folder = all_levels();

    let kinds = |ended: &Ended| -> Vec<String> {
        ended.stdout.lines().filter_map(|line| line[2..].split([' ', ':']).next().map(str::to_owned)).collect()
    };
    let ended = folder.diff(&["base.yaml", "head.yaml", "--format", "github", "--max-rows", "2"]);

    assert_eq!(kinds(&shown(&folder, "github")), ["error", "warning", "notice", "notice"]);
    assert_eq!(kinds(&ended), ["error", "warning", "notice"]);
    assert!(ended.last_line().contains("2 more"), "{}", ended.last_line());
}

#[test]
fn the_changelog_has_only_lines_for_users() {
    let ended = shown(&all_levels(), "changelog");

    assert_eq!(
        ended.stdout,
        "### API (description)

- **Breaking:** `Pin`: `code` may be null now.
- **Breaking for callers:** `getPin`: query parameter `code` was removed.
- `User`: `age` was added.
"
    );
}

#[test]
fn markdown_ends_with_the_marker_of_the_comment() {
    let ended = shown(&all_levels(), "markdown");

    let first = ended.stdout.lines().next().unwrap();
    assert!(first.starts_with("### Spec diff: `base.yaml` → `head.yaml`"), "{first}");
    assert!(ended.stdout.contains("**needs 0.4.0 (breaking)**; Cargo.toml says 0.3.2."), "{}", ended.stdout);
    assert!(
        ended
            .stdout
            .contains("| `Pin`, used by 2 operations | `code` may be null now `nullable-added` | `head.yaml:35` |"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("| **breaks callers:** query parameter `code` was removed "), "{}", ended.stdout);
    for folded in ["Compatible: 1", "Docs only: 1"] {
        assert!(ended.stdout.contains(&format!("<details><summary>{folded}</summary>")), "{folded}");
    }
    assert_eq!(ended.stdout.matches("<details>").count(), ended.stdout.matches("</details>").count());
    is_marker(ended.last_line());
}

#[track_caller]
fn is_marker(line: &str) {
    let digest = line.strip_prefix("<!-- plex-tv-sdk-spec-diff v1 sha256:").and_then(|rest| rest.strip_suffix(" -->"));
    assert!(digest.is_some_and(|digest| digest.chars().all(|each| each.is_ascii_hexdigit())), "{line}");
}

/// Returns a description with many schemas, each with a property of this type.
fn many(count: usize, kind: &str) -> String {
    (0..count).fold(TINY.to_owned(), |mut text, number| {
        let _ = writeln!(text, "    Schema{number}: {{ type: object, properties: {{ value: {{ type: {kind} }} }} }}");
        text
    })
}

#[test]
fn markdown_of_a_very_large_change_fits_into_a_comment_and_counts_the_omitted_rows() {
    const COUNT: usize = 900;
    let folder = two_files(&many(COUNT, "string"), &many(COUNT, "integer"));

    let ended = folder.diff(&["base.yaml", "head.yaml", "--format", "markdown", "--json", "whole.json"]);

    assert!(ended.stdout.chars().count() <= 60_000, "{}", ended.stdout.chars().count());
    is_marker(ended.last_line());
    let rows = ended.stdout.lines().filter(|line| line.starts_with("| `Schema")).count();
    let cut = ended.stdout.lines().find_map(|line| line.split_once(" more rows are cut off")).unwrap().0;
    assert!(rows > 100, "{rows}");
    assert_eq!(rows + cut.parse::<usize>().unwrap(), COUNT);
    let whole: Value = serde_json::from_str(&folder.read("whole.json")).unwrap();
    assert_eq!(whole["findings"].as_array().unwrap().len(), COUNT);
}

#[test]
fn files_are_written_completely_and_standard_output_stays_empty() {
    let folder = all_levels();
    folder.write("report.md", "An old report, longer than nothing.\n".repeat(1000));
    folder.write("summary.md", "Before.\n");
    let files = || fs::read_dir(folder.path("")).unwrap().count();
    let before = files();

    let ended = folder.diff(&[
        "base.yaml",
        "head.yaml",
        "--format",
        "markdown",
        "--output",
        "report.md",
        "--summary",
        "summary.md",
        "--json",
        "new/report.json",
    ]);

    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (1, "", ""));
    let report = folder.read("report.md");
    assert_eq!(report, shown(&folder, "markdown").stdout);
    assert_eq!(folder.read("summary.md"), format!("Before.\n{report}"));
    assert_eq!(folder.read("new/report.json"), shown(&folder, "json").stdout);
    assert_eq!(files(), before + 1, "only the new folder was added");
    // `--summary` appends Markdown, whatever the format of the report.
    folder.diff(&["base.yaml", "head.yaml", "--summary", "summary.md"]);
    assert_eq!(folder.read("summary.md"), format!("Before.\n{report}{report}"));
}
