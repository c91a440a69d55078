use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::account::location;
use super::caller::{Parameters, SignedIn};
use super::jwt::jwk;
use crate::clock::seconds_until;
use crate::device::Installation;
use crate::pin::Record;
use crate::qr as qr_image;
use crate::reply::{Fail, Fields, Reply};
use crate::state::{Answer, NewPin, Shared, Verdict};

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    parameters: Parameters,
    fields: Fields,
) -> Result<Reply, Fail> {
    let strong = parameters.get("strong").map(String::from).or_else(|| fields.text("strong"));
    // python-plexapi sends `True`, and plex.tv accepts it.
    let strong = match strong.map(|strong| strong.to_ascii_lowercase()).as_deref() {
        None | Some("false" | "0" | "") => false,
        Some("true" | "1") => true,
        Some(_) => return Err(Fail::MALFORMED),
    };
    let record = shared.create_pin(NewPin { installation, strong, jwk: jwk(&fields)? })?;
    Ok(Reply::created("pin", pin_info(&shared, &record, None)))
}

pub(super) async fn poll(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let id = id.parse().map_err(|_| Fail::UNKNOWN_PIN)?;
    let polled = shared.poll(id, &installation.client_identifier, parameters.get("deviceJWT"))?;
    Ok(Reply::ok("pin", pin_info(&shared, &polled.record, polled.token.as_deref())))
}

pub(super) async fn link(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let code = fields.text("code").filter(|code| !code.is_empty()).ok_or(Fail::MALFORMED)?;
    let answer = Answer::Approve(caller.account());
    // Strong PINs with a key are accepted, too: apps with an older token approve a second
    // installation this way.
    match shared.answer_code(&code, answer, |record| !record.strong || record.jwk.is_some()) {
        Verdict::Done | Verdict::AlreadyApproved => Ok(StatusCode::NO_CONTENT),
        Verdict::Unknown | Verdict::Expired => Err(Fail::UNKNOWN_PIN),
    }
}

pub(super) async fn qr(State(shared): State<Arc<Shared>>, Path(code): Path<String>) -> Result<Response, Fail> {
    if !shared.knows_code(&code) {
        return Err(Fail::UNKNOWN_PIN);
    }
    let image = qr_image::png(&format!("{}/link/?pin={code}", shared.url)).ok_or(Fail::UNKNOWN_PIN)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], image).into_response())
}

fn pin_info(shared: &Shared, record: &Record, token: Option<&str>) -> Value {
    json!({
        "id": record.id,
        "code": record.code,
        "product": record.installation.product,
        "trusted": false,
        "qr": format!("{}/api/v2/pins/qr/{}", shared.url, record.code),
        "clientIdentifier": record.client_identifier(),
        "location": location(),
        "expiresIn": seconds_until(record.expires, shared.now()),
        "createdAt": shared.clock.iso(record.created),
        "expiresAt": shared.clock.iso(record.expires),
        "authToken": token,
        "newRegistration": token.map(|_| false),
    })
}
