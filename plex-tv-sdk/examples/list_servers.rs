//! Lists the user's servers with all their connections, best first.
//!
//! `cargo run --example list_servers` looks into a sandbox. With `PLEX_TV_URL=https://plex.tv` and
//! a token in `PLEX_TV_TOKEN` it looks into your account.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, ConnectionKind, Token, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let url = env::var("PLEX_TV_URL").unwrap_or_else(|_| sandbox.url().to_owned());
    // The token of the sandbox is never offered elsewhere: there it takes one of your own.
    let token = match env::var("PLEX_TV_TOKEN") {
        Err(_) if url == sandbox.url() => sandbox.token().to_owned(),
        token => token.map_err(|_| "PLEX_TV_TOKEN is not set")?,
    };

    // An app makes its identifier once and keeps it, as the example `sign_in` does.
    let identity = ClientIdentity::new("list-servers-example-01", "List Servers Example", env!("CARGO_PKG_VERSION"))?;
    let client = Client::builder(identity).base_url(url).token(Token::new(token)?).build()?;

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
