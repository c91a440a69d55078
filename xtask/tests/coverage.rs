//! Tests of `cargo xtask coverage`, run as a maintainer runs it.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{Ended, text, workspace, xtask};
use tempfile::TempDir;

const README: &str = "# Mine\n\n<!-- operations:begin -->\n<!-- operations:end -->\n\nAnd more.\n";

/// A folder with one small description and a README.
struct Folder(TempDir);

impl Folder {
    fn new(readme: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::copy(fixture("here.yaml"), folder.0.path().join("here.yaml")).unwrap();
        fs::write(folder.readme(), readme).unwrap();
        folder
    }

    fn readme(&self) -> PathBuf {
        self.0.path().join("README.md")
    }

    fn read(&self) -> String {
        fs::read_to_string(self.readme()).unwrap()
    }

    fn coverage(&self, arguments: &[&str]) -> Ended {
        xtask(&[&["coverage", "--openapi", text(self.0.path())], arguments].concat())
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage").join(name)
}

#[test]
fn the_table_of_operations_is_up_to_date() {
    let ended = xtask(&["coverage", "--check"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[test]
fn write_replaces_only_the_table_between_the_markers() {
    let folder = Folder::new(README);

    let written = folder.coverage(&["--write"]);

    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stdout.ends_with("README.md: written, 3 operations of 1 descriptions\n"), "{}", written.stdout);
    assert_eq!(
        folder.read(),
        "# Mine

<!-- operations:begin -->

### `here.yaml`: 3 operations below `https://plex.tv/api/v2`

| tag | method | path | operationId | host | auth | confidence |
|---|---|---|---|---|---|---|
| Pins | POST | `/pins` | `newPin` | other.plex.tv | none | low |
| Pins | GET | `/pins/{pinID}` | `getPin` | plex.tv | client identifier | high |
| Account | GET | `/user` | `getUser` | plex.tv | token | medium |

<!-- operations:end -->

And more.
"
    );
    assert_eq!(folder.coverage(&["--check"]).code, 0);
    assert!(folder.coverage(&["--write"]).stdout.contains("README.md: up to date, 3 operations"));
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 2, "a temporary file was left behind");
}

#[test]
fn a_stale_table_is_reported_with_its_first_line_and_the_command_that_fixes_it() {
    let folder = Folder::new(README);
    folder.coverage(&["--write"]);
    let stale = folder.read().replace("| `newPin` | other.plex.tv | none |", "| `newPin` | other.plex.tv | token |");
    fs::write(folder.readme(), &stale).unwrap();

    let ended = folder.coverage(&["--check"]);

    assert_eq!((ended.code, ended.stdout.as_str()), (4, ""));
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert!(lines[0].ends_with("README.md is out of date, first at line 9"), "{}", ended.stderr);
    assert_eq!(lines[1], "  -| Pins | POST | `/pins` | `newPin` | other.plex.tv | token | low |");
    assert_eq!(lines[2], "  +| Pins | POST | `/pins` | `newPin` | other.plex.tv | none | low |");
    assert!(lines.last().unwrap().starts_with("  fix: cargo xtask coverage --write"), "{}", ended.stderr);
    assert_eq!(folder.read(), stale, "--check wrote something");
}

#[test]
fn a_checkout_with_other_line_endings_is_up_to_date() {
    let folder = Folder::new(README);
    folder.coverage(&["--write"]);
    fs::write(folder.readme(), folder.read().replace('\n', "\r\n")).unwrap();

    assert_eq!(folder.coverage(&["--check"]).code, 0);
}

#[test]
fn a_page_without_markers_for_the_table_is_refused() {
    let without = Folder::new("# Mine\n");
    without.coverage(&["--write"]).assert_refused("there is no line `<!-- operations:begin -->`");
    without.coverage(&["--check"]).assert_refused("there is no line `<!-- operations:begin -->`");

    let not_text = Folder::new("");
    fs::write(not_text.readme(), b"\xff").unwrap();
    not_text.coverage(&["--check"]).assert_refused("README.md cannot be read");

    fs::remove_file(not_text.readme()).unwrap();
    not_text.coverage(&["--check"]).assert_refused("README.md cannot be read");
}

#[test]
fn operations_are_counted_by_tag_confidence_and_deprecation() {
    let folder = Folder::new(README);

    let told = folder.coverage(&[]);
    let json = folder.coverage(&["--format", "json"]);

    assert_eq!((told.code, told.last_line()), (0, "3 operations"));
    let row = |name: &str| told.stdout.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    let numbers = |name: &str| row(name).split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(numbers("Pins"), ["2", "1", "0", "1", "0"]);
    assert_eq!(numbers("Account"), ["1", "0", "1", "0", "1"]);
    assert_eq!(numbers("all"), ["3", "1", "1", "1", "1"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["schema_version"], &json["operations"]), (&1.into(), &3.into()));
    assert_eq!(json["descriptions"][0]["counts"]["deprecated"], 1);
}

#[test]
fn another_description_is_compared_by_method_and_full_path() {
    let ended = Folder::new(README).coverage(&[text(&fixture("there-3.0.yaml"))]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(
        ended.stdout,
        "only here: 2
  GET plex.tv/api/v2/user (getUser)
  POST other.plex.tv/pins (newPin)
only there: 1
  GET plex.tv/api/v2/ping (ping)
in both: 1; different: 1
  GET /api/v2/pins/{pinID} (getPin)
    parameters only here: query short
    parameters only there: query code
    required parameters only there: query lang
    statuses only here: 404
    statuses only there: 429
    reply fields only here: location
    reply fields only there: again, trusted
3 operations here, 2 there, 1 in both
"
    );
}

#[test]
fn a_description_in_openapi_3_1_and_json_is_compared_too() {
    let there = fixture("there-3.1.json");

    let told = Folder::new(README).coverage(&[text(&there)]);
    let json = Folder::new(README).coverage(&[text(&there), "--format", "json"]);

    assert!(told.stdout.contains("  GET /api/v2/user (getUser here, me there)\n"), "{}", told.stdout);
    assert!(told.stdout.contains("    reply fields only there: roles\n"), "{}", told.stdout);
    assert_eq!(told.last_line(), "3 operations here, 1 there, 1 in both");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["both"][0]["there"]["operationId"], "me");
    assert_eq!(json["only_here"].as_array().unwrap().len(), 2);
    assert_eq!(
        json["both"][0]["differences"][0],
        serde_json::json!({ "what": "statuses", "only_here": ["200"], "only_there": ["2XX"] })
    );
}

#[test]
fn the_same_path_on_another_host_is_another_operation() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there.yaml");
    let compare = |server: &str| {
        fs::write(
            &there,
            format!("openapi: 3.0.3\nservers: [{{ url: '{server}' }}]\npaths: {{ /user: {{ get: {{}} }} }}\n"),
        )
        .unwrap();
        Folder::new(README).coverage(&[text(&there)]).stdout
    };

    assert!(compare("https://media.example.com/api/v2").ends_with("3 operations here, 1 there, 0 in both\n"));
    for same in ["https://plex.tv/api/v2", "https://PLEX.TV:443/api/v2/", "/api/v2"] {
        assert!(compare(same).ends_with("3 operations here, 1 there, 1 in both\n"), "{same}");
    }
}

#[test]
fn a_description_does_not_differ_from_itself() {
    for file in ["plex-tv.yaml", "plex-tv-v1.yaml", "discover.yaml", "epg.yaml", "together.yaml", "notifications.yaml"]
    {
        let ended = xtask(&["coverage", text(&workspace().join("openapi").join(file))]);

        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains("only there: 0\n"), "{}", ended.stdout);
        assert!(ended.stdout.contains("; different: 0\n"), "{}", ended.stdout);
    }
}

#[test]
fn files_that_are_not_openapi_are_refused_in_one_sentence() {
    let cases: [(&[u8], &str); 10] = [
        (b"swagger: '2.0'\npaths: {}", "this is Swagger 2, not OpenAPI"),
        (b"openapi: 3.2.0\npaths: {}", "this is OpenAPI \"3.2.0\"; only 3.0 and 3.1 can be compared"),
        (b"openapi: 4\npaths: {}", "this is OpenAPI \"4\""),
        (b"openapi: 3.0.3", "`paths` is missing"),
        (b"openapi: 3.1.0\npaths: []", "`paths` is missing"),
        (b"{\"openapi\": \"3.0.3\", \"paths\": {", "cannot be read: "),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"", "the file is empty"),
        (b"just text", "`openapi` is missing"),
        (b"[1, 2]", "`openapi` is missing"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.json");

    for (bytes, wanted) in cases {
        fs::write(&file, bytes).unwrap();
        xtask(&["coverage", text(&file)]).assert_refused(wanted);
    }
    xtask(&["coverage", "no/such/file.yaml"]).assert_refused("no/such/file.yaml cannot be read");
    xtask(&["coverage", text(folder.path())]).assert_refused("cannot be read");
}

#[test]
fn descriptions_that_cannot_be_read_are_named() {
    let folder = Folder::new(README);
    fs::write(folder.0.path().join("broken.yaml"), "a: [").unwrap();

    for arguments in [&[][..], &["--check"], &["--write"]] {
        let ended = folder.coverage(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""));
        assert!(ended.stderr.contains("broken.yaml"), "{}", ended.stderr);
    }
    assert_eq!(xtask(&["coverage", "--openapi", "no/such/folder"]).code, 3);
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in
        [&["--check", "--write"][..], &["file", "--check"], &["--format", "xml"], &["--check", "--format", "json"]]
    {
        assert_eq!(xtask(&[&["coverage"], arguments].concat()).code, 2, "{arguments:?}");
    }
}

#[test]
fn the_comparison_as_markdown_says_the_same_under_headings() {
    let folder = Folder::new(README);

    let ended = folder.coverage(&[text(&fixture("there-3.0.yaml")), "--format", "markdown"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let headings: Vec<_> = ended.stdout.lines().filter(|line| line.starts_with("### ")).collect();
    let counted = |title: &str| headings.iter().any(|heading| heading.starts_with(&format!("### {title}: ")));
    assert_eq!(headings.len(), 3);
    assert!(counted("Only here") && counted("Only there") && counted("In both"), "{}", ended.stdout);
    assert!(ended.stdout.contains("- `"), "{}", ended.stdout);
}
