//! Lists the whole watchlist, however many pages it has.
//!
//! `cargo run --example watchlist` looks into a sandbox. With `PLEX_TV_URL=https://plex.tv` and a
//! token in `PLEX_TV_TOKEN` it looks into your account.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, Pages, Token, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("watchlist-example-01", "Watchlist Example", env!("CARGO_PKG_VERSION"))?;
    let client = match env::var("PLEX_TV_URL") {
        // The token of the sandbox is never offered elsewhere.
        Err(_) => Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?),
        Ok(url) if url == "https://plex.tv" => {
            let token = env::var("PLEX_TV_TOKEN").map_err(|_| "PLEX_TV_TOKEN is not set")?;
            Client::builder(identity).token(Token::new(token)?)
        }
        Ok(_) => return Err("PLEX_TV_URL is something else than https://plex.tv".into()),
    }
    .build()?;

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
