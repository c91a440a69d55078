//! Accounts and managed users.

use std::collections::BTreeMap;

use crate::random;

pub(crate) type AccountId = u64;

/// How an account signs in.
#[derive(Clone, Debug)]
pub(crate) enum SignIn {
    Password {
        password: String,
        verification_code: Option<String>,
    },
    EmailOnly,
    /// A managed user: another member of the Home switches to it.
    Managed,
    /// An anonymous user.
    Anonymous,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: AccountId,
    pub(crate) uuid: String,
    /// Empty for a managed user, as is the e-mail address.
    pub(crate) username: String,
    pub(crate) title: String,
    pub(crate) email: String,
    pub(crate) sign_in: SignIn,
    pub(crate) plex_pass: bool,
    pub(crate) home_pin: Option<String>,
    pub(crate) restriction_profile: Option<String>,
}

impl Person {
    pub(crate) const JOINED_AT: i64 = 1_556_281_940;

    pub(crate) fn is_managed(&self) -> bool {
        matches!(self.sign_in, SignIn::Managed)
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self.sign_in, SignIn::Anonymous)
    }

    pub(crate) fn has_two_factor(&self) -> bool {
        matches!(self.sign_in, SignIn::Password { verification_code: Some(_), .. })
    }

    /// Whether this is their user name or e-mail address.
    pub(crate) fn is_called(&self, login: &str) -> bool {
        let has_names = matches!(self.sign_in, SignIn::Password { .. } | SignIn::EmailOnly);
        has_names && (self.email.eq_ignore_ascii_case(login) || self.username == login)
    }
}

/// All people, by id.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<AccountId, Person>);

impl People {
    /// Far above the ids of the built-in people.
    const FIRST_ID: AccountId = 9_000_001;

    pub(crate) fn insert(&mut self, person: Person) {
        self.0.insert(person.id, person);
    }

    /// Adds a person with a new id and uuid.
    pub(crate) fn add(&mut self, title: &str, sign_in: SignIn) -> &mut Person {
        let last = self.0.last_key_value().map_or(0, |(id, _)| *id);
        let id = (last + 1).max(Self::FIRST_ID);
        self.0.entry(id).or_insert(Person {
            id,
            uuid: random::uuid(),
            username: String::new(),
            title: String::from(title),
            email: String::new(),
            sign_in,
            plex_pass: false,
            home_pin: None,
            restriction_profile: None,
        })
    }

    pub(crate) fn remove(&mut self, id: AccountId) -> Option<Person> {
        self.0.remove(&id)
    }

    pub(crate) fn get(&self, id: AccountId) -> Option<&Person> {
        self.0.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: AccountId) -> Option<&mut Person> {
        self.0.get_mut(&id)
    }

    pub(crate) fn by_uuid(&self, uuid: &str) -> Option<&Person> {
        self.0.values().find(|person| person.uuid == uuid)
    }

    /// Returns the account with this user name or e-mail address.
    pub(crate) fn by_login(&self, login: &str) -> Option<&Person> {
        self.0.values().find(|person| person.is_called(login))
    }
}
