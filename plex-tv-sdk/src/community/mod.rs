//! Friends, what they want to watch, and what they do.
//!
//! These live at `community.plex.tv`, which speaks GraphQL. A reply of status 200 that lists errors
//! is an error with the status that its code stands for, so [`Error::is_rate_limited`],
//! [`Error::is_auth`] and the other predicates hold as they do elsewhere. Queries wait for half a
//! second between each other, because the service limits them.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
//! # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
//! # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
//! # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
//! use plex_tv_sdk::printable;
//!
//! let community = client.community();
//! for friend in community.friends().await? {
//!     let wanted = community.watchlist(&friend).collect().await?;
//!     println!("{} wants to watch {} items", printable(friend.name()), wanted.len());
//! }
//! # Ok(())
//! # }
//! ```

mod activities;
mod pages;
mod query;
mod types;
mod watchlist;

pub use activities::ActivityFeed;
pub use types::{Activity, ActivityType, Entry, Friend, User};
pub use watchlist::UserId;

use serde_json::json;

use self::query::Query;
use crate::{Client, Error, runtime::Hosts};

/// Friends of the user. Made by [`Client::community`].
///
/// # Errors
/// All calls fail with:
///
/// - `is_rate_limited` when there were too many queries, after the usual retries;
/// - `is_auth` without the token of an account;
/// - whatever else any call can fail with.
#[derive(Clone, Debug)]
pub struct Community {
    client: Client,
    service: Hosts,
}

static FRIENDS: Query = Query::new(
    "GetAllFriends",
    "query GetAllFriends { allFriendsV2 { user { id idRaw username displayName avatar } createdAt } }",
);

impl Client {
    /// Friends of the user, their watchlists and activities.
    pub fn community(&self) -> Community {
        Community { client: self.clone(), service: query::service(self) }
    }
}

impl Community {
    /// The friends of the user. A row that could not be read is left out.
    ///
    /// # Errors
    /// Those of [`Community`].
    ///
    /// Calls `POST https://community.plex.tv/api` with the query `allFriendsV2`.
    pub async fn friends(&self) -> Result<Vec<Friend>, Error> {
        let reply: types::FriendsReply = query::send(&self.service, &FRIENDS, &json!({})).await?;
        Ok(reply.data.friends.into_vec())
    }
}
