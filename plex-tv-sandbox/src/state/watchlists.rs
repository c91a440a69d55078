//! Watchlists.

use std::collections::HashMap;

use super::AccountId;
use crate::catalogue::{self, Item};

/// The watchlists of all accounts, newest item first.
#[derive(Debug, Default)]
pub(crate) struct Watchlists(HashMap<AccountId, Vec<Entry>>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    /// In epoch seconds.
    pub(crate) added_at: i64,
}

impl Watchlists {
    /// When the newest item of a prefilled list was added, in epoch seconds.
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

    /// Adds an item. An item that is already on the list keeps its place.
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
