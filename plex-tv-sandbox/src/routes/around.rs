//! The middleware of every call: faults, rate limits, JSON or XML, the `Date` header, and the log.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::caller;
use super::table::{self, Place, Row};
use crate::fault::{HungUp, Outcome};
use crate::host::Host;
use crate::reply::{Fail, Fields, Format};
use crate::request::{self, Redaction, decoded, form_value};
use crate::state::Shared;

const BODY_LIMIT: usize = 64 * 1024;

/// An operation at one of its addresses.
#[derive(Clone)]
pub(super) struct Call {
    shared: Arc<Shared>,
    operation: &'static str,
    served: bool,
    host: Host,
    /// What the log shows instead of a secret path.
    template: Option<String>,
}

impl Call {
    pub(super) fn of(shared: &Arc<Shared>, row: &Row, place: &Place) -> Self {
        let template = row.path_is_secret.then(|| format!("{}{}", place.host.prefix(), place.path));
        let (operation, served) = (row.route.operation, row.served);
        Self { shared: Arc::clone(shared), operation, served, host: row.route.host, template }
    }
}

/// Marks a response that is already in the log.
#[derive(Clone, Copy, Debug)]
struct Logged;

/// Applies scripted faults and rate limits, renders the reply, adds the date, and writes the log.
pub(super) async fn around(State(call): State<Call>, request: Request, next: Next) -> Response {
    let Call { shared, operation, .. } = &call;
    let format = Format::of(request.headers());
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, BODY_LIMIT).await;
    let redaction = Redaction::new(caller::token(&parts.headers, &parts.uri));
    let line = request::Request {
        method: parts.method.to_string(),
        host: call.host,
        path: call.template.clone().unwrap_or_else(|| redaction.text(parts.uri.path())),
        query: redaction.pairs(caller::query(&parts.uri)),
        body: redaction.value(logged_body(&parts.headers, read.as_ref().ok()).await),
        operation: call.served.then_some(*operation),
        status: None,
    };

    let response = match scripted(shared, operation).await {
        Some(response) => response,
        None if is_too_much(shared, operation, &parts.headers, &parts.uri) => Fail::RATE_LIMITED.into_response(),
        None => match read {
            Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
            Err(_) => Fail::TOO_LARGE.into_response(),
        },
    };
    finished(shared, format, response, line)
}

/// The same for requests that are not operations: pages, control, unknown paths.
pub(super) async fn around_the_rest(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    let line = request::Request {
        method: request.method().to_string(),
        host: Host::PlexTv,
        path: Redaction::new(caller::token(request.headers(), request.uri()))
            .text(&without_secret(request.uri().path())),
        // Any parameter of an unknown call may be a secret.
        query: Vec::new(),
        body: Value::Null,
        operation: None,
        status: None,
    };
    let mut response = next.run(request).await;
    if response.extensions_mut().remove::<Logged>().is_some() {
        return response;
    }
    finished(&shared, format, response, line)
}

/// Cuts a path off where an operation has a secret. Nothing is served there, because the method is
/// wrong or the path goes on.
fn without_secret(path: &str) -> String {
    let known = decoded(path);
    let prefix = table::secret_prefixes().iter().find(|prefix| known.starts_with(*prefix));
    prefix.map_or_else(|| String::from(path), |prefix| format!("{prefix}[redacted]"))
}

fn finished(shared: &Shared, format: Format, response: Response, mut line: request::Request) -> Response {
    let mut response = format.render(response);
    // The time of the sandbox, which may differ from that of the machine.
    if let Some(date) = shared.clock.http_date().and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    let hung_up = response.extensions().get::<HungUp>().is_some();
    line.status = (!hung_up).then(|| response.status().as_u16());
    shared.log(line);
    response.extensions_mut().insert(Logged);
    response
}

/// Returns a JSON body or a form for the log, and null for a body that cannot be read.
async fn logged_body(headers: &HeaderMap, body: Option<&Bytes>) -> Value {
    let Some(body) = body.filter(|body| !body.is_empty()) else {
        return Value::Null;
    };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.to_ascii_lowercase().starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or_default();
    }
    let mut request = Request::new(Body::from(body.clone()));
    // For GET, axum would read the form from the query.
    *request.method_mut() = axum::http::Method::POST;
    *request.headers_mut() = headers.clone();
    match Fields::from_request(request, &()).await {
        Ok(Fields::Form(pairs)) if !pairs.is_empty() => form_value(pairs),
        _ => Value::Null,
    }
}

async fn scripted(shared: &Shared, operation: &'static str) -> Option<Response> {
    // Faults for one call come first. A delay is followed by the next fault.
    while let Some(fault) = shared.next_fault(operation) {
        match fault.outcome() {
            Outcome::Answer(response) => return Some(response),
            Outcome::Wait(duration) => tokio::time::sleep(duration).await,
        }
    }
    match shared.lasting_fault(operation)?.outcome() {
        Outcome::Answer(response) => Some(response),
        Outcome::Wait(duration) => {
            tokio::time::sleep(duration).await;
            None
        }
    }
}

fn is_too_much(shared: &Shared, operation: &'static str, headers: &HeaderMap, uri: &Uri) -> bool {
    let client_identifier = caller::client_identifier(headers, uri).unwrap_or_default();
    !shared.allows(operation, &client_identifier, uri.path())
}
