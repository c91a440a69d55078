//! The first call of the reference's start page, sent to a sandbox.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use plex_tv_sdk::{Client, ClientIdentity, Token, printable};

#[tokio::main]
async fn main() -> Result<(), plex_tv_sdk::Error> {
    let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?;
    let client = Client::builder(identity)
        .base_url("http://127.0.0.1:8080")
        .token(Token::new("sandbox-account-0001")?)
        .build()?;

    println!("Hello {}", printable(client.account().await?.name()));
    Ok(())
}
