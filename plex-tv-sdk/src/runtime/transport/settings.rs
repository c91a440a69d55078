//! What calls go by: settings, limits, and the one origin of a transport.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderMap};

use super::{renew::Renewer, retry::RetryPolicy, shared::Shared};
use crate::runtime::{clock::Clock, secret::Token};

/// What all calls of a client share, whatever the host: identity, token and limits.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) identity: HeaderMap,
    pub(crate) token: Option<Token>,
    /// Gives the token in place of `token`, if there is one.
    pub(crate) renewer: Option<Arc<dyn Renewer>>,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    /// One for all clones, whatever their token and limits.
    pub(crate) shared: Arc<Shared>,
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

    /// Sets a token that stays as it is.
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

/// How long to wait, how often to try, and how much to put up with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For each attempt, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// For all that a call waits for: attempts, pauses and the renewal of the token.
    pub(crate) overall: Option<Duration>,
    /// The largest body, in bytes.
    pub(crate) body: usize,
    /// Between two requests to one host.
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
    pub(super) settings: Arc<Settings>,
    pub(super) base: Arc<Url>,
}

impl Transport {
    /// `base` has no query and no fragment; paths are put behind it.
    pub(crate) fn new(settings: Arc<Settings>, base: Url) -> Self {
        Self { settings, base: Arc::new(base) }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base.as_str()).field("settings", &self.settings).finish()
    }
}
