//! Tests of the comment on a pull request: runs the script of `spec-diff-comment.yml` against
//! GitHub replies that a stranger may have influenced.
#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use common::workspace;
use serde_json::{Value, json};
use tempfile::TempDir;

const HEAD: &str = "1111111111111111111111111111111111111111";
const MARKER: &str = "<!-- plex-tv-sdk-spec-diff v1 sha256:0123456789abcdef -->";

/// A fake `gh` command. It answers from the files of a folder, and stores the requests that write.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[ "$1" = api ]
shift
method=GET filter=. input= path=
while [ $# -gt 0 ]; do
    case $1 in
        --jq) filter=$2; shift 2 ;;
        --method) method=$2; shift 2 ;;
        --input) input=$2; shift 2 ;;
        --paginate | --silent) shift ;;
        *) path=$1; shift ;;
    esac
done
case "$method $path" in
    "GET repos/o/r/actions/runs/7/artifacts?name=spec-diff") jq -r "$filter" "$ANSWERS/artifacts.json" ;;
    "GET repos/o/r/actions/artifacts/9/zip") cat "$ANSWERS/report.zip" ;;
    "GET repos/o/r/pulls/42") jq -r "$filter" "$ANSWERS/pull.json" ;;
    "GET repos/o/r/issues/42/comments?per_page=100") jq -r "$filter" "$ANSWERS/comments.json" ;;
    "POST repos/o/r/issues/42/comments" | "PATCH repos/o/r/issues/comments/"*)
        echo "$method $path" >> "$ANSWERS/sent.txt"
        cp "$input" "$ANSWERS/sent.json"
        ;;
    *) echo "unexpected: $method $path" >&2; exit 64 ;;
esac
"#;

/// Returns the script of the workflow's only step.
fn script() -> String {
    let workflow = fs::read_to_string(workspace().join(".github/workflows/spec-diff-comment.yml")).unwrap();
    let (_, script) = workflow.split_once("        run: |\n").unwrap();
    script.lines().map(|line| format!("{}\n", line.strip_prefix("          ").unwrap_or(line))).collect()
}

struct Run {
    output: Output,
    folder: TempDir,
}

impl Run {
    /// Returns the requests that change something.
    fn sent(&self) -> String {
        fs::read_to_string(self.folder.path().join("sent.txt")).unwrap_or_default()
    }

    fn body(&self) -> String {
        let sent = fs::read(self.folder.path().join("sent.json")).unwrap();
        serde_json::from_slice::<Value>(&sent).unwrap()["body"].as_str().unwrap().to_owned()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }
}

fn run(report: &str, number: &str, head: &str, comments: Value) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("gh", GH);
    write("script.sh", &script());
    write("number.txt", number);
    write("spec-diff.md", report);
    write("pull.json", &json!({ "head": { "sha": head } }).to_string());
    write("comments.json", &comments.to_string());
    zip(folder.path());
    let size = fs::metadata(folder.path().join("report.zip")).unwrap().len();
    write(
        "artifacts.json",
        &json!({ "artifacts": [{ "id": 9, "size_in_bytes": size, "expired": false }] }).to_string(),
    );
    fs::set_permissions(folder.path().join("gh"), fs::Permissions::from_mode(0o755)).unwrap();
    let temporary = folder.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    // This is how GitHub runs a step with `shell: bash`.
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(folder.path().join("script.sh"))
        .env("PATH", path)
        .env("ANSWERS", folder.path())
        .env("RUNNER_TEMP", temporary)
        .env("GITHUB_REPOSITORY", "o/r")
        .env("RUN", "7")
        .env("HEAD", HEAD)
        .output()
        .unwrap();
    Run { output, folder }
}

fn zip(folder: &Path) {
    let zip = Command::new("zip")
        .args(["-q", "report.zip", "number.txt", "spec-diff.md"])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(zip.success());
}

/// Returns whether the tools that the script and its test need are installed.
fn has_tools() -> bool {
    let is_there = |tool| Command::new(tool).arg("--help").output().is_ok();
    let found = ["bash", "jq", "unzip", "zip"].into_iter().all(is_there);
    assert!(found || std::env::var_os("REQUIRE_COMMENT").is_none(), "install bash, jq, unzip and zip");
    found
}

fn report(text: &str) -> String {
    format!(
        "## plex-tv.yaml\n\n{text}\n\n1 breaking, 0 potentially breaking, 0 compatible, 0 docs-only, in 1 of 2 operations.\n\n{MARKER}\n"
    )
}

#[test]
fn a_comment_names_its_origin_and_mentions_nobody() {
    if !has_tools() {
        return;
    }
    for name in
        ["@octocat", "&#64;octocat", "&#x40;octocat", "&#X40;octocat", "&commat;octocat", "&#0064;o", "a&amp;#64;b"]
    {
        let run = run(&report(&format!("`x` {name} was added")), "42\n", HEAD, json!([]));

        assert!(run.output.status.success(), "{name}: {:?}", run.output);
        assert_eq!(run.sent(), "POST repos/o/r/issues/42/comments\n", "{name}");
        let body = run.body();
        assert!(body.starts_with("Made from the files of this pull request"), "{body}");
        assert!(body.ends_with(MARKER), "{body}");
        // A zero-width space after `@` or `&` prevents mentions and entities.
        for (at, sign) in body.match_indices(['@', '&']) {
            assert!(body[at + sign.len()..].starts_with('\u{200b}'), "{name}: {body}");
        }
    }
}

#[test]
fn only_our_own_comment_is_changed() {
    if !has_tools() {
        return;
    }
    let comment = |id: u32, login: &str, body: &str| json!({ "id": id, "user": { "login": login }, "body": body });
    let marked = format!("old\n{MARKER}");
    let strangers = [
        comment(1, "stranger", &marked),
        comment(2, "github-actions[bot]", "another workflow"),
        comment(3, "github-actions[bot]", &format!("{MARKER}\nquoted above")),
    ];
    let ours = comment(4, "github-actions[bot]", &marked);

    let first = run(&report("`x` was added"), "42", HEAD, json!(strangers));
    let second = run(&report("`x` was added"), "42", HEAD, json!([strangers[0], strangers[1], strangers[2], ours]));

    assert_eq!(first.sent(), "POST repos/o/r/issues/42/comments\n");
    assert_eq!(second.sent(), "PATCH repos/o/r/issues/comments/4\n");
}

#[test]
fn only_reports_of_this_pull_request_are_written() {
    if !has_tools() {
        return;
    }
    let good = report("`x` was added");
    let long = report(&"long ".repeat(20_000));
    let unmarked = good.replace(MARKER, "<!-- plex-tv-sdk-spec-diff v2 sha256:0123456789abcdef -->");
    for (report, number, head, said, is_error) in [
        (good.as_str(), "42; echo", HEAD, "names no pull request", true),
        (&good, "../42", HEAD, "names no pull request", true),
        (&good, "", HEAD, "names no pull request", true),
        (&good, "43", HEAD, "names no pull request of ours", true),
        (&good, "42", "2222222222222222222222222222222222222222", "at another commit", false),
        (&unmarked, "42", HEAD, "does not end with its marker", true),
        (&long, "42", HEAD, "longer than", true),
        (&good.replace("1 breaking", "0 breaking"), "42", HEAD, "nothing changed", false),
    ] {
        let run = run(report, number, head, json!([]));

        assert_eq!(run.sent(), "", "{number} {said}");
        assert!(run.said().contains(said), "{number} {said}: {:?}", run.output);
        assert_eq!(run.output.status.success(), !is_error, "{number} {said}");
    }
}

/// A report without changes replaces an older one with changes.
#[test]
fn a_comment_is_updated_when_the_change_is_reverted() {
    if !has_tools() {
        return;
    }
    let old = json!([{ "id": 4, "user": { "login": "github-actions[bot]" }, "body": format!("old\n{MARKER}") }]);

    let run = run(&report("").replace("1 breaking", "0 breaking"), "42", HEAD, old);

    assert_eq!(run.sent(), "PATCH repos/o/r/issues/comments/4\n");
}
