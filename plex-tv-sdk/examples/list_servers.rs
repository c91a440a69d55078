//! Lists the user's servers with all their connections, best first.
//!
//! `cargo run --example list_servers` uses a sandbox. With `PLEX_TV_URL=https://plex.tv` and a
//! token in `PLEX_TV_TOKEN`, it uses your account.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::error::Error;

use plex_tv_sdk::{ConnectionKind, printable};

mod common;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (settings, _sandbox) = common::settings("List Servers Example").await?;
    let client = settings.build()?;

    for server in client.servers().await? {
        let owner = if server.is_owned() { "owned" } else { "shared" };
        // Names are chosen by strangers.
        println!("{} ({owner})", printable(server.name()));
        for connection in server.connections() {
            let uri = printable(connection.uri.as_deref().unwrap_or("no address"));
            println!("  {:<6}  {uri}", ConnectionKind::from(connection));
        }
    }
    Ok(())
}
