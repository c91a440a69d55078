//! The installations that an account signed in on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::SignedIn;
use super::table::stem;
use crate::device::Device;
use crate::reply::{Fail, Reply};
use crate::state::{Server, Shared};

/// Returns the devices, newest first, with the tokens that the list shows.
fn rows(shared: &Shared, caller: &SignedIn) -> Vec<(Device, Option<String>)> {
    let rows = shared.devices(caller.account(), &caller.installation);
    let own = |(device, token): (Device, Option<String>)| {
        let calls = device.client_identifier() == caller.installation.client_identifier && !caller.is_by_jwt();
        let token = token.or_else(|| calls.then(|| caller.token.clone()));
        (device, token)
    };
    rows.into_iter().map(own).collect()
}

pub(super) async fn devices(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let rows = rows(&shared, &caller);
    Reply::ok("devices", rows.into_iter().map(|(device, token)| row(&shared, &device, token)).collect())
}

fn row(shared: &Shared, device: &Device, token: Option<String>) -> Value {
    let installation = &device.installation;
    let mut row = json!({
        "id": device.id,
        "name": installation.name.as_ref().unwrap_or(&installation.product),
        "product": installation.product,
        "publicAddress": "203.0.113.7",
        "platform": installation.platform.as_deref().unwrap_or("Linux"),
        "platformVersion": installation.platform_version,
        "device": installation.device,
        "model": installation.model,
        "vendor": installation.vendor,
        "provides": installation.provides.as_deref().unwrap_or("client"),
        "clientIdentifier": installation.client_identifier,
        "createdAt": shared.clock.iso_at(Server::CREATED_AT),
        "lastSeenAt": shared.clock.iso(shared.now()),
        "screenResolution": "1920x1080",
        "screenDensity": null,
        "presence": true,
        "syncLists": [],
        "connections": [],
    });
    if let Some(token) = token {
        row["token"] = json!(token);
    }
    row
}

/// Lists the devices in the older format, which has no nulls.
pub(super) async fn legacy_devices(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let rows = rows(&shared, &caller);
    let rows: Vec<Value> = rows.into_iter().map(|(device, token)| legacy_row(&shared, &device, token)).collect();
    Reply::xml("MediaContainer", json!({"publicAddress": "203.0.113.7", "Device": rows}))
}

fn legacy_row(shared: &Shared, device: &Device, token: Option<String>) -> Value {
    let installation = &device.installation;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    json!({
        "id": device.id,
        "name": installation.name.as_ref().unwrap_or(&installation.product),
        "publicAddress": "203.0.113.7",
        "product": installation.product,
        "productVersion": text(&installation.version),
        "platform": text(&installation.platform),
        "platformVersion": text(&installation.platform_version),
        "device": text(&installation.device),
        "model": text(&installation.model),
        "vendor": text(&installation.vendor),
        "provides": text(&installation.provides),
        "clientIdentifier": installation.client_identifier,
        "version": text(&installation.version),
        "token": token.unwrap_or_default(),
        "createdAt": Server::CREATED_AT,
        "lastSeenAt": shared.epoch_seconds(),
        "screenResolution": "1920x1080",
        "screenDensity": "",
    })
}

/// Serves `/devices/900000001.xml`, an older call and the only way to remove a device.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(file): Path<String>,
) -> Result<StatusCode, Fail> {
    let id: u64 = stem(&file, ".xml")?;
    let account = caller.account();
    let removed = shared.remove_devices(|device| device.id == id && device.account == account);
    if removed { Ok(StatusCode::OK) } else { Err(Fail::NOT_FOUND) }
}
