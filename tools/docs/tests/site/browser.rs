//! Tests how a browser shows the site: a headless Chromium, controlled through W3C WebDriver, which
//! is JSON over HTTP. Without Chromium, the tests are skipped with a message; with
//! `REQUIRE_BROWSER`, they fail.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use plex_tv_docs::{Server, Settings};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{build, root, site};

/// How long to wait for a page to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pages of each kind, including those with the widest tables and texts.
const PAGES: [&str; 14] = [
    "index.html",
    "pages.html",
    "errors.html",
    "changes.html",
    "guides/sandbox.html",
    "guides/descriptions.html",
    "examples/list_servers.html",
    "v2/index.html",
    "v2/description.html",
    "operations/getToken.html",
    "operations/getFriends.html",
    "operations/createSharedServer.html",
    "operations/getLegacyResources.html",
    "types/v2/User.html",
];

/// One page of each kind, and an operation with closed rows.
const ONE_OF_EACH: [&str; 11] = [
    "index.html",
    "pages.html",
    "errors.html",
    "changes.html",
    "guides/sandbox.html",
    "examples/list_servers.html",
    "v2/index.html",
    "v2/description.html",
    "operations/getToken.html",
    "operations/createSharedServer.html",
    "types/v2/User.html",
];

struct Browser {
    http: Client,
    driver: Child,
    base: String,
    _profile: TempDir,
}

impl Browser {
    async fn start() -> Option<Self> {
        let Ok(mut driver) = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn() else {
            let problem = "chromedriver is not installed (on Debian: apt-get install chromium chromium-driver)";
            assert!(env::var_os("REQUIRE_BROWSER").is_none(), "{problem}");
            skipped(problem);
            return None;
        };
        let lines = BufReader::new(driver.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
        let mut ports = lines
            .filter_map(|line| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok());
        let base = format!("http://127.0.0.1:{}", ports.next().unwrap());
        let profile = tempfile::tempdir().unwrap();
        let data = format!("--user-data-dir={}", profile.path().display());
        let http = Client::builder().no_proxy().build().unwrap();
        let mut browser = Self { http, driver, base, _profile: profile };
        let capabilities = json!({"alwaysMatch": {"goog:chromeOptions": {"args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            // Only this machine can be reached.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", data,
        ]}}});
        let session = browser.call("/session", json!({"capabilities": capabilities})).await;
        browser.base = format!("{}/session/{}", browser.base, session["sessionId"].as_str().unwrap());
        Some(browser)
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.base)).json(&body);
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].take();
        assert!(value["error"].is_null(), "{path}: {value}");
        value
    }

    async fn open(&self, url: &str) {
        // A page whose address differs only in its fragment would not be reloaded.
        self.call("/url", json!({"url": "about:blank"})).await;
        self.call("/url", json!({"url": url})).await;
    }

    async fn run(&self, script: &str) -> Value {
        self.call("/execute/sync", json!({"script": script, "args": []})).await
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.call("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await;
    }

    async fn size(&self, width: u64) {
        let screen = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    async fn scheme(&self, scheme: &str) {
        let feature = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", feature).await;
    }

    /// Runs the script until it returns something other than null or false, and returns that.
    async fn until(&self, script: &str) -> Value {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let value = self.run(script).await;
            if !value.is_null() && value != false {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no result within {PATIENCE:?}: {script}");
    }
}

impl Drop for Browser {
    /// Ends the session, which closes the browser. Killing only the driver would leave it running.
    fn drop(&mut self) {
        let address = self.base.trim_start_matches("http://");
        let (address, session) = address.split_once('/').unwrap_or((address, "session"));
        if let Ok(mut driver) = TcpStream::connect(address) {
            let request = format!("DELETE /{session} HTTP/1.1\r\nHost: {address}\r\n\r\n");
            let _ = driver.set_read_timeout(Some(PATIENCE));
            let _ = driver.write_all(request.as_bytes());
            // The reply arrives after the browser has closed. The driver keeps the connection open.
            let _ = driver.read(&mut [0; 256]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Prints why a test is skipped. It writes to standard error directly, because the output of
/// passing tests is captured.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// The site in a temporary folder.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        site().write(&folder.path().join("site")).unwrap();
        Self(folder)
    }

    fn page(&self, page: &str) -> String {
        format!("file://{}/site/{page}", self.0.path().display())
    }
}

#[tokio::test]
async fn pages_are_searched_by_name_path_code_and_keyboard_without_a_server() {
    let Some(browser) = Browser::start().await else { return };
    let folder = Folder::new();
    browser.open(&folder.page("types/v2/GeoData.html")).await;

    for (words, wanted) in [
        ("poll pin", "operations/getToken.html"),
        ("getToken", "operations/getToken.html"),
        ("get_token", "operations/getToken.html"),
        ("/pins/{pinID}", "operations/getToken.html"),
        ("1097", "errors.html#code-1097"),
        ("PinInfo", "types/v2/PinInfo.html"),
    ] {
        let script = format!(
            "const field = document.getElementById('search'); field.focus(); field.value = {};
             field.dispatchEvent(new Event('input')); return true;",
            json!(words)
        );
        browser.run(&script).await;
        let first = "return document.querySelector('#found [aria-selected=true] a')?.href";
        let found = browser.until(first).await;
        assert!(found.as_str().unwrap().ends_with(wanted), "{words}: {found}");
    }
    browser.run("document.getElementById('search').value = ''; document.activeElement.blur(); return true").await;
    let keys = |text: &str| {
        let actions: Vec<_> = text
            .chars()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})
    };
    browser.call("/actions", keys("/getUserDetails")).await;
    browser.until("return document.querySelector('#found [aria-selected=true]')").await;
    browser.call("/actions", keys("\u{e007}")).await;
    let title =
        browser.until("return location.href.endsWith('operations/getUserDetails.html') && document.title").await;
    assert!(title.as_str().unwrap().starts_with("The account behind the token"), "{title}");
}

#[tokio::test]
async fn pages_follow_the_preferred_color_scheme() {
    let Some(browser) = Browser::start().await else { return };
    let folder = Folder::new();
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme).await;
        browser.open(&folder.page("operations/getToken.html")).await;
        let ground = browser.run("return getComputedStyle(document.body).backgroundColor").await;
        let numbers: Vec<u32> = ground
            .as_str()
            .unwrap()
            .split(|each: char| !each.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        grounds.push(numbers.iter().take(3).sum::<u32>());
    }
    assert!(grounds[0] > 700 && grounds[1] < 150, "{grounds:?}");
}

#[tokio::test]
async fn no_page_is_wider_than_its_window() {
    let Some(browser) = Browser::start().await else { return };
    let folder = Folder::new();
    for width in [360, 768, 1024, 1920] {
        browser.size(width).await;
        for page in PAGES {
            browser.open(&folder.page(page)).await;
            let widths = browser.run("return [document.documentElement.scrollWidth, window.innerWidth]").await;
            // A vertical scroll bar takes a part of the window.
            let [Some(content), Some(window)] = [0, 1].map(|index| widths[index].as_u64()) else { panic!("{widths}") };
            assert!(content <= width && window == width, "{page}: {content} of {window} at {width}");
        }
    }
}

#[tokio::test]
async fn pages_work_without_a_script_and_on_paper() {
    let Some(browser) = Browser::start().await else { return };
    let folder = Folder::new();
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    browser.open(&folder.page("operations/getToken.html")).await;
    // The driver's own scripts still run.
    let seen = "return [getComputedStyle(document.querySelector('.search')).display,
        document.getElementById('reply.authToken').offsetHeight > 0, document.querySelector('.copy') === null]";
    assert_eq!(browser.run(seen).await, json!(["none", true, true]));

    browser.devtools("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    let printed = "return [getComputedStyle(document.getElementById('nav')).display,
        document.querySelector('#status-404 pre').offsetHeight > 0]";
    assert_eq!(browser.run(printed).await, json!(["none", true]));
}

#[tokio::test]
async fn a_link_into_a_closed_section_opens_it() {
    let Some(browser) = Browser::start().await else { return };
    let folder = Folder::new();
    for (page, place) in
        [("getToken", "status-404.errors.code"), ("createSharedServer", "reply.sharingSettings.allowSync")]
    {
        browser.open(&folder.page(&format!("operations/{page}.html#{place}"))).await;

        browser.until(&format!("return document.getElementById('{place}').offsetHeight > 0")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sends_the_call_to_the_sandbox() {
    let Some(browser) = Browser::start().await else { return };
    let served = build(&Settings { try_it: true, ..Settings::default() });
    let server = Server::bind(&served, 0).await.unwrap();
    let url = server.url();
    let serving = tokio::spawn(server.run());

    for (operation, wanted) in [
        ("getUserDetails", "200"),
        ("getPin", "201"),
        ("getLegacyResources", "200"),
        ("setUserWebhooks", "201"),
        // The ids in the examples are replaced with those of the sandbox.
        ("getServer", "200"),
        ("createSharedServer", "201"),
        ("updateManagedUser", "2"),
        ("addToWatchlist", "200"),
        // The token is revoked, and the next call works all the same.
        ("signOut", "204"),
        ("getUserProfile", "200"),
    ] {
        browser.open(&format!("{url}operations/{operation}.html")).await;
        browser.run("document.querySelector('.try button').click(); return true").await;
        let told = browser.until("return document.querySelector('.try [role=status] pre') && document.querySelector('.try [role=status]').innerText").await;
        assert!(told.as_str().unwrap().starts_with(wanted), "{operation}: {told}");
    }
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_the_server_may_call_its_sandbox() {
    let served = build(&Settings { try_it: true, ..Settings::default() });
    let server = Server::bind(&served, 0).await.unwrap();
    let url = server.url();
    let serving = tokio::spawn(server.run());
    let http = Client::builder().no_proxy().build().unwrap();
    let call = || http.get(format!("{url}sandbox/plex.tv/api/v2/user")).header("X-Plex-Client-Identifier", "test");

    let own = call().send().await.unwrap().status();
    let foreign = call().header("Origin", "https://example.com").send().await.unwrap().status();
    let renamed = call().header("Host", "plex.example.com").send().await.unwrap().status();
    let unknown = http.get(format!("{url}sandbox/example.com/api/v2/user")).send().await.unwrap().status();
    let missing = http.get(format!("{url}no.html")).send().await.unwrap().status();
    let outside = http.get(format!("{url}..%2f..%2fCargo.toml")).send().await.unwrap().status();
    let start = http.get(&url).send().await.unwrap();

    let statuses = [own, foreign, renamed, unknown, missing, outside].map(|status| status.as_u16());
    assert_eq!(statuses, [200, 403, 403, 404, 404, 404]);
    assert!(start.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
    assert!(start.text().await.unwrap().contains("plex-tv-sdk"));
    serving.abort();
}

/// Returns the source of axe-core. `.ci/run` installs it with npm, since tests do not use the
/// network.
fn axe() -> Option<String> {
    let script = root().join("target/reference-tests/node_modules/axe-core/axe.min.js");
    let found = fs::read_to_string(&script).ok();
    if found.is_none() {
        let problem = "axe-core is not installed: copy tools/docs/tests/browser to target/reference-tests, and run `npm ci` there";
        assert!(env::var_os("REQUIRE_AXE").is_none(), "{problem}");
        skipped(problem);
    }
    found
}

#[tokio::test]
async fn axe_finds_no_problems_on_one_page_of_each_kind() {
    let Some(browser) = Browser::start().await else { return };
    let Some(axe) = axe() else { return };
    let folder = Folder::new();
    for (scheme, width) in [("light", 1400), ("dark", 1400), ("dark", 360)] {
        browser.scheme(scheme).await;
        browser.size(width).await;
        for page in ONE_OF_EACH {
            browser.open(&folder.page(page)).await;
            browser.run(&format!("{axe}; return true")).await;
            let script = "const done = arguments[0];
                document.querySelectorAll('details').forEach((part) => { part.open = true; });
                axe.run().then((found) => done(found.violations.map((each) => [each.id, each.nodes.slice(0, 3).map((node) => [node.html.slice(0, 200), node.failureSummary])])));";
            let found = browser.call("/execute/async", json!({"script": script, "args": []})).await;
            assert_eq!(found, json!([]), "{page}, {scheme}, {width}: {found:#}");
        }
    }
}
