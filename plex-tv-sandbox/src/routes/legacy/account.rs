//! The account, sign-in and PINs in version 1 of the API.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::data::FEATURES;
use crate::device::Installation;
use crate::pin::Record;
use crate::reply::{Fail, Fields, Format, Reply};
use crate::routes::caller::{Parameters, SignedIn};
use crate::routes::people::avatar;
use crate::routes::table::stem;
use crate::routes::users::user_with;
use crate::state::{Credentials, NewPin, Person, Shared, SignIn};
use crate::xml::escape;

pub(in crate::routes) async fn xml(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Reply {
    Reply::xml("user", user(&shared, &caller.person, &caller.token, &parameters))
}

/// The members of the profile that the older calls have.
const OLDER_PROFILE: [&str; 6] = [
    "autoSelectAudio",
    "autoSelectSubtitle",
    "defaultAudioLanguage",
    "defaultSubtitleAccessibility",
    "defaultSubtitleForced",
    "defaultSubtitleLanguage",
];

/// The user of version 2 without its newer members, and with the token under its older name as
/// well.
pub(super) fn user(shared: &Shared, person: &Person, token: &str, parameters: &Parameters) -> Value {
    let mut user = user_with(shared, person, token, Format::Xml, parameters);
    user["authenticationToken"] = json!(token);
    if let Some(members) = user.as_object_mut() {
        members.retain(|name, _| !["attributionPartner", "restrictionProfile", "services"].contains(&&**name));
    }
    if let Some(profile) = user["profile"].as_object_mut() {
        profile.retain(|name, _| OLDER_PROFILE.contains(&&**name));
    }
    user
}

pub(in crate::routes) async fn json(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    Reply::json(json!({"user": account(&shared, &caller.person, &caller.token)}))
}

/// The account as JSON, which mixes snake_case and camelCase.
fn account(shared: &Shared, person: &Person, token: &str) -> Value {
    let pass = person.plex_pass;
    let features: Vec<&str> = FEATURES.iter().filter(|_| pass).map(|(name, _)| *name).collect();
    json!({
        "id": person.id,
        "uuid": person.uuid,
        "email": person.email,
        "joined_at": shared.clock.iso_at(Person::JOINED_AT),
        "username": person.username,
        "title": person.title,
        "thumb": avatar(shared, person),
        "hasPassword": matches!(person.sign_in, SignIn::Password { .. }),
        "authToken": token,
        "authentication_token": token,
        "subscription": {
            "active": pass,
            "status": if pass { "Active" } else { "Inactive" },
            "plan": pass.then_some("lifetime"),
            "features": features,
        },
        "roles": {"roles": if pass { json!(["plexpass"]) } else { json!([]) }},
        "entitlements": [],
        "confirmedAt": shared.clock.iso_at(Person::JOINED_AT),
        "forumId": null,
    })
}

/// Signs in with a form or with HTTP Basic. A verification code is appended to the password.
pub(in crate::routes) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Reply, Fail> {
    let in_form = fields.text("user[login]").zip(fields.text("user[password]"));
    let (login, password) = in_form.or_else(|| basic(&headers)).ok_or(Fail::MALFORMED)?;
    let (password, verification_code) = shared.split_password(&login, password);
    let credentials = Credentials { login, password, verification_code };
    let (person, token) = shared.sign_in(&credentials, &installation)?;
    let reply = Reply::json(json!({"user": account(&shared, &person, &token)}));
    Ok(reply.with_status(StatusCode::CREATED))
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    text.split_once(':').map(|(login, password)| (String::from(login), String::from(password)))
}

pub(in crate::routes) async fn create_pin(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
) -> Result<Response, Fail> {
    let record = shared.create_pin(NewPin { installation, strong: false, jwk: None })?;
    Ok(pin(&shared, StatusCode::CREATED, &record, None))
}

pub(in crate::routes) async fn pin_state(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    Path(file): Path<String>,
) -> Result<Response, Fail> {
    let id = stem(&file, ".xml").map_err(|_| Fail::UNKNOWN_PIN)?;
    let polled = shared.poll(id, &installation.client_identifier, None)?;
    Ok(pin(&shared, StatusCode::OK, &polled.record, polled.token.as_deref()))
}

/// Formats a PIN. This call uses elements where others use attributes.
fn pin(shared: &Shared, status: StatusCode, record: &Record, token: Option<&str>) -> Response {
    let token = match token {
        Some(token) => format!("<auth_token>{}</auth_token>", escape(token)),
        None => String::from("<auth_token nil=\"true\"/>"),
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pin><client-identifier>{}</client-identifier>\
         <code>{}</code><expires-at type=\"datetime\">{}</expires-at><id type=\"integer\">{}</id>\
         <trusted type=\"boolean\">false</trusted>{token}</pin>\n",
        escape(record.client_identifier()),
        record.code,
        shared.clock.iso(record.expires),
        record.id,
    );
    (status, [(header::CONTENT_TYPE, "application/xml; charset=utf-8")], body).into_response()
}
