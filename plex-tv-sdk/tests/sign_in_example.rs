//! Runs the example `sign_in` as a person would, but with its output in pipes.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

#[path = "../examples/sign_in/room.rs"]
mod room;

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::reqwest;
use serde_json::Value;
use tempfile::TempDir;

/// The built example with its own home folder, so that it neither finds nor leaves anything in the
/// real one.
fn sign_in(home: &Path) -> Command {
    let test = env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).unwrap();
    let example = target.join("examples").join(format!("sign_in{}", env::consts::EXE_SUFFIX));
    assert!(example.exists(), "the example is not built\n  fix: cargo build --example sign_in");
    let mut command = Command::new(example);
    command.env("HOME", home).env("XDG_CONFIG_HOME", home.join("settings")).env_remove("PLEX_TV_URL");
    command
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn assert_one_error_line(output: &Output) {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1, "{stderr}");
}

fn assert_shows_account(stdout: &str) {
    for wanted in [
        "Signed in as Example User (user@example.com).",
        "Living Room Server  owned   local   http://127.0.0.1:",
        "Server of a Friend  shared  relay   http://127.0.0.1:",
        "Cabin Server        owned   relay   http://127.0.0.1:",
    ] {
        assert!(stdout.contains(wanted), "`{wanted}` is missing in\n{stdout}");
    }
}

/// Tokens of the sandbox have 20 characters and this prefix.
fn assert_no_token(output: &Output) {
    let all = text(&output.stdout) + &text(&output.stderr);
    let is_token = |word: &&str| word.starts_with("sandbox-") && word.len() == 20;
    let words = all.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));

    assert_eq!(words.filter(is_token).count(), 0, "{all}");
}

#[test]
fn in_the_sandbox_it_signs_in_by_itself_and_lists_the_servers() {
    for arguments in [&[][..], &["--link"]] {
        let home = home();
        let start = Instant::now();

        let output = sign_in(home.path()).args(arguments).output().unwrap();

        let stdout = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
        assert_shows_account(&stdout);
        assert_no_token(&output);
        assert!(!stdout.contains(['\u{1b}', '█', '\r']), "not plain text:\n{stdout}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "the sandbox must not store anything");
    }
}

#[test]
fn a_qr_code_is_shown_only_where_all_of_it_fits_below_the_address() {
    let image = vec!["█".repeat(37); 19].join("\n");
    let text = format!("Open this address to sign in:\n\n  {}\n", "x".repeat(190));
    // Five rows of text in 80 columns, 19 rows of QR code, five rows around it.
    for (rows, columns, wanted) in [
        (24, 80, false),
        (28, 80, false),
        (29, 80, true),
        (50, 80, true),
        (50, 38, false),
        (50, 39, true),
        (0, 0, false),
    ] {
        assert_eq!(room::fits(&image, &text, rows, columns), wanted, "{columns}x{rows}");
    }
}

#[test]
fn help_names_every_option_and_wrong_arguments_exit_2() {
    let home = home();
    let help = sign_in(home.path()).arg("--help").output().unwrap();
    let help_text = text(&help.stdout);

    assert!(help.status.success());
    for option in ["--live", "--link", "--manual", "--forget", "--timeout <SECONDS>", "--help", "PLEX_TV_URL"] {
        assert!(help_text.contains(option), "{option}");
    }
    for wrong in [&["--lvie"][..], &["--timeout", "soon"], &["--timeout", "0"], &["--live", "--manual"]] {
        let output = sign_in(home.path()).args(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

/// Runs `--manual` until it waits. Also returns the address that it printed.
fn waiting_for_approval(home: &Path, arguments: &[&str]) -> (Child, BufReader<impl std::io::Read + use<>>, String) {
    let mut command = sign_in(home);
    command.arg("--manual").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut address = String::new();
    let mut line = String::new();
    while stdout.read_line(&mut line).unwrap() > 0 && !line.starts_with("Waiting") {
        if line.starts_with("  http") {
            address = line.trim().to_owned();
        }
        line.clear();
    }
    (child, stdout, address)
}

fn code_in(address: &str) -> &str {
    let (_, rest) = address.split_once("code=").or_else(|| address.split_once("pin=")).unwrap();
    rest.split('&').next().unwrap()
}

async fn answer(address: &str, answer: &str) {
    let mut url = reqwest::Url::parse(address).unwrap();
    url.set_path(&format!("/sandbox/{answer}"));
    url.set_query(None);
    url.set_fragment(None);
    let call = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("code={}", code_in(address)));
    assert!(call.send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_denied_sign_in_ends_with_one_line_and_exit_code_1() {
    for arguments in [&[][..], &["--link"]] {
        let home = home();
        let (child, _stdout, address) = waiting_for_approval(home.path(), arguments);

        answer(&address, "deny").await;

        let output = child.wait_with_output().unwrap();
        assert_one_error_line(&output);
        assert!(text(&output.stderr).contains("denied"));
    }
}

#[tokio::test]
async fn with_manual_it_waits_for_the_person_to_allow() {
    let home = home();
    let (mut child, mut stdout, address) = waiting_for_approval(home.path(), &[]);

    answer(&address, "approve").await;

    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert_shows_account(&rest);
}

#[test]
fn an_approval_that_never_comes_ends_with_one_line_and_exit_code_1() {
    let home = home();

    let output = sign_in(home.path()).args(["--manual", "--timeout", "1"]).output().unwrap();

    assert_one_error_line(&output);
    assert!(text(&output.stderr).contains("nobody approved within 1 s"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_exit_code_130() {
    let home = home();
    let (child, _stdout, _) = waiting_for_approval(home.path(), &[]);

    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();

    let output = child.wait_with_output().unwrap();
    assert!(killed.success());
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(text(&output.stderr), "stopped\n");
}

/// What `--live` stores. Windows uses another folder, which a test cannot redirect.
#[cfg(unix)]
mod kept {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file(home: &Path) -> PathBuf {
        home.join("settings/plex-tv-sdk-example/credentials.json")
    }

    /// Reads what is stored for the account `plex.tv` or `elsewhere`.
    fn read(file: &Path, account: &str) -> Value {
        let kept: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        kept["accounts"][account].clone()
    }

    fn keep(file: &Path, text: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Runs `--live` while plex.tv cannot be reached, with or without a network: the proxy is a
    /// closed port.
    fn live_offline(home: &Path) -> Output {
        let mut command = sign_in(home);
        command.arg("--live").env("HTTPS_PROXY", "http://127.0.0.1:1").env_remove("NO_PROXY").env_remove("no_proxy");
        command.output().unwrap()
    }

    fn live_in(sandbox: &Sandbox, home: &Path) -> Output {
        sign_in(home).args(["--live", "--timeout", "20"]).env("PLEX_TV_URL", sandbox.url()).output().unwrap()
    }

    async fn approving_sandbox() -> Sandbox {
        Sandbox::builder().approve_after(Some(Duration::ZERO)).start().await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_token_is_kept_privately_and_used_the_next_time() {
        let (home, sandbox) = (home(), approving_sandbox().await);

        let first = live_in(&sandbox, home.path());
        let second = live_in(&sandbox, home.path());

        let file = file(home.path());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for output in [&first, &second] {
            assert!(output.status.success(), "{}", text(&output.stderr));
            assert_shows_account(&text(&output.stdout));
            assert_no_token(output);
            assert!(!text(&output.stdout).contains(read(&file, "elsewhere")["token"].as_str().unwrap()));
        }
        assert!(!text(&second.stdout).contains("Open this address"));
        assert_eq!(sandbox.pins().len(), 1);
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 2, "only the file and its lock must be left");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rejected_token_leads_to_a_new_sign_in_as_the_same_device() {
        let home = home();
        let file = file(home.path());
        assert!(live_in(&approving_sandbox().await, home.path()).status.success());
        let old = read(&file, "elsewhere");
        let sandbox = approving_sandbox().await;

        let output = live_in(&sandbox, home.path());

        let new = read(&file, "elsewhere");
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(new["clientIdentifier"].as_str().unwrap(), old["clientIdentifier"]);
        assert_ne!(new["token"], old["token"]);
        assert_eq!(sandbox.pins().len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn forget_removes_the_token_and_nothing_else() {
        let (home, sandbox) = (home(), approving_sandbox().await);
        let file = file(home.path());
        assert!(live_in(&sandbox, home.path()).status.success());
        let old = read(&file, "elsewhere");
        let forget = || sign_in(home.path()).arg("--forget").env("PLEX_TV_URL", sandbox.url()).output().unwrap();

        let first = forget();
        let second = forget();

        assert!(first.status.success() && text(&first.stdout).contains("removed"));
        assert!(second.status.success() && text(&second.stdout).contains("nothing to forget"));
        let new = read(&file, "elsewhere");
        assert_eq!(new["clientIdentifier"].as_str().unwrap(), old["clientIdentifier"]);
        assert!(old["token"].is_string() && new.get("token").is_none());
    }

    #[test]
    fn without_a_network_it_says_so_and_stays_the_same_device() {
        let home = home();
        let file = file(home.path());

        let first = live_offline(home.path());
        let identity = read(&file, "plex.tv");
        let second = live_offline(home.path());

        for output in [&first, &second] {
            assert_one_error_line(output);
            assert!(text(&output.stderr).contains("cannot connect to plex.tv"), "{}", text(&output.stderr));
        }
        assert_eq!(read(&file, "plex.tv"), identity);
        assert_eq!(identity["clientIdentifier"].as_str().unwrap().len(), 36);
    }

    #[test]
    fn a_token_that_cannot_be_checked_stays() {
        let home = home();
        let file = file(home.path());
        let kept =
            r#"{"version":1,"accounts":{"plex.tv":{"clientIdentifier":"c0ffee-desk-01","token":"CANARY-TOKEN"}}}"#;
        keep(&file, kept);

        let output = live_offline(home.path());

        assert_one_error_line(&output);
        assert!(text(&output.stderr).contains("it stays for another try"));
        assert!(!text(&output.stderr).contains("CANARY-TOKEN"));
        assert_eq!(fs::read_to_string(&file).unwrap(), kept);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_token_is_not_sent_to_where_it_was_not_made() {
        let (home, sandbox) = (home(), approving_sandbox().await);
        let file = file(home.path());
        keep(&file, r#"{"version":1,"accounts":{"plex.tv":{"clientIdentifier":"desk","token":"CANARY-TOKEN"}}}"#);

        assert!(live_in(&sandbox, home.path()).status.success());

        assert_eq!(sandbox.pins().len(), 1);
        assert_eq!(read(&file, "plex.tv")["token"], "CANARY-TOKEN");
        assert_ne!(read(&file, "elsewhere")["clientIdentifier"], "desk");
    }

    #[test]
    fn a_damaged_file_is_named_and_nothing_in_it_is_lost_or_shown() {
        let damages = [
            "",
            r#""CANARY-TOKEN""#,
            r#"{"version":1,"accounts":{"plex.tv":{"token":"CANARY-TOKEN"#,
            r#"{"version":1,"accounts":{"plex.tv":{"clientIdentifier":["CANARY-TOKEN"]}}}"#,
            r#"{"version":1,"accounts":{"plex.tv":{"clientIdentifier":"desk","token":"CANARY TOKEN"}}}"#,
            r#"{"version":1,"accounts":{"plex.tv":{"clientIdentifier":"","token":"CANARY-TOKEN"}}}"#,
        ];
        for damage in damages {
            let home = home();
            let file = file(home.path());
            keep(&file, damage);

            let output = live_offline(home.path());

            let stderr = text(&output.stderr);
            assert_one_error_line(&output);
            assert!(stderr.contains(file.to_str().unwrap()), "{damage}: {stderr}");
            assert!(!stderr.contains("CANARY"), "{stderr}");
            let entries = fs::read_dir(file.parent().unwrap()).unwrap();
            let mut kept = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
            assert!(kept.any(|text| text == damage), "{damage} is lost");
        }
    }
}
