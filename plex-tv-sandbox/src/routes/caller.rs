//! Who calls, from the `X-Plex-*` headers or the query parameters of the same names.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::data::Account;
use crate::reply::Fail;
use crate::state::Shared;

/// The `X-Plex-*` values of a request.
struct PlexValues<'a> {
    parts: &'a Parts,
    query: HashMap<String, String>,
}

impl<'a> PlexValues<'a> {
    fn of(parts: &'a Parts) -> Self {
        Self { parts, query: query(parts) }
    }

    fn get(&self, name: &str) -> Option<String> {
        let header = self.parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = header.map(String::from).or_else(|| self.query.get(name).cloned());
        value.filter(|value| !value.is_empty())
    }
}

/// The query as pairs; what cannot be read as such is empty.
fn query(parts: &Parts) -> HashMap<String, String> {
    Query::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

/// A caller that says which installation it is; without that, 400 with code 1000.
#[derive(Debug)]
pub(super) struct Installation {
    pub(super) client_identifier: String,
    pub(super) product: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Installation {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        let values = PlexValues::of(parts);
        let client_identifier = values.get("X-Plex-Client-Identifier").ok_or(Fail::NO_CLIENT_IDENTIFIER)?;
        Ok(Self { client_identifier, product: values.get("X-Plex-Product") })
    }
}

/// An [`Installation`] with a valid token; without that, 401 with code 1001.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) account: &'static Account,
    pub(super) token: String,
    pub(super) installation: Installation,
}

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Fail> {
        let installation = Installation::from_request_parts(parts, shared).await?;
        let token = PlexValues::of(parts).get("X-Plex-Token").ok_or(Fail::UNAUTHENTICATED)?;
        let account = shared.account(&token).ok_or(Fail::UNAUTHENTICATED)?;
        Ok(Self { account, token, installation })
    }
}

/// The query parameters of a call.
#[derive(Debug)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// plex.tv's switches in queries are 0 and 1.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        Ok(Self(query(parts)))
    }
}
