//! Receives what plex.tv posts to a webhook, end to end: `cargo run --example webhook_receiver`
//! starts a sandbox instead of plex.tv, registers an address there, and receives events.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::error::Error;

use axum::{Router, routing::post};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, Token, printable, webhook::Event};
use tokio::net::TcpListener;

/// Handles an event.
async fn receive(event: Event) {
    let who = printable(event.account_name().unwrap_or("somebody"));
    let what = printable(event.title().unwrap_or("no item"));
    let server = printable(event.server_name().unwrap_or("a server"));
    let picture = event.thumb.as_ref().map_or(0, |thumb| thumb.bytes.len());
    println!("{}: {who}, {what}, on {server}; {picture} bytes of picture", event.kind);
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Anyone who knows the address can post to it, so it must be hard to guess.
    let path = format!("/plex/{}", uuid::Uuid::new_v4());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}{path}", listener.local_addr()?);
    let app = Router::new().route(&path, post(receive));
    tokio::spawn(async { axum::serve(listener, app).await });

    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("webhook-example-01", "Webhook Example", env!("CARGO_PKG_VERSION"))?;
    let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
    match client.webhooks().add(address.as_str()).await {
        Ok(list) => println!("{} address is registered", list.len()),
        Err(error) if error.is_plex_pass_required() => return Err("webhooks need a Plex Pass".into()),
        Err(error) => return Err(error.into()),
    }

    for event in ["media.play", "media.scrobble", "library.new", "admin.database.backup"] {
        sandbox.deliver(event).await;
    }

    let left = client.webhooks().remove(address).await?;
    println!("{} addresses are left", left.len());
    Ok(())
}
