//! A client with settings of its own: time limits and the HTTP client below; and what to do about
//! each kind of error.
//!
//! `cargo run --example custom_client` asks a sandbox. `PLEX_TV_URL` and `PLEX_TV_TOKEN` lead
//! elsewhere.
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
        // Anything reqwest can do: a proxy, more root certificates, other DNS. Redirects stay in
        // the SDK's hands.
        .http(|http| http.tcp_keepalive(Duration::from_secs(60)).pool_max_idle_per_host(2))
        .build()?;

    match client.account().await {
        Ok(account) => println!("plex.tv knows you as {}", printable(account.name())),
        Err(error) if error.needs_sign_in() => println!("the token is no longer good: sign in again"),
        Err(error) if error.is_rate_limited() => println!("too many calls; wait {:?}", error.retry_after()),
        Err(error) if error.is_retryable() => println!("try again later: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
