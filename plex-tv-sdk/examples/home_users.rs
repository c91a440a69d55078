//! Lists the members of the Plex Home with what they may do, and what each of them sees.
//!
//! `cargo run --example home_users` looks into a sandbox. With `PLEX_TV_URL=https://plex.tv` and a
//! token in `PLEX_TV_TOKEN` it looks into your Home; `PLEX_HOME_PIN` is tried where a PIN is
//! needed. It should not be a JWT: plex.tv was seen to refuse those.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error};

use plex_tv_sandbox::{HOME_PIN, Sandbox};
use plex_tv_sdk::{Client, ClientIdentity, HomeMember, Secret, Token, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let url = env::var("PLEX_TV_URL").unwrap_or_else(|_| sandbox.url().to_owned());
    let is_sandbox = url == sandbox.url();
    // The token of the sandbox is never offered elsewhere: there it takes one of your own.
    let token = match env::var("PLEX_TV_TOKEN") {
        Err(_) if is_sandbox => sandbox.token().to_owned(),
        token => token.map_err(|_| "PLEX_TV_TOKEN is not set")?,
    };
    let pin = env::var("PLEX_HOME_PIN").ok().or_else(|| is_sandbox.then(|| HOME_PIN.to_owned())).map(Secret::from);

    let identity = ClientIdentity::new("home-users-example-01", "Home Users Example", env!("CARGO_PKG_VERSION"))?;
    let client = Client::builder(identity).base_url(url).token(Token::new(token)?).build()?;

    for member in client.home_users().await? {
        println!("{} ({})", printable(member.title()), role(&member));
        let pin = pin.as_ref().filter(|_| member.needs_pin());
        match client.switch_home_user(member.uuid().unwrap_or_default(), pin).await {
            Ok(theirs) => {
                for server in theirs.servers().await? {
                    println!("  sees {}", printable(server.name()));
                }
            }
            Err(error) if error.is_home_pin_required() => println!("  needs a PIN"),
            Err(error) if error.is_forbidden() => println!("  cannot be switched to with this token"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn role(member: &HomeMember) -> String {
    let role = match () {
        () if member.is_admin() => "administers the Home",
        () if member.is_guest() => "guest",
        () if member.is_managed() => "managed: no friends, shares, devices or account",
        () => "member with an account of their own",
    };
    let limit = member
        .restriction_profile()
        .map(|profile| format!(", sees {}", printable(&profile.to_string())))
        .unwrap_or_default();
    let pin = if member.needs_pin() { ", behind a PIN" } else { "" };
    format!("{role}{limit}{pin}")
}
