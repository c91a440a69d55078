//! Feeds of watchlists. Whoever knows the address of a feed can read it.

use uuid::Uuid;

use super::AccountId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedKind {
    Watchlist,
    FriendsWatchlist,
}

#[derive(Debug, Default)]
pub(crate) struct Feeds(Vec<(String, AccountId, FeedKind)>);

impl Feeds {
    /// Returns the existing feed if there is one.
    pub(crate) fn open(&mut self, account: AccountId, kind: FeedKind) -> String {
        if let Some((uuid, ..)) = self.0.iter().find(|(_, of, same)| (*of, *same) == (account, kind)) {
            return uuid.clone();
        }
        let uuid = Uuid::new_v4().to_string();
        self.0.push((uuid.clone(), account, kind));
        uuid
    }

    pub(crate) fn find(&self, uuid: &str) -> Option<(AccountId, FeedKind)> {
        self.0.iter().find(|(known, ..)| known == uuid).map(|(_, account, kind)| (*account, *kind))
    }
}
