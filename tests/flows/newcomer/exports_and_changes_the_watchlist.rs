//! Task 5: add to the watchlist by IMDb id, export it as JSON, and remove from it.

use plex_tv_sdk::{Client, ExternalId};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    let watchlist = Client::for_tests(sandbox.url(), sandbox.token())?.watchlist();

    watchlist.add(ExternalId::imdb("tt0000270")).await?;
    assert!(serde_json::to_string(&watchlist.items().collect().await?)?.contains("imdb://tt0000270"));
    watchlist.remove(ExternalId::imdb("tt0000270")).await?;
    Ok(())
}
