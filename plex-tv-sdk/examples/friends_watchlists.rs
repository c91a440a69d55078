//! Shows what friends want to watch, and adds the item that most of them want to the user's own
//! watchlist.
//!
//! `cargo run --example friends_watchlists` does so in a sandbox with a few friends.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{collections::HashMap, error::Error};

use plex_tv_sandbox::{Account, Sandbox};
use plex_tv_sdk::{Client, community::Entry, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let friends = [("ann@example.com", 120), ("ben@example.com", 30), ("cleo@example.com", 2)];
    let friends = friends.map(|(email, items)| Account::new(email).friend(true).watchlist(items));
    let sandbox = friends.into_iter().fold(Sandbox::builder(), |builder, friend| builder.account(friend));
    let sandbox = sandbox.start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?;
    let community = client.community();

    let mut wanted: HashMap<String, (usize, Entry)> = HashMap::new();
    for friend in community.friends().await? {
        let list = match community.watchlist(&friend).collect().await {
            Ok(list) => list,
            // Friends may hide their watchlist.
            Err(error) if error.is_forbidden() || error.is_not_found() => continue,
            Err(error) => return Err(error.into()),
        };
        println!("{} wants to watch {} items.", printable(friend.name()), list.len());
        for entry in list {
            wanted.entry(entry.id.clone()).or_insert((0, entry)).0 += 1;
        }
    }

    if let Some((count, entry)) = wanted.values().max_by_key(|(count, entry)| (*count, &entry.id)) {
        let title = printable(entry.title.as_deref().unwrap_or("an item without a title"));
        client.watchlist().add(entry).await?;
        println!("{count} of them want to watch {title}. It is now on your watchlist, too.");
    }
    if let Some(activity) = community.activities().items().next_item().await? {
        let who = activity.user.as_ref().map_or("somebody", |user| user.name());
        println!("The newest activity is by {}.", printable(who));
    }
    Ok(())
}
