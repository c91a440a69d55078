//! Media servers: what their owner sees, and calls that only the server itself may make.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::{ServerCaller, SignedIn};
use super::sharing::{own_server, section};
use crate::reply::{Fail, Reply};
use crate::state::{AccountId, Server, Shared, State as World};

pub(super) async fn server(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(machine_identifier): Path<String>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let mut row = facts(server);
    row["librarySections"] = server.sections.iter().map(section).collect();
    Ok(Reply::ok("server", row))
}

fn facts(server: &Server) -> Value {
    json!({
        "name": server.name,
        "address": server.public_address,
        "port": 32400,
        "version": server.version,
        "scheme": "http",
        "localAddresses": "127.0.0.1",
        "machineIdentifier": server.machine_identifier,
        "createdAt": Server::CREATED_AT,
        "updatedAt": Server::CREATED_AT,
        "owned": true,
        "synced": false,
    })
}

/// Answers 404: no account has a cloud server.
pub(super) async fn cloud(_: SignedIn) -> Fail {
    Fail::NOT_FOUND
}

pub(super) async fn release_channels(_: SignedIn) -> Reply {
    Reply::ok("releaseChannels", json!([{"id": "public", "title": "Public"}, {"id": "beta", "title": "Beta"}]))
}

pub(super) async fn itself(ServerCaller(server): ServerCaller) -> Reply {
    Reply::ok("server", facts(&server))
}

/// Lists the tokens that the server should accept, one for each account with access.
pub(super) async fn access_tokens(State(shared): State<Arc<Shared>>, ServerCaller(server): ServerCaller) -> Reply {
    let token = |account, owned| {
        json!({
            "type": "server",
            "token": server.access_token_for(account),
            "device": null,
            "owned": owned,
            "createdAt": shared.clock.iso_at(Server::CREATED_AT),
        })
    };
    let world = shared.state();
    let tokens = users(&world, &server).map(|account| token(account, account == server.owner));
    Reply::ok("accessTokens", tokens.collect())
}

/// Returns the owner of a server, and the accounts that accepted a share of it.
fn users(world: &World, server: &Server) -> impl Iterator<Item = AccountId> {
    let here = world.sharing.all().filter(|share| share.machine_identifier == server.machine_identifier);
    let guests = here.filter(|share| share.accepted_at.is_some()).filter_map(|share| share.invitee.account());
    std::iter::once(server.owner).chain(guests)
}

pub(super) async fn user_features(State(shared): State<Arc<Shared>>, ServerCaller(server): ServerCaller) -> Reply {
    let world = shared.state();
    let row = |account| {
        let features: &[&str] = if world.has_plex_pass(account) { &["sync", "webhooks"] } else { &[] };
        json!({"id": account, "features": features})
    };
    Reply::ok("users", users(&world, &server).map(row).collect())
}

pub(super) async fn certificate_subject(
    server: ServerCaller,
    Path(machine_identifier): Path<String>,
) -> Result<Reply, Fail> {
    let server = itself_only(server, &machine_identifier)?;
    let name = format!("*.{}.plex.direct", server.machine_identifier.get(..32).unwrap_or_default());
    Ok(Reply::ok("subject", json!({"commonName": name})))
}

pub(super) async fn certificate(
    server: ServerCaller,
    Path(machine_identifier): Path<String>,
) -> Result<Response, Fail> {
    itself_only(server, &machine_identifier)?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/x-pem-file")], PEM).into_response())
}

fn itself_only(ServerCaller(server): ServerCaller, machine_identifier: &str) -> Result<Server, Fail> {
    if server.machine_identifier == machine_identifier { Ok(server) } else { Err(Fail::NOT_YOUR_DEVICE) }
}

/// A PEM frame without a usable certificate.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n";
