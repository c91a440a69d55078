//! One call against the mock server, and what went over the wire.

use std::sync::{Arc, Mutex};

use httpmock::{HttpMockRequest, MockServer};
use plex_tv_sdk::{Client, Error, ErrorKind, Response, discover, epg, notifications, together, v1, v2};
use serde_json::{Value, json};

use crate::{
    IDENTIFIER, PRODUCT, Schema, TOKEN, VERSION, described,
    description::description_of,
    description::{content, example, has_status, is_documented},
    harness,
    xml::xml,
};

/// A request as the server received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub method: String,
    /// Path and query, still percent-encoded.
    pub target: String,
    /// `name: value`, sorted by name.
    pub headers: Vec<String>,
    pub body: String,
}

impl Sent {
    fn new(request: &HttpMockRequest) -> Self {
        let mut headers = request.headers_vec().clone();
        headers.sort();
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}"));
        // Without a body, a length of 0 means the same as no length.
        let headers = headers.filter(|header| header != "content-length: 0").collect();
        // httpmock prepends scheme and host.
        let uri = request.uri();
        let target = uri.path_and_query().map(|target| target.as_str());
        Self {
            method: request.method_str().to_owned(),
            target: target.unwrap_or_default().to_owned(),
            headers,
            body: request.body_string(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().filter_map(|header| header.split_once(": "));
        headers.find(|header| header.0 == name).map(|header| header.1)
    }
}

/// The exact body of a request.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// No body and no content type.
    None,
    Json(&'static str),
    Form(&'static str),
}

pub const NO_BODY: Body = Body::None;

impl Body {
    fn content_type(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json(_) => Some("application/json"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Json(text) | Self::Form(text) => text,
        }
    }
}

/// A reply of the mock server.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// The example of the description, as plex.tv would send it.
    pub fn example(operation: &str, status: u16) -> Self {
        match content(operation, status) {
            None => Self::empty(status),
            Some(("application/json", _)) => Self::json(status, &example(operation, status)),
            Some((kind @ "application/xml", _)) => {
                let schema = Schema::of_reply(operation, status).unwrap();
                Self::new(status, kind, xml(&example(operation, status), schema))
            }
            Some((kind, _)) => Self::new(status, kind, "EXAMPLE-BYTES"),
        }
    }

    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }
}

/// Answers every request with the same reply and records the request.
///
/// httpmock cannot match a request exactly, so its matcher only records. The checks run after the
/// call.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<Sent>>>);

impl Recorder {
    pub async fn mount(server: &MockServer, reply: &Reply) -> Self {
        let recorder = Self::default();
        let requests = Arc::clone(&recorder.0);
        let mock = server.mock_async(|when, then| {
            when.is_true(move |request| {
                requests.lock().unwrap().push(Sent::new(request));
                true
            });
            let headers = reply.headers.iter();
            headers.fold(then.status(reply.status), |then, (name, value)| then.header(*name, value)).body(&reply.body);
        });
        mock.await;
        recorder
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Sent> {
        self.0.lock().unwrap().clone()
    }

    /// The only request. Panics if there were none or more than one.
    pub fn only(&self) -> Sent {
        let [request] = self.requests().try_into().expect("exactly one request should arrive");
        request
    }
}

/// A successful call: the server replies with the description's example for a documented status.
#[must_use]
pub fn success(operation: &'static str, status: u16) -> Success {
    assert!(has_status(operation, status), "{operation} does not document {status}");
    Success(Exchange::new(operation, Reply::example(operation, status)))
}

/// A refused call: the server replies with a status and a code that the description documents for
/// the operation.
#[must_use]
pub fn failure(operation: &'static str, status: u16, code: impl Into<Option<i64>>) -> Failure {
    let code = code.into();
    assert!(is_documented(operation, status, code), "{operation} does not document {status} with code {code:?}");
    if content(operation, status).is_none() {
        // Some hosts refuse in plain text, without a code.
        assert_eq!(code, None, "{operation} documents no body for {status}, so it cannot have a code");
        return unexpected(operation, Reply::new(status, "text/plain", "EXAMPLE REFUSAL"));
    }
    let mut body = example(operation, status);
    let error = body["errors"][0].as_object_mut().unwrap();
    match code {
        Some(code) => error.insert("code".to_owned(), json!(code)),
        None => error.remove("code"),
    };
    Failure { code, ..unexpected(operation, Reply::json(status, &body)) }
}

/// A call that gets a reply the description does not document.
#[must_use]
pub fn unexpected(operation: &'static str, reply: Reply) -> Failure {
    Failure { exchange: Exchange::new(operation, reply), code: None }
}

#[derive(Debug)]
pub struct Success(Exchange);

impl Success {
    /// What must go over the wire: `METHOD /path?query`, with the path as in the description.
    #[must_use]
    pub fn sends(self, line: &'static str, body: Body) -> Self {
        Self(self.0.sends(line, body))
    }

    /// Replaces the example as the reply, and keeps the status.
    #[must_use]
    pub fn replying(mut self, content_type: &str, body: &str) -> Self {
        self.0.reply = Reply::new(self.0.reply.status, content_type, body);
        self
    }

    /// Makes the call and checks the request, the status and that the reply decodes.
    pub async fn call<T>(self, call: impl AsyncFnOnce(&v2::Api) -> Result<Response<T>, Error>) -> T {
        self.run(async |client| call(client.v2()).await).await
    }

    /// The same for an operation of the first version.
    pub async fn call_v1<T>(self, call: impl AsyncFnOnce(&v1::Api) -> Result<Response<T>, Error>) -> T {
        self.run(async |client| call(client.v1()).await).await
    }

    /// The same for an operation of Discover.
    pub async fn call_discover<T>(self, call: impl AsyncFnOnce(&discover::Api) -> Result<Response<T>, Error>) -> T {
        self.run(async |client| call(client.discover()).await).await
    }

    /// The same for an operation of Live TV.
    pub async fn call_epg<T>(self, call: impl AsyncFnOnce(&epg::Api) -> Result<Response<T>, Error>) -> T {
        self.run(async |client| call(client.epg()).await).await
    }

    /// The same for an operation of Watch Together.
    pub async fn call_together<T>(self, call: impl AsyncFnOnce(&together::Api) -> Result<Response<T>, Error>) -> T {
        self.run(async |client| call(client.together()).await).await
    }

    /// The same for an operation of push messages.
    pub async fn call_notifications<T>(
        self,
        call: impl AsyncFnOnce(&notifications::Api) -> Result<Response<T>, Error>,
    ) -> T {
        self.run(async |client| call(client.notifications()).await).await
    }

    async fn run<T>(self, call: impl AsyncFnOnce(&Client) -> Result<Response<T>, Error>) -> T {
        let reply = self.0.run(call).await.unwrap();
        assert_eq!(reply.status().as_u16(), self.0.reply.status);
        reply.into_value()
    }
}

#[derive(Debug)]
pub struct Failure {
    exchange: Exchange,
    code: Option<i64>,
}

impl Failure {
    /// What must go over the wire: `METHOD /path?query`, with the path as in the description.
    #[must_use]
    pub fn sends(self, line: &'static str, body: Body) -> Self {
        Self { exchange: self.exchange.sends(line, body), ..self }
    }

    /// Makes the call and checks the request and the error, which must be a refusal with the right
    /// status, code and operation.
    pub async fn call<T>(self, call: impl AsyncFnOnce(&v2::Api) -> Result<Response<T>, Error>) -> Error {
        self.run(async |client| call(client.v2()).await).await
    }

    /// The same for an operation of the first version.
    pub async fn call_v1<T>(self, call: impl AsyncFnOnce(&v1::Api) -> Result<Response<T>, Error>) -> Error {
        self.run(async |client| call(client.v1()).await).await
    }

    /// The same for an operation of Discover.
    pub async fn call_discover<T>(self, call: impl AsyncFnOnce(&discover::Api) -> Result<Response<T>, Error>) -> Error {
        self.run(async |client| call(client.discover()).await).await
    }

    /// The same for an operation of Live TV.
    pub async fn call_epg<T>(self, call: impl AsyncFnOnce(&epg::Api) -> Result<Response<T>, Error>) -> Error {
        self.run(async |client| call(client.epg()).await).await
    }

    /// The same for an operation of Watch Together.
    pub async fn call_together<T>(self, call: impl AsyncFnOnce(&together::Api) -> Result<Response<T>, Error>) -> Error {
        self.run(async |client| call(client.together()).await).await
    }

    /// The same for an operation of push messages.
    pub async fn call_notifications<T>(
        self,
        call: impl AsyncFnOnce(&notifications::Api) -> Result<Response<T>, Error>,
    ) -> Error {
        self.run(async |client| call(client.notifications()).await).await
    }

    async fn run<T>(self, call: impl AsyncFnOnce(&Client) -> Result<Response<T>, Error>) -> Error {
        let Self { exchange, code } = self;
        let outcome = exchange.run(call).await;
        let error = outcome.err().expect("the call should fail");
        let status = error.status().map(|status| status.as_u16());
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(status, Some(exchange.reply.status), "{error}");
        assert_eq!(error.plex_code(), code, "{error}");
        assert_eq!(error.operation(), Some(exchange.operation), "{error}");
        error
    }
}

#[derive(Debug)]
struct Exchange {
    operation: &'static str,
    reply: Reply,
    sends: Option<(&'static str, Body)>,
}

impl Exchange {
    fn new(operation: &'static str, reply: Reply) -> Self {
        Self { operation, reply, sends: None }
    }

    fn sends(self, line: &'static str, body: Body) -> Self {
        Self { sends: Some((line, body)), ..self }
    }

    async fn run<T>(
        &self,
        call: impl AsyncFnOnce(&Client) -> Result<Response<T>, Error>,
    ) -> Result<Response<T>, Error> {
        let (client, server) = harness().await;
        let recorder = Recorder::mount(&server, &self.reply).await;

        let outcome = call(&client).await;

        let (line, body) = self.sends.expect("a case should call `sends`");
        assert_eq!(recorder.only(), self.request(line, body, &server.address().to_string()));
        outcome
    }

    /// Returns the complete request that is expected.
    fn request(&self, line: &'static str, body: Body, host: &str) -> Sent {
        let (operation, description) = described(self.operation);
        let (method, target) = line.split_once(' ').expect("`sends` should get a method and a path");
        assert_eq!(method, operation.method, "wrong method for {}", self.operation);
        let path = target.split('?').next().unwrap_or(target);
        assert!(fits(path, &operation.path), "{path} does not match {}", operation.path);
        let needs_token =
            description["security"].as_array().unwrap().iter().any(|scheme| scheme.get("Token").is_some());
        let length = body.content_type().map(|_| body.text().len().to_string());
        let headers = [
            ("accept", Some("application/json")),
            ("accept-encoding", Some("gzip")),
            ("content-length", length.as_deref()),
            ("content-type", body.content_type()),
            ("host", Some(host)),
            ("user-agent", Some(concat!("plex-tv-sdk/", env!("CARGO_PKG_VERSION")))),
            ("x-plex-client-identifier", Some(IDENTIFIER)),
            ("x-plex-product", Some(PRODUCT)),
            ("x-plex-token", needs_token.then_some(TOKEN)),
            ("x-plex-version", Some(VERSION)),
        ];
        let present = headers.iter().filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?)));
        let parameters = description["parameters"].as_array().into_iter().flatten();
        let constants = parameters.filter_map(|parameter| {
            Some((parameter["name"].as_str()?.to_lowercase(), parameter["x-plex-constant"].as_str()?))
        });
        let mut headers: Vec<(String, &str)> = present.chain(constants).collect();
        headers.sort();
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Sent {
            method: method.to_owned(),
            target: format!("{}{target}", description_of(self.operation).base),
            headers,
            body: body.text().to_owned(),
        }
    }
}

/// Returns whether `path` matches the template.
fn fits(path: &str, template: &str) -> bool {
    let (path, template) = (path.split('/'), template.split('/'));
    path.clone().count() == template.clone().count()
        && path.zip(template).all(|(segment, pattern)| match (pattern.split_once('{'), pattern.rsplit_once('}')) {
            (Some((start, _)), Some((_, end))) => segment.starts_with(start) && segment.ends_with(end),
            _ => segment == pattern,
        })
}
