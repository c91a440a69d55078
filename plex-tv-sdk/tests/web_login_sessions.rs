//! Tests the sessions and the security headers of the example `web_login`, without a browser.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

#[path = "../examples/web_login/sessions.rs"]
mod sessions;

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use plex_tv_sdk::reqwest::{Client, Response, Url, header, redirect::Policy};
use sessions::Sessions;

/// The running example. It is stopped when dropped.
struct App {
    process: Child,
    url: String,
    http: Client,
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
        Self { process, url, http: Client::builder().no_proxy().redirect(Policy::none()).build().unwrap() }
    }

    async fn get(&self, path: &str, session: &str) -> Response {
        let call = self.http.get(format!("{}{path}", self.url)).header(header::COOKIE, format!("session={session}"));
        let reply = call.send().await.unwrap();
        assert_private(&reply);
        reply
    }

    async fn post(&self, path: &str, session: &str) -> Response {
        let call = self.http.post(format!("{}{path}", self.url)).header(header::COOKIE, format!("session={session}"));
        let reply = call.send().await.unwrap();
        assert_private(&reply);
        reply
    }

    async fn home(&self, session: &str) -> String {
        self.get("/", session).await.text().await.unwrap()
    }

    /// Sends a browser to plex.tv. Returns its session, and the address of the approval page.
    async fn sign_in(&self) -> (String, Url) {
        let reply = self.post("/sign-in", "").await;
        let location = reply.headers()[header::LOCATION].to_str().unwrap();
        (session_of(&reply), Url::parse(location).unwrap())
    }

    async fn approve(&self, mut page: Url) {
        let code = page.fragment().unwrap().split(['?', '&']).find_map(|part| part.strip_prefix("code="));
        let body = format!("code={}", code.unwrap());
        page.set_path("/sandbox/approve");
        page.set_fragment(None);
        let call = self.http.post(page).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        assert!(call.send().await.unwrap().status().is_success());
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[track_caller]
fn assert_private(reply: &Response) {
    assert_eq!(reply.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(reply.headers()[header::CONTENT_SECURITY_POLICY], "frame-ancestors 'none'");
}

fn session_of(reply: &Response) -> String {
    let cookie = reply.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax; Path=/; Max-Age="), "{cookie}");
    cookie.strip_prefix("session=").and_then(|cookie| cookie.split(';').next()).unwrap().to_owned()
}

#[tokio::test]
async fn the_session_id_changes_at_sign_in_and_the_old_one_becomes_invalid() {
    let app = App::start();
    let (old, page) = app.sign_in().await;
    let early = app.get("/done", &old).await;
    assert!(early.headers().get(header::SET_COOKIE).is_none());
    app.approve(page).await;

    let back = app.get("/done", &old).await;

    let new = session_of(&back);
    assert_ne!(new, old);
    assert!(app.home(&new).await.contains("Signed in as Example User."));
    assert!(app.home(&old).await.contains("You are not signed in."));
    let again = app.get("/done", &old).await;
    assert!(again.status().is_redirection() && again.headers().get(header::SET_COOKIE).is_none());
    assert!(app.home("").await.contains("You are not signed in."));
    app.post("/sign-out", &old).await;
    assert!(app.home(&new).await.contains("Signed in as Example User."));
    app.post("/sign-out", &new).await;
    assert!(app.home(&new).await.contains("You are not signed in."));
}

#[tokio::test]
async fn error_replies_are_private_as_well() {
    let app = App::start();

    assert_eq!(app.get("/nothing", "").await.status(), 404);
    assert_eq!(app.post("/", "").await.status(), 405);
}

#[test]
fn sessions_expire_and_the_oldest_makes_room() {
    let (start, second) = (Instant::now(), Duration::from_secs(1));
    let mut sessions = Sessions::new(10 * second, 3);

    let ids: Vec<String> = (0..5).map(|n| sessions.begin(start + n * second, n)).collect();
    let known = |sessions: &Sessions<u32>, at: u32| -> Vec<u32> {
        ids.iter().filter_map(|id| sessions.get(start + at * second, id)).collect()
    };

    assert_eq!(known(&sessions, 5), [2, 3, 4]);
    assert_eq!(known(&sessions, 12), [3, 4]);
    assert_eq!(sessions.end(&ids[3]), Some(3));
    assert_eq!(sessions.end(&ids[3]), None);
    assert_eq!(known(&sessions, 13), [4]);
    assert_eq!(sessions.get(start, ""), None);
}
