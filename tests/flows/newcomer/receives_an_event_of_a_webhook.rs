//! Task 4: register a webhook, and receive an event.

use axum::{Router, routing::post};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, webhook::Event};
use tokio::net::TcpListener;

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    client.webhooks().add(format!("http://{}/plex", listener.local_addr()?)).await?;
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let app = Router::new().route("/plex", post(async move |event: Event| drop(sender.send(event))));
    tokio::spawn(async { axum::serve(listener, app).await });

    sandbox.deliver("media.play").await;
    let event = events.recv().await.ok_or("no event")?;
    assert_eq!((event.kind.to_string().as_str(), event.title()), ("media.play", Some("Example Movie 1")));
    assert!(event.thumb.is_some());
    Ok(())
}
