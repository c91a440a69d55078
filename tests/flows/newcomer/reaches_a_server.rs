//! Task 2: find a server, connect, and send it a request with its token.

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, reqwest};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;

    let server = client.servers().await?.into_iter().find(|server| server.is_owned()).ok_or("no server")?;
    let connection = server.connect().on_progress(|progress| println!("{} tried", progress.kind())).await?;
    println!("{} at {} ({})", server.name(), connection.uri(), connection.kind());

    let request = reqwest::Client::new().get(format!("{}/", connection.uri()));
    let reply = request.header("X-Plex-Token", connection.access_token().expose()).send().await?;
    assert_eq!(reply.status(), 200);
    Ok(())
}
