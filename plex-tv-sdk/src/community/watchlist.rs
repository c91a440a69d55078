//! Watchlists of other users.

use serde_json::json;

use super::{
    Community,
    pages::{Cursors, Fetching, PAGE_SIZE},
    query::{self, Query},
    types::{Entries, Entry, Friend, User, WatchlistReply},
};
use crate::{Error, ErrorKind, runtime::items::Items};

static WATCHLIST: Query = Query::new(
    "GetWatchlistHub",
    "query GetWatchlistHub($user: UserInput!, $first: PaginationInt!, $after: String) {
  userV2(user: $user) {
    ... on User {
      watchlist(first: $first, after: $after) {
        nodes { id title type guid }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}",
);

/// The most characters of a user id. A UUID has at most 36.
const LONGEST_ID: usize = 64;

/// Identifies a user: a [`Friend`], a [`User`], or the UUID of an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    fn checked(self) -> Result<String, Error> {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=LONGEST_ID).contains(&self.0.len()) && self.0.bytes().all(is_usual) {
            return Ok(self.0);
        }
        Err(Error::invalid_input("the user id is not the uuid of an account: only letters, digits and hyphens"))
    }
}

impl From<&str> for UserId {
    fn from(uuid: &str) -> Self {
        Self(uuid.to_owned())
    }
}

impl From<String> for UserId {
    fn from(uuid: String) -> Self {
        Self(uuid)
    }
}

impl From<&User> for UserId {
    fn from(user: &User) -> Self {
        Self(user.id.clone())
    }
}

impl From<&Friend> for UserId {
    fn from(friend: &Friend) -> Self {
        Self::from(&friend.user)
    }
}

impl Community {
    /// Lists what a friend wants to watch, page by page.
    ///
    /// # Errors
    /// Reading fails with the errors of [`Community`], and with `is_invalid_input` when the id
    /// cannot be that of a user (nothing is sent then), `is_not_found` when there is no such user,
    /// `is_forbidden` when the user hides the list, and `is_decode` when the list makes no
    /// progress.
    ///
    /// Calls `POST https://community.plex.tv/api` with the query `userV2`.
    pub fn watchlist(&self, user: impl Into<UserId>) -> Items<Entry> {
        let (service, user) = (self.service.clone(), user.into().checked());
        Items::new(Cursors::new(move |after: Option<String>| -> Fetching<Entries> {
            let (service, user) = (service.clone(), user.clone());
            Box::pin(async move {
                let variables = json!({"user": {"id": user?}, "first": PAGE_SIZE, "after": after});
                let reply: WatchlistReply = query::send(&service, &WATCHLIST, &variables).await?;
                let watchlist = reply.data.user.and_then(|user| user.watchlist);
                watchlist.ok_or_else(|| Error::new(ErrorKind::NotFound, "plex.tv shows no watchlist of this user"))
            })
        }))
    }
}
