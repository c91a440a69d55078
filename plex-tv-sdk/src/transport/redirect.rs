//! Our own redirects.
//!
//! reqwest takes `X-Plex-Token` along to any host, so its own following is switched off. Here a GET follows at most three
//! times, and only within its origin; any other redirect is an error that names where it pointed. In a browser there is
//! nothing to do: it follows by itself, and shows no redirect to the page.

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{HeaderMap, LOCATION},
};

use super::sign::same_origin;

/// So often a call is sent to another address.
pub(super) const LIMIT: usize = 3;

/// Where to ask instead, if that may be done.
pub(super) fn target(method: &Method, response: &Response) -> Option<Url> {
    if !matches!(*method, Method::GET | Method::HEAD) || !is_redirect(response.status()) {
        return None;
    }
    let asked = response.url();
    location(asked, response.headers()).filter(|url| same_origin(url, asked))
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a reply points to.
pub(super) fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}
