//! View counts and ratings.

use std::collections::HashMap;

use super::AccountId;
use crate::catalogue::Item;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Viewing {
    pub(crate) count: u64,
    pub(crate) last_at: Option<i64>,
    pub(crate) rating: Option<f64>,
    pub(crate) rated_at: Option<i64>,
}

#[derive(Debug, Default)]
pub(crate) struct Viewings(HashMap<(AccountId, Item), Viewing>);

impl Viewings {
    pub(crate) fn of(&self, account: AccountId, item: Item) -> Viewing {
        self.0.get(&(account, item)).copied().unwrap_or_default()
    }

    pub(crate) fn watched(&mut self, account: AccountId, item: Item, now: i64) {
        let viewing = self.0.entry((account, item)).or_default();
        viewing.count += 1;
        viewing.last_at = Some(now);
    }

    pub(crate) fn unwatched(&mut self, account: AccountId, item: Item) {
        let viewing = self.0.entry((account, item)).or_default();
        viewing.count = 0;
        viewing.last_at = None;
    }

    /// `None` removes the rating.
    pub(crate) fn rate(&mut self, account: AccountId, item: Item, rating: Option<f64>, now: i64) {
        let viewing = self.0.entry((account, item)).or_default();
        viewing.rating = rating;
        viewing.rated_at = rating.map(|_| now);
    }

    /// Returns what an account watched or rated, in no particular order.
    pub(crate) fn all(&self, account: AccountId) -> impl Iterator<Item = (Item, Viewing)> {
        let own = self.0.iter().filter(move |((of, _), _)| *of == account);
        own.map(|((_, item), viewing)| (*item, *viewing))
    }
}
