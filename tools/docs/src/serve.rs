//! Serves a site together with a sandbox, so that its forms can send calls.
//!
//! Pages and sandbox share one origin: calls to `/sandbox/HOST/PATH` are forwarded to the sandbox,
//! as its made-up account. The server listens only on loopback, and the pages never see a token.

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{any, get},
};
use plex_tv_sandbox::{Host, Sandbox};
use tokio::{net::TcpListener, sync::RwLock};

use crate::Site;

/// Bytes of the largest body that a form may send.
const MAX_BODY: usize = 1 << 20;

/// A server for a site and its sandbox.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    files: BTreeMap<String, Vec<u8>>,
    /// Replaced when a call has revoked its token.
    sandbox: RwLock<Arc<Sandbox>>,
    http: reqwest::Client,
    /// The server's own name, as browsers send it.
    authority: String,
}

impl Server {
    /// Starts a sandbox, and listens on this port of the loopback address; 0 picks a free one.
    ///
    /// # Errors
    /// If the port cannot be opened, or the sandbox cannot start.
    pub async fn bind(site: &Site, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let authority = listener.local_addr()?.to_string();
        let sandbox = RwLock::new(Arc::new(Sandbox::start().await?));
        let redirects = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirects).build().map_err(io::Error::other)?;
        let shared = Shared { files: site.files().clone(), sandbox, http, authority };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    /// Returns the address of the start page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.shared.authority)
    }

    /// Serves until the future is dropped.
    ///
    /// # Errors
    /// If no more connections can be accepted.
    pub async fn run(self) -> io::Result<()> {
        let router = Router::new()
            .route("/sandbox/{host}/{*path}", any(forward))
            .route("/sandbox/{host}/", any(forward_root))
            .route("/", get(start))
            .route("/{*path}", get(file))
            .with_state(self.shared);
        axum::serve(self.listener, router).await
    }
}

async fn start(State(shared): State<Arc<Shared>>) -> Response {
    shared.file("index.html")
}

async fn file(State(shared): State<Arc<Shared>>, Path(path): Path<String>) -> Response {
    if path.ends_with('/') { shared.file(&format!("{path}index.html")) } else { shared.file(&path) }
}

async fn forward(
    State(shared): State<Arc<Shared>>,
    Path((host, path)): Path<(String, String)>,
    request: Request,
) -> Response {
    shared.forward(&host, &path, request).await
}

async fn forward_root(State(shared): State<Arc<Shared>>, Path(host): Path<String>, request: Request) -> Response {
    shared.forward(&host, "", request).await
}

impl Shared {
    fn file(&self, path: &str) -> Response {
        let Some(bytes) = self.files.get(path) else {
            return (StatusCode::NOT_FOUND, "There is no such page. The start page is at /.\n").into_response();
        };
        let kind = match path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "md" => "text/markdown; charset=utf-8",
            "svg" => "image/svg+xml",
            "xml" => "application/xml",
            _ => "text/plain; charset=utf-8",
        };
        // Pages load nothing from other origins, and send nothing to them.
        let policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, bytes.clone()).into_response()
    }

    async fn forward(&self, host: &str, path: &str, request: Request) -> Response {
        // Other sites must not reach the sandbox through the user's browser.
        let is_own = |headers: &HeaderMap| {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
            host == Some(&self.authority) && origin.is_none_or(|origin| origin == format!("http://{}", self.authority))
        };
        if !is_own(request.headers()) {
            return (StatusCode::FORBIDDEN, "Only pages of this server may call the sandbox.\n").into_response();
        }
        let Some(host) = Host::ALL.into_iter().find(|known| known.name() == host) else {
            return (StatusCode::NOT_FOUND, "The sandbox has no such host.\n").into_response();
        };
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, MAX_BODY).await else {
            return (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.\n").into_response();
        };
        let answer = match self.send(host, path, &parts, body).await {
            Ok(answer) => answer,
            Err(why) => {
                return (StatusCode::BAD_GATEWAY, format!("The sandbox did not answer: {why}\n")).into_response();
            }
        };
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
        let Ok(bytes) = answer.bytes().await else {
            return (StatusCode::BAD_GATEWAY, "The reply of the sandbox could not be read.\n").into_response();
        };
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        if let Some(kind) = kind {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
        response
    }

    /// Sends a call to the sandbox. If an earlier call revoked the token of its account, for
    /// example by signing out, a new sandbox takes its place. Otherwise every later call would
    /// fail.
    async fn send(&self, host: Host, path: &str, parts: &Parts, body: Bytes) -> io::Result<reqwest::Response> {
        let sandbox = self.sandbox.read().await.clone();
        let answer = self.send_to(&sandbox, host, path, parts, body.clone()).await?;
        if answer.status() != StatusCode::UNAUTHORIZED || self.has_valid_token(&sandbox).await? {
            return Ok(answer);
        }
        let fresh = Arc::new(Sandbox::start().await?);
        *self.sandbox.write().await = Arc::clone(&fresh);
        self.send_to(&fresh, host, path, parts, body).await
    }

    async fn send_to(
        &self,
        sandbox: &Sandbox,
        host: Host,
        path: &str,
        parts: &Parts,
        body: Bytes,
    ) -> io::Result<reqwest::Response> {
        // The path as it was sent, since its escapes matter.
        let sent = parts.uri.path().splitn(4, '/').nth(3).unwrap_or(path);
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut call = self.http.request(parts.method.clone(), format!("{}/{sent}{query}", sandbox.url_of(host)));
        for (name, value) in &parts.headers {
            if *name == header::ACCEPT || *name == header::CONTENT_TYPE || name.as_str().starts_with("x-plex-") {
                call = call.header(name, value);
            }
        }
        call.header("X-Plex-Token", sandbox.token()).body(body).send().await.map_err(io::Error::other)
    }

    async fn has_valid_token(&self, sandbox: &Sandbox) -> io::Result<bool> {
        let call = self.http.get(format!("{}/api/v2/user", sandbox.url())).header("X-Plex-Token", sandbox.token());
        let call = call.header("X-Plex-Client-Identifier", "reference-page");
        Ok(call.send().await.map_err(io::Error::other)?.status() != StatusCode::UNAUTHORIZED)
    }
}
