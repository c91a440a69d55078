//! What is served where, and what happens around every call.
// axum wants async functions even where nothing is awaited.
#![allow(clippy::unused_async)]

mod account;
mod caller;
mod control;
mod home;
mod jwt;
mod pages;
mod pins;
mod resources;
mod users;
mod watchlist;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};

use crate::fault::{HungUp, Outcome};
use crate::reply::{Fail, Format};
use crate::state::{self, Shared};

const BODY_LIMIT: usize = 64 * 1024;

const OPERATIONS: &[(Method, &str, &str)] = &[
    (Method::POST, "/api/v2/pins", "getPin"),
    (Method::GET, "/api/v2/pins/{id}", "getToken"),
    (Method::PUT, "/api/v2/pins/link", "linkPin"),
    (Method::PUT, "/api/v2/pins/link.json", "linkPin"),
    (Method::GET, QR_PATH, "getPinQrCode"),
    (Method::POST, "/api/v2/auth/jwk", "registerDeviceJwk"),
    (Method::GET, "/api/v2/auth/nonce", "getAuthNonce"),
    (Method::POST, "/api/v2/auth/token", "exchangeJwtToken"),
    (Method::GET, "/api/v2/auth/keys", "getAuthKeys"),
    (Method::POST, "/api/v2/users/signin", "signIn"),
    (Method::DELETE, "/api/v2/users/signout", "signOut"),
    (Method::GET, "/api/v2/ping", "ping"),
    (Method::GET, "/api/v2/user", "getUserDetails"),
    (Method::GET, "/api/v2/features", "getFeatures"),
    (Method::GET, "/api/v2/companions", "getCompanionsData"),
    (Method::GET, "/api/v2/geoip", "getGeoData"),
    (Method::GET, "/api/v2/home", "getHomeData"),
    (Method::GET, "/api/v2/home/users", "listHomeUsers"),
    (Method::POST, "/api/v2/home/users/{uuid}/switch", "switchHomeUser"),
    (Method::GET, "/api/v2/resources", "getDevices"),
    (Method::GET, "/api/v2/devices", "listAccountDevices"),
    (Method::DELETE, "/devices/{file}", "deleteLegacyDevice"),
    (Method::GET, "/library/sections/watchlist/{filter}", "getWatchlist"),
];

const QR_PATH: &str = "/api/v2/pins/qr/{code}";

/// The operations that the sandbox serves, by the names that [`Sandbox::next`](crate::Sandbox::next) takes.
///
/// # Example
///
/// ```
/// assert!(plex_tv_sandbox::operations().any(|operation| operation == "getToken"));
/// ```
pub fn operations() -> impl Iterator<Item = &'static str> {
    let repeated = |index: usize| index > 0 && OPERATIONS[index - 1].2 == OPERATIONS[index].2;
    OPERATIONS.iter().enumerate().filter(move |(index, _)| !repeated(*index)).map(|(_, row)| row.2)
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/v2/pins", post(pins::create))
        .route("/api/v2/pins/{id}", get(pins::poll))
        .route("/api/v2/pins/link", put(pins::link))
        .route("/api/v2/pins/link.json", put(pins::link))
        .route(QR_PATH, get(pins::qr))
        .route("/api/v2/auth/jwk", post(jwt::register))
        .route("/api/v2/auth/nonce", get(jwt::nonce))
        .route("/api/v2/auth/token", post(jwt::exchange))
        .route("/api/v2/auth/keys", get(jwt::keys))
        .route("/api/v2/users/signin", post(users::sign_in))
        .route("/api/v2/users/signout", delete(users::sign_out))
        .route("/api/v2/user", get(users::details))
        .route("/api/v2/ping", get(users::ping))
        .route("/api/v2/features", get(account::features))
        .route("/api/v2/companions", get(account::companions))
        .route("/api/v2/geoip", get(account::geoip))
        .route("/api/v2/home", get(home::home))
        .route("/api/v2/home/users", get(home::home))
        .route("/api/v2/home/users/{uuid}/switch", post(home::switch))
        .route("/api/v2/resources", get(resources::resources))
        .route("/api/v2/devices", get(resources::devices))
        .route("/devices/{file}", delete(resources::remove_device))
        .route("/library/sections/watchlist/{filter}", get(watchlist::watchlist))
        .merge(pages::router())
        .merge(control::router())
        .fallback(async || Fail::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Fail::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), around))
        .with_state(shared)
}

/// Plays scripted faults, keeps the rate limits, gives the answer its form and its date, and writes the log.
async fn around(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let operation = route.and_then(|route| operation(request.method(), route));
    let method = request.method().to_string();
    let path = String::from(if route == Some(QR_PATH) { QR_PATH } else { request.uri().path() });

    let response = match scripted(&shared, operation).await {
        Some(response) => response,
        None if is_too_much(&shared, operation, &request) => Fail::RATE_LIMITED.into_response(),
        None => next.run(request).await,
    };
    let mut response = format.render(response);
    // The time of the sandbox, which may be another than that of the machine.
    if let Some(date) = shared.clock.http_date().and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    let hung_up = response.extensions().get::<HungUp>().is_some();
    let status = (!hung_up).then(|| response.status().as_u16());
    shared.log(state::Request { method, path, operation, status });
    response
}

async fn scripted(shared: &Shared, operation: Option<&'static str>) -> Option<Response> {
    loop {
        match shared.next_fault(operation?)?.outcome() {
            Outcome::Answer(response) => return Some(response),
            Outcome::Wait(duration) => tokio::time::sleep(duration).await,
        }
    }
}

fn is_too_much(shared: &Shared, operation: Option<&'static str>, request: &Request) -> bool {
    let client_identifier = caller::client_identifier(request.headers(), request.uri()).unwrap_or_default();
    operation.is_some_and(|operation| !shared.allows(operation, &client_identifier, request.uri().path()))
}

fn operation(method: &Method, route: &str) -> Option<&'static str> {
    let served = |row: &&(Method, &str, &'static str)| row.0 == *method && row.1 == route;
    OPERATIONS.iter().find(served).map(|row| row.2)
}
