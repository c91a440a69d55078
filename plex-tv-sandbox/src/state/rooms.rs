//! Rooms of Watch Together.

use super::AccountId;
use crate::random;

#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) source_uri: String,
    pub(crate) created_by: AccountId,
    pub(crate) starts_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) users: Vec<AccountId>,
}

impl Room {
    const LIFETIME_SECONDS: i64 = 3 * 60 * 60;

    pub(crate) fn ends_at(&self) -> i64 {
        self.starts_at.saturating_add(Self::LIFETIME_SECONDS)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Rooms(Vec<Room>);

impl Rooms {
    pub(crate) fn open(&mut self, by: AccountId, title: &str, source_uri: &str, users: &[AccountId], now: i64) -> Room {
        let others = users.iter().copied().filter(|user| *user != by);
        let room = Room {
            id: random::room(),
            title: String::from(title),
            source_uri: String::from(source_uri),
            created_by: by,
            starts_at: now,
            updated_at: now,
            users: std::iter::once(by).chain(others).collect(),
        };
        self.0.push(room.clone());
        room
    }

    pub(crate) fn of(&self, account: AccountId, now: i64) -> impl Iterator<Item = &Room> {
        self.0.iter().filter(move |room| now < room.ends_at() && room.users.contains(&account))
    }

    /// Returns a room that has not ended.
    pub(crate) fn get_mut(&mut self, id: &str, now: i64) -> Option<&mut Room> {
        self.0.iter_mut().find(|room| room.id == id && now < room.ends_at())
    }
}
