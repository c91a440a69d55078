//! Resources: an account's servers, servers shared with it, and a player.

use std::sync::Arc;

use axum::extract::State;
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use crate::data::ACCOUNT;
use crate::media_server::MediaServer;
use crate::reply::Reply;
use crate::state::{Remote, Server, Shared, State as World};

const REMOTE_PORT: u16 = 32400;

pub(super) async fn resources(State(shared): State<Arc<Shared>>, caller: SignedIn, parameters: Parameters) -> Reply {
    let wanted = Wanted {
        https: parameters.is_on("includeHttps"),
        relay: parameters.is_on("includeRelay"),
        ipv6: parameters.is_on("includeIPv6"),
    };
    let world = shared.state();
    let seen = reachable(&shared, &world, &caller).into_iter();
    let mut resources: Vec<Value> = seen.map(|reach| server(&shared, &reach, wanted)).collect();
    // The player belongs to the Home of the built-in account.
    if caller.account() == ACCOUNT || world.homes.are_together(caller.account(), ACCOUNT) {
        resources.push(player(&shared));
    }
    Reply::ok("resources", Value::from(resources))
}

/// A server as one account can use it.
pub(super) struct Reach<'a> {
    pub(super) server: &'a MediaServer,
    /// The owner's id and name, and whether they share a Home. `None` for the account's own server.
    pub(super) owner: Option<(u64, String, bool)>,
    pub(super) token: String,
}

/// Returns the servers that an account owns and those whose share it accepted.
pub(super) fn reachable<'a>(shared: &'a Shared, world: &World, caller: &SignedIn) -> Vec<Reach<'a>> {
    let account = caller.account();
    let mut reachable = Vec::new();
    for server in &shared.servers {
        let facts = server.facts();
        let own_token = facts.access_token_for(account);
        if facts.owner == account {
            // As reported about plex.tv: owned servers are listed with the JWT itself, which they
            // then refuse.
            let jwt = !shared.options.jwt_everywhere && caller.is_by_jwt();
            let token = if jwt { caller.token.clone() } else { own_token };
            reachable.push(Reach { server, owner: None, token });
        } else if world.sharing.accepted(&facts.machine_identifier, account).is_some() {
            let name = world.people.get(facts.owner).map(|owner| owner.title.clone()).unwrap_or_default();
            let home = world.homes.are_together(account, facts.owner);
            reachable.push(Reach { server, owner: Some((facts.owner, name, home)), token: own_token });
        }
    }
    reachable
}

/// Which connections the caller asked for.
#[derive(Clone, Copy)]
struct Wanted {
    https: bool,
    relay: bool,
    ipv6: bool,
}

fn server(shared: &Shared, reach: &Reach<'_>, wanted: Wanted) -> Value {
    let facts = reach.server.facts();
    json!({
        "name": facts.name,
        "product": "Plex Media Server",
        "productVersion": facts.version,
        "platform": facts.platform,
        "platformVersion": "",
        "device": facts.device,
        "clientIdentifier": facts.machine_identifier,
        "createdAt": shared.clock.iso_at(Server::CREATED_AT),
        "lastSeenAt": shared.clock.iso(shared.now()),
        "provides": "server",
        "ownerId": reach.owner.as_ref().map(|(id, ..)| id),
        "sourceTitle": reach.owner.as_ref().map(|(_, name, _)| name),
        "publicAddress": facts.public_address,
        "accessToken": reach.token,
        "owned": reach.owner.is_none(),
        "home": reach.owner.as_ref().is_some_and(|(.., home)| *home),
        "synced": false,
        "relay": facts.relay,
        "presence": true,
        "httpsRequired": false,
        "publicAddressMatches": facts.public_address_matches,
        "dnsRebindingProtection": false,
        "natLoopbackSupported": false,
        "connections": connections(reach.server, wanted),
    })
}

fn connections(media_server: &MediaServer, wanted: Wanted) -> Vec<Value> {
    let facts = media_server.facts();
    let mut connections = Vec::new();
    if facts.local {
        connections.push(loopback(media_server, false));
    }
    if let Some(remote) = &facts.remote {
        remote_connections(&mut connections, remote, &facts.machine_identifier, wanted);
    }
    if facts.relay && wanted.relay {
        connections.push(loopback(media_server, true));
    }
    connections
}

/// Returns a connection with plain HTTP, even with `includeHttps=1`, because the fake server has no
/// certificate.
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

/// Returns a remote connection. Its host name ends in `.invalid`, so that connecting fails at once
/// and reaches no other machine.
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
fn player(shared: &Shared) -> Value {
    json!({
        "name": "Bedroom TV",
        "product": "Plex for Example TV",
        "productVersion": "5.1.0",
        "platform": null,
        "platformVersion": null,
        "device": null,
        "clientIdentifier": "4f1b0f54-6ae2-4f0a-9c1d-000000000002",
        "createdAt": shared.clock.iso_at(Server::CREATED_AT),
        "lastSeenAt": shared.clock.iso(shared.now()),
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

/// Lists the resources in version 1 of the API.
pub(super) async fn legacy_resources(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Reply {
    let wanted = Wanted {
        https: parameters.is_on("includeHttps"),
        relay: parameters.is_on("includeRelay"),
        ipv6: parameters.is_on("includeIPv6"),
    };
    let world = shared.state();
    let devices: Vec<Value> = reachable(&shared, &world, &caller)
        .iter()
        .map(|reach| legacy(server(&shared, reach, wanted), shared.epoch_seconds()))
        .collect();
    Reply::xml("MediaContainer", json!({"size": devices.len(), "Device": devices}))
}

/// Converts a resource to version 1: times are numbers, nulls and `IPv6` are left out.
fn legacy(mut row: Value, now: i64) -> Value {
    row["createdAt"] = json!(Server::CREATED_AT);
    row["lastSeenAt"] = json!(now);
    if let Some(members) = row.as_object_mut() {
        let mut connections = members.remove("connections").unwrap_or_default();
        for connection in connections.as_array_mut().into_iter().flatten() {
            connection.as_object_mut().map(|members| members.remove("IPv6"));
        }
        members.insert(String::from("Connection"), connections);
        members.retain(|_, value| !value.is_null());
    }
    row
}

/// Lists servers without their connections.
pub(super) async fn legacy_servers(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let world = shared.state();
    let row = |reach: &Reach<'_>| legacy_server(reach.server.facts(), &reach.token, reach.owner.as_ref());
    let servers: Vec<Value> = reachable(&shared, &world, &caller).iter().map(row).collect();
    Reply::xml(
        "MediaContainer",
        json!({"friendlyName": "myPlex", "identifier": "com.plexapp.plugins.myplex", "size": servers.len(), "Server": servers}),
    )
}

pub(super) fn legacy_server(server: &Server, token: &str, owner: Option<&(u64, String, bool)>) -> Value {
    let mut row = json!({
        "accessToken": token,
        "name": server.name,
        "address": server.public_address,
        "port": REMOTE_PORT,
        "version": server.version,
        "scheme": "http",
        "host": server.public_address,
        "localAddresses": "127.0.0.1",
        "machineIdentifier": server.machine_identifier,
        "createdAt": Server::CREATED_AT,
        "updatedAt": Server::CREATED_AT,
        "owned": owner.is_none(),
        "synced": false,
        "home": owner.is_some_and(|(.., home)| *home),
    });
    if let Some((id, name, _)) = owner {
        row["sourceTitle"] = json!(name);
        row["ownerId"] = json!(id);
    }
    row
}
