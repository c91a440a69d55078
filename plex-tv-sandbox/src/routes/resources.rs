use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::{Installation, Parameters, SignedIn};
use crate::data::{ACCOUNT, Remote};
use crate::device::Device;
use crate::media_server::MediaServer;
use crate::reply::{Fail, Reply};
use crate::session::Kind;
use crate::state::Shared;

const REMOTE_PORT: u16 = 32400;

pub(super) async fn resources(State(shared): State<Arc<Shared>>, caller: SignedIn, parameters: Parameters) -> Reply {
    // As reported of plex.tv: owned servers are listed with the JWT itself, which they then refuse.
    let jwt = (!shared.options.jwt_everywhere && caller.session.kind != Kind::Legacy).then_some(&*caller.token);
    let wanted = Wanted {
        https: parameters.is_on("includeHttps"),
        relay: parameters.is_on("includeRelay"),
        ipv6: parameters.is_on("includeIPv6"),
    };
    let seen_by = |media_server| server(media_server, &caller, jwt, wanted);
    let mut resources: Vec<Value> = shared.servers.iter().map(seen_by).collect();
    resources.push(player());
    Reply::ok("resources", Value::from(resources))
}

/// Which connections the caller asked for.
#[derive(Clone, Copy)]
struct Wanted {
    https: bool,
    relay: bool,
    ipv6: bool,
}

fn server(media_server: &MediaServer, caller: &SignedIn, jwt: Option<&str>, wanted: Wanted) -> Value {
    let facts = media_server.facts;
    let account = caller.session.account;
    let owner = facts.owner.as_ref().map(|owner| (owner.id, owner.title));
    // The servers that the built-in account owns are shared with everybody else.
    let owner = owner.or((account.id != ACCOUNT.id).then_some((ACCOUNT.id, ACCOUNT.title)));
    let own_token = media_server.access_token_for(account);
    json!({
        "name": facts.name,
        "product": "Plex Media Server",
        "productVersion": facts.version,
        "platform": facts.platform,
        "platformVersion": "",
        "device": facts.device,
        "clientIdentifier": facts.machine_identifier,
        "createdAt": "2024-01-01T00:00:00Z",
        "lastSeenAt": "2026-10-01T00:00:00Z",
        "provides": "server",
        "ownerId": owner.map(|(id, _)| id),
        "sourceTitle": owner.map(|(_, title)| title),
        "publicAddress": facts.public_address,
        "accessToken": jwt.filter(|_| owner.is_none()).unwrap_or(&own_token),
        "owned": owner.is_none(),
        "home": facts.owner.is_none() && owner.is_some() && account.is_in_home(),
        "synced": false,
        "relay": facts.relay,
        "presence": true,
        "httpsRequired": false,
        "publicAddressMatches": facts.public_address_matches,
        "dnsRebindingProtection": false,
        "natLoopbackSupported": false,
        "connections": connections(media_server, wanted),
    })
}

fn connections(media_server: &MediaServer, wanted: Wanted) -> Vec<Value> {
    let facts = media_server.facts;
    let mut connections = Vec::new();
    if facts.local {
        connections.push(loopback(media_server, false));
    }
    if let Some(remote) = &facts.remote {
        remote_connections(&mut connections, remote, facts.machine_identifier, wanted);
    }
    if facts.relay && wanted.relay {
        connections.push(loopback(media_server, true));
    }
    connections
}

/// Plain http even with `includeHttps=1`, for it leads to a fake server that has no certificate.
fn loopback(media_server: &MediaServer, relay: bool) -> Value {
    json!({
        "protocol": "http",
        "address": "127.0.0.1",
        "port": media_server.port,
        "uri": media_server.url(),
        "local": !relay,
        "relay": relay,
        "IPv6": false,
    })
}

fn remote_connections(out: &mut Vec<Value>, remote: &Remote, machine_identifier: &str, wanted: Wanted) {
    out.push(remote_connection(remote.ipv4, machine_identifier, wanted, false));
    if let Some(ipv6) = remote.ipv6.filter(|_| wanted.ipv6) {
        out.push(remote_connection(ipv6, machine_identifier, wanted, true));
    }
}

/// Names end in `.invalid`, so that trying one fails at once and asks no one outside.
fn remote_connection(address: &str, machine_identifier: &str, wanted: Wanted, ipv6: bool) -> Value {
    let host = if wanted.https {
        let dashed = address.replace(['.', ':'], "-");
        format!("{dashed}.{}.plex.direct.invalid", &machine_identifier[..32])
    } else if ipv6 {
        format!("[{address}]")
    } else {
        String::from(address)
    };
    let protocol = if wanted.https { "https" } else { "http" };
    json!({
        "protocol": protocol,
        "address": address,
        "port": REMOTE_PORT,
        "uri": format!("{protocol}://{host}:{REMOTE_PORT}"),
        "local": false,
        "relay": false,
        "IPv6": ipv6,
    })
}

/// Players have no token, and lack two members that servers have.
fn player() -> Value {
    json!({
        "name": "Bedroom TV",
        "product": "Plex for Example TV",
        "productVersion": "5.1.0",
        "platform": null,
        "platformVersion": null,
        "device": null,
        "clientIdentifier": "4f1b0f54-6ae2-4f0a-9c1d-000000000002",
        "createdAt": "2024-01-01T00:00:00Z",
        "lastSeenAt": "2026-10-01T00:00:00Z",
        "provides": "player",
        "ownerId": null,
        "sourceTitle": null,
        "publicAddress": "203.0.113.7",
        "accessToken": null,
        "owned": true,
        "home": false,
        "synced": false,
        "relay": false,
        "presence": true,
        "httpsRequired": false,
        "publicAddressMatches": true,
        "connections": [{
            "protocol": "http",
            "address": "192.168.1.20",
            "port": 32500,
            "uri": "http://192.168.1.20:32500",
            "local": true,
            "relay": false,
            "IPv6": false,
        }],
    })
}

/// Newest first; a device whose token was replaced by a JWT has none.
pub(super) async fn devices(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let Installation { client_identifier, product } = &caller.installation;
    let devices = shared.devices(caller.session.account, client_identifier, product);
    let row = |(device, token): (Device, Option<String>)| {
        let is_caller = device.client_identifier == *client_identifier && caller.session.kind == Kind::Legacy;
        let token = token.or_else(|| is_caller.then(|| caller.token.clone()));
        self::device(&device, token)
    };
    Reply::ok("devices", devices.into_iter().map(row).collect())
}

fn device(device: &Device, token: Option<String>) -> Value {
    let mut row = json!({
        "id": device.id,
        "name": device.product,
        "product": device.product,
        "publicAddress": "203.0.113.7",
        "platform": "Linux",
        "platformVersion": null,
        "device": null,
        "model": null,
        "vendor": null,
        "provides": "client",
        "clientIdentifier": device.client_identifier,
        "createdAt": "2024-01-01T00:00:00Z",
        "lastSeenAt": "2026-10-01T00:00:00Z",
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

/// `/devices/900000001.xml`: the only way to remove a device, and one of the older calls.
pub(super) async fn remove_device(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(file): Path<String>,
) -> Result<StatusCode, Fail> {
    let id: u64 = file.strip_suffix(".xml").and_then(|id| id.parse().ok()).ok_or(Fail::NOT_FOUND)?;
    let account = caller.session.account.id;
    let removed = shared.remove_devices(|device| device.id == id && device.account.id == account);
    if removed { Ok(StatusCode::OK) } else { Err(Fail::NOT_FOUND) }
}
