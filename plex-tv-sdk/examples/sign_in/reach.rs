//! Finds the connection to use: the best one at which the right server answers.

use std::time::Duration;

use plex_tv_sdk::{
    Server,
    plex_tv::types::Connection,
    reqwest::{self, header::ACCEPT, redirect::Policy},
};
use serde_json::Value;

use crate::Outcome;

/// A server, and the connection at which it answered.
pub(crate) struct Reached {
    pub(crate) server: Server,
    pub(crate) connection: Option<Connection>,
}

/// Tries all servers at once, which takes no longer than the slowest.
pub(crate) async fn reach_all(servers: Vec<Server>) -> Outcome<Vec<Reached>> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(3)).redirect(Policy::none()).build()?;
    let tries: Vec<_> = servers.into_iter().map(|server| tokio::spawn(reach(http.clone(), server))).collect();
    let mut reached = Vec::new();
    for attempt in tries {
        reached.push(attempt.await?);
    }
    Ok(reached)
}

/// The connections come best first: they are tried together, and the first in order that answers is taken.
async fn reach(http: reqwest::Client, server: Server) -> Reached {
    let try_one = |connection: &Connection| {
        let answers = answers(http.clone(), connection.uri.clone(), server.machine_identifier().to_owned());
        (connection.clone(), tokio::spawn(answers))
    };
    let tries: Vec<_> = server.connections().iter().map(try_one).collect();
    for (connection, attempt) in tries {
        if let Ok(Some(())) = attempt.await {
            return Reached { server, connection: Some(connection) };
        }
    }
    Reached { server, connection: None }
}

/// Another machine may have the address by now, so the server has to say who it is. It needs no token for that, and gets
/// none before it has.
async fn answers(http: reqwest::Client, uri: Option<String>, machine_identifier: String) -> Option<()> {
    let call = http.get(format!("{}/identity", uri?)).header(ACCEPT, "application/json");
    let reply: Value = call.send().await.ok()?.json().await.ok()?;
    let identifier = reply.pointer("/MediaContainer/machineIdentifier")?;
    (*identifier == machine_identifier).then_some(())
}
