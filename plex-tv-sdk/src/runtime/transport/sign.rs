//! Sets the headers of a request, and decides who gets the token.

use reqwest::{
    Request, Url,
    header::{ACCEPT, HeaderName, HeaderValue},
};

use super::settings::Settings;
use crate::runtime::{
    operation::{Auth, Operation},
    secret::Token,
};

/// plex.tv answers with JSON to exactly this `Accept` header, and with XML to any other, even to
/// `*/*`.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TOKEN: HeaderName = HeaderName::from_static("x-plex-token");

/// Signs a request with the identity, and with the token if the operation needs it. A request to
/// another origin than the transport's gets neither.
pub(super) fn sign(
    settings: &Settings,
    base: &Url,
    request: &mut Request,
    operation: &Operation,
    token: Option<&Token>,
) {
    let is_ours = same_origin(base, request.url());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, JSON);
    if !is_ours {
        return;
    }
    headers.reserve(settings.identity.len() + 1);
    for (name, value) in &settings.identity {
        headers.insert(name, value.clone());
    }
    // The token comes last, after the origin was checked.
    if operation.auth == Auth::Token
        && let Some(token) = token
        && let Ok(mut value) = HeaderValue::from_str(token.expose())
    {
        value.set_sensitive(true);
        headers.insert(TOKEN, value);
    }
}

/// Compares scheme, host and port, as `Url::origin` does for http and https, without copies.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::{Method, header::HeaderMap};

    use super::*;
    use crate::runtime::{
        clock::SystemClock,
        operation,
        transport::{
            Limits, Transport,
            exchange::{Exchange, Reply},
            scripted::server,
        },
    };

    /// This holds however the request got there. The SDK's own redirects stay within the origin.
    #[tokio::test]
    async fn a_request_that_reaches_another_origin_carries_neither_token_nor_identity() {
        let (ours, seen) = server("200 OK", "{}").await;
        let (strange, seen_by_stranger) = server("200 OK", "{}").await;
        let identity = HeaderMap::from_iter([(
            HeaderName::from_static("x-plex-product"),
            HeaderValue::from_static("Example App"),
        )]);
        let token = Some(Token::new("CANARY").unwrap());
        let (http, clock) = (reqwest::Client::new(), Arc::new(SystemClock));
        let settings = Arc::new(Settings::new(http, identity, token, Limits::default(), clock));

        for url in [&ours, &strange] {
            let transport = Transport::new(Arc::clone(&settings), Url::parse(&ours).unwrap());
            let request = Request::new(Method::GET, Url::parse(url).unwrap());
            let operation = Operation::new("test", operation::Method::Get, "/");
            Exchange::new(transport, operation, request).run::<Reply>().await.unwrap();
        }

        let (seen, seen_by_stranger) = (seen.lock().unwrap().concat(), seen_by_stranger.lock().unwrap().concat());
        assert!(seen.contains("x-plex-token: CANARY") && seen.contains("x-plex-product: Example App"), "{seen}");
        assert!(seen_by_stranger.starts_with("GET / "), "{seen_by_stranger}");
        assert!(!seen_by_stranger.contains("x-plex") && !seen_by_stranger.contains("CANARY"), "{seen_by_stranger}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let ours = Url::parse("https://plex.example").unwrap();
        for (url, is_ours) in [
            ("https://plex.example:443/x", true),
            ("http://plex.example/x", false),
            ("https://plex.example:444/x", false),
            ("https://plex.example.org/x", false),
        ] {
            assert_eq!(same_origin(&ours, &Url::parse(url).unwrap()), is_ours, "{url}");
        }
    }
}
