//! The pages for people: approval of strong PINs at `/auth`, typing of short codes at `/link`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::caller::Parameters;
use crate::data::ACCOUNT;
use crate::reply::Fields;
use crate::state::{Answer, Shared, Verdict};
use crate::xml::escape;

const STYLE: &str = include_str!("../pages/style.css");
const AUTH: &str = include_str!("../pages/auth.html");
const LINK: &str = include_str!("../pages/link.html");

/// Nothing from elsewhere is loaded, and no other page may frame these.
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
}

async fn auth() -> Response {
    page(StatusCode::OK, AUTH, &[("user", &escape(ACCOUNT.title))])
}

async fn approve(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    answer(&shared, &fields, Answer::Approve(&ACCOUNT), "approved")
}

async fn deny(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    answer(&shared, &fields, Answer::Deny, "denied")
}

/// Takes any code. A `clientID` in the address must be the one that asked for the PIN.
fn answer(shared: &Shared, fields: &Fields, answer: Answer, done: &str) -> Response {
    let code = fields.text("code").unwrap_or_default();
    let client = fields.text("clientID").filter(|client| !client.is_empty());
    let same_client = |asked: &str| client.as_ref().is_none_or(|client| client == asked);
    let verdict = shared.answer_code(&code, answer, |record| same_client(&record.client_identifier));
    let (status, state) = match verdict {
        Verdict::Done => (StatusCode::OK, done),
        Verdict::AlreadyApproved => (StatusCode::CONFLICT, "approved"),
        Verdict::Expired => (StatusCode::NOT_FOUND, "expired"),
        Verdict::Unknown => (StatusCode::NOT_FOUND, "unknown"),
    };
    (status, Json(json!({ "state": state }))).into_response()
}

async fn link(parameters: Parameters) -> Response {
    link_form(StatusCode::OK, parameters.get("pin").unwrap_or_default(), "")
}

async fn submit_link(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let code = fields.text("code").unwrap_or_default().trim().to_ascii_uppercase();
    if code.is_empty() {
        return link_form(StatusCode::BAD_REQUEST, "", "Please enter the code on your screen.");
    }
    match shared.answer_code(&code, Answer::Approve(&ACCOUNT), |record| !record.strong) {
        Verdict::Done => link_result("Your device is linked. You can close this page."),
        Verdict::AlreadyApproved => link_result("This device was linked before. Nothing is left to do."),
        Verdict::Expired => {
            let problem = "This code has expired. Ask your device for a new one.";
            link_form(StatusCode::NOT_FOUND, &code, problem)
        }
        Verdict::Unknown => {
            let problem = "No device shows this code. Check it and try again.";
            link_form(StatusCode::NOT_FOUND, &code, problem)
        }
    }
}

/// The form, below what was wrong with the last try.
fn link_form(status: StatusCode, code: &str, problem: &str) -> Response {
    let notice = if problem.is_empty() { String::new() } else { notice("bad", problem) };
    let values = [("user", &*escape(ACCOUNT.title)), ("code", &*escape(code)), ("notice", &*notice), ("hidden", "")];
    page(status, LINK, &values)
}

fn link_result(text: &str) -> Response {
    let values =
        [("user", &*escape(ACCOUNT.title)), ("code", ""), ("notice", &*notice("good", text)), ("hidden", " hidden")];
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
