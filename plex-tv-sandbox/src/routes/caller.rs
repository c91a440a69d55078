//! Who calls, from the `X-Plex-*` headers or the query parameters of the same names.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use crate::reply::Fail;
use crate::session::Session;
use crate::state::Shared;

/// The `X-Plex-*` values of a request.
struct PlexValues<'a> {
    headers: &'a HeaderMap,
    query: HashMap<String, String>,
}

impl<'a> PlexValues<'a> {
    fn of(headers: &'a HeaderMap, uri: &Uri) -> Self {
        Self { headers, query: query(uri) }
    }

    fn get(&self, name: &str) -> Option<String> {
        let header = self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let value = header.map(String::from).or_else(|| self.query.get(name).cloned());
        value.filter(|value| !value.is_empty())
    }
}

/// The query as pairs; what cannot be read as such is empty.
fn query(uri: &Uri) -> HashMap<String, String> {
    Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

pub(super) fn client_identifier(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    PlexValues::of(headers, uri).get("X-Plex-Client-Identifier")
}

/// A caller that says which installation it is; without that, 400 with code 1000.
#[derive(Debug)]
pub(super) struct Installation {
    pub(super) client_identifier: String,
    /// `"0"` when it was not said.
    pub(super) product: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Installation {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        let values = PlexValues::of(&parts.headers, &parts.uri);
        let client_identifier = values.get("X-Plex-Client-Identifier").ok_or(Fail::NO_CLIENT_IDENTIFIER)?;
        let product = values.get("X-Plex-Product").unwrap_or_else(|| String::from("0"));
        Ok(Self { client_identifier, product })
    }
}

/// An [`Installation`] with a valid token: 401 with code 1001 without one, 498 with a JWT that has expired.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) session: Session,
    pub(super) token: String,
    pub(super) installation: Installation,
}

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Fail> {
        let installation = Installation::from_request_parts(parts, shared).await?;
        let token = PlexValues::of(&parts.headers, &parts.uri).get("X-Plex-Token").ok_or(Fail::UNAUTHENTICATED)?;
        let session = shared.session(&token, &installation.client_identifier)?;
        Ok(Self { session, token, installation })
    }
}

/// The part of a list that a call asks for; what is no number asks for nothing.
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
        Ok(Self(query(&parts.uri)))
    }
}
