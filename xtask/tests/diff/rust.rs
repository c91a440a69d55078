//! The effect on the Rust API.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ended, text, workspace, xtask};

/// The real descriptions, one of them edited.
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
fn items_that_moved_stand_beside_the_change_that_moved_them() {
    let head = edited("discover.yaml", COUNT, "        ratingCount:\n          type: string\n");
    let json = head.path().join("report.json");

    let ended = diff(&head, &["--json", text(&json)]);

    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{}", ended.stdout);
    let told = ended.stdout.split("\n\n").find(|part| part.starts_with("!! breaking: AgeRating, ")).unwrap();
    assert!(told.contains("type-changed, response, "), "{told}");
    assert!(told.contains("   Rust: types::AgeRating::rating_count: "), "{told}");
    assert!(told.contains("i64") && told.contains("String"), "{told}");
    assert!(ended.stdout.contains("\nRust surface: +0 items, -0 items, ~"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\ngenerated code: discover.rs +"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("plex_tv.rs"), "only what changed is generated: {}", ended.stdout);
    let report: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert!(report["findings"][0]["rust"][0].as_str().unwrap().starts_with("types::AgeRating::rating_count: "));
    assert_eq!(report["rust"]["disagreements"], serde_json::json!([]));
    assert_eq!(report["rust"]["unavailable"], serde_json::json!([]));
    assert_eq!(report["version"]["bump"], "major");
}

#[test]
fn a_description_that_gives_no_code_is_compared_all_the_same() {
    let head = edited("discover.yaml", COUNT, "        ratingCount:\n          type: string\n          minLength: 1\n");

    let text = diff(&head, &[]);
    let markdown = diff(&head, &["--format", "markdown"]);

    assert_eq!((text.code, text.stderr.as_str()), (1, ""), "{}", text.stdout);
    assert!(text.stdout.contains("\n!! breaking: AgeRating, "), "{}", text.stdout);
    let why = text.stdout.lines().find(|line| line.starts_with("no Rust effect: ")).unwrap();
    assert!(why.starts_with("no Rust effect: the new description gives no code: "), "{why}");
    assert!(why.contains("discover.yaml:") && why.contains(": reply-constraint: "), "{why}");
    assert!(markdown.stdout.contains("\nThe Rust effect is not known: `the new description gives no code: "));
}

#[test]
fn equal_descriptions_move_nothing() {
    let head = edited("discover.yaml", "openapi: 3.0.3", "# The same.\nopenapi: 3.0.3");

    let ended = diff(&head, &["--fail-on", "any"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("\nRust surface: +0 items, -0 items, ~0 changed\n"), "{}", ended.stdout);
}

/// Edits of the real descriptions: file, text, its new text, the rule that tells it, and whether items of the Rust API move.
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
        "          description: Number of the PIN, used for polling.",
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
fn the_code_moves_where_the_rules_say_so_and_nowhere_else() {
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
        assert_ne!(rows.filter(fits).count(), 0, "{file}: {from:?} is no {rule} with the effect {moves}");
    }
}
