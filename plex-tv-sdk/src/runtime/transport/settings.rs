//! The settings and limits of calls, and the transport to one origin.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderMap};

use super::{renew::Renewer, retry::RetryPolicy, shared::Shared};
use crate::runtime::{clock::Clock, secret::Token};

/// The settings that all calls of a client share, whatever the host: identity, token and limits.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) identity: HeaderMap,
    pub(crate) token: Option<Token>,
    /// Provides the token instead of `token`, if it is set.
    pub(crate) renewer: Option<Arc<dyn Renewer>>,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    /// Shared by all clones, whatever their token and limits.
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

    /// Sets a token that is not renewed.
    pub(crate) fn set_token(&mut self, token: Option<Token>) {
        self.token = token;
        self.renewer = None;
    }

    /// Returns the current token.
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

/// The limits of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time limit of each attempt, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// The time limit of a call as a whole: attempts, pauses and the renewal of the token.
    pub(crate) overall: Option<Duration>,
    /// The largest body, in bytes.
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
    pub(super) settings: Arc<Settings>,
    pub(super) base: Arc<Url>,
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
