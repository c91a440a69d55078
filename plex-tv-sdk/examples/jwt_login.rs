//! Signs in with a device key: the token is a JWT that is valid for seven days, and the client
//! renews it. Key and token are kept in a file, so the next start needs no sign-in.
//!
//! `cargo run --example jwt_login` simulates eight days in a second, in a sandbox. `-- --live`
//! signs in at plex.tv and keeps the credentials in `plex-tv-sdk-jwt-example` in your configuration
//! folder; `-- --live --sign-out` signs out again.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error, time::Duration};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Claims, Client, ClientIdentity, DeviceKey, FileStore, Scope, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let has = |wanted: &str| env::args().any(|argument| argument == wanted);
    if has("--live") {
        let store = FileStore::open("plex-tv-sdk-jwt-example")?;
        let client = client(None, store)?;
        if has("--sign-out") {
            client.sign_out().await?;
            println!("Signed out.");
            return Ok(());
        }
        let client = if client.token().is_some() { client } else { sign_in(&client, None).await? };
        return greet(&client).await;
    }

    let sandbox = Sandbox::start().await?;
    let folder = tempfile::tempdir()?;
    let store = FileStore::at(folder.path().join("credentials.json"));
    sign_in(&client(Some(&sandbox), store.clone())?, Some(&sandbox)).await?;

    println!("\nThe next start, eight days later. Nobody has to sign in again:");
    sandbox.advance(Duration::from_secs(8 * 24 * 60 * 60));
    let client = client(Some(&sandbox), store)?;
    greet(&client).await?;
    client.sign_out().await?;
    println!("Signed out.");
    Ok(())
}

fn client(sandbox: Option<&Sandbox>, store: FileStore) -> Result<Client, plex_tv_sdk::Error> {
    let identity = ClientIdentity::load_or_create(&store, "JWT Login Example", env!("CARGO_PKG_VERSION"))?;
    let builder = Client::builder(identity).store(store).scopes([Scope::Username, Scope::FriendlyName]);
    let builder = builder.on_token_renewed(|_| println!("(a new token was fetched and stored)"));
    match sandbox {
        Some(sandbox) => builder.base_url(sandbox.url()).app_url(sandbox.url()).build(),
        None => builder.build(),
    }
}

async fn sign_in(client: &Client, sandbox: Option<&Sandbox>) -> Result<Client, Box<dyn Error>> {
    let flow = client.pin_login().strong().device_key(&DeviceKey::generate()?).start().await?;
    println!("{}\nOpen {}", flow.qr_text()?, flow.auth_url());
    if let Some(sandbox) = sandbox {
        println!("(the sandbox approves automatically)");
        sandbox.approve(&flow);
    }
    let client = flow.wait().on_poll(|progress| println!("{} s left", progress.expires_in.as_secs())).await?;
    greet(&client).await?;
    Ok(client)
}

async fn greet(client: &Client) -> Result<(), Box<dyn Error>> {
    println!("Signed in as {}.", printable(client.account().await?.name()));
    let token = client.token().ok_or("no token")?;
    if let Some(ends) = Claims::unverified(&token)?.expires_at {
        println!("The token is valid until {ends}; the client renews it a day earlier.");
    }
    Ok(())
}
