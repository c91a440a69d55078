//! Everything that changes while the sandbox runs.

mod activities;
mod device_keys;
mod feeds;
mod homes;
mod people;
mod pins;
mod preferences;
mod rooms;
mod servers;
mod sharing;
mod sign_in;
mod sync_items;
mod viewings;
mod watchlists;

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::activities::Activity;
pub(crate) use self::feeds::{FeedKind, Feeds};
pub(crate) use self::homes::{Home, Homes};
pub(crate) use self::people::{AccountId, People, Person, SignIn};
pub(crate) use self::pins::{Answer, NewPin, Verdict};
pub(crate) use self::preferences::AllPreferences;
pub(crate) use self::rooms::{Room, Rooms};
pub(crate) use self::servers::{Remote, Section, Server};
pub(crate) use self::sharing::{Invitee, Offer, Settings, Share, Sharing};
pub(crate) use self::sign_in::Credentials;
pub(crate) use self::sync_items::{SyncItem, SyncItems};
pub(crate) use self::viewings::Viewings;
pub(crate) use self::watchlists::{Entry, Watchlists};
use crate::account::Account;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::data;
use crate::device::{Devices, Installation};
use crate::fault::{Fault, Script};
use crate::host::Host;
use crate::limits::Limits;
use crate::media_server::MediaServer;
use crate::nonce::Nonces;
use crate::pin::Pins;
use crate::plex_jwt::SigningKeys;
use crate::request::Request;
use crate::session::Sessions;

#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) pin_lifetime: Option<Duration>,
    pub(crate) approve_after: Option<Duration>,
    pub(crate) rate_limits: bool,
    pub(crate) jwt_everywhere: bool,
    pub(crate) cors: bool,
}

/// The data that all handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) servers: Vec<MediaServer>,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) people: People,
    pub(crate) homes: Homes,
    pub(crate) sharing: Sharing,
    pub(crate) watchlists: Watchlists,
    pub(crate) viewings: Viewings,
    pub(crate) preferences: AllPreferences,
    pub(crate) rooms: Rooms,
    pub(crate) sync_items: SyncItems,
    pub(crate) feeds: Feeds,
    pub(crate) access: Access,
    pins: Pins,
    nonces: Nonces,
    signing_keys: SigningKeys,
    attempts: Attempts,
    limits: Limits,
    script: Script,
    requests: VecDeque<Request>,
}

/// Who is signed in, and on which devices.
#[derive(Debug, Default)]
pub(crate) struct Access {
    pub(crate) sessions: Sessions,
    pub(crate) devices: Devices,
}

impl Access {
    /// Signs an account in on an installation and returns a legacy token.
    fn sign_in(&mut self, account: AccountId, installation: &Installation) -> String {
        self.devices.seen(account, installation);
        self.sessions.issue(account, &installation.client_identifier)
    }
}

impl State {
    /// Deletes an account and everything that belongs to it.
    pub(crate) fn forget(&mut self, account: AccountId) {
        self.people.remove(account);
        self.homes.leave(account);
        self.sharing.forget(account);
        self.access.sessions.revoke_account(account);
    }

    pub(crate) fn has_plex_pass(&self, account: AccountId) -> bool {
        self.people.get(account).is_some_and(|person| person.plex_pass)
    }
}

impl Shared {
    const REQUESTS_KEPT: usize = 10_000;

    pub(crate) fn new(
        url: String,
        servers: Vec<MediaServer>,
        options: Options,
        accounts: &[Account],
    ) -> io::Result<Self> {
        let mut state = State {
            people: People::default(),
            homes: Homes::default(),
            sharing: Sharing::default(),
            watchlists: Watchlists::default(),
            viewings: Viewings::default(),
            preferences: AllPreferences::default(),
            rooms: Rooms::default(),
            sync_items: SyncItems::default(),
            feeds: Feeds::default(),
            access: Access::default(),
            pins: Pins::default(),
            nonces: Nonces::default(),
            signing_keys: SigningKeys::generate()?,
            attempts: Attempts::default(),
            limits: Limits::default(),
            script: Script::default(),
            requests: VecDeque::new(),
        };
        let clock = Clock::start();
        let facts: Vec<&Server> = servers.iter().map(MediaServer::facts).collect();
        data::fill(&mut state, &facts, accounts, clock.epoch_seconds(clock.now()));
        Ok(Self { url, servers, clock, options, state: Mutex::new(state) })
    }

    /// The base address of a host.
    pub(crate) fn url_of(&self, host: Host) -> String {
        format!("{}{}", self.url, host.prefix())
    }

    pub(crate) fn server(&self, machine_identifier: &str) -> Option<&MediaServer> {
        self.servers.iter().find(|server| server.facts().machine_identifier == machine_identifier)
    }

    /// Whether a media server accepts this token. It accepts the tokens of its owner and of
    /// everyone it is shared with, and the older tokens of the owner's devices.
    pub(crate) fn opens(&self, server: &Server, token: &str) -> bool {
        let state = self.state();
        let shares = state.sharing.all().filter(|share| share.accepted_at.is_some());
        let here = shares.filter(|share| share.machine_identifier == server.machine_identifier);
        let guests = here.filter_map(|share| share.invitee.account());
        let mut allowed = std::iter::once(server.owner).chain(guests);
        allowed.any(|account| token == server.access_token_for(account))
            || state.access.sessions.account_of_listed(token) == Some(server.owner)
    }

    pub(crate) fn script(&self, operation: &'static str, fault: Fault) {
        self.state().script.push(operation, fault);
    }

    pub(crate) fn script_always(&self, operation: &'static str, fault: Option<Fault>) {
        self.state().script.always(operation, fault);
    }

    pub(crate) fn next_fault(&self, operation: &str) -> Option<Fault> {
        self.state().script.pop(operation)
    }

    /// Returns the fault that is scripted for every call.
    pub(crate) fn lasting_fault(&self, operation: &str) -> Option<Fault> {
        self.state().script.lasting(operation)
    }

    /// Whether the rate limits leave room for this call.
    pub(crate) fn allows(&self, operation: &'static str, client_identifier: &str, path: &str) -> bool {
        let now = self.now();
        !self.options.rate_limits || self.state().limits.allow(operation, client_identifier, path, now)
    }

    pub(crate) fn log(&self, request: Request) {
        let requests = &mut self.state().requests;
        if requests.len() >= Self::REQUESTS_KEPT {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.iter().cloned().collect()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn epoch_seconds(&self) -> i64 {
        self.clock.epoch_seconds(self.now())
    }

    /// Locks the state. A handler that panics leaves nothing half-done, so a poisoned lock can
    /// still be used.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
