//! Follows redirects safely.
//!
//! reqwest would send `X-Plex-Token` along to any host, so its own redirects are switched off. GET
//! and HEAD follow at most three redirects, and only within their origin. Any other redirect is an
//! error that names its target. A browser follows redirects itself and does not show them to the
//! page.

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{HeaderMap, LOCATION},
};

use super::sign::same_origin;

/// The most redirects that are followed.
pub(super) const LIMIT: usize = 3;

/// Returns the URL that a redirect leads to, if it may be followed.
pub(super) fn target(method: &Method, response: &Response) -> Option<Url> {
    if !matches!(*method, Method::GET | Method::HEAD) || !is_redirect(response.status()) {
        return None;
    }
    let asked = response.url();
    location(asked, response.headers()).filter(|url| same_origin(url, asked))
}

/// Returns the URL of storage on another origin that a redirect leads to. A redirect from https to
/// http is not followed.
pub(super) fn storage(response: &Response) -> Option<Url> {
    let asked = response.url();
    let url = is_redirect(response.status()).then(|| location(asked, response.headers()))??;
    let is_secure = url.scheme() == "https" || url.scheme() == "http" && asked.scheme() == "http";
    (is_secure && !same_origin(&url, asked)).then_some(url)
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Returns the URL in the header `Location`.
pub(super) fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}
