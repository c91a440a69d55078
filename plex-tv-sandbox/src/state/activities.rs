//! The activities of people, as others see them.

use super::{AccountId, State};
use crate::catalogue::Item;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActivityKind {
    Rating,
    WatchHistory,
    Watchlist,
}

impl ActivityKind {
    /// The value of `ActivityType`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rating => "RATING",
            Self::WatchHistory => "WATCH_HISTORY",
            Self::Watchlist => "WATCHLIST",
        }
    }

    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Rating => "ActivityRating",
            Self::WatchHistory => "ActivityWatchHistory",
            Self::Watchlist => "ActivityWatchlist",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Activity {
    pub(crate) kind: ActivityKind,
    pub(crate) account: AccountId,
    pub(crate) item: Item,
    /// In epoch seconds.
    pub(crate) at: i64,
}

impl State {
    /// Returns the activities of these people, newest first.
    pub(crate) fn activities(&self, accounts: &[AccountId]) -> Vec<Activity> {
        let mut activities = Vec::new();
        for &account in accounts {
            let mut add = |kind, item, at| activities.push(Activity { kind, account, item, at });
            for entry in self.watchlists.of(account) {
                add(ActivityKind::Watchlist, entry.item, entry.added_at);
            }
            for (item, viewing) in self.viewings.all(account) {
                viewing.last_at.into_iter().for_each(|at| add(ActivityKind::WatchHistory, item, at));
                viewing.rated_at.into_iter().for_each(|at| add(ActivityKind::Rating, item, at));
            }
        }
        activities.sort_by_key(|activity| (-activity.at, activity.account, activity.item, activity.kind.name()));
        activities
    }
}
