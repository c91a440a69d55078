//! The output of the examples: in a sandbox, and when names contain terminal control characters.

use std::{fs, process::Command, sync::OnceLock};

use serde_json::{Value, json};

use crate::wire::{Reply, Wire};

/// A colour, a bell, a window title, a line break, a reversed writing direction and a cleared
/// screen.
const STEERING: &str = "a\u{1b}[31mb\u{7}c\u{1b}]0;title\u{7}d\r\n    0000 (owned)\u{202e}e\u{9b}2Jf";

/// Builds the examples as `cargo test --workspace` does, so nothing is built twice.
fn executables() -> &'static [(String, String)] {
    static FOUND: OnceLock<Vec<(String, String)>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--workspace", "--examples", "--locked", "--offline", "--message-format", "json"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let messages = String::from_utf8(built.stdout).unwrap();
        let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let examples = messages.filter(|message| message["target"]["kind"][0] == "example");
        let named = examples.filter_map(|message| {
            Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.to_owned()))
        });
        named.collect()
    })
}

fn steering(path: &str) -> Reply {
    let connection = json!({
        "protocol": "http", "address": "127.0.0.1", "port": 9, "local": true, "relay": false, "IPv6": false,
        "uri": format!("http://127.0.0.1:9/{STEERING}"),
    });
    let server = json!({
        "name": STEERING, "product": "Plex Media Server", "provides": "server", "clientIdentifier": "a", "owned": true,
        "platform": STEERING, "accessToken": "c4na-ry", "connections": [connection],
    });
    let user = json!({ "id": 1, "uuid": "a", "title": STEERING, "username": STEERING, "friendlyName": STEERING });
    let home = json!({ "id": 1, "name": STEERING, "users": [user] });
    match path.split('?').next().unwrap_or_default() {
        "/api/v2/user" => Reply::json(&user.to_string()),
        "/api/v2/resources" => Reply::json(&json!([server]).to_string()),
        "/api/v2/home" => Reply::json(&home.to_string()),
        "/api/v2/home/users" => Reply::json(&json!([user]).to_string()),
        _ => {
            let errors = json!({ "errors": [{ "code": 1, "message": STEERING, "status": 403 }] });
            Reply::http("403 Forbidden", &["content-type: application/json"], errors.to_string())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_from_the_network_cannot_control_the_terminal() {
    let plex = Wire::start(steering).await;

    for (example, expected) in
        [("custom_client", "Signed in as a"), ("list_servers", "(owned)"), ("home", "a"), ("share_library", "")]
    {
        let (_, path) = executables().iter().find(|(name, _)| name == example).unwrap();
        let mut command = Command::new(path);
        if example == "share_library" {
            command.args(["ann@example.com", "Movies"]);
        }
        let run = command.env("PLEX_TV_URL", &plex.url).env("PLEX_TV_TOKEN", "xyz-abc").output().unwrap();

        let (out, err) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
        assert!(out.contains(expected), "{example}: {out} {err}");
        for text in [&out, &err] {
            let steers = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
            assert!(!text.contains(steers), "{example}: {text:?}");
            assert!(!text.lines().any(|line| line.trim_start().starts_with("0000")), "{example}: {text}");
        }
    }
}

/// Each example, and words that it prints at its end.
const LAST_WORDS: [(&str, &str); 11] = [
    ("custom_client", "Signed in as Example User."),
    ("friends_watchlists", "The newest activity is by "),
    ("home", "New Kid was removed."),
    ("jwt_login", "Signed out."),
    ("list_servers", "Cabin Server (owned)"),
    ("mock_in_tests", "Hello! Please sign in."),
    ("password_login", "the name or the password is wrong."),
    ("share_library", "The invite is cancelled."),
    ("sign_in", "  Cabin Server "),
    ("watchlist_export", "Removed the added item."),
    ("webhook_receiver", "The address is removed."),
];

fn run_in_a_sandbox(example: &str) -> String {
    let (_, path) = executables().iter().find(|(name, _)| name == example).unwrap();
    let run = Command::new(path).env_remove("PLEX_TV_URL").env_remove("PLEX_TV_TOKEN").output().unwrap();
    let text = [run.stdout, run.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(run.status.success(), "{example}: {text}");
    text
}

#[test]
fn every_example_runs_to_its_end_in_a_sandbox() {
    for (example, expected) in LAST_WORDS {
        let text = run_in_a_sandbox(example);

        assert!(text.contains(expected), "{example}: {text}");
    }
}

#[test]
fn every_example_but_the_web_server_is_run() {
    let folder = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../plex-tv-sdk/examples")).unwrap();
    let names = folder.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
    let mut examples: Vec<_> = names.filter(|name| name != "common" && name != "web_login").collect();
    examples.sort();

    assert_eq!(examples, LAST_WORDS.map(|(example, _)| example));
}

#[test]
fn the_webhook_receiver_shows_delivered_events() {
    let text = run_in_a_sandbox("webhook_receiver");

    let event = "media.play\n  server: Living Room Server\n  user: exampleuser\n  item: Example Movie 1\n  picture: ";
    assert!(text.contains(event), "{text}");
    assert!(text.contains("admin.database.backup\n  server: Living Room Server\n"), "{text}");
}

#[test]
fn the_examples_of_the_verbs_are_short() {
    for example in ["share_library", "webhook_receiver", "watchlist_export", "home", "friends_watchlists"] {
        let path = format!("{}/../plex-tv-sdk/examples/{example}.rs", env!("CARGO_MANIFEST_DIR"));
        let lines = fs::read_to_string(path).unwrap().lines().count();

        assert!(lines < 60, "{example} has {lines} lines");
    }
}
