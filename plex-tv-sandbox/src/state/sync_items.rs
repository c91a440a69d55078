//! Sync items: what devices should download.

use serde_json::Value;

use super::AccountId;

#[derive(Clone, Debug)]
pub(crate) struct SyncItem {
    pub(crate) id: u64,
    pub(crate) account: AccountId,
    pub(crate) client_identifier: String,
    pub(crate) machine_identifier: String,
    /// The members that the client chose.
    pub(crate) members: Value,
}

#[derive(Debug, Default)]
pub(crate) struct SyncItems {
    items: Vec<SyncItem>,
    last_id: u64,
}

impl SyncItems {
    const FIRST_ID: u64 = 40_000_001;

    pub(crate) fn add(&mut self, item: SyncItem) -> SyncItem {
        self.last_id = (self.last_id + 1).max(Self::FIRST_ID);
        let item = SyncItem { id: self.last_id, ..item };
        self.items.push(item.clone());
        item
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &SyncItem> {
        self.items.iter()
    }

    pub(crate) fn remove(&mut self, unwanted: impl Fn(&SyncItem) -> bool) -> bool {
        let before = self.items.len();
        self.items.retain(|item| !unwanted(item));
        self.items.len() < before
    }
}
