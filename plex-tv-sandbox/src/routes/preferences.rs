//! The preferences of an account: settings, privacy, opt-outs, profile, and consent to view state
//! sync.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use crate::reply::{Fail, Fields, Reply};
use crate::state::{AccountId, Shared};

pub(super) async fn settings(State(shared): State<Arc<Shared>>, caller: SignedIn, parameters: Parameters) -> Reply {
    let mut world = shared.state();
    let preferences = world.preferences.of(caller.account());
    let of_all = parameters.is_on("sharedSettings");
    let settings = if of_all { &preferences.shared_settings } else { &preferences.settings };
    Reply::ok("settings", Value::from(settings.clone()))
}

/// Adds or replaces settings. The body is an object whose `value` is a JSON list as text.
pub(super) async fn update_settings(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let text = fields.text("value").ok_or(Fail::SETTINGS_MALFORMED)?;
    let changes: Vec<Value> = serde_json::from_str(&text).map_err(|_| Fail::SETTINGS_MALFORMED)?;
    let whole = |change: &Value| change["id"].is_string() && change["type"].is_string() && change["value"].is_string();
    if !changes.iter().all(whole) {
        return Err(Fail::SETTINGS_MALFORMED);
    }
    let now = shared.epoch_seconds();
    let mut world = shared.state();
    let preferences = world.preferences.of(caller.account());
    let of_all = parameters.is_on("sharedSettings");
    let settings = if of_all { &mut preferences.shared_settings } else { &mut preferences.settings };
    for change in changes {
        let setting = json!({
            "id": change["id"],
            "type": change["type"],
            "value": change["value"],
            "hidden": change["hidden"] == true,
            "updatedAt": now,
        });
        match settings.iter_mut().find(|known| known["id"] == setting["id"]) {
            Some(known) => *known = setting,
            None => settings.push(setting),
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn privacy(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let mut world = shared.state();
    let preferences = world.preferences.of(caller.account());
    let privacy = json!({
        "optOutPlayback": preferences.opt_out_playback,
        "optOutLibraryStats": preferences.opt_out_library_stats,
        "domain": "analytics.example.com",
        "baseUrl": "https://analytics.example.com",
        "metrics": [{"event": "client:start", "status": "anonymous"}],
    });
    Reply::ok("privacy", privacy)
}

/// Changes one or both of the flags.
pub(super) async fn update_privacy(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let flag = |name: &str| match fields.text(name).as_deref() {
        None => Ok(None),
        Some("0") => Ok(Some(false)),
        Some("1") => Ok(Some(true)),
        Some(_) => Err(Fail::MALFORMED),
    };
    let (playback, stats) = (flag("optOutPlayback")?, flag("optOutLibraryStats")?);
    let mut world = shared.state();
    let preferences = world.preferences.of(caller.account());
    preferences.opt_out_playback = playback.unwrap_or(preferences.opt_out_playback);
    preferences.opt_out_library_stats = stats.unwrap_or(preferences.opt_out_library_stats);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn profile(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let profile = shared.state().preferences.of(caller.account()).profile.clone();
    Reply::ok("profile", Value::Object(profile))
}

/// Changes the profile. The changes are query parameters; one client sends a JSON body instead.
pub(super) async fn update_profile(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let query = parameters.pairs().filter(|(name, _)| !name.starts_with("X-Plex-"));
    let query: Vec<(&str, Value)> = query.map(|(name, value)| (name, Value::from(value))).collect();
    let in_query = query.iter().map(|(name, value)| (*name, value));
    let mut world = shared.state();
    let preferences = world.preferences.of(caller.account());
    let mut changed = preferences.clone();
    if !in_query.chain(fields.members()).all(|(name, value)| changed.change_profile(name, value)) {
        return Err(Fail::MALFORMED);
    }
    *preferences = changed;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn view_state_sync(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let consent = shared.state().preferences.of(caller.account()).view_state_sync;
    Reply::ok("viewStateSync", json!({"consent": consent}))
}

/// Sets the consent to `true` or `false`, in any case: Python sends `True`.
pub(super) async fn update_view_state_sync(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let consent = match parameters.require("consent")?.to_ascii_lowercase().as_str() {
        "true" => true,
        "false" => false,
        _ => return Err(Fail::MALFORMED),
    };
    shared.state().preferences.of(caller.account()).view_state_sync = Some(consent);
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the opt-outs as a map. Always JSON.
pub(super) async fn opt_out_map(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    Reply::json(json!(shared.state().preferences.of(caller.account()).opt_outs))
}

/// Returns the opt-outs as a list.
pub(super) async fn opt_outs(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(uuid): Path<String>,
) -> Result<Reply, Fail> {
    let account = by_uuid(&shared, &caller, &uuid)?;
    let mut world = shared.state();
    let rows = world.preferences.of(account).opt_outs.iter();
    Ok(Reply::ok("optOuts", rows.map(|(key, value)| json!({"key": key, "value": value})).collect()))
}

pub(super) async fn update_opt_out(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(uuid): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let account = by_uuid(&shared, &caller, &uuid)?;
    let (key, value) = (parameters.require("key")?, parameters.require("value")?);
    let possible = match value {
        "opt_in" | "opt_out" => true,
        // Music cannot be opted out of for managed users only.
        "opt_out_managed" => key != "tv.plex.provider.music",
        _ => false,
    };
    if !possible {
        return Err(Fail::MALFORMED);
    }
    shared.state().preferences.of(account).opt_outs.insert(String::from(key), String::from(value));
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the account with this uuid: the caller, or a member of the Home that the caller
/// administers.
fn by_uuid(shared: &Shared, caller: &SignedIn, uuid: &str) -> Result<AccountId, Fail> {
    let mut world = shared.state();
    let id = world.people.by_uuid(uuid).map(|person| person.id).ok_or(Fail::NOT_FOUND)?;
    let home = world.homes.of_admin(caller.account());
    let manages = home.is_some_and(|home| home.members.contains(&id));
    if id == caller.account() || manages { Ok(id) } else { Err(Fail::FORBIDDEN_FOR_USER) }
}
