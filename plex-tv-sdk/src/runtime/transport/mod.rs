//! How a call is sent: sign, send, read.
//!
//! A [`Transport`] is bound to one origin. It signs for that origin only and reaches no other.
//! Generated code makes a [`Request`] and sends it; [`exchange::Exchange`] makes the attempts.

mod body;
mod exchange;
mod redirect;
mod renew;
mod reply;
mod request;
mod retry;
mod retry_after;
#[cfg(test)]
mod scripted;
mod sent;
mod shared;
mod sign;
mod trace;

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderMap};

use super::{clock::Clock, operation::Operation, secret::Token};

pub(crate) use body::read;
pub(crate) use renew::Renewer;
pub(crate) use reply::xml_to_value;
#[cfg(feature = "conform")]
pub(crate) use reply::{reread_json, reread_xml};
pub use request::Call;
pub(crate) use request::Request;
pub use retry::RetryPolicy;
#[cfg(feature = "conform")]
pub(crate) use retry_after::retry_after;

/// What all calls of a client share, for all hosts: identity, token and limits.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) identity: HeaderMap,
    pub(crate) token: Option<Token>,
    /// If there is one, it provides the token, and `token` is not used.
    pub(crate) renewer: Option<Arc<dyn Renewer>>,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    /// Shared by all clones, even with another token or other limits.
    pub(crate) shared: Arc<shared::Shared>,
}

impl Settings {
    pub(crate) fn new(
        http: reqwest::Client,
        identity: HeaderMap,
        token: Option<Token>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { http, identity, token, renewer: None, limits, clock, shared: Arc::default() }
    }

    /// Sets a token that is not renewed.
    pub(crate) fn set_token(&mut self, token: Option<Token>) {
        self.token = token;
        self.renewer = None;
    }

    /// The token as it is now.
    pub(crate) fn token(&self) -> Option<Token> {
        self.renewer.as_ref().map_or_else(|| self.token.clone(), |renewer| renewer.current())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.token().is_some() { "[redacted]" } else { "none" };
        f.debug_struct("Settings").field("token", &token).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Limits of time, attempts and size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long one attempt may take, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// How long a call may take as a whole: renewal of the token, attempts and pauses.
    pub(crate) overall: Option<Duration>,
    /// The largest body of a reply, in bytes.
    pub(crate) body: usize,
    /// The shortest time between two requests to one host.
    pub(crate) spacing: Duration,
    pub(crate) retry: RetryPolicy,
    /// Whether one bad row fails the whole list.
    pub(crate) strict_rows: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            overall: None,
            body: 16 * 1024 * 1024,
            spacing: Duration::ZERO,
            retry: RetryPolicy::default(),
            strict_rows: false,
        }
    }
}

/// Sends calls to one base URL, and to no other origin.
#[derive(Clone)]
pub(crate) struct Transport {
    settings: Arc<Settings>,
    base: Arc<Url>,
}

impl Transport {
    /// `base` has no query and no fragment. Paths are appended to it.
    pub(crate) fn new(settings: Arc<Settings>, base: Url) -> Self {
        Self { settings, base: Arc::new(base) }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base.as_str()).field("settings", &self.settings).finish()
    }
}

/// The hosts of one description, each with a transport of its own.
#[derive(Clone)]
pub(crate) struct Hosts(Arc<[Transport]>);

impl Hosts {
    pub(crate) fn new(transports: impl Iterator<Item = Transport>) -> Self {
        Self(transports.collect())
    }

    /// A request of a generated call.
    pub(crate) fn request(&self, operation: &'static Operation) -> Request {
        Request::new(self.0.get(operation.host), *operation)
    }

    /// A request of an operation that no description has.
    pub(crate) fn call(&self, operation: Operation) -> Call {
        Call::new(Request::new(self.0.get(operation.host), operation))
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::clock::SystemClock;

    #[test]
    fn debug_hides_the_token() {
        let token = Token::new("CANARY").unwrap();
        let (http, clock) = (reqwest::Client::new(), Arc::new(SystemClock));
        let settings = Settings::new(http, HeaderMap::new(), Some(token), Limits::default(), clock);
        let transport = Transport::new(Arc::new(settings), Url::parse("https://plex.example").unwrap());

        let shown = format!("{:?}", Hosts::new([transport].into_iter()));

        assert!(shown.contains("[redacted]") && !shown.contains("CANARY"), "{shown}");
    }
}
