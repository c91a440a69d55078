use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::caller::{Installation, Parameters, SignedIn};
use crate::data::{Account, FEATURES, HOME, SignIn};
use crate::reply::{Fail, Fields, Format, Reply};
use crate::state::{Credentials, Shared};

pub(super) async fn details(caller: SignedIn, parameters: Parameters, headers: HeaderMap) -> Reply {
    Reply::ok("user", user_with(caller.session.account, &caller.token, Format::of(&headers), &parameters))
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
    let (account, token) = shared.sign_in(&credentials, &installation.client_identifier, &installation.product)?;
    let mut user = user_with(account, &token, Format::of(&headers), &parameters);
    user["subscriptions"] = subscriptions();
    user["pastSubscriptions"] = json!([]);
    user["trials"] = json!([]);
    if matches!(fields.text("rememberMe").as_deref(), Some("true" | "1")) {
        user["rememberExpiresAt"] = json!(shared.epoch_seconds() + TWO_WEEKS);
    }
    Ok(Reply::created("user", user))
}

const TWO_WEEKS: i64 = 14 * 24 * 60 * 60;

/// An account with the parts that the query asks for.
pub(super) fn user_with(account: &Account, token: &str, format: Format, parameters: &Parameters) -> Value {
    let mut user = user(account, token, format);
    if parameters.is_on("includeSubscriptions") {
        user["subscriptions"] = subscriptions();
    }
    if parameters.is_on("includeProviders") {
        user["providers"] = json!([]);
    }
    if parameters.is_on("includeSettings") || parameters.is_on("includeSharedSettings") {
        user["settings"] = json!([]);
    }
    user
}

pub(super) fn avatar(account: &Account) -> String {
    format!("https://plex.example.com/users/{}/avatar?c=1710000000", account.uuid)
}

fn user(account: &Account, token: &str, format: Format) -> Value {
    let home = account.is_in_home();
    let mut user = json!({
        "id": account.id,
        "uuid": account.uuid,
        "username": account.username,
        "title": account.title,
        "email": account.email,
        "friendlyName": "",
        "locale": null,
        "confirmed": true,
        "joinedAt": Account::JOINED_AT,
        "emailOnlyAuth": matches!(account.sign_in, SignIn::EmailOnly),
        "hasPassword": matches!(account.sign_in, SignIn::Password { .. }),
        "protected": account.home_pin.is_some(),
        "thumb": avatar(account),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": false,
        "scrobbleTypes": "",
        "country": "GB",
        "subscriptionDescription": "Lifetime Plex Pass",
        "restricted": account.is_managed(),
        "anonymous": null,
        "home": home,
        "guest": false,
        "homeSize": if home { HOME.len() } else { 1 },
        "homeAdmin": account.is_home_admin(),
        "maxHomeSize": 15,
        "rememberExpiresAt": null,
        "entitlements": [],
        "roles": ["plexpass"],
        "adsConsent": null,
        "adsConsentSetAt": null,
        "adsConsentReminderAt": null,
        "experimentalFeatures": false,
        "twoFactorEnabled": account.has_two_factor(),
        "backupCodesCreated": account.has_two_factor(),
        "attributionPartner": null,
    });
    if let Some(profile) = account.restriction_profile() {
        user["restrictionProfile"] = json!(profile);
    }
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
