//! The caller, read from the `X-Plex-*` headers or the query parameters with the same names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use crate::device::Installation;
use crate::reply::Fail;
use crate::session::{Kind, Session};
use crate::state::{AccountId, Person, Server, Shared};

/// The `X-Plex-*` values of a request.
struct PlexValues<'a> {
    headers: &'a HeaderMap,
    query: Vec<(String, String)>,
}

impl<'a> PlexValues<'a> {
    fn of(headers: &'a HeaderMap, uri: &Uri) -> Self {
        Self { headers, query: query(uri) }
    }

    fn get(&self, name: &str) -> Option<String> {
        let header = self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let in_query = || self.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        header.map(String::from).or_else(in_query).filter(|value| !value.is_empty())
    }
}

/// Returns the query as pairs, empty if it is malformed.
pub(super) fn query(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

pub(super) fn client_identifier(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    PlexValues::of(headers, uri).get("X-Plex-Client-Identifier")
}

pub(super) fn token(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    PlexValues::of(headers, uri).get("X-Plex-Token")
}

/// Fails with 400 and code 1000 without a client identifier.
impl<S: Send + Sync> FromRequestParts<S> for Installation {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        let values = PlexValues::of(&parts.headers, &parts.uri);
        Ok(Self {
            client_identifier: values.get("X-Plex-Client-Identifier").ok_or(Fail::NO_CLIENT_IDENTIFIER)?,
            product: values.get("X-Plex-Product").unwrap_or_else(|| String::from("0")),
            version: values.get("X-Plex-Version"),
            platform: values.get("X-Plex-Platform"),
            platform_version: values.get("X-Plex-Platform-Version"),
            device: values.get("X-Plex-Device"),
            name: values.get("X-Plex-Device-Name"),
            model: values.get("X-Plex-Model"),
            vendor: values.get("X-Plex-Device-Vendor"),
            provides: values.get("X-Plex-Provides"),
        })
    }
}

/// An [`Installation`] with a valid token. Fails with 401 and code 1001 without one, and with 498
/// for an expired JWT.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) session: Session,
    pub(super) person: Person,
    pub(super) token: String,
    pub(super) installation: Installation,
}

impl SignedIn {
    pub(super) fn account(&self) -> AccountId {
        self.person.id
    }

    pub(super) fn is_by_jwt(&self) -> bool {
        self.session.kind != Kind::Legacy
    }

    /// Refuses anonymous users.
    pub(super) fn with_account(self) -> Result<Self, Fail> {
        if self.person.is_anonymous() { Err(Fail::ANONYMOUS_MAY_NOT) } else { Ok(self) }
    }

    /// Refuses managed users as well.
    pub(super) fn unmanaged(self) -> Result<Self, Fail> {
        if self.person.is_managed() { Err(Fail::MANAGED_MAY_NOT) } else { self.with_account() }
    }
}

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Fail> {
        let installation = Installation::from_request_parts(parts, shared).await?;
        let token = PlexValues::of(&parts.headers, &parts.uri).get("X-Plex-Token").ok_or(Fail::UNAUTHENTICATED)?;
        let (session, person) = shared.session(&token, &installation.client_identifier)?;
        Ok(Self { session, person, token, installation })
    }
}

/// The token as it was sent, for hosts that refuse it in their own way.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: Option<String>,
    client_identifier: String,
}

impl Token {
    /// Returns the account that the token belongs to.
    pub(super) fn account(&self, shared: &Shared) -> Option<AccountId> {
        let token = self.text.as_ref()?;
        shared.session(token, &self.client_identifier).ok().map(|(_, person)| person.id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        let values = PlexValues::of(&parts.headers, &parts.uri);
        let client_identifier = values.get("X-Plex-Client-Identifier").unwrap_or_default();
        Ok(Self { text: values.get("X-Plex-Token"), client_identifier })
    }
}

/// A media server that calls with its own token. Users get 403 with code 1080.
#[derive(Debug)]
pub(super) struct ServerCaller(pub(super) Server);

impl FromRequestParts<Arc<Shared>> for ServerCaller {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Fail> {
        let installation = Installation::from_request_parts(parts, shared).await?;
        let token = PlexValues::of(&parts.headers, &parts.uri).get("X-Plex-Token").ok_or(Fail::UNAUTHENTICATED)?;
        if let Some(server) = shared.servers.iter().find(|server| server.own_token() == token) {
            return Ok(Self(server.facts().clone()));
        }
        shared.session(&token, &installation.client_identifier)?;
        Err(Fail::SERVER_TOKEN_NEEDED)
    }
}

/// The part of a list that a call asks for. Values that are not numbers are ignored.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) start: Option<usize>,
    pub(super) size: Option<usize>,
}

impl<S: Send + Sync> FromRequestParts<S> for Window {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        let values = PlexValues::of(&parts.headers, &parts.uri);
        let number = |name| values.get(name)?.parse().ok();
        Ok(Self { start: number("X-Plex-Container-Start"), size: number("X-Plex-Container-Size") })
    }
}

/// The query parameters of a call.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns a parameter that must be present and not empty.
    pub(super) fn require(&self, name: &str) -> Result<&str, Fail> {
        self.get(name).filter(|value| !value.is_empty()).ok_or(Fail::MALFORMED)
    }

    /// Whether a flag is on. plex.tv writes flags in queries as 0 and 1.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        Ok(Self(query(&parts.uri)))
    }
}
