//! Runs python-plexapi, an independent client, against the sandbox.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failure is the message of its test")]

use std::path::Path;
use std::process::Command;

use plex_tv_sandbox::Sandbox;

/// Every call of `witness.py`, and whether plex.tv has retired it.
const CALLS: [(&str, &str); 39] = [
    ("sign-in", "ok"),
    ("account", "ok"),
    ("ping", "ok"),
    ("resources", "ok"),
    ("connect", "ok"),
    ("devices", "ok"),
    ("users", "ok"),
    ("invites sent", "retired"),
    ("invites received", "retired"),
    ("home switch", "ok"),
    ("webhooks list", "ok"),
    ("webhooks add", "ok"),
    ("watchlist list", "ok"),
    ("watchlist paged", "ok"),
    ("watchlist state", "ok"),
    ("watchlist remove", "ok"),
    ("watchlist add", "ok"),
    ("search", "ok"),
    ("user state", "ok"),
    ("mark played", "ok"),
    ("invite a friend", "ok"),
    ("create a Home user", "ok"),
    ("Home PIN", "ok"),
    ("opt-outs", "ok"),
    ("view state read", "ok"),
    ("view state enable", "ok"),
    ("claim token", "ok"),
    ("online media sources", "ok"),
    ("VOD", "ok"),
    ("public IP", "ok"),
    ("geoip", "ok"),
    ("sonos", "ok"),
    ("sync items", "ok"),
    ("PIN link login", "ok"),
    ("PIN OAuth login", "ok"),
    ("link from a signed-in app", "ok"),
    ("JWT login with renewal", "ok"),
    ("JWT login linked by a signed-in app", "ok"),
    ("JWT registration", "ok"),
];

/// Returns why `witness.py` cannot run here, if it cannot.
fn missing() -> Option<String> {
    let check = "import plexapi, jwt, cryptography; assert plexapi.VERSION == '4.18.3', plexapi.VERSION";
    match Command::new("python3").args(["-c", check]).output() {
        Err(error) => Some(format!("python3 does not start: {error}")),
        Ok(output) if !output.status.success() => {
            let text = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
            Some(text.lines().last().unwrap_or("python3 failed").to_owned())
        }
        Ok(_) => None,
    }
}

#[tokio::test]
async fn python_plexapi_gets_through() {
    if let Some(reason) = missing() {
        let fix = "python3 -m pip install plexapi==4.18.3 'pyjwt[crypto]'";
        assert!(std::env::var_os("REQUIRE_PLEXAPI").is_none(), "python-plexapi is missing: {reason}; {fix}");
        eprintln!("skipped: python-plexapi is missing: {reason}; {fix}");
        return;
    }
    let sandbox = Sandbox::start().await.unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plexapi/witness.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(sandbox.url());

    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();

    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    let said: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(verdict, rest)| (rest.split(": ").next().unwrap(), verdict))
        .collect();
    let expected: Vec<(&str, &str)> = CALLS.into_iter().chain([("sign-out", "ok")]).collect();
    assert_eq!(said, expected, "{text}");
    eprint!("{text}");
}
