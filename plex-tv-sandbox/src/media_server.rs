use std::fmt;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::reply::{Format, Reply};
use crate::routes::cors;
use crate::state::{Server, Shared};

/// A fake media server behind a resource of the sandbox. It answers `GET /identity` to anyone, and
/// `GET /` to callers that send its access token. Every account that it is shared with has its own
/// token. Without a token, all other calls answer 401.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// for server in sandbox.servers() {
///     println!("{} at {}/identity", server.name(), server.url());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MediaServer {
    facts: Arc<Server>,
    pub(crate) port: u16,
    url: String,
}

impl fmt::Debug for MediaServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MediaServer")
            .field("name", &self.facts.name)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl MediaServer {
    /// The name in the list of resources.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert_eq!(sandbox.servers()[0].name(), "Living Room Server");
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// The `clientIdentifier` of the resource and the `machineIdentifier` of `/identity`.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert_eq!(sandbox.servers()[0].machine_identifier().len(), 40);
    /// # }
    /// ```
    #[must_use]
    pub fn machine_identifier(&self) -> &str {
        &self.facts.machine_identifier
    }

    /// The token that this server accepts from the built-in account. It refuses the account token.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert_ne!(sandbox.servers()[0].access_token(), sandbox.token());
    /// # }
    /// ```
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.facts.access_token
    }

    /// Its address on the loopback interface, the `uri` of its local and relay connections.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(sandbox.servers()[0].url().starts_with("http://127.0.0.1:"));
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the token that this server itself uses at plex.tv, for the calls that no user may
    /// make.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert_ne!(sandbox.servers()[0].own_token(), sandbox.servers()[0].access_token());
    /// # }
    /// ```
    #[must_use]
    pub fn own_token(&self) -> &str {
        &self.facts.own_token
    }

    pub(crate) fn facts(&self) -> &Server {
        &self.facts
    }

    pub(crate) async fn bind(facts: Server) -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        Ok((Self { facts: Arc::new(facts), port, url: format!("http://127.0.0.1:{port}") }, listener))
    }

    pub(crate) fn router(&self, shared: Arc<Shared>) -> Router {
        let cors_state = Arc::clone(&shared);
        let door = Door { server: Arc::clone(&self.facts), shared };
        let guarded = Router::new()
            .route("/", get(root))
            .fallback(not_found)
            .layer(middleware::from_fn_with_state(door, require_token));
        Router::new()
            .route("/identity", get(identity))
            .merge(guarded)
            .layer(middleware::from_fn(render))
            .layer(middleware::from_fn_with_state(cors_state, cors))
            .with_state(Arc::clone(&self.facts))
    }
}

/// What the token check of one server needs.
#[derive(Clone)]
struct Door {
    server: Arc<Server>,
    shared: Arc<Shared>,
}

async fn render(request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    format.render(next.run(request).await)
}

async fn require_token(State(door): State<Door>, request: Request, next: Next) -> Response {
    let token = token(request.headers(), request.uri()).unwrap_or_default();
    if door.shared.opens(&door.server, &token) {
        next.run(request).await
    } else {
        (StatusCode::UNAUTHORIZED, Html(UNAUTHORIZED_PAGE)).into_response()
    }
}

const UNAUTHORIZED_PAGE: &str =
    "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>";

fn token(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    if let Some(value) = headers.get("X-Plex-Token") {
        return value.to_str().ok().map(String::from);
    }
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    pairs.into_iter().find(|(name, _)| name == "X-Plex-Token").map(|(_, value)| value)
}

async fn identity(State(server): State<Arc<Server>>) -> Reply {
    Reply::ok("MediaContainer", container(&server, json!({})))
}

async fn root(State(server): State<Arc<Server>>) -> Reply {
    let more = json!({"friendlyName": server.name, "platform": server.platform});
    Reply::ok("MediaContainer", container(&server, more))
}

async fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn container(server: &Server, mut members: Value) -> Value {
    members["size"] = json!(0);
    members["claimed"] = json!(true);
    members["machineIdentifier"] = json!(server.machine_identifier);
    members["version"] = json!(server.version);
    json!({ "MediaContainer": members })
}
