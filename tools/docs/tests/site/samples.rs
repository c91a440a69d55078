//! Tests of the samples: the Rust samples are compiled doctests, and the curl samples run.

use std::{collections::BTreeMap, fs, io::Write as _, process::Command};

use plex_tv_openapi::operations;
use plex_tv_sandbox::{FRIEND_EMAIL, HOME_USER, Host, Sandbox};
use serde_json::{Value, json};

use crate::{documents, html::Page, root, site, text};

/// Returns the doctests of the calls in a generated file as rustdoc shows them, by name of the
/// method.
fn doctests(code: &str) -> BTreeMap<String, String> {
    let calls = code.split("\npub mod calls {").nth(1).unwrap().split("\npub mod types {").next().unwrap();
    let mut found = BTreeMap::new();
    for part in calls.split("/// The call [`Api::").skip(1) {
        let method = part.split('`').next().unwrap();
        let block = part.split("```no_run\n").nth(1).unwrap().split("```\n").next().unwrap();
        let lines = block.lines().filter_map(|line| line.trim_start().strip_prefix("///"));
        let lines = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .filter(|line| !line.starts_with("# ") && *line != "#");
        found.insert(method.to_owned(), lines.collect::<Vec<_>>().join("\n").trim().to_owned());
    }
    found
}

/// Returns the first code block in this language on a page.
fn block(page: &str, language: &str) -> String {
    let class = format!("language-{language}");
    let parsed = Page::parse(text(page));
    let elements = parsed.elements();
    let found = elements.iter().find(|element| element.attribute("class").as_deref() == Some(&class));
    found.unwrap_or_else(|| panic!("{page} has no {language}")).text()
}

#[test]
fn rust_samples_are_the_doctests_of_the_generated_calls() {
    let mut count = 0;
    for (module, document) in documents() {
        let code = fs::read_to_string(root().join(format!("plex-tv-sdk/src/generated/{module}.rs"))).unwrap();
        let mut doctests = doctests(&code);
        for operation in operations(document.value()) {
            let page = format!("operations/{}.html", operation.id);
            let doctest = doctests.remove(&operation.rust_name).unwrap_or_else(|| panic!("{}", operation.id));

            assert_eq!(block(&page, "rust"), doctest, "{page}");
            assert!(doctest.contains(&format!(".{}(", operation.rust_name)), "{doctest}");
            count += 1;
        }
        assert_eq!(doctests.len(), 0, "{doctests:?}");
    }
    assert!(count > 100, "{count}");
}

#[test]
fn the_start_page_has_the_program_of_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let example = fs::read_to_string(root().join("tools/docs/examples/first_call.rs")).unwrap();
    let blocks: Vec<_> = Page::parse(text("index.html"))
        .elements()
        .into_iter()
        .filter(|element| element.attribute("class").as_deref() == Some("language-rust"))
        .map(|element| element.text())
        .collect();

    assert_eq!(blocks.len(), 2);
    let example: Vec<_> = example.lines().filter(|line| !line.starts_with("#![allow(")).collect();
    assert_eq!(blocks[0].trim(), example.join("\n").trim());
    assert!(readme.contains(&blocks[1]), "{}", blocks[1]);
}

/// Runs a command with all hosts replaced by their addresses in the sandbox. Returns status and
/// body.
fn run(sandbox: &Sandbox, command: &str) -> (u16, String) {
    let mut command = command.to_owned();
    for host in Host::ALL {
        command = command.replace(&format!("https://{}/", host.name()), &format!("{}/", sandbox.url_of(host)));
    }
    assert!(!command.contains("https://plex.tv") && !command.contains(".plex.tv/"), "{command}");
    let output = Command::new("sh")
        .args(["-ec", &format!("{command} --silent --show-error --noproxy '*' --write-out '\\n%{{http_code}}'")])
        .env("PLEX_TOKEN", sandbox.token())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = said.rsplit_once('\n').unwrap_or_else(|| panic!("{command}: {output:?}"));
    (status.parse().unwrap_or_else(|_| panic!("{command}: {output:?}")), body.to_owned())
}

fn has_curl() -> bool {
    let is_there = Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        let _ = writeln!(std::io::stderr(), "skipped: curl is not installed");
    }
    is_there
}

/// The television channel in the examples.
const CHANNEL: &str = "5eea605674085f0040ddc7a6";
/// The room in the examples.
const ROOM: &str = "EXAMPLE-ROOM-1";
/// The share in the examples.
const SHARE: &str = "20000001";

/// Returns names in the examples of the descriptions, with their replacements for a sandbox. Some
/// of those are created first: a PIN, a share, a sync item.
async fn names(sandbox: &Sandbox, command: &str) -> Vec<(String, String)> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let server = "1".repeat(40);
    let share = json!({"machineIdentifier": server, "librarySectionIds": [10_001], "invitedEmail": FRIEND_EMAIL});
    let sync_item = "SyncItem[title]=A&SyncItem[rootTitle]=B&SyncItem[metadataType]=movie&SyncItem[contentType]=video\
        &SyncItem[Policy][scope]=all&SyncItem[Policy][unwatched]=0&SyncItem[Location][uri]=library:///item/1\
        &SyncItem[machineIdentifier]=";
    let made = |path: String, body: Value| {
        let request = http.post(format!("{}{path}", sandbox.url())).header("Accept", "application/json");
        let request =
            request.header("X-Plex-Client-Identifier", "c0ffee-desk-01").header("X-Plex-Token", sandbox.token());
        async move { request.json(&body).send().await.unwrap().text().await.unwrap() }
    };
    let pin: Value = serde_json::from_str(&made("/api/v2/pins".to_owned(), json!({})).await).unwrap();
    let share: Value = if command.contains(SHARE) {
        serde_json::from_str(&made("/api/v2/shared_servers".to_owned(), share).await).unwrap()
    } else {
        Value::Null
    };
    let item =
        made(format!("/devices/4f1b0f54-6ae2-4f0a-9c1d-000000000001/sync_items?{sync_item}{server}"), Value::Null)
            .await;
    let item = item.split(" id=\"").nth(1).unwrap_or_else(|| panic!("{item}")).split('"').next().unwrap().to_owned();
    let home = http.get(format!("{}/api/v2/home", sandbox.url())).header("Accept", "application/json");
    let home = home.header("X-Plex-Client-Identifier", "c0ffee-desk-01").header("X-Plex-Token", sandbox.token());
    let home: Value = home.send().await.unwrap().json().await.unwrap();
    let kid =
        home["users"].as_array().unwrap().iter().find(|user| user["uuid"] == HOME_USER).unwrap()["id"].to_string();
    let call = |operation: &str| {
        let route = plex_tv_sandbox::routes().find(|route| route.operation == operation).unwrap();
        let method = reqwest::Method::from_bytes(route.method.as_bytes()).unwrap();
        let request = http.request(method, format!("{}{}", sandbox.url_of(route.host), route.path));
        let request = request.header("Accept", "application/json").header("X-Plex-Token", sandbox.token());
        request.header("X-Plex-Client-Identifier", "c0ffee-desk-01")
    };
    let mut channel = String::new();
    if command.contains(CHANNEL) {
        let channels: Value = call("listLiveTvChannels").send().await.unwrap().json().await.unwrap();
        channel = channels["MediaContainer"]["Channel"][0]["gridKey"].as_str().unwrap().to_owned();
    }
    let mut room = String::new();
    if command.contains(ROOM) {
        let wanted = json!({"title": "Evening", "sourceUri": "server://1/2", "users": [7_654_321]});
        let made: Value = call("createWatchTogetherRoom").json(&wanted).send().await.unwrap().json().await.unwrap();
        room = made["id"].as_str().unwrap().to_owned();
    }
    let pairs = [
        (CHANNEL, channel),
        (ROOM, room),
        ("home/users/7654321", format!("home/users/{kid}")),
        ("\"userId\": 7654321", format!("\"userId\": {kid}")),
        ("EXAMPLE-1234", "1234".to_owned()),
        ("EXAMPLE-7RQZ", pin["code"].as_str().unwrap().to_owned()),
        ("308667304", pin["id"].to_string()),
        (SHARE, share["id"].to_string()),
        ("sync_items/12345", format!("sync_items/{item}")),
        ("0123456789abcdef0123456789abcdef01234567", server),
        ("98765432", "10001".to_owned()),
        ("98765433", "10002".to_owned()),
        ("announcements/101", "announcements/71".to_owned()),
        ("5d7760000000000000000001", "5d7760000000070000000000".to_owned()),
    ];
    pairs.map(|(name, stands_for)| (name.to_owned(), stands_for)).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_samples_get_a_documented_status_from_the_sandbox() {
    if !has_curl() {
        return;
    }
    let mut refused = BTreeMap::new();
    let mut failures = Vec::new();
    let mut count = 0;
    for (_, document) in documents() {
        for operation in operations(document.value()) {
            count += 1;
            // Each call gets a new sandbox, since it may remove what the next call needs.
            let sandbox = Sandbox::start().await.unwrap();
            let mut command = block(&format!("operations/{}.html", operation.id), "sh");
            for (name, stands_for) in names(&sandbox, &command.clone()).await {
                command = command.replace(&name, &stands_for);
            }
            let (status, body) = run(&sandbox, &command);
            let node = document.value().pointer(&operation.pointer).unwrap();
            if node["responses"].get(status.to_string()).is_none() {
                failures.push(format!("{} {status} {body}\n{command}", operation.id));
            } else if status >= 400 {
                refused.insert(operation.id, (status, body));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    // Calls with made-up keys and signatures are refused, and so are calls that need the token of a
    // media server.
    assert!(refused.len() * 4 < count, "{} of {count}: {refused:#?}", refused.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_start_page_lead_to_a_token() {
    if !has_curl() {
        return;
    }
    let sandbox = Sandbox::start().await.unwrap();
    let commands: Vec<_> = Page::parse(text("index.html"))
        .elements()
        .into_iter()
        .filter(|element| element.attribute("class").as_deref() == Some("language-sh"))
        .map(|element| element.text().replace("http://127.0.0.1:8080", sandbox.url()))
        .collect();
    let [start, first, create, approve, poll] = commands.as_slice() else { panic!("{commands:?}") };
    let member = |body: &str, name: &str| {
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        value[name].as_str().map_or_else(|| value[name].to_string(), str::to_owned)
    };

    assert_eq!(start, "cargo run -p plex-tv-sandbox -- --port 8080");
    let (status, user) = run(&sandbox, first);
    assert_eq!((status, user.contains("\"username\"")), (200, true), "{user}");
    let (status, pin) = run(&sandbox, create);
    assert_eq!(status, 201);
    let (status, _) = run(&sandbox, &approve.replace("CODE", &member(&pin, "code")));
    assert!(status < 300, "{status}");
    let (status, polled) = run(&sandbox, &poll.replace("ID", &member(&pin, "id")));
    assert_eq!(status, 200);
    assert_ne!(member(&polled, "authToken"), "null");
    assert!(site().files().contains_key("index.html"));
}
