//! What people mean to watch.

use std::collections::HashMap;

use super::AccountId;
use crate::catalogue::{self, Item};

/// The watchlist of everybody, the last that was put on first.
#[derive(Debug, Default)]
pub(crate) struct Watchlists(HashMap<AccountId, Vec<Entry>>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    /// In epoch seconds.
    pub(crate) added_at: i64,
}

impl Watchlists {
    /// When the first item of a list that is filled from the start was put on.
    const FIRST_ADDED_AT: i64 = 1_790_000_000;

    pub(crate) fn fill(&mut self, account: AccountId, count: usize) {
        let added = |(index, item): (usize, Item)| {
            let added_at = Self::FIRST_ADDED_AT.saturating_sub_unsigned(index as u64);
            Entry { item, added_at }
        };
        self.0.insert(account, catalogue::titles().take(count).enumerate().map(added).collect());
    }

    pub(crate) fn of(&self, account: AccountId) -> &[Entry] {
        self.0.get(&account).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn added_at(&self, account: AccountId, item: Item) -> Option<i64> {
        self.of(account).iter().find(|entry| entry.item == item).map(|entry| entry.added_at)
    }

    /// What is on it already stays where it is.
    pub(crate) fn add(&mut self, account: AccountId, item: Item, added_at: i64) {
        let list = self.0.entry(account).or_default();
        if !list.iter().any(|entry| entry.item == item) {
            list.insert(0, Entry { item, added_at });
        }
    }

    pub(crate) fn remove(&mut self, account: AccountId, item: Item) {
        if let Some(list) = self.0.get_mut(&account) {
            list.retain(|entry| entry.item != item);
        }
    }
}
