//! Friends, what they want to watch, and what they do.
//!
//! They come from `community.plex.tv`, which uses GraphQL. A reply with status 200 that lists
//! errors becomes an error with the status that its code means, so [`Error::is_rate_limited`],
//! [`Error::is_auth`] and the other predicates work as they do elsewhere. Queries are at least half
//! a second apart, because the service limits their rate.
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
use crate::{
    Client, Error,
    runtime::{Hosts, call_debug},
};

/// The friends of the user. Returned by [`Client::community`].
///
/// # Errors
/// All calls fail with:
///
/// - `is_rate_limited` when there are still too many queries after the usual retries;
/// - `is_auth` without the token of an account;
/// - the errors of any call.
#[derive(Clone)]
pub struct Community {
    client: Client,
    service: Hosts,
}

call_debug!(Community);

static FRIENDS: Query = Query::new(
    "GetAllFriends",
    "query GetAllFriends { allFriendsV2 { user { id idRaw username displayName avatar } createdAt } }",
);

impl Client {
    /// Returns access to the friends of the user, their watchlists and activities.
    pub fn community(&self) -> Community {
        Community { client: self.clone(), service: query::service(self) }
    }
}

impl Community {
    /// Lists the friends of the user. Rows that cannot be read are left out.
    ///
    /// # Errors
    /// The errors of [`Community`].
    ///
    /// Calls `POST https://community.plex.tv/api` with the query `allFriendsV2`.
    pub async fn friends(&self) -> Result<Vec<Friend>, Error> {
        let reply: types::FriendsReply = query::send(&self.service, &FRIENDS, &json!({})).await?;
        Ok(reply.data.friends.into_vec())
    }
}
