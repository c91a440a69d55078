//! Shares of libraries, and friendships.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{AccountId, Server};

/// The person that something is shared with: an account, or an e-mail address without one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Invitee {
    Account(AccountId),
    Address(String),
}

impl Invitee {
    pub(crate) fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Address(_) => None,
        }
    }
}

/// A server shared with somebody, accepted or not.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) id: u64,
    pub(crate) machine_identifier: String,
    pub(crate) owner: AccountId,
    pub(crate) invitee: Invitee,
    /// `None` shares all libraries, including future ones.
    pub(crate) sections: Option<Vec<u64>>,
    pub(crate) invited_at: i64,
    pub(crate) accepted_at: Option<i64>,
    /// Whether accepting it makes the two friends.
    pub(crate) befriends: bool,
}

impl Share {
    pub(crate) fn is_with(&self, account: AccountId) -> bool {
        self.invitee == Invitee::Account(account)
    }

    /// Whether the account is one of the two sides.
    pub(crate) fn concerns(&self, account: AccountId) -> bool {
        self.owner == account || self.is_with(account)
    }

    pub(crate) fn shows(&self, section: u64) -> bool {
        self.sections.as_ref().is_none_or(|sections| sections.contains(&section))
    }
}

/// What a person may do with the libraries that are shared with them.
#[derive(Clone, Debug)]
pub(crate) struct Settings(Map<String, Value>);

impl Default for Settings {
    fn default() -> Self {
        let Value::Object(members) = json!({
            "allowCameraUpload": false,
            "allowChannels": false,
            "allowSubtitleAdmin": false,
            "allowSync": false,
            "allowTuners": 0,
            "filterAll": null,
            "filterMovies": "",
            "filterMusic": "",
            "filterPhotos": "",
            "filterTelevision": "",
        }) else {
            return Self(Map::new());
        };
        Self(members)
    }
}

impl Settings {
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Applies the known members of `changes`. Returns false and changes nothing if a value is
    /// invalid. Flags are true or false, 0 or 1, or the same as text.
    pub(crate) fn update<'a>(&mut self, changes: impl IntoIterator<Item = (&'a str, &'a Value)>) -> bool {
        let mut changed = self.0.clone();
        for (name, value) in changes {
            let Some(known) = changed.get_mut(name) else {
                continue;
            };
            let new = match known {
                Value::Bool(_) => switch(value).map(Value::Bool),
                Value::Number(_) => tuners(value).map(Value::from),
                _ => (value.is_string() || value.is_null()).then(|| value.clone()),
            };
            let Some(new) = new else {
                return false;
            };
            *known = new;
        }
        self.0 = changed;
        true
    }
}

fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Number(number) if number.as_u64() == Some(0) => Some(false),
        Value::Number(number) if number.as_u64() == Some(1) => Some(true),
        Value::String(text) => match text.as_str() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// 0 is no access, 1 is live TV, 2 is live TV and recordings.
fn tuners(value: &Value) -> Option<u64> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.filter(|number| *number <= 2)
}

#[derive(Clone, Debug)]
pub(crate) struct Friendship {
    pub(crate) from: AccountId,
    pub(crate) to: AccountId,
    pub(crate) asked_at: i64,
    pub(crate) accepted: bool,
}

impl Friendship {
    fn is_between(&self, one: AccountId, other: AccountId) -> bool {
        (self.from, self.to) == (one, other) || (self.from, self.to) == (other, one)
    }
}

/// A new share.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) invitee: Invitee,
    pub(crate) sections: Option<Vec<u64>>,
    pub(crate) befriends: bool,
    /// Shares within a Home are accepted at once.
    pub(crate) accepted: bool,
    pub(crate) at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Sharing {
    shares: Vec<Share>,
    settings: HashMap<(AccountId, Invitee), Settings>,
    friendships: Vec<Friendship>,
    last_id: u64,
}

impl Sharing {
    const FIRST_ID: u64 = 20_000_001;

    /// Shares all libraries of a server, already accepted.
    pub(crate) fn give(&mut self, server: &Server, with: AccountId, at: i64) {
        let invitee = Invitee::Account(with);
        self.offer(server, Offer { invitee, sections: None, befriends: false, accepted: true, at });
    }

    /// Returns `None` if the server is already shared with them.
    pub(crate) fn offer(&mut self, server: &Server, offer: Offer) -> Option<Share> {
        let same =
            |share: &Share| share.machine_identifier == server.machine_identifier && share.invitee == offer.invitee;
        if self.shares.iter().any(same) {
            return None;
        }
        self.last_id = (self.last_id + 1).max(Self::FIRST_ID);
        let share = Share {
            id: self.last_id,
            machine_identifier: server.machine_identifier.clone(),
            owner: server.owner,
            invitee: offer.invitee,
            sections: offer.sections,
            invited_at: offer.at,
            accepted_at: offer.accepted.then_some(offer.at),
            befriends: offer.befriends,
        };
        self.shares.push(share.clone());
        Some(share)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Share> {
        self.shares.iter()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Share> {
        self.shares.iter().find(|share| share.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Share> {
        self.shares.iter_mut().find(|share| share.id == id)
    }

    /// Returns the accepted share that gives an account access to a server.
    pub(crate) fn accepted(&self, machine_identifier: &str, account: AccountId) -> Option<&Share> {
        let mut shares = self.shares.iter().filter(|share| share.machine_identifier == machine_identifier);
        shares.find(|share| share.is_with(account) && share.accepted_at.is_some())
    }

    pub(crate) fn accept(&mut self, id: u64, by: AccountId, now: i64) -> bool {
        let offered = self.shares.iter_mut().find(|share| share.id == id && share.is_with(by));
        let Some(share) = offered.filter(|share| share.accepted_at.is_none()) else {
            return false;
        };
        share.accepted_at = Some(now);
        let (owner, befriends) = (share.owner, share.befriends);
        if befriends {
            self.befriend(owner, by, now);
        }
        true
    }

    /// Removes the shares that match. Returns whether there were any.
    pub(crate) fn end(&mut self, unwanted: impl Fn(&Share) -> bool) -> bool {
        let before = self.shares.len();
        self.shares.retain(|share| !unwanted(share));
        self.shares.len() < before
    }

    /// Removes everything that involves a deleted account.
    pub(crate) fn forget(&mut self, account: AccountId) {
        self.end(|share| share.concerns(account));
        self.friendships.retain(|friendship| friendship.from != account && friendship.to != account);
        self.settings.retain(|(owner, invitee), _| *owner != account && *invitee != Invitee::Account(account));
    }

    pub(crate) fn settings(&self, owner: AccountId, invitee: &Invitee) -> Settings {
        self.settings.get(&(owner, invitee.clone())).cloned().unwrap_or_default()
    }

    pub(crate) fn settings_mut(&mut self, owner: AccountId, invitee: Invitee) -> &mut Settings {
        self.settings.entry((owner, invitee)).or_default()
    }

    /// Makes two people friends, with or without a request.
    pub(crate) fn befriend(&mut self, from: AccountId, to: AccountId, at: i64) {
        match self.friendships.iter_mut().find(|friendship| friendship.is_between(from, to)) {
            Some(friendship) => friendship.accepted = true,
            None => self.friendships.push(Friendship { from, to, asked_at: at, accepted: true }),
        }
    }

    /// Sends a friend request. Returns `None` if there already is a friendship or a request.
    pub(crate) fn ask(&mut self, from: AccountId, to: AccountId, at: i64) -> Option<Friendship> {
        if self.friendship(from, to).is_some() {
            return None;
        }
        let friendship = Friendship { from, to, asked_at: at, accepted: false };
        self.friendships.push(friendship.clone());
        Some(friendship)
    }

    pub(crate) fn friendship(&self, one: AccountId, other: AccountId) -> Option<&Friendship> {
        self.friendships.iter().find(|friendship| friendship.is_between(one, other))
    }

    /// Accepts the friend request of `from`.
    pub(crate) fn accept_friend(&mut self, from: AccountId, by: AccountId) -> Option<Friendship> {
        let asked = |friendship: &&mut Friendship| (friendship.from, friendship.to) == (from, by);
        let friendship = self.friendships.iter_mut().find(asked)?;
        friendship.accepted = true;
        Some(friendship.clone())
    }

    /// Ends a friendship or a request, and all shares between the two.
    pub(crate) fn part(&mut self, one: AccountId, other: AccountId) -> bool {
        let before = self.friendships.len();
        self.friendships.retain(|friendship| !friendship.is_between(one, other));
        let parted = self.friendships.len() < before;
        let between = |share: &Share| share.concerns(one) && share.concerns(other);
        parted && {
            self.end(between);
            true
        }
    }

    pub(crate) fn friends(&self, account: AccountId) -> impl Iterator<Item = AccountId> {
        let accepted = self.friendships.iter().filter(|friendship| friendship.accepted);
        accepted.filter_map(move |friendship| match friendship {
            Friendship { from, to, .. } if *from == account => Some(*to),
            Friendship { from, to, .. } if *to == account => Some(*from),
            _ => None,
        })
    }
}
