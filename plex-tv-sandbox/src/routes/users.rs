use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::caller::{Installation, Parameters, SignedIn};
use crate::data::{Account, FEATURES, account_by_login};
use crate::reply::{Fail, Fields, Format, Reply};
use crate::state::Shared;

pub(super) async fn details(caller: SignedIn, parameters: Parameters, headers: HeaderMap) -> Reply {
    let mut user = user(caller.account, &caller.token, Format::of(&headers));
    if parameters.is_on("includeSubscriptions") {
        user["subscriptions"] = subscriptions();
    }
    if parameters.is_on("includeProviders") {
        user["providers"] = json!([]);
    }
    if parameters.is_on("includeSettings") || parameters.is_on("includeSharedSettings") {
        user["settings"] = json!([]);
    }
    Reply::ok("user", user)
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
    fields: Fields,
) -> Result<Reply, Fail> {
    let account = authenticate(&fields)?;
    let token = shared.sign_in(account, &installation.client_identifier);
    let mut user = user(account, &token, Format::of(&headers));
    user["subscriptions"] = subscriptions();
    user["pastSubscriptions"] = json!([]);
    user["trials"] = json!([]);
    if matches!(fields.text("rememberMe").as_deref(), Some("true" | "1")) {
        user["rememberExpiresAt"] = json!(shared.clock.epoch_seconds(Instant::now()) + TWO_WEEKS);
    }
    Ok(Reply::created("user", user))
}

const TWO_WEEKS: i64 = 14 * 24 * 60 * 60;

fn authenticate(fields: &Fields) -> Result<&'static Account, Fail> {
    let given = |name: &str| fields.text(name).filter(|value| !value.is_empty());
    let (login, password) = given("login").zip(given("password")).ok_or(Fail::MALFORMED)?;
    let account =
        account_by_login(&login).filter(|account| account.password == password).ok_or(Fail::UNAUTHENTICATED)?;
    let Some(expected) = account.verification_code else {
        return Ok(account);
    };
    match given("verificationCode") {
        None => Err(Fail::VERIFICATION_CODE_REQUIRED),
        Some(code) if code != expected => Err(Fail::VERIFICATION_CODE_WRONG),
        Some(_) => Ok(account),
    }
}

fn user(account: &Account, token: &str, format: Format) -> Value {
    let mut user = json!({
        "id": account.id,
        "uuid": account.uuid,
        "username": account.username,
        "title": account.title,
        "email": account.email,
        "friendlyName": "",
        "locale": null,
        "confirmed": true,
        "joinedAt": 1_556_281_940,
        "emailOnlyAuth": false,
        "hasPassword": true,
        "protected": false,
        "thumb": format!("https://plex.example.com/users/{}/avatar?c=1710000000", account.uuid),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": false,
        "scrobbleTypes": "",
        "country": "GB",
        "subscriptionDescription": "Lifetime Plex Pass",
        "restricted": false,
        "anonymous": null,
        "home": true,
        "guest": false,
        "homeSize": 2,
        "homeAdmin": true,
        "maxHomeSize": 15,
        "rememberExpiresAt": null,
        "entitlements": [],
        "roles": ["plexpass"],
        "adsConsent": null,
        "adsConsentSetAt": null,
        "adsConsentReminderAt": null,
        "experimentalFeatures": false,
        "twoFactorEnabled": account.verification_code.is_some(),
        "backupCodesCreated": account.verification_code.is_some(),
        "attributionPartner": null,
    });
    user["subscription"] = subscription(format);
    user["profile"] = profile();
    user["services"] = services();
    user
}

/// The one time that reads differently in XML.
fn subscription(format: Format) -> Value {
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

fn subscriptions() -> Value {
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

fn profile() -> Value {
    json!({
        "autoSelectAudio": true,
        "defaultAudioAccessibility": 0,
        "defaultAudioLanguage": "en",
        "defaultAudioLanguages": null,
        "defaultSubtitleLanguage": "en",
        "defaultSubtitleLanguages": null,
        "autoSelectSubtitle": 1,
        "defaultSubtitleAccessibility": 0,
        "defaultSubtitleForced": 0,
        "watchedIndicator": 1,
        "mediaReviewsVisibility": 0,
        "mediaReviewsLanguages": null,
    })
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
