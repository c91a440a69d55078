//! Lists the members of the Plex Home, and what they may do and see. In a sandbox, it also adds a
//! managed user, sets their PIN, and removes them.
//!
//! `cargo run --example home` uses a sandbox. With `PLEX_TV_URL=https://plex.tv` and a token in
//! `PLEX_TV_TOKEN`, it uses your Home. `PLEX_HOME_PIN` is tried where a PIN is needed. The token
//! should not be a JWT: plex.tv has been seen to refuse those.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error};

use plex_tv_sandbox::HOME_PIN;
use plex_tv_sdk::{Client, HomeMember, printable, v2::types::RestrictionProfile};

mod common;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (settings, sandbox) = common::settings("Home Example").await?;
    let client = settings.build()?;
    let pin = env::var("PLEX_HOME_PIN").ok().or(sandbox.as_ref().map(|_| HOME_PIN.to_owned()));

    for member in client.home_users().await? {
        println!("{} ({})", printable(member.name()), role(&member));
        match client.switch_home_user(&member, pin.as_deref().filter(|_| member.needs_pin())).await {
            Ok(theirs) => println!("  sees {} servers", theirs.servers().await?.len()),
            Err(error) if error.is_home_pin_required() => println!("  needs a PIN"),
            Err(error) if error.is_forbidden() => println!("  cannot be switched to with this token"),
            Err(error) => return Err(error.into()),
        }
    }
    if sandbox.is_some() { add_and_remove(&client).await } else { Ok(()) }
}

async fn add_and_remove(client: &Client) -> Result<(), Box<dyn Error>> {
    let kid = client.create_managed_user("New Kid").restriction_profile(RestrictionProfile::LittleKid).send().await?;
    client.update_managed_user(&kid).pin("1357").send().await?;
    let theirs = client.switch_home_user(&kid, Some("1357")).await?;
    println!("{} was added with a PIN, and can be switched to.", printable(theirs.account().await?.name()));
    client.remove_home_user(&kid).await?;
    println!("{} was removed.", printable(kid.name()));
    Ok(())
}

fn role(member: &HomeMember) -> &'static str {
    match () {
        () if member.is_admin() => "administers the Home",
        () if member.is_guest() => "guest",
        () if member.is_managed() => "managed: no friends, shares, devices or account",
        () => "member with their own account",
    }
}
