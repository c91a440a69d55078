//! Exports a watchlist as JSON, and changes it.
//!
//! `cargo run --example watchlist_export` does so in a sandbox. The JSON is on standard output, so
//! `cargo run --example watchlist_export > watchlist.json` keeps it.
#![allow(clippy::print_stderr, reason = "talking to a person is what this program is for")]

use std::{
    error::Error,
    io::{self, Write as _},
};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ExternalId, Kind, WatchlistSort, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;
    let watchlist = client.watchlist();

    let item = client.find(ExternalId::imdb("tt0000270"), Kind::Movie).await?;
    watchlist.add(&item).await?;
    eprintln!("Added {}.", printable(item.title.as_deref().unwrap_or("an item without a title")));

    // One item at a time, however long the list is.
    eprintln!("The shows:");
    let mut shows = watchlist.clone().kind(Kind::Show).sort(WatchlistSort::Title).items();
    while let Some(show) = shows.next_item().await? {
        eprintln!("  {}", printable(show.title.as_deref().unwrap_or("without a title")));
    }

    // Or all at once.
    let items = watchlist.items().collect().await?;
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&items)?)?;
    eprintln!("Exported {} items.", items.len());

    watchlist.remove(&item).await?;
    eprintln!("Removed the added item.");
    Ok(())
}
