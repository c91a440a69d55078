//! Task 3: share a library with filters, change the share, and end it.

use plex_tv_sdk::{Client, Filter, Libraries};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;
    let server = client.servers().await?.into_iter().find(|server| server.is_owned()).ok_or("no server")?;

    let invite = server.share_with("friend@example.com", Libraries::titled(["Movies"])).allow_sync(true);
    let share = invite.movies(Filter::ratings(["G", "PG"]).without_labels(["Private"])).send().await?;
    assert_eq!(share.add_library("TV Shows").await?.libraries().len(), 2);
    share.revoke().await?;
    Ok(())
}
