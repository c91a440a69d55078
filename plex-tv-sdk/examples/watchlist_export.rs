//! Exports a watchlist as JSON, and changes it: `cargo run --example watchlist_export` does so in a
//! sandbox.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talking to a person is what this program is for")]

use std::error::Error;

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, ExternalId, Kind, Token, WatchlistSort, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("watchlist-example-01", "Watchlist Example", env!("CARGO_PKG_VERSION"))?;
    let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
    let watchlist = client.watchlist();

    let item = client.find(ExternalId::imdb("tt0000270"), Kind::Movie).await?;
    eprintln!("adding {}", printable(item.title.as_deref().unwrap_or_default()));
    watchlist.add(&item).await?;

    // One item at a time, however long the list is.
    let mut shows = watchlist.clone().kind(Kind::Show).sort(WatchlistSort::Title).items();
    while let Some(show) = shows.next_item().await? {
        eprintln!("{}", printable(show.title.as_deref().unwrap_or("without a title")));
    }

    // Or all at once.
    let items = watchlist.items().collect().await?;
    println!("{}", serde_json::to_string_pretty(&items)?);
    eprintln!("{} items", items.len());

    watchlist.remove(&item).await?;
    Ok(())
}
