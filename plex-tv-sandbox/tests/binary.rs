#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plex-tv-sandbox")).args(arguments).output().unwrap()
}

#[test]
fn help_names_every_option() {
    let output = run(&["--help"]);

    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for option in ["--port", "--approve-after", "--rate-limits", "--jwt-everywhere", "--cors"] {
        assert!(text.contains(option), "{text}");
    }
}

#[test]
fn a_wrong_argument_is_named_and_ends_with_2() {
    let output = run(&["--prot", "1"]);

    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("`--prot`") && text.contains("--help"), "{text}");
}

#[test]
fn it_prints_its_address_first() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plex-tv-sandbox"))
        .args(["--approve-after", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();

    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    assert!(line.starts_with("plex.tv sandbox at http://127.0.0.1:"), "{line}");
}
