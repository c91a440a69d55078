//! Our own redirects.
//!
//! reqwest takes `X-Plex-Token` along to any host, so its own following is switched off. Here a GET follows at most three
//! times, and only within its origin; any other redirect is an error that names where it pointed.

use reqwest::{
    Client, Method, Request, Response, StatusCode, Url,
    header::{HeaderMap, LOCATION},
};

const LIMIT: usize = 3;

pub(super) async fn send(http: &Client, request: Request) -> reqwest::Result<Response> {
    let mut again = repeatable(&request);
    let mut response = http.execute(request).await?;
    for _ in 0..LIMIT {
        let Some(mut next) = again.take() else { break };
        let Some(url) = target(&response).filter(|url| url.origin() == next.url().origin()) else {
            break;
        };
        *next.url_mut() = url;
        again = repeatable(&next);
        response = http.execute(next).await?;
    }
    Ok(response)
}

fn repeatable(request: &Request) -> Option<Request> {
    matches!(*request.method(), Method::GET | Method::HEAD).then(|| request.try_clone()).flatten()
}

fn target(response: &Response) -> Option<Url> {
    is_redirect(response.status()).then(|| location(response.url(), response.headers())).flatten()
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a reply points to.
pub(super) fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}
