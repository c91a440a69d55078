//! Shares a library, changes the share, and lists what is shared.
//!
//! `cargo run --example share_library` does so in a sandbox, and then ends the share. With
//! `PLEX_TV_URL=https://plex.tv`, a token in `PLEX_TV_TOKEN`, and `-- PERSON LIBRARY`, it shares a
//! library of your first server.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error};

use plex_tv_sandbox::FRIEND_EMAIL;
use plex_tv_sdk::{Filter, Libraries, Media, Share, printable};

mod common;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (settings, sandbox) = common::settings("Share Library Example").await?;
    let client = settings.build()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (person, library) = match arguments.as_slice() {
        [person, library] => (person.as_str(), library.as_str()),
        [] if sandbox.is_some() => (FRIEND_EMAIL, "Movies"),
        _ => return Err("name a person and a library".into()),
    };
    let server = client.servers().await?.into_iter().find(|server| server.is_owned()).ok_or("you have no server")?;

    let invite = server.share_with(person, Libraries::titled([library])).allow_sync(true);
    match invite.movies(Filter::none().without_labels(["Private"])).send().await {
        Ok(share) => println!("{} gets an invite.", printable(share.person_name())),
        Err(error) if error.is_already_shared() => println!("This server is already shared with {person}."),
        Err(error) => return Err(error.into()),
    }
    for share in server.shares().await? {
        show(&share);
    }

    if sandbox.is_some() {
        let share = client.sent_invites().await?.pop().ok_or("the invite is gone")?;
        show(&share.add_library("TV Shows").await?);
        let share = share.hide_label(Media::Movies, "Unfinished").await?;
        println!("These labels are hidden from them: {}.", share.filter(Media::Movies).hidden_labels().join(", "));
        share.revoke().await?;
        println!("The invite is cancelled.");
    }
    Ok(())
}

fn show(share: &Share) {
    let titles = share.libraries().iter().map(|library| printable(library.title.as_deref().unwrap_or_default()));
    let state = if share.is_pending() { "is invited to" } else { "sees" };
    println!("{} {state} {}", printable(share.person_name()), titles.collect::<Vec<_>>().join(", "));
}
