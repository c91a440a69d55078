//! Media servers, as plex.tv knows them.

use super::AccountId;
use crate::data::ACCOUNT;

/// A library of a media server.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// The id for sharing calls.
    pub(crate) id: u64,
    /// The key on the media server itself.
    pub(crate) key: u64,
    pub(crate) title: &'static str,
    pub(crate) kind: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The numeric id that plex.tv uses internally.
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) machine_identifier: String,
    /// The token that the server accepts from the built-in account.
    pub(crate) access_token: String,
    /// The token that the server itself uses at plex.tv.
    pub(crate) own_token: String,
    pub(crate) version: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) device: &'static str,
    pub(crate) owner: AccountId,
    pub(crate) public_address: &'static str,
    pub(crate) public_address_matches: bool,
    pub(crate) local: bool,
    /// Addresses that do not answer, like those of a server with a port closed to the outside.
    pub(crate) remote: Option<Remote>,
    pub(crate) relay: bool,
    pub(crate) sections: Vec<Section>,
}

#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) ipv4: &'static str,
    pub(crate) ipv6: Option<&'static str>,
}

impl Server {
    /// When every server was set up: 2024-01-01, in epoch seconds.
    pub(crate) const CREATED_AT: i64 = 1_704_067_200;

    /// Returns the access token of an account. Every account has its own.
    pub(crate) fn access_token_for(&self, account: AccountId) -> String {
        let of_the_built_in = self.access_token.clone();
        if account == ACCOUNT { of_the_built_in } else { format!("{of_the_built_in}-{account}") }
    }

    pub(crate) fn section(&self, id: u64) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}
