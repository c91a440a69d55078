//! A client with its own timeouts and its own settings for the underlying HTTP client, and how to
//! handle each kind of error.
//!
//! `cargo run --example custom_client` talks to a sandbox. Set `PLEX_TV_URL` and `PLEX_TV_TOKEN` to
//! talk to another server.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{error::Error, time::Duration};

use plex_tv_sdk::printable;

mod common;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (settings, _sandbox) = common::settings("Custom Client Example").await?;
    let client = settings
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        // Anything that reqwest can do: a proxy, more root certificates, other DNS. The SDK keeps
        // control of redirects.
        .http(|http| http.tcp_keepalive(Duration::from_secs(60)).pool_max_idle_per_host(2))
        .build()?;

    match client.account().await {
        Ok(account) => println!("Signed in as {}.", printable(account.name())),
        Err(error) if error.needs_sign_in() => println!("The token is no longer valid. Sign in again."),
        Err(error) if error.is_rate_limited() => println!("Too many calls. Try again in a minute."),
        Err(error) if error.is_retryable() => println!("Try again later: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
