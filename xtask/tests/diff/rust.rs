//! Tests of the effect on the Rust API.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ended, text, workspace, xtask};

/// Makes a copy of the real descriptions with one of them edited.
fn edited(name: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(workspace().join("openapi")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap();
        let mut content = fs::read_to_string(&path).unwrap();
        if file == name {
            assert!(content.contains(from), "{name} has no {from:?}");
            content = content.replacen(from, to, 1);
        }
        fs::write(folder.path().join(file), content).unwrap();
    }
    folder
}

fn diff(head: &TempDir, arguments: &[&str]) -> Ended {
    let openapi = workspace().join("openapi");
    xtask(&[&["diff", text(&openapi), text(head.path())], arguments].concat())
}

const COUNT: &str = "        ratingCount:\n          type: integer\n          format: int64\n";

#[test]
fn changed_items_are_listed_with_the_change_that_caused_them() {
    let head = edited("discover.yaml", COUNT, "        ratingCount:\n          type: string\n");
    let json = head.path().join("report.json");

    let ended = diff(&head, &["--json", text(&json)]);

    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{}", ended.stdout);
    let lines: Vec<_> = ended.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("!! breaking: AgeRating, ")).unwrap();
    assert!(lines[at].contains("(type-changed, response, "), "{}", lines[at]);
    let told = lines[at + 1];
    assert!(told.starts_with("   Rust: types::AgeRating::rating_count: "), "{told}");
    assert!(told.contains("i64") && told.contains("String"), "{told}");
    assert!(ended.stdout.contains("\nRust surface: +0 items, -0 items, ~"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\ngenerated code: discover.rs +"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("plex_tv.rs"), "only changed descriptions are generated: {}", ended.stdout);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert!(report["findings"][0]["rust"][0].as_str().unwrap().starts_with("types::AgeRating::rating_count: "));
    assert_eq!(report["rust"]["disagreements"], serde_json::json!([]));
    assert_eq!(report["rust"]["unavailable"], serde_json::json!([]));
    assert_eq!(report["version"]["bump"], "major");
}

#[test]
fn a_description_that_gives_no_code_is_still_compared() {
    let head = edited("discover.yaml", COUNT, "        ratingCount:\n          type: string\n          nullable: 7\n");

    let text = diff(&head, &[]);
    let markdown = diff(&head, &["--format", "markdown"]);

    assert_eq!((text.code, text.stderr.as_str()), (1, ""), "{}", text.stdout);
    assert!(text.stdout.contains("\n!! breaking: AgeRating, "), "{}", text.stdout);
    let why = text.stdout.lines().nth(3).unwrap();
    assert!(why.starts_with("no Rust effect: no code can be generated from the new description: "), "{why}");
    assert!(why.contains("discover.yaml:") && why.contains(": wrong-type: "), "{why}");
    assert!(
        markdown
            .stdout
            .contains("\nThe Rust effect is not known: `no code can be generated from the new description: ")
    );
}

#[test]
fn equal_descriptions_change_no_items() {
    let head = edited("discover.yaml", "openapi: 3.0.3", "# The same.\nopenapi: 3.0.3");

    let ended = diff(&head, &["--fail-on", "any"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("\nRust surface: +0 items, -0 items, ~0 changed\n"), "{}", ended.stdout);
}

/// Edits of the real descriptions: file, old text, new text, the rule that reports it, and whether
/// items of the Rust API change.
const EDITS: [(&str, &str, &str, &str, bool); 12] = [
    ("plex-tv.yaml", "operationId: listAccountDevices", "operationId: listDevicesOfAccount", "op-id-renamed", true),
    ("plex-tv.yaml", "        - name: strong\n          in: query\n", AUDIENCE, "param-required-added", true),
    ("plex-tv.yaml", "summary: Check a token and keep it alive", "summary: Check a token", "op-summary", false),
    ("plex-tv.yaml", "        trusted:\n", "        reliedUpon:\n", "prop-removed-optional", true),
    ("plex-tv.yaml", "      required:\n        - auth_token\n", "", "prop-optional", true),
    (
        "plex-tv.yaml",
        "        - http\n        - https\n",
        "        - http\n        - https\n        - h3\n",
        "open-enum-added",
        true,
    ),
    (
        "plex-tv.yaml",
        "          description: Numeric ID of the PIN, used for polling.",
        "          description: Number.",
        "docs",
        false,
    ),
    ("plex-tv-v1.yaml", "      deprecated: true\n", "", "op-undeprecated", true),
    (
        "plex-tv-v1.yaml",
        "        '429':\n          $ref: '#/components/responses/TooManyRequests'\n",
        "",
        "status-error-removed",
        false,
    ),
    ("discover.yaml", COUNT, "        ratingCount:\n          type: string\n", "type-changed", true),
    ("discover.yaml", "x-plex-confidence: low", "x-plex-confidence: medium", "op-extension", true),
    ("discover.yaml", "x-plex-confidence: high", "x-plex-confidence: medium", "op-extension", false),
];

const AUDIENCE: &str = "        - name: audience
          in: query
          required: true
          description: Who will use the token.
          schema:
            type: string
          example: desk
        - name: strong
          in: query
";

#[test]
fn the_code_changes_exactly_where_the_rules_predict_it() {
    let head = edited("plex-tv.yaml", "openapi: 3.0.3", "openapi: 3.0.3");
    for (file, from, to, ..) in EDITS {
        let path = head.path().join(file);
        let content = fs::read_to_string(&path).unwrap();
        assert!(content.contains(from), "{file} has no {from:?}");
        fs::write(&path, content.replacen(from, to, 1)).unwrap();
    }

    let ended = diff(&head, &["--format", "json", "--fail-on", "never"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["rust"]["unavailable"], serde_json::json!([]));
    for (file, from, _, rule, moves) in EDITS {
        let rows = report["findings"].as_array().unwrap().iter().filter(|row| row["rule"] == rule);
        let fits = |row: &&Value| {
            row["file"].as_str().unwrap().ends_with(file) && row["rust"].as_array().unwrap().is_empty() != moves
        };
        assert_ne!(rows.filter(fits).count(), 0, "{file}: {from:?} is not a {rule} that changes items: {moves}");
    }
}

/// Makes a copy of the account API with forty changes: types of fields, names of operations, and
/// texts.
fn forty_changes() -> TempDir {
    let head = edited("plex-tv.yaml", "openapi: 3.0.3", "openapi: 3.0.3");
    let path = head.path().join("plex-tv.yaml");
    let content = fs::read_to_string(&path).unwrap();
    let (mut types, mut texts, mut summaries, mut names) = (0, 0, 0, 0);
    let mut is_component = false;
    let lines = content.lines().map(|line| {
        is_component |= line.starts_with("components:");
        let changed = |count: &mut usize, most: usize, to: String| {
            *count += 1;
            if count.is_multiple_of(3) && *count / 3 <= most { to } else { line.to_owned() }
        };
        match line {
            "          type: boolean" if is_component => changed(&mut types, 16, "          type: string".to_owned()),
            _ if is_component && line.starts_with("          description: ") && line.ends_with('.') => {
                changed(&mut texts, 12, format!("{line} And more."))
            }
            _ if line.starts_with("      summary: ") => changed(&mut summaries, 8, format!("{line} again")),
            _ if line.starts_with("      operationId: ") => changed(&mut names, 4, format!("{line}Again")),
            _ => line.to_owned(),
        }
    });
    let lines: Vec<_> = lines.collect();
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    head
}

#[test]
fn forty_changes_give_a_short_report_with_each_item_once() {
    let head = forty_changes();
    let json = head.path().join("report.json");

    let ended = diff(&head, &["--fail-on", "never", "--json", text(&json)]);
    let markdown = diff(&head, &["--fail-on", "never", "--format", "markdown"]).stdout;

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(report["rust"]["unavailable"], serde_json::json!([]));
    let findings = report["findings"].as_array().unwrap();
    assert!((38..=60).contains(&findings.len()), "{} findings", findings.len());
    assert!(ended.stdout.lines().count() <= 120, "{} lines\n{}", ended.stdout.lines().count(), ended.stdout);
    assert!(markdown.len() <= 15_000, "{} bytes\n{markdown}", markdown.len());

    let told: Vec<&str> =
        findings.iter().flat_map(|row| row["rust"].as_array().unwrap()).map(|item| item.as_str().unwrap()).collect();
    let items = report["rust"]["items"].as_array().unwrap();
    assert!(items.len() >= 15, "{} items", items.len());
    assert_eq!(told.len(), items.len(), "each item belongs to one finding: {told:#?}");
    for item in told {
        let ends = [", ", "\n"].map(|end| format!("{item}{end}"));
        assert_eq!(
            ends.iter().map(|item| ended.stdout.matches(item.as_str()).count()).sum::<usize>(),
            1,
            "{item}\n{}",
            ended.stdout
        );
        let ends = [", ", "`"].map(|end| format!("{}{end}", item.replace('|', "\\|")));
        assert_eq!(
            ends.iter().map(|item| markdown.matches(item.as_str()).count()).sum::<usize>(),
            1,
            "{item}\n{markdown}"
        );
    }
    let is_docs = |row: &&Value| row["level"] == "docs";
    for row in findings.iter().filter(is_docs) {
        assert_eq!(row["rust"], serde_json::json!([]), "{row:#}");
    }
    let marks: Vec<_> = ended
        .stdout
        .lines()
        .filter_map(|line| line.get(..2))
        .filter(|mark| ["!!", "! ", "+ ", ". "].contains(mark))
        .collect();
    let rank = |mark: &&str| ["!!", "! ", "+ ", ". "].iter().position(|other| other == mark);
    assert!(marks.is_sorted_by_key(rank), "breaking findings come first: {marks:?}");
    let open = markdown.split("<details>").next().unwrap();
    assert_eq!(open.matches("`op-id-renamed`").count(), 4, "renamed methods must not be collapsed\n{markdown}");
}

#[test]
fn every_change_of_our_own_history_has_a_rust_effect() {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git").current_dir(workspace()).args(arguments).output();
        output.ok().filter(|output| output.status.success()).map(|output| String::from_utf8(output.stdout).unwrap())
    };
    // Without the full history, some or all commits are skipped.
    let commits = git(&["log", "--format=%H", "--", "openapi"]).unwrap_or_default();
    for commit in commits.lines() {
        let parent = format!("{commit}^");
        if git(&["cat-file", "-t", &format!("{parent}:openapi/plex-tv.yaml")]).is_none() {
            continue;
        }

        let ended = xtask(&["diff", &parent, commit, "--format", "json", "--fail-on", "never"]);

        assert!(ended.code == 0 || ended.code == 5, "{commit}: {}", ended.stderr);
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(report["rust"]["unavailable"], serde_json::json!([]), "{commit}");
        assert_eq!(report["rust"]["disagreements"], serde_json::json!([]), "{commit}");
    }
}
