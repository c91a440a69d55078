//! Tests the example `web_login` in a browser. Without a browser, each test says so and does
//! nothing; if `REQUIRE_BROWSER` is set in the environment, it fails instead.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod browser;

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use browser::Browser;
use plex_tv_sdk::reqwest::{Client, Url};

/// The running example. It is stopped when dropped.
struct App {
    process: Child,
    url: String,
}

impl App {
    fn start() -> Self {
        let test = env::current_exe().unwrap();
        let target = test.parent().and_then(Path::parent).unwrap();
        let example = target.join("examples").join(format!("web_login{}", env::consts::EXE_SUFFIX));
        assert!(example.exists(), "the example is not built\n  fix: cargo build --example web_login");
        let mut process = Command::new(example).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("Open ").unwrap().to_owned();
        Self { process, url }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Opens the app in a browser and follows "Sign in" to the page of the sandbox.
async fn at_the_approval_page() -> Option<(App, Browser)> {
    let browser = Browser::start().await?;
    let app = App::start();
    browser.open(&app.url).await;
    browser.click("Sign in").await;
    browser.wait_for("to use your account").await;
    assert!(!browser.url().await.starts_with(&app.url));
    Some((app, browser))
}

/// Tokens of the sandbox have 20 characters and this prefix.
fn assert_no_token(text: &str) {
    let is_token = |word: &&str| word.starts_with("sandbox-") && word.len() == 20;
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    assert_eq!(words.filter(is_token).count(), 0, "{text}");
}

#[tokio::test]
async fn allowing_brings_the_person_back_signed_in() {
    let Some((app, browser)) = at_the_approval_page().await else { return };

    browser.click("Allow").await;
    browser.wait_for("Signed in as Example User.").await;

    assert_eq!(browser.url().await, format!("{}/", app.url));
    assert_no_token(&browser.source().await);
    browser.open(&app.url).await;
    browser.wait_for("Signed in as Example User.").await;
    browser.click("Sign out").await;
    browser.wait_for("You are not signed in").await;
    browser.open(&app.url).await;
    browser.wait_for("You are not signed in").await;
}

#[tokio::test]
async fn denying_brings_the_person_back_without_an_account() {
    let Some((app, browser)) = at_the_approval_page().await else { return };

    browser.click("Deny").await;
    browser.wait_for("You denied access").await;
    browser.click("Back to Web Login Example").await;

    browser.wait_for("denied, or it expired").await;
    browser.open(&app.url).await;
    browser.wait_for("You are not signed in").await;
}

#[tokio::test]
async fn a_request_that_expired_leads_back_to_a_new_try() {
    let Some((app, browser)) = at_the_approval_page().await else { return };
    let mut later = Url::parse(&browser.url().await).unwrap();
    later.set_path("/sandbox/advance");
    later.set_fragment(None);
    let turn = Client::builder().no_proxy().build().unwrap().post(later).body("seconds=1800");
    let turned = turn.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert!(turned.status().is_success());

    browser.click("Allow").await;
    browser.wait_for("This request has expired").await;
    browser.click("Back to Web Login Example").await;
    browser.wait_for("denied, or it expired").await;

    browser.click("Sign in").await;
    browser.wait_for("to use your account").await;
    browser.click("Allow").await;
    browser.wait_for("Signed in as Example User.").await;
    assert_eq!(browser.url().await, format!("{}/", app.url));
}

#[tokio::test]
async fn each_page_fits_a_phone() {
    const PHONE: u32 = 360;
    let Some(browser) = Browser::start().await else { return };
    let app = App::start();
    browser.as_phone(PHONE).await;

    let mut pages = Vec::new();
    browser.open(&app.url).await;
    browser.wait_for("You are not signed in").await;
    pages.push(("signed out", browser.widths().await));
    browser.click("Sign in").await;
    browser.wait_for("to use your account").await;
    pages.push(("approval", browser.widths().await));
    browser.click("Allow").await;
    browser.wait_for("Signed in as Example User.").await;
    pages.push(("signed in", browser.widths().await));

    for (page, [document, window, furthest]) in pages {
        assert_eq!((document, window), (f64::from(PHONE), f64::from(PHONE)), "{page}");
        assert!(furthest <= f64::from(PHONE), "{page}: something reaches to {furthest}");
    }
}
