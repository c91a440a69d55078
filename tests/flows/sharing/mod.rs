//! Sharing: what each call does, and how it fails.

mod backup;
mod changes;
mod invites;
mod races;
mod settings;
mod share_with;

use plex_tv_sandbox::{FRIEND_EMAIL, Request, Sandbox};
use plex_tv_sdk::{Client, Libraries, Server, Share, Token};

use crate::harness::builder;

pub(crate) fn client_of(sandbox: &Sandbox, token: &str) -> Client {
    builder(sandbox.url()).token(Token::new(token).unwrap()).build().unwrap()
}

/// A sandbox, and the server of the built-in account with this name.
async fn server_called(name: &str) -> (Sandbox, Server) {
    let sandbox = Sandbox::start().await.unwrap();
    let servers = client_of(&sandbox, sandbox.token()).servers().await.unwrap();
    let server = servers.into_iter().find(|server| server.name() == name).unwrap();
    (sandbox, server)
}

async fn server() -> (Sandbox, Server) {
    server_called("Living Room Server").await
}

/// A share of the movies with the friend.
async fn shared() -> (Sandbox, Server, Share) {
    let (sandbox, server) = server().await;
    let share = server.share_with(FRIEND_EMAIL, Libraries::titled(["Movies"])).send().await.unwrap();
    (sandbox, server, share)
}

fn friend(sandbox: &Sandbox) -> Client {
    client_of(sandbox, &sandbox.token_of(FRIEND_EMAIL).unwrap())
}

/// The requests of this operation, oldest first.
pub(crate) fn sent(sandbox: &Sandbox, operation: &str) -> Vec<Request> {
    sandbox.requests().into_iter().filter(|request| request.operation == Some(operation)).collect()
}

/// The number of requests that could change something, which are all but the `GET`s.
pub(crate) fn changes(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|request| request.method != "GET").count()
}

fn titles(share: &Share) -> Vec<&str> {
    share.libraries().iter().filter_map(|library| library.title.as_deref()).collect()
}
