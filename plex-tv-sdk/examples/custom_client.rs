//! A client with settings of its own: time limits, the HTTP client below, a name in the user's list
//! of devices; and what to do about each kind of error.
//!
//! `cargo run --example custom_client` asks a sandbox; `PLEX_TV_URL` and `PLEX_TV_TOKEN` lead
//! elsewhere.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error, time::Duration};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, Token};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let url = env::var("PLEX_TV_URL").unwrap_or_else(|_| sandbox.url().to_owned());
    // The token of the sandbox is never offered elsewhere: there it takes one of your own.
    let token = match env::var("PLEX_TV_TOKEN") {
        Err(_) if url == sandbox.url() => sandbox.token().to_owned(),
        token => token.map_err(|_| "PLEX_TV_TOKEN is not set")?,
    };

    let identity = ClientIdentity::new("custom-example-01", "Custom Client Example", env!("CARGO_PKG_VERSION"))?
        .platform(env::consts::OS)
        .device_name("Example Desk");
    let client = Client::builder(identity)
        .base_url(url)
        .token(Token::new(token)?)
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        // Anything reqwest can do: a proxy, more root certificates, other DNS. Redirects stay in
        // the SDK's hands.
        .http(|http| http.tcp_keepalive(Duration::from_secs(60)).pool_max_idle_per_host(2))
        .build()?;

    match client.v2().get_user_details().send().await {
        Ok(user) => println!("plex.tv knows you as user {}", user.id),
        Err(error) if error.is_auth() => println!("the token is no longer good: sign in again"),
        Err(error) if error.is_rate_limited() => println!("too many calls; wait {:?}", error.retry_after()),
        Err(error) if error.is_retryable() => println!("try again later: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
