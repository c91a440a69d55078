//! Sync items: what devices should download.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::reply::{Fail, Reply};
use crate::routes::caller::{Parameters, SignedIn};
use crate::routes::sharing::own_server;
use crate::state::{Shared, SyncItem};

pub(in crate::routes) async fn items(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(client_identifier): Path<String>,
) -> Reply {
    let world = shared.state();
    let of_device = |item: &&SyncItem| item.account == caller.account() && item.client_identifier == client_identifier;
    let rows: Vec<Value> = world.sync_items.all().filter(of_device).map(row).collect();
    Reply::xml("SyncList", json!({"clientIdentifier": client_identifier, "SyncItems": {"SyncItem": rows}}))
}

fn row(item: &SyncItem) -> Value {
    let mut row = item.members.clone();
    row["id"] = json!(item.id);
    row["version"] = json!(1);
    row["machineIdentifier"] = json!(item.machine_identifier);
    row["Server"] = json!({"machineIdentifier": item.machine_identifier});
    row["Status"] = json!({
        "failureCode": "",
        "failure": "",
        "state": "pending",
        "itemsCount": 1,
        "itemsCompleteCount": 0,
        "totalSize": 0,
        "itemsDownloadedCount": 0,
        "itemsReadyCount": 0,
        "itemsSuccessfulCount": 0,
    });
    row
}

/// Creates an item from query parameters such as `SyncItem[Policy][scope]`.
pub(in crate::routes) async fn create(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(client_identifier): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let text = |name: &str| parameters.require(&format!("SyncItem{name}")).map(String::from);
    let mut members = Map::new();
    for name in ["title", "rootTitle", "metadataType", "contentType"] {
        members.insert(String::from(name), json!(text(&format!("[{name}]"))?));
    }
    let scope = text("[Policy][scope]")?;
    let unwatched = text("[Policy][unwatched]")? == "1";
    let value: u64 = text("[Policy][value]").unwrap_or_default().parse().unwrap_or_default();
    members.insert(String::from("Policy"), json!({"scope": scope, "unwatched": unwatched, "value": value}));
    members.insert(String::from("Location"), json!({"uri": text("[Location][uri]")?}));
    members.insert(String::from("MediaSettings"), Value::Object(media_settings(&parameters)));
    let item = SyncItem {
        id: 0,
        account: caller.account(),
        client_identifier,
        machine_identifier: text("[machineIdentifier]")?,
        members: Value::Object(members),
    };
    let item = shared.state().sync_items.add(item);
    Ok(Reply::xml("SyncItem", row(&item)).with_status(StatusCode::CREATED))
}

/// Returns the media settings, with defaults for missing ones.
fn media_settings(parameters: &Parameters) -> Map<String, Value> {
    let usual = [
        ("audioBoost", "100"),
        ("maxVideoBitrate", "4000"),
        ("musicBitrate", "192"),
        ("photoQuality", "74"),
        ("photoResolution", "1920x1080"),
        ("subtitleSize", "100"),
        ("videoQuality", "100"),
        ("videoResolution", "1280x720"),
    ];
    let said = |name: &str| parameters.get(&format!("SyncItem[MediaSettings][{name}]"));
    usual.into_iter().map(|(name, usual)| (String::from(name), json!(said(name).unwrap_or(usual)))).collect()
}

pub(in crate::routes) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path((client_identifier, id)): Path<(String, String)>,
) -> Result<StatusCode, Fail> {
    let id: u64 = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let removed = shared.state().sync_items.remove(|item| {
        item.id == id && item.client_identifier == client_identifier && item.account == caller.account()
    });
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Fail::NOT_FOUND) }
}

/// Lists the sync items of one server by device.
pub(in crate::routes) async fn lists(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(machine_identifier): Path<String>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let world = shared.state();
    let mut lists: Vec<(&SyncItem, Vec<Value>)> = Vec::new();
    for item in world.sync_items.all().filter(|item| item.machine_identifier == server.machine_identifier) {
        match lists.iter_mut().find(|(first, _)| first.client_identifier == item.client_identifier) {
            Some((_, rows)) => rows.push(row(item)),
            None => lists.push((item, Vec::from([row(item)]))),
        }
    }
    let list = |(first, rows): (&SyncItem, Vec<Value>)| {
        let device =
            json!({"userID": first.account, "name": first.client_identifier, "lastSeenAt": shared.epoch_seconds()});
        json!({
            "id": first.client_identifier,
            "version": 1,
            "itemsCompleteCount": 0,
            "totalSize": 0,
            "Device": device,
            "SyncItem": rows,
        })
    };
    let lists: Vec<Value> = lists.into_iter().map(list).collect();
    Ok(Reply::xml("SyncLists", json!({"SyncList": lists})))
}
