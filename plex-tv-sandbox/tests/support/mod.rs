//! A sandbox and a plain HTTP client for it, so that tests control every header.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod device;
pub(crate) mod every;

use plex_tv_sandbox::Sandbox;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

pub(crate) const CLIENT: &str = "sandbox-test-client";

pub(crate) struct Harness {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
}

pub(crate) async fn harness() -> Harness {
    over(Sandbox::start().await.unwrap())
}

pub(crate) fn over(sandbox: Sandbox) -> Harness {
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Harness { sandbox, http }
}

impl Harness {
    /// Returns a request with only a method and an address.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.url()))
    }

    /// Returns a request with a client identifier that asks for JSON.
    pub(crate) fn identified(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("Accept", "application/json").header("X-Plex-Client-Identifier", CLIENT)
    }

    /// Returns the same request with the account token.
    pub(crate) fn signed_in(&self, method: Method, path: &str) -> RequestBuilder {
        self.identified(method, path).header("X-Plex-Token", self.sandbox.token())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        json(self.signed_in(Method::GET, path).send().await.unwrap()).await
    }

    /// Creates a PIN and returns its JSON.
    pub(crate) async fn pin(&self, query: &str) -> Value {
        let path = format!("/api/v2/pins{query}");
        let response = self.identified(Method::POST, &path).header("X-Plex-Product", "Example App");
        let (status, pin) = json(response.send().await.unwrap()).await;
        assert_eq!(status, 201);
        pin
    }

    /// Switches to a home user with the account token.
    pub(crate) async fn switch(&self, uuid: &str, query: &str) -> (u16, Value) {
        let path = format!("/api/v2/home/users/{uuid}/switch{query}");
        json(self.signed_in(Method::POST, &path).send().await.unwrap()).await
    }

    /// Returns the token of a friend of the built-in account.
    pub(crate) fn friend(&self) -> String {
        self.sandbox.token_of(plex_tv_sandbox::FRIEND_EMAIL).unwrap()
    }

    fn as_somebody(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.identified(method, path).header("X-Plex-Token", token)
    }

    /// Makes a call with a token. Returns its status and its JSON, null if there is no body.
    pub(crate) async fn call(&self, token: &str, method: Method, path: &str) -> (u16, Value) {
        read(self.as_somebody(token, method, path)).await
    }

    pub(crate) async fn send(&self, token: &str, method: Method, path: &str, body: &Value) -> (u16, Value) {
        read(self.as_somebody(token, method, path).json(body)).await
    }

    pub(crate) async fn form(&self, token: &str, method: Method, path: &str, body: &str) -> (u16, Value) {
        let request = self.as_somebody(token, method, path);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        read(request.body(String::from(body))).await
    }

    /// Makes a call that gets XML.
    pub(crate) async fn xml(&self, token: &str, method: Method, path: &str) -> (u16, String) {
        let request = self.bare(method, path).header("X-Plex-Client-Identifier", CLIENT).header("X-Plex-Token", token);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn poll(&self, pin: &Value) -> (u16, Value) {
        let path = format!("/api/v2/pins/{}", pin["id"]);
        json(self.identified(Method::GET, &path).send().await.unwrap()).await
    }
}

async fn read(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    if text.is_empty() {
        return (status, Value::Null);
    }
    // A body that is not JSON stays text.
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) async fn json(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert_eq!(content_type(&response), "application/json; charset=utf-8");
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

pub(crate) fn content_type(response: &Response) -> String {
    String::from(response.headers()["content-type"].to_str().unwrap())
}

pub(crate) fn id(pin: &Value) -> u64 {
    pin["id"].as_u64().unwrap()
}

pub(crate) fn code(pin: &Value) -> &str {
    pin["code"].as_str().unwrap()
}

pub(crate) fn error_code(body: &Value) -> &Value {
    &body["errors"][0]["code"]
}
