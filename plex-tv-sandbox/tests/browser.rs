//! Tests the HTML pages in a browser. Without a browser the test prints a message and is skipped,
//! or fails if `REQUIRE_BROWSER` is in the environment.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failure is the message of its test")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use support::{CLIENT, Harness, code, harness};

/// How long a page may take to show a text.
const PATIENCE: Duration = Duration::from_secs(20);

/// The width of a small phone.
const NARROW: u64 = 360;

/// A headless Chromium, driven by W3C WebDriver, which is JSON over HTTP.
struct Browser {
    http: Client,
    driver: Child,
    base: String,
}

impl Browser {
    async fn start() -> Option<Self> {
        let started = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn();
        let Ok(mut driver) = started else {
            let problem = "chromedriver is missing (Debian: apt-get install chromium chromium-driver)";
            assert!(std::env::var_os("REQUIRE_BROWSER").is_none(), "{problem}");
            eprintln!("skipped: {problem}");
            return None;
        };
        let lines = BufReader::new(driver.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
        let mut ports = lines
            .filter_map(|line| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok());
        let base = format!("http://127.0.0.1:{}", ports.next().unwrap());
        let mut browser = Self { http: Client::builder().no_proxy().build().unwrap(), driver, base };
        let capabilities = json!({"alwaysMatch": {"goog:chromeOptions": {"args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
            // Only this machine can be reached.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]}}});
        let session = browser.call("/session", json!({"capabilities": capabilities})).await;
        browser.base = format!("{}/session/{}", browser.base, session["sessionId"].as_str().unwrap());
        let screen = json!({"width": NARROW, "height": 640, "deviceScaleFactor": 1, "mobile": true});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen});
        browser.call("/goog/cdp/execute", command).await;
        Some(browser)
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let request = self.http.request(Method::POST, format!("{}{path}", self.base)).json(&body);
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].take();
        assert!(value["error"].is_null(), "{path}: {value}");
        value
    }

    async fn open(&self, url: &str) {
        // The browser does not reload a page if only the fragment differs.
        self.call("/url", json!({"url": "about:blank"})).await;
        self.call("/url", json!({"url": url})).await;
    }

    async fn run(&self, script: &str) -> Value {
        self.call("/execute/sync", json!({"script": script, "args": []})).await
    }

    /// Waits until the notice contains this text, and returns the heading.
    async fn heading_with(&self, text: &str) -> String {
        let script =
            "return [document.querySelector('h1').innerText, document.querySelector('.notice')?.innerText ?? '']";
        for _ in 0..PATIENCE.as_millis() / 50 {
            let shown = self.run(script).await;
            if shown[1].as_str().unwrap().contains(text) {
                return shown[0].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page never showed {text}: {}", self.run(script).await);
    }

    async fn assert_fits(&self, page: &str) {
        let widths = self.run("return [document.documentElement.scrollWidth, window.innerWidth]").await;
        assert_eq!(widths, json!([NARROW, NARROW]), "{page}");
    }

    async fn is_hidden(&self, id: &str) -> bool {
        self.run(&format!("return document.getElementById('{id}').offsetParent === null")).await == true
    }
}

impl Drop for Browser {
    /// Ends the session, which closes the browser. Killing the driver alone would leave it behind.
    fn drop(&mut self) {
        let address = self.base.trim_start_matches("http://");
        let (address, session) = address.split_once('/').unwrap_or((address, "session"));
        if let Ok(mut driver) = TcpStream::connect(address) {
            let request = format!("DELETE /{session} HTTP/1.1\r\nHost: {address}\r\n\r\n");
            let _ = driver.set_read_timeout(Some(PATIENCE));
            let _ = driver.write_all(request.as_bytes());
            // The reply comes when the browser is closed. The driver keeps the connection open.
            let _ = driver.read(&mut [0; 256]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn auth(plex: &Harness, code: &str, product: &str) -> String {
    format!("{}/auth#?clientID={CLIENT}&code={code}&context%5Bdevice%5D%5Bproduct%5D={product}", plex.sandbox.url())
}

#[tokio::test]
async fn pages_fit_a_phone_and_show_the_state_of_a_code() {
    let Some(browser) = Browser::start().await else { return };
    let plex = harness().await;
    let long = "An%20app%20with%20a%20nameeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

    browser.open(plex.sandbox.url()).await;
    browser.run("document.querySelector('details').open = true").await;
    browser.assert_fits("/").await;

    let pin = plex.pin("?strong=true").await;
    browser.open(&auth(&plex, code(&pin), long)).await;
    assert!(!browser.is_hidden("allow").await);
    browser.assert_fits("/auth").await;
    browser.run("document.getElementById('deny').click()").await;
    assert_eq!(browser.heading_with("You denied access").await, "Access denied");
    assert!(browser.is_hidden("allow").await);
    browser.open(&auth(&plex, code(&pin), "App")).await;
    assert_eq!(browser.heading_with("You denied access").await, "Access denied", "after a reload as well");

    let pin = plex.pin("?strong=true").await;
    browser.open(&auth(&plex, code(&pin), "App")).await;
    browser.run("document.getElementById('allow').click()").await;
    assert_eq!(browser.heading_with("App is signed in").await, "Access allowed");

    // The page does not ask about an unknown code.
    browser.open(&auth(&plex, "nonsense", "App")).await;
    assert_eq!(browser.heading_with("This request is unknown").await, "Request unknown");
    assert!(browser.is_hidden("allow").await);
    browser.assert_fits("/auth").await;

    browser.open(&format!("{}/link?pin=NOPE", plex.sandbox.url())).await;
    assert_eq!(browser.heading_with("No device shows this code").await, "Link a device");
    browser.assert_fits("/link").await;
}

#[tokio::test]
async fn every_other_state_of_the_pages_fits_a_phone() {
    let Some(browser) = Browser::start().await else { return };
    let plex = harness().await;
    let long = "nameeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

    // Without details, and as the browser zooms its text.
    browser.open(plex.sandbox.url()).await;
    browser.run("document.documentElement.style.fontSize = '200%'").await;
    browser.assert_fits("/").await;

    browser.open(&format!("{}/auth", plex.sandbox.url())).await;
    assert_eq!(browser.heading_with("contains no request").await, "No request");
    browser.assert_fits("/auth without a request").await;

    let pin = plex.pin("?strong=true").await;
    plex.sandbox.expire(support::id(&pin));
    browser.open(&auth(&plex, code(&pin), long)).await;
    assert_eq!(browser.heading_with("has expired").await, "Request expired");
    browser.assert_fits("/auth after the request expired").await;

    let pin = plex.pin("?strong=true").await;
    browser.open(&format!("{}&forwardUrl=http%3A%2F%2F127.0.0.1%3A1%2F", auth(&plex, code(&pin), long))).await;
    browser.run("document.getElementById('deny').click()").await;
    browser.heading_with("You denied access").await;
    assert!(!browser.is_hidden("back").await);
    browser.assert_fits("/auth with a way back").await;

    let pin = plex.pin("").await;
    browser.open(&format!("{}/link?pin={}", plex.sandbox.url(), code(&pin))).await;
    browser.assert_fits("/link with a code").await;
    browser.run("document.querySelector('form').requestSubmit()").await;
    assert_eq!(browser.heading_with("Your device is linked").await, "Link a device");
    assert!(browser.is_hidden("code").await);
    browser.assert_fits("/link after the device was linked").await;
}
