//! Sign-in, sign-out, and the account in version 2 of the API.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use super::people;
use crate::data::FEATURES;
use crate::device::Installation;
use crate::reply::{Fail, Fields, Format, Reply};
use crate::state::{Credentials, Home, Homes, Person, Shared, SignIn};

pub(super) async fn details(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    headers: HeaderMap,
) -> Reply {
    Reply::ok("user", user_with(&shared, &caller.person, &caller.token, Format::of(&headers), &parameters))
}

pub(super) async fn ping(_: SignedIn) -> Reply {
    Reply::ok("pong", json!({"pong": true}))
}

pub(super) async fn sign_out(State(shared): State<Arc<Shared>>, caller: SignedIn) -> StatusCode {
    shared.sign_out(&caller.token);
    StatusCode::NO_CONTENT
}

pub(super) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    headers: HeaderMap,
    parameters: Parameters,
    fields: Fields,
) -> Result<Reply, Fail> {
    let given = |name: &str| fields.text(name).filter(|value| !value.is_empty());
    let (login, password) = given("login").zip(given("password")).ok_or(Fail::MALFORMED)?;
    let credentials = Credentials { login, password, verification_code: given("verificationCode") };
    let (person, token) = shared.sign_in(&credentials, &installation)?;
    let mut user = user_with(&shared, &person, &token, Format::of(&headers), &parameters);
    user["subscriptions"] = subscriptions(&person);
    user["pastSubscriptions"] = json!([]);
    user["trials"] = json!([]);
    if fields.text("rememberMe").is_some_and(|remember| ["1", "true"].contains(&&*remember.to_ascii_lowercase())) {
        user["rememberExpiresAt"] = json!(shared.epoch_seconds() + TWO_WEEKS);
    }
    Ok(Reply::created("user", user))
}

const TWO_WEEKS: i64 = 14 * 24 * 60 * 60;

pub(super) async fn sign_in_anonymously(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    headers: HeaderMap,
    parameters: Parameters,
) -> Reply {
    let (person, token) = shared.sign_in_anonymously(&installation);
    Reply::created("user", user_with(&shared, &person, &token, Format::of(&headers), &parameters))
}

/// Changes the password. The real names of the form members are not known; these are a guess.
pub(super) async fn change_password(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let current = fields.text("currentPassword").ok_or(Fail::PASSWORD_REQUIRED)?;
    let new = fields.text("password").ok_or(Fail::MALFORMED)?;
    shared.change_password(caller.account(), &current, &new)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns an account with the parts that the query asks for.
pub(super) fn user_with(
    shared: &Shared,
    person: &Person,
    token: &str,
    format: Format,
    parameters: &Parameters,
) -> Value {
    let mut state = shared.state();
    let home = state.homes.of(person.id).cloned();
    let preferences = state.preferences.of(person.id);
    let mut user = user(shared, person, token, format, home.as_ref());
    user["profile"] = Value::Object(preferences.profile.clone());
    if parameters.is_on("includeSubscriptions") {
        user["subscriptions"] = subscriptions(person);
    }
    if parameters.is_on("includeProviders") {
        user["providers"] = json!([]);
    }
    let of_app = parameters.is_on("includeSettings").then_some(&preferences.settings);
    let of_all = parameters.is_on("includeSharedSettings").then_some(&preferences.shared_settings);
    if of_app.is_some() || of_all.is_some() {
        user["settings"] = [of_app, of_all].into_iter().flatten().flatten().cloned().collect();
    }
    user
}

fn user(shared: &Shared, person: &Person, token: &str, format: Format, home: Option<&Home>) -> Value {
    let mut user = json!({
        "id": person.id,
        "uuid": person.uuid,
        "username": person.username,
        "title": person.title,
        "email": person.email,
        "friendlyName": "",
        "locale": null,
        "confirmed": !person.is_anonymous(),
        "joinedAt": Person::JOINED_AT,
        "emailOnlyAuth": matches!(person.sign_in, SignIn::EmailOnly),
        "hasPassword": matches!(person.sign_in, SignIn::Password { .. }),
        "protected": person.home_pin.is_some(),
        "thumb": people::avatar(shared, person),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": false,
        "scrobbleTypes": "",
        "country": "GB",
        "subscriptionDescription": person.plex_pass.then_some("Lifetime Plex Pass"),
        "restricted": person.is_managed(),
        "anonymous": person.is_anonymous().then_some(true),
        "home": home.is_some(),
        "guest": false,
        "homeSize": home.map_or(1, |home| home.members.len()),
        "homeAdmin": home.is_some_and(|home| home.admin == person.id),
        "maxHomeSize": Homes::MOST_MEMBERS,
        "rememberExpiresAt": null,
        "entitlements": [],
        "roles": if person.plex_pass { json!(["plexpass"]) } else { json!([]) },
        "adsConsent": null,
        "adsConsentSetAt": null,
        "adsConsentReminderAt": null,
        "experimentalFeatures": false,
        "twoFactorEnabled": person.has_two_factor(),
        "backupCodesCreated": person.has_two_factor(),
        "attributionPartner": null,
    });
    if let Some(profile) = &person.restriction_profile {
        user["restrictionProfile"] = json!(profile);
    }
    user["subscription"] = subscription(person, format);
    user["services"] = services();
    user
}

/// Returns the subscription. Its time has another format in XML.
fn subscription(person: &Person, format: Format) -> Value {
    if !person.plex_pass {
        return json!({
            "active": false,
            "subscribedAt": null,
            "status": "Inactive",
            "paymentService": null,
            "plan": null,
            "features": [],
        });
    }
    let subscribed_at = match format {
        Format::Json => "2023-03-24T00:00:00Z",
        Format::Xml => "2023-03-24 00:00:00 UTC",
    };
    let features: Vec<&str> = FEATURES.iter().map(|(name, _)| *name).collect();
    json!({
        "active": true,
        "subscribedAt": subscribed_at,
        "status": "Active",
        "paymentService": null,
        "plan": "lifetime",
        "features": features,
    })
}

fn subscriptions(person: &Person) -> Value {
    if !person.plex_pass {
        return json!([]);
    }
    json!([{
        "id": null,
        "mode": "lifetime",
        "renewsAt": null,
        "endsAt": null,
        "canceled": false,
        "gracePeriod": false,
        "onHold": false,
        "canReactivate": false,
        "canUpgrade": false,
        "canDowngrade": false,
        "canConvert": false,
        "type": "plexpass",
        "transfer": null,
        "state": "active",
    }])
}

fn services() -> Value {
    json!([{
        "identifier": "metadata-dev",
        "endpoint": "https://metadata.example.com",
        "token": null,
        "secret": null,
        "status": "online",
    }])
}
