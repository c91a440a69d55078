use std::sync::Arc;

use axum::extract::State;
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use crate::data::Remote;
use crate::media_server::MediaServer;
use crate::reply::Reply;
use crate::state::Shared;

const REMOTE_PORT: u16 = 32400;

pub(super) async fn resources(State(shared): State<Arc<Shared>>, _: SignedIn, parameters: Parameters) -> Reply {
    let wanted = Wanted {
        https: parameters.is_on("includeHttps"),
        relay: parameters.is_on("includeRelay"),
        ipv6: parameters.is_on("includeIPv6"),
    };
    let mut resources: Vec<Value> = shared.servers.iter().map(|media_server| server(media_server, wanted)).collect();
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

fn server(media_server: &MediaServer, wanted: Wanted) -> Value {
    let facts = media_server.facts;
    let owner = facts.owner.as_ref();
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
        "ownerId": owner.map(|owner| owner.id),
        "sourceTitle": owner.map(|owner| owner.title),
        "publicAddress": facts.public_address,
        "accessToken": facts.access_token,
        "owned": owner.is_none(),
        "home": false,
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

pub(super) async fn devices(caller: SignedIn) -> Reply {
    let installation = &caller.installation;
    let this = json!({
        "id": 900_000_001,
        "name": installation.product.as_deref().unwrap_or("0"),
        "product": installation.product.as_deref().unwrap_or("0"),
        "publicAddress": "203.0.113.7",
        "platform": "Linux",
        "platformVersion": null,
        "device": null,
        "model": null,
        "vendor": null,
        "provides": "client",
        "clientIdentifier": installation.client_identifier,
        "token": caller.token,
        "createdAt": "2024-01-01T00:00:00Z",
        "lastSeenAt": "2026-10-01T00:00:00Z",
        "screenResolution": "1920x1080",
        "screenDensity": null,
        "presence": true,
        "syncLists": [],
        "connections": [],
    });
    Reply::ok("devices", json!([this]))
}
