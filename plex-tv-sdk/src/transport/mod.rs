//! The way of one call: sign, send, read.
//!
//! Generated code builds a request and hands it to the hooks; its `send` ends in [`decode`], [`finish`] or [`stream`].

mod hooks;
mod redirect;
// Without the older calls hardly anything is XML.
#[cfg_attr(not(feature = "v1"), allow(dead_code))]
mod reply;
mod sent;
mod sign;
#[cfg_attr(not(feature = "v1"), allow(dead_code))]
mod xml;

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Request, Response, Url, header::HeaderMap};

use crate::{Error, Operation, Token};

#[cfg(feature = "conform")]
pub(crate) use reply::from_xml;
#[cfg_attr(not(feature = "v1"), allow(unused_imports))]
pub(crate) use reply::{decode, decode_xml, finish, stream};

/// What every call of a client shares: hosts, identity, token, limits. Made by [`crate::ClientBuilder`].
#[derive(Clone)]
pub struct Transport(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    hosts: Hosts,
    identity: HeaderMap,
    token: Option<Token>,
    limits: Limits,
}

/// How long to wait, and how much to put up with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For each attempt, from connecting to the last byte.
    pub(crate) timeout: Duration,
    /// Does one bad row fail the whole list?
    pub(crate) strict_rows: bool,
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
    pub(crate) fn new(hosts: Hosts, identity: HeaderMap, token: Option<Token>, limits: Limits) -> Self {
        Self(Arc::new(Parts { hosts, identity, token, limits }))
    }

    pub(crate) fn with_token(&self, token: Option<Token>) -> Self {
        Self(Arc::new(Parts { token, ..self.0.as_ref().clone() }))
    }

    pub(crate) fn with_timeout(&self, timeout: Duration) -> Self {
        let limits = Limits { timeout, ..self.0.limits };
        Self(Arc::new(Parts { limits, ..self.0.as_ref().clone() }))
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        self.0.token.as_ref()
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.limits.timeout
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// Signs a request: identity always, the token where the operation asks for it, and both only to the configured hosts.
    fn sign(&self, request: &mut Request, operation: Option<&Operation>) {
        sign::sign(&self.0, request, operation);
    }

    /// Sends a request within its time limit, following only harmless redirects.
    async fn send(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        operation: Option<&Operation>,
    ) -> reqwest::Result<Response> {
        request.timeout_mut().get_or_insert(self.0.limits.timeout);
        let sent = sent::Sent::of(&request, operation, self.token(), self.0.limits.strict_rows);
        let mut response = redirect::send(http, request).await?;
        response.extensions_mut().insert(sent);
        Ok(response)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = if self.0.token.is_some() { "[redacted]" } else { "none" };
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
        let limits = Limits { timeout: Duration::from_secs(30), strict_rows: false };

        let shown = format!("{:?}", Transport::new(hosts, HeaderMap::new(), Some(token), limits));

        assert!(shown.contains("[redacted]") && !shown.contains("CANARY"), "{shown}");
    }
}
