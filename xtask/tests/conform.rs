//! Tests of `cargo xtask conform`, run as a maintainer runs it. It builds and runs
//! `plex-tv-conform`.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{fs, process::Command};

use common::{Ended, text, workspace, xtask};
use serde_json::Value;
use tempfile::TempDir;

const PIN: &str =
    r#"{"id":1,"code":"CANARY","product":"Example","trusted":false,"clientIdentifier":"example","expiresIn":900}"#;

/// Returns a table with one description.
fn table(file: &str, module: &str) -> String {
    format!("[[description]]\nfile = '{file}'\nmodule = '{module}'\nhosts = ['https://plex.tv/api/v2']\n")
}

/// Returns the module of `plex-tv.yaml`.
fn module() -> String {
    let table = plex_tv_openapi::Descriptions::load(&workspace().join("openapi")).unwrap();
    table.by_file("plex-tv.yaml".as_ref()).unwrap().module.clone()
}

/// A folder of payloads.
struct Payloads(TempDir);

impl Payloads {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let payloads = Self(tempfile::tempdir().unwrap());
        for (name, body) in files {
            let path = payloads.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, body).unwrap();
        }
        payloads
    }

    /// Runs the command, and checks that its output contains no payload values.
    fn conform(&self, arguments: &[&str]) -> Ended {
        let ended = xtask(&[&["conform", text(self.0.path())], arguments].concat());
        for told in [&ended.stdout, &ended.stderr] {
            assert!(!told.contains("CANARY"), "{told}");
        }
        ended
    }
}

#[test]
fn our_own_payloads_decode_and_lose_nothing() {
    let ended = xtask(&["conform", text(&workspace().join("tests/payloads")), "--strict"]);

    let faults: Vec<_> =
        ended.stdout.lines().filter(|line| line.contains(": failed") || line.starts_with("  lost: ")).collect();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{faults:#?}");
    assert!(ended.last_line().contains(" 0 failed, 0 lost fields, "), "{}", ended.last_line());
}

#[test]
fn payloads_are_listed_and_counted() {
    let payloads = Payloads::new(&[
        ("getPin/201-full.json", PIN.as_bytes()),
        ("getPin/201.json", PIN.replace("\"id\":1", "\"id\":\"1\",\"new\":\"CANARY\"").as_bytes()),
        ("getPin/202-odd-status.json", PIN.as_bytes()),
        ("getPin/400-code.json", br#"{"errors":[{"code":1000,"message":"CANARY"}]}"#),
        ("getPin/429-xml.xml", br#"<errors><error code="1003"/></errors>"#),
        ("getPin/502-gateway.html", b"<html>CANARY</html>"),
        ("getPin/503-empty.json", b""),
        (
            "getAccountXml/200-small.xml",
            br#"<user id="7" authToken="CANARY" home="1" newer="CANARY"><roles><role id="plexpass"/></roles></user>"#,
        ),
        ("getPinQrCode/200-image.txt", b"CANARY"),
        ("getNothing/200-x.json", b"{\"a\":\"CANARY\"}"),
        ("getPin/notes.md", b""),
        ("getPin/999-odd.json", b"{}"),
        ("getPin/folder.json/x", b""),
        ("README.md", b""),
    ]);

    let ended = payloads.conform(&["--strict"]);

    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    assert_eq!(
        ended.stdout,
        "getAccountXml/200-small.xml: decoded
  unknown: newer (text, kept as extra)
getNothing/200-x.json: skipped: no such operation
getPin/201-full.json: decoded
getPin/201.json: decoded
  unknown: new (text, dropped)
getPin/202-odd-status.json: decoded
  note: the description does not name this status
getPin/400-code.json: decoded, code 1000, with a message
getPin/429-xml.xml: decoded, code 1003, no message
getPin/502-gateway.html: decoded, status only
  note: the description does not name this status
getPin/503-empty.json: decoded, status only
  note: the description does not name this status
getPinQrCode/200-image.txt: skipped: the description has no success body to decode
README.md: ignored: it is not in the folder of an operation
getPin/999-odd.json: ignored: its name does not start with an HTTP status
getPin/folder.json: ignored: it is a folder
getPin/notes.md: ignored: its name does not end in .json, .xml, .html or .txt
2 skipped, neither decoded nor failed
10 payloads: 8 decoded, 0 failed, 0 lost fields, 2 unknown fields
"
    );
}

#[test]
fn payloads_that_cannot_be_decoded_are_reported_with_their_path_and_exit_1() {
    let payloads = Payloads::new(&[
        ("getAccountXml/200-broken.xml", b"<user id=\"CANARY\">\n<roles></user>"),
        ("getDevices/200-row.json", br#"[{"clientIdentifier":"a"},{"name":"CANARY"}]"#),
        ("getPin/201-broken.json", br#"{"id":1,"code":"CANARY"#),
        ("getPin/201-latin.json", b"{\"id\":1,\"code\":\"CANARY\xe9\"}"),
        ("getPin/201-path.json", br#"{"id":1,"code":"x","location":{"code":["CANARY"]}}"#),
        ("getPin/201-portal.html", b"<html>CANARY</html>"),
        ("getPin/400-silent.json", br#"{"trouble":"CANARY"}"#),
        ("getPin/401-silent.xml", b"<oh CANARY=\"7\"/>"),
    ]);

    let ended = payloads.conform(&[]);
    let json: Value = serde_json::from_str(&payloads.conform(&["--format", "json"]).stdout).unwrap();

    assert_eq!((ended.code, ended.stderr.as_str()), (1, ""), "{}", ended.stdout);
    assert_eq!(ended.last_line(), "8 payloads: 0 decoded, 8 failed, 0 lost fields, 0 unknown fields");
    let told = |name: &str| ended.stdout.lines().find(|line| line.contains(name)).unwrap();
    assert!(told("row.json").contains("missing field `clientIdentifier` at [1]"), "{}", told("row.json"));
    assert!(told("path.json").contains("failed at location.code: "), "{}", told("path.json"));
    assert!(told("latin.json").ends_with("failed: it is not UTF-8 text"), "{}", told("latin.json"));
    assert!(told("silent.json").ends_with("failed: no error can be read from it"), "{}", told("silent.json"));
    assert!(told("broken.xml").contains("on line 2"), "{}", told("broken.xml"));
    assert_eq!((&json["schema_version"], &json["totals"]["failed"]), (&1.into(), &8.into()));
    let path = json["payloads"].as_array().unwrap().iter().find(|each| each["name"] == "getPin/201-path.json");
    assert_eq!(path.unwrap()["path"], "location.code");
}

/// The description has a field that the generated code lacks, as if the types dropped it.
#[test]
fn a_lost_field_is_a_finding_with_strict() {
    let openapi = tempfile::tempdir().unwrap();
    let description = fs::read_to_string(workspace().join("openapi/plex-tv.yaml")).unwrap();
    let start = "\n    PinInfo:\n";
    let at = description.find(start).unwrap();
    let properties = at + description[at..].find("\n      properties:\n").unwrap() + "\n      properties:\n".len();
    let (before, after) = description.split_at(properties);
    let fresh =
        "        fresh: { type: string, description: New. }\n        later: { type: string, description: New. }\n";
    fs::write(openapi.path().join("plex-tv.yaml"), format!("{before}{fresh}{after}")).unwrap();
    fs::write(openapi.path().join("descriptions.toml"), table("plex-tv.yaml", &module())).unwrap();
    let payloads = Payloads::new(&[(
        "getPin/201-fresh.json",
        PIN.replace("\"id\":1", "\"id\":1,\"fresh\":\"CANARY\",\"later\":null").as_bytes(),
    )]);
    let openapi = ["--openapi", text(openapi.path())];

    let lenient = payloads.conform(&openapi);
    let strict = payloads.conform(&[&openapi[..], &["--strict"]].concat());

    assert_eq!((lenient.code, strict.code), (0, 1), "{}", strict.stdout);
    assert_eq!(lenient.stdout, strict.stdout);
    assert_eq!(
        lenient.stdout,
        "getPin/201-fresh.json: decoded
  lost: fresh (text, missing)
1 payloads: 1 decoded, 0 failed, 1 lost fields, 0 unknown fields
"
    );
}

/// A payload is decoded by the module of the description that has its operation, and by no other.
#[test]
fn the_description_determines_the_module_that_decodes() {
    let openapi = tempfile::tempdir().unwrap();
    let copy =
        |from: &str, to: &str| fs::copy(workspace().join("openapi").join(from), openapi.path().join(to)).unwrap();
    let write = |text: String| fs::write(openapi.path().join("descriptions.toml"), text).unwrap();
    let payloads = Payloads::new(&[("getPin/201.json", PIN.as_bytes())]);
    let conform = || payloads.conform(&["--openapi", text(openapi.path())]);

    copy("plex-tv.yaml", "plex-tv.yaml");
    write(table("plex-tv.yaml", "discover"));
    let elsewhere = conform();
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.stderr);
    assert!(elsewhere.stdout.contains("getPin/201.json: skipped: the generated code does not know it"));

    copy("plex-tv.yaml", "twice.yaml");
    write(table("plex-tv.yaml", &module()) + &table("twice.yaml", "discover"));
    conform().assert_mentions(": operation-id-twice: `getPin` is also the id of an operation in ");
}

#[test]
fn folders_without_payloads_are_refused() {
    let empty = tempfile::tempdir().unwrap();
    xtask(&["conform", text(empty.path())]).assert_refused("holds no payload");
    Payloads::new(&[("README.md", b""), ("getPin/x.json", b"")]).conform(&[]).assert_refused("holds no payload");
    xtask(&["conform", "no/such/folder"]).assert_refused("no/such/folder cannot be read");
    Payloads::new(&[("file", b"")]).conform(&["--openapi", "no/such/openapi"]).assert_mentions("no/such/openapi");

    let file = empty.path().join("file.json");
    fs::write(&file, "{}").unwrap();
    xtask(&["conform", text(&file)]).assert_refused("file.json cannot be read");
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in [&["conform"][..], &["conform", "a", "b"], &["conform", "a", "--format", "xml"]] {
        assert_eq!(xtask(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn a_missing_cargo_is_reported() {
    with_cargo("/no/such/cargo").assert_refused("plex-tv-conform cannot be started with `/no/such/cargo`");
}

/// This happens, for example, if the generated code does not compile.
#[cfg(unix)]
#[test]
fn a_checker_that_cannot_be_built_is_a_bug_with_a_fix() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    fs::write(&cargo, "#!/bin/sh\nexit 101\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();

    let ended = with_cargo(text(&cargo));

    assert_eq!(ended.code, 5, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("it cannot be built") && ended.stderr.contains("cargo xtask generate"),
        "{}",
        ended.stderr
    );
}

fn with_cargo(cargo: &str) -> Ended {
    Ended::of(Command::new(env!("CARGO_BIN_EXE_xtask")).args(["conform", "."]).env("CARGO", cargo))
}
