//! What goes into the headers of a request, and to whom.

use reqwest::{
    Request,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue},
};

use super::Parts;
use crate::{Auth, Operation};

/// plex.tv answers JSON to exactly this, and XML to anything else, `*/*` included.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Added by the generator; it says the version of our description, which is nobody's business.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");
pub(super) const TOKEN: HeaderName = HeaderName::from_static("x-plex-token");

pub(super) fn sign(parts: &Parts, request: &mut Request, operation: Option<&Operation>) {
    if operation.is_some_and(|operation| operation.optional_body) {
        drop_empty_body(request);
    }
    let is_ours = request.url().origin() == parts.base.origin();
    let headers = request.headers_mut();
    headers.remove(API_VERSION);
    headers.insert(ACCEPT, JSON);
    if !is_ours {
        return;
    }
    for (name, value) in &parts.identity {
        headers.insert(name, value.clone());
    }
    // Last, so that nothing before it can have been added for another host.
    if operation.is_none_or(|operation| operation.auth == Auth::Token)
        && let Some(token) = &parts.token
        && let Ok(mut value) = HeaderValue::from_str(token.expose())
    {
        value.set_sensitive(true);
        headers.insert(TOKEN, value);
    }
}

/// The generator always sends a body; one that may be left out and has no members is left out.
fn drop_empty_body(request: &mut Request) {
    let is_empty = request.body().and_then(|body| body.as_bytes()).is_some_and(|bytes| bytes == b"{}");
    if is_empty {
        *request.body_mut() = None;
        request.headers_mut().remove(CONTENT_TYPE);
        request.headers_mut().remove(CONTENT_LENGTH);
    }
}
