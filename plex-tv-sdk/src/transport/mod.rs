//! The way of one call: sign, send, read.
//!
//! Generated code builds a request and hands it to the hooks; its `send` ends in [`decode`], [`finish`] or [`stream`], which
//! run the [`exchange::Exchange`].

mod body;
mod exchange;
mod hooks;
mod redirect;
mod renew;
// Without the older calls hardly anything is XML.
#[cfg_attr(not(feature = "v1"), allow(dead_code))]
mod reply;
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

use crate::{Clock, Error, Token};

pub(crate) use body::read;
pub(crate) use renew::Renewer;
pub(crate) use reply::from_xml;
#[cfg_attr(not(feature = "v1"), allow(unused_imports))]
pub(crate) use reply::{decode, decode_xml, finish, stream};
pub use retry::RetryPolicy;
#[cfg(feature = "conform")]
pub(crate) use retry_after::retry_after;

/// What every call of a client shares: hosts, identity, token, limits. Made by [`crate::ClientBuilder`].
#[derive(Clone)]
pub struct Transport(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    hosts: Hosts,
    identity: HeaderMap,
    token: Option<Token>,
    /// Gives the token in place of `token`, if there is one.
    renewer: Option<Arc<dyn Renewer>>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    /// One for all clones, whatever their token and limits.
    shared: Arc<shared::Shared>,
}

/// How long to wait, how often to try, and how much to put up with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For each attempt, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// For all attempts of a call and the pauses between them.
    pub(crate) overall: Option<Duration>,
    /// The largest body, in bytes.
    pub(crate) body: usize,
    /// Between two requests to one host.
    pub(crate) spacing: Duration,
    pub(crate) retry: RetryPolicy,
    /// Does one bad row fail the whole list?
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

/// Where the API is.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Stands for `https://plex.tv`.
    pub(crate) plex_tv: Url,
    /// Stands for `https://discover.provider.plex.tv`.
    pub(crate) discover: Url,
    /// Does something stand in for plex.tv? Then it does so for the hosts of single operations too.
    pub(crate) moved: bool,
}

impl Transport {
    pub(crate) fn new(
        hosts: Hosts,
        identity: HeaderMap,
        token: Option<Token>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shared = Arc::default();
        Self(Arc::new(Parts { hosts, identity, token, renewer: None, limits, clock, shared }))
    }

    pub(crate) fn with_token(&self, token: Option<Token>) -> Self {
        Self(Arc::new(Parts { token, renewer: None, ..self.0.as_ref().clone() }))
    }

    /// The same with a token that is kept fresh.
    #[cfg_attr(not(feature = "jwt"), allow(dead_code))]
    pub(crate) fn with_renewer(&self, renewer: Arc<dyn Renewer>) -> Self {
        Self(Arc::new(Parts { renewer: Some(renewer), ..self.0.as_ref().clone() }))
    }

    pub(crate) fn with_limits(&self, change: impl FnOnce(&mut Limits)) -> Self {
        let mut parts = self.0.as_ref().clone();
        change(&mut parts.limits);
        Self(Arc::new(parts))
    }

    pub(crate) fn token(&self) -> Option<Token> {
        self.0.renewer.as_ref().map_or_else(|| self.0.token.clone(), |renewer| renewer.current())
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.limits.timeout
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.token().is_some() { "[redacted]" } else { "none" };
        f.debug_struct("Transport")
            .field("plex_tv", &self.0.hosts.plex_tv.as_str())
            .field("discover", &self.0.hosts.discover.as_str())
            .field("token", &token)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

/// Runs one generated call and puts the operation's name on its error.
pub(crate) async fn call<T>(
    operation: &'static str,
    steps: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    steps.await.map_err(|error| error.with_operation(operation))
}

/// One path segment, encoded. An empty one, `.` and `..` would reach another path, so they are refused.
pub(crate) fn path_segment(value: &str) -> Result<String, Error> {
    match value {
        "" => Err(Error::invalid_input("a path parameter is empty")),
        "." | ".." => Err(Error::invalid_input("a path parameter is `.` or `..`, which would reach another path")),
        // URL parsers take a backslash for a slash, and the encoder leaves it alone.
        _ => Ok(progenitor_client::encode_path(value).replace('\\', "%5C")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_parameter_stays_one_segment() {
        assert_eq!(path_segment("a/b%c?d#e").unwrap(), "a%2Fb%25c%3Fd%23e");
        assert_eq!(path_segment(r"..\a").unwrap(), "..%5Ca");
        assert_eq!(path_segment(".\t.").unwrap(), ".%09.");
        assert_eq!(path_segment("😀").unwrap(), "%F0%9F%98%80");
        for bad in ["", ".", ".."] {
            assert!(path_segment(bad).unwrap_err().is_invalid_input(), "{bad}");
        }
    }

    #[test]
    fn debug_hides_the_token() {
        let base = Url::parse("https://plex.tv/").unwrap();
        let hosts = Hosts { plex_tv: base.clone(), discover: base, moved: false };
        let token = Token::new("CANARY").unwrap();
        let clock = Arc::new(crate::SystemClock);

        let transport = Transport::new(hosts, HeaderMap::new(), Some(token), Limits::default(), clock);
        let shown = format!("{transport:?}");

        assert!(shown.contains("[redacted]") && !shown.contains("CANARY"), "{shown}");
    }
}
