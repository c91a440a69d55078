//! Tests of the parts of `cargo xtask cost` that build nothing.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::process::Command;

use common::{Ended, workspace, xtask};

#[test]
fn the_lines_of_each_description_are_shown_as_text_and_as_markdown() {
    let table = plex_tv_openapi::Descriptions::load(&workspace().join("openapi")).unwrap();

    let text = xtask(&["cost", "--lines"]);
    let markdown = xtask(&["cost", "--lines", "--format", "markdown"]);

    assert_eq!((text.code, text.stderr.as_str()), (0, ""));
    assert_eq!((markdown.code, markdown.stderr.as_str()), (0, ""));
    let names = text.stdout.lines().skip(2).map(|row| row.split_whitespace().next().unwrap());
    let wanted = table.all().iter().map(|description| description.module.as_str());
    assert_eq!(names.collect::<Vec<_>>(), wanted.chain(["all"]).collect::<Vec<_>>());
    let numbers = |row: &str| row.split_whitespace().filter_map(|cell| cell.parse::<usize>().ok()).collect::<Vec<_>>();
    let all = numbers(text.last_line());
    assert_eq!(all.len(), 5, "{}", text.stdout);
    assert!(all[4] >= all[3] && all[3] == all[1] / all[0], "{}", text.stdout);
    assert_eq!(numbers(markdown.last_line()), all);
}

#[test]
fn a_revision_that_git_does_not_know_is_refused_before_anything_is_built() {
    for revision in ["no-such-revision", "--help", ""] {
        let argument = format!("--against={revision}");
        let wanted = format!("git has no revision {revision:?}");
        xtask(&["cost", &argument]).assert_refused(&wanted);
        let mut from_workspace = Command::new(env!("CARGO_BIN_EXE_xtask"));
        Ended::of(from_workspace.args(["cost", &argument]).current_dir(workspace())).assert_refused(&wanted);
    }
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in
        [&["cost", "file"][..], &["cost", "--features", "some"], &["cost", "--profile", "fast"], &["cost", "--against"]]
    {
        assert_eq!(xtask(arguments).code, 2, "{arguments:?}");
    }
}
