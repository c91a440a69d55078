//! A headless Chromium, controlled through chromedriver with a few calls of W3C WebDriver, which is
//! JSON over HTTP.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Once,
};

use plex_tv_sdk::reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The name of the member with an element's reference. WebDriver fixes it to a name that no other
/// JSON has.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const NO_BROWSER: &str = "Chromium or chromedriver is missing (Debian: apt-get install chromium chromium-driver)";

/// How long the browser waits for an element to appear, in milliseconds.
const PATIENCE_MILLISECONDS: u32 = 20_000;

pub(crate) struct Browser {
    http: Client,
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser with an empty profile. Without a browser, it prints a line that says so,
    /// and returns `None`.
    pub(crate) async fn start() -> Option<Self> {
        // The driver chooses which of these it uses.
        let is_there =
            ["chromium", "chromium-browser", "google-chrome"].into_iter().any(|name| program(name).is_some());
        let Some(driver) = program("chromedriver").filter(|_| is_there) else {
            assert!(env::var_os("REQUIRE_BROWSER").is_none(), "{NO_BROWSER}");
            // Written straight to the stream, because captured output of a passing test is not
            // shown.
            static SAID: Once = Once::new();
            SAID.call_once(|| io::stderr().write_all(format!("skipped: {NO_BROWSER}\n").as_bytes()).unwrap());
            return None;
        };
        let mut driver = Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let port = port(&mut driver);
        let profile = tempfile::tempdir().unwrap();
        // Created before the first call, so that dropping it ends the driver whatever fails.
        let mut browser = Self {
            http: Client::builder().no_proxy().build().unwrap(),
            driver,
            port,
            session: String::new(),
            _profile: profile,
        };
        let data = format!("--user-data-dir={}", browser._profile.path().display());
        let capabilities = json!({"alwaysMatch": {
            "goog:chromeOptions": {"args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                // Only this machine can be reached.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=900,700", data,
            ]},
            "timeouts": {"implicit": PATIENCE_MILLISECONDS},
        }});
        let session = browser.call(Method::POST, "/session", json!({"capabilities": capabilities})).await;
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        Some(browser)
    }

    /// Emulates the screen of a phone.
    pub(crate) async fn as_phone(&self, width: u32) {
        let screen = json!({"width": width, "height": 640, "deviceScaleFactor": 2, "mobile": true});
        let command = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": screen});
        self.command("/goog/cdp/execute", command).await;
    }

    /// Returns the width of the page, the width of the window, and the right edge of the element
    /// that reaches furthest, in CSS pixels.
    pub(crate) async fn widths(&self) -> [f64; 3] {
        let script = "const edges = [...document.querySelectorAll('body, body *')].map(one => one.getBoundingClientRect().right);\
                      return [document.documentElement.scrollWidth, window.innerWidth, Math.max(...edges)]";
        let widths = self.command("/execute/sync", json!({"script": script, "args": []})).await;
        [0, 1, 2].map(|index| widths[index].as_f64().unwrap())
    }

    pub(crate) async fn open(&self, url: &str) {
        self.command("/url", json!({"url": url})).await;
    }

    pub(crate) async fn url(&self) -> String {
        self.ask("/url").await
    }

    pub(crate) async fn source(&self) -> String {
        self.ask("/source").await
    }

    /// Clicks the button or link with this text, once it appears.
    pub(crate) async fn click(&self, text: &str) {
        let element = self.find(&format!("//*[self::button or self::a][normalize-space()='{text}']")).await;
        self.command(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Waits until the page contains this text. Scripts do not count.
    pub(crate) async fn wait_for(&self, text: &str) {
        self.find(&format!("//body//*[not(self::script)][text()[contains(., '{text}')]]")).await;
    }

    async fn find(&self, xpath: &str) -> String {
        let found = self.command("/element", json!({"using": "xpath", "value": xpath})).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, &format!("{}{path}", self.session), body).await
    }

    async fn ask(&self, path: &str) -> String {
        let answer = self.call(Method::GET, &format!("{}{path}", self.session), Value::Null).await;
        answer.as_str().unwrap().to_owned()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method.clone(), format!("http://127.0.0.1:{}{path}", self.port));
        let request = if method == Method::POST { request.json(&body) } else { request };
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].take();
        assert!(value["error"].is_null(), "{path} {body}: {}: {}", value["error"], value["message"]);
        value
    }
}

impl Drop for Browser {
    /// Asks the driver to shut down: killing it would leave its browser behind.
    fn drop(&mut self) {
        let asked = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut driver| {
            driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
            driver.read_to_end(&mut Vec::new())
        });
        if asked.is_err() {
            let _ = self.driver.kill();
        }
        let _ = self.driver.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let candidates = env::split_paths(&path).map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// Reads the port that the driver reports.
fn port(driver: &mut Child) -> u16 {
    let said = BufReader::new(driver.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
    let port =
        said.filter_map(|line| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()).next();
    port.unwrap()
}
