//! The output of the examples when names contain terminal control characters.

use std::{process::Command, sync::OnceLock};

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
        [("custom_client", "plex.tv knows you as a"), ("list_servers", "(owned)"), ("home", "a"), ("share_library", "")]
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
