//! Receives what plex.tv posts to a webhook, end to end: `cargo run --example webhook_receiver`
//! starts a sandbox instead of plex.tv, registers an address there, and receives events.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::error::Error;

use axum::{Router, routing::post};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, printable, webhook::Event};
use tokio::net::TcpListener;

/// Handles an event. The account, the server and the item have names that other people choose.
async fn receive(event: Event) {
    println!("{}", printable(event.kind.as_str()));
    println!("  server: {}", printable(event.server_name().unwrap_or("unknown")));
    println!("  user: {}", printable(event.account_name().unwrap_or("unknown")));
    // Not every event is about an item, and not every item has a picture.
    if let Some(title) = event.title() {
        println!("  item: {}", printable(title));
    }
    if let Some(thumb) = event.thumb {
        println!("  picture: {} bytes", thumb.bytes.len());
    }
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
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;
    match client.webhooks().add(address.as_str()).await {
        Ok(_) => println!("The address is registered."),
        Err(error) if error.is_plex_pass_required() => return Err("webhooks need a Plex Pass".into()),
        Err(error) => return Err(error.into()),
    }

    for event in ["media.play", "media.scrobble", "library.new", "admin.database.backup"] {
        sandbox.deliver(event).await;
    }

    client.webhooks().remove(address).await?;
    println!("The address is removed.");
    Ok(())
}
