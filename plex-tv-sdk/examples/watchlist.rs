//! Lists the whole watchlist, however many pages it has.
//!
//! `cargo run --example watchlist` looks into a sandbox. With `PLEX_TV_URL=https://plex.tv` and a
//! token in `PLEX_TV_TOKEN` it looks into your account.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::error::Error;

use plex_tv_sdk::{Pages, printable};

mod common;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (settings, _sandbox) = common::settings("Watchlist Example").await?;
    let client = settings.build()?;

    let mut watchlist = Pages::new(|start, size| {
        client
            .discover()
            .get_watchlist("all")
            .sort("titleSort:asc")
            .container_start(start)
            .container_size(size)
            .send_with_response()
    });
    while let Some(item) = watchlist.next_item().await? {
        let year = item.year.map(|year| format!(" ({year})")).unwrap_or_default();
        println!("{}{year}", printable(item.title.as_deref().unwrap_or("without a title")));
    }
    println!("{} in all", watchlist.total().unwrap_or_default());
    Ok(())
}
