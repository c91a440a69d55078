//! Pages for people: the index at `/`, approval of strong PINs at `/auth`, entry of short codes at
//! `/link`.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::caller::Parameters;
use super::table::routes;
use crate::data::{
    ACCOUNT, ACCOUNT_TOKEN, EMAIL, EMAIL_ONLY_EMAIL, FRIEND_EMAIL, FRIEND_TOKEN, HOME_PIN, HOME_PIN_USER, HOME_USER,
    PASSWORD, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};
use crate::host::Host;
use crate::pin::{PinState, Record};
use crate::reply::{Fail, Fields};
use crate::state::{Answer, Shared, Verdict};
use crate::xml::escape;

const STYLE: &str = include_str!("../pages/style.css");
const AUTH: &str = include_str!("../pages/auth.html");
const INDEX: &str = include_str!("../pages/index.html");
const LINK: &str = include_str!("../pages/link.html");

/// The pages load nothing from elsewhere, and no other page may frame them.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/auth", get(auth))
        .route("/auth/", get(auth))
        .route("/link", get(link).post(submit_link))
        .route("/link/", get(link).post(submit_link))
        .route("/sandbox/approve", post(approve))
        .route("/sandbox/deny", post(deny))
        .route("/sandbox/state", post(state))
}

/// Serves the index page to browsers, and the operation at this path to other clients.
pub(super) async fn index_for_people(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET && wants_html(request.headers()) {
        return index(&shared);
    }
    next.run(request).await
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn index(shared: &Shared) -> Response {
    let mut hosts = String::new();
    for host in Host::ALL {
        // Lets long addresses wrap after a slash.
        let url = escape(&shared.url_of(host)).replace('/', "/<wbr>");
        let is_served = host == Host::Clients || routes().any(|route| route.host == host);
        let note = if is_served { "" } else { " (not served)" };
        let _ = write!(hosts, "<tr><td>{}{note}</td><td><code>{url}</code></td></tr>", host.name());
    }
    let mut operations = String::new();
    for route in routes() {
        let path = format!("{}{}", route.host.prefix(), route.path).replace('/', "/<wbr>");
        let line = format!("<li>{} <code>{} {path}</code></li>", route.operation, route.method);
        operations.push_str(&line);
    }
    let count = routes().count().to_string();
    let values = [
        ("url", &*escape(&shared.url)),
        ("hosts", &hosts),
        ("operations", &operations),
        ("count", &count),
        ("token", ACCOUNT_TOKEN),
        ("email", EMAIL),
        ("password", PASSWORD),
        ("two_factor_email", TWO_FACTOR_EMAIL),
        ("two_factor_password", TWO_FACTOR_PASSWORD),
        ("two_factor_code", TWO_FACTOR_VERIFICATION_CODE),
        ("email_only", EMAIL_ONLY_EMAIL),
        ("friend_email", FRIEND_EMAIL),
        ("friend_token", FRIEND_TOKEN),
        ("home_user", HOME_USER),
        ("home_pin_user", HOME_PIN_USER),
        ("home_pin", HOME_PIN),
    ];
    page(StatusCode::OK, INDEX, &values)
}

/// Returns the name of the built-in account. The pages are signed in as that account.
fn user(shared: &Shared) -> String {
    shared.state().people.get(ACCOUNT).map(|person| escape(&person.title)).unwrap_or_default()
}

async fn auth(State(shared): State<Arc<Shared>>) -> Response {
    page(StatusCode::OK, AUTH, &[("user", &user(&shared))])
}

/// Approves a code for the built-in account, or for the account named by `account`.
async fn approve(State(shared): State<Arc<Shared>>, fields: Fields) -> Result<Response, Fail> {
    let account = match fields.text("account") {
        Some(login) => shared.state().people.by_login(&login).map(|person| person.id).ok_or(Fail::NOT_FOUND)?,
        None => ACCOUNT,
    };
    Ok(answer(&shared, &fields, Answer::Approve(account), "approved"))
}

/// Returns the state of a code, so that the page can report an invalid one before asking the user.
async fn state(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let code = fields.text("code").unwrap_or_default();
    let (status, state) = match shared.code_state(&code, asked_by(&fields)) {
        Some(PinState::Pending) => (StatusCode::OK, "pending"),
        Some(PinState::Approved) => (StatusCode::OK, "approved"),
        Some(PinState::Denied) => (StatusCode::OK, "denied"),
        Some(PinState::Expired) => (StatusCode::NOT_FOUND, "expired"),
        None => (StatusCode::NOT_FOUND, "unknown"),
    };
    (status, Json(json!({ "state": state }))).into_response()
}

/// Checks that the `clientID` is the one that created the PIN.
fn asked_by(fields: &Fields) -> impl FnOnce(&Record) -> bool {
    let client = fields.text("clientID").filter(|client| !client.is_empty());
    move |record: &Record| client.is_none_or(|client| client == record.client_identifier())
}

async fn deny(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    answer(&shared, &fields, Answer::Deny, "denied")
}

/// Approves or denies a code.
fn answer(shared: &Shared, fields: &Fields, answer: Answer, done: &str) -> Response {
    let code = fields.text("code").unwrap_or_default();
    let verdict = shared.answer_code(&code, answer, asked_by(fields));
    let (status, state) = match verdict {
        Verdict::Done => (StatusCode::OK, done),
        Verdict::AlreadyApproved => (StatusCode::CONFLICT, "approved"),
        Verdict::Expired => (StatusCode::NOT_FOUND, "expired"),
        Verdict::Unknown => (StatusCode::NOT_FOUND, "unknown"),
    };
    (status, Json(json!({ "state": state }))).into_response()
}

/// Shows the form. If the code in the address is invalid, the page reports it at once.
async fn link(State(shared): State<Arc<Shared>>, parameters: Parameters) -> Response {
    let code = parameters.get("pin").unwrap_or_default();
    let problem = match shared.code_state(code, |record| !record.strong) {
        _ if code.is_empty() => "",
        Some(PinState::Pending | PinState::Approved) => "",
        Some(PinState::Denied | PinState::Expired) => EXPIRED,
        None => UNKNOWN,
    };
    link_form(&shared, StatusCode::OK, code, problem)
}

const EXPIRED: &str = "This code has expired. Ask your device for a new one.";
const UNKNOWN: &str = "No device shows this code. Check it and try again.";

async fn submit_link(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let code = fields.text("code").unwrap_or_default().trim().to_ascii_uppercase();
    if code.is_empty() {
        return link_form(&shared, StatusCode::BAD_REQUEST, "", "Please enter the code on your screen.");
    }
    match shared.answer_code(&code, Answer::Approve(ACCOUNT), |record| !record.strong) {
        Verdict::Done => link_result(&shared, "Your device is linked. You can close this page."),
        Verdict::AlreadyApproved => link_result(&shared, "This device is already linked. You can close this page."),
        Verdict::Expired => link_form(&shared, StatusCode::NOT_FOUND, &code, EXPIRED),
        Verdict::Unknown => link_form(&shared, StatusCode::NOT_FOUND, &code, UNKNOWN),
    }
}

/// Returns the form, with what was wrong with the last attempt above it.
fn link_form(shared: &Shared, status: StatusCode, code: &str, problem: &str) -> Response {
    let notice = if problem.is_empty() { String::new() } else { notice("bad", problem) };
    let values = [("user", &*user(shared)), ("code", &*escape(code)), ("notice", &*notice), ("hidden", "")];
    page(status, LINK, &values)
}

fn link_result(shared: &Shared, text: &str) -> Response {
    let values = [("user", &*user(shared)), ("code", ""), ("notice", &*notice("good", text)), ("hidden", " hidden")];
    page(StatusCode::OK, LINK, &values)
}

fn notice(kind: &str, text: &str) -> String {
    format!(r#"<p class="notice {kind}" role="status">{}</p>"#, escape(text))
}

/// Fills in a template in one pass, so that a value that looks like a placeholder stays as it is.
fn page(status: StatusCode, template: &str, values: &[(&str, &str)]) -> Response {
    let mut html = String::with_capacity(template.len() + STYLE.len());
    for (index, part) in template.split("{{").enumerate() {
        let Some((name, rest)) = part.split_once("}}").filter(|_| index > 0) else {
            html.push_str(part);
            continue;
        };
        let style = ("style", STYLE);
        let value = values.iter().chain([&style]).find(|(known, _)| *known == name);
        html.push_str(value.map_or("", |(_, value)| value));
        html.push_str(rest);
    }
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, Html(html)).into_response()
}
