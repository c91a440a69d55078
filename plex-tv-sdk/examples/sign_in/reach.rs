//! Finds the best connection to each server.

use plex_tv_sdk::{Server, ServerConnection};

use crate::Outcome;

/// A server, and the connection at which it answered.
pub(crate) struct Reached {
    pub(crate) server: Server,
    pub(crate) connection: Option<ServerConnection>,
}

/// Tries all servers at once, so it takes only as long as the slowest.
pub(crate) async fn reach_all(servers: Vec<Server>) -> Outcome<Vec<Reached>> {
    let tries: Vec<_> = servers.into_iter().map(|server| tokio::spawn(reach(server))).collect();
    let mut reached = Vec::new();
    for attempt in tries {
        reached.push(attempt.await?);
    }
    Ok(reached)
}

async fn reach(server: Server) -> Reached {
    let connection = server.connect().await.ok();
    Reached { server, connection }
}
