//! What goes into the headers of a request, and to whom.

use reqwest::{
    Request, Url,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue},
};

use super::{Hosts, Parts};
use crate::{Auth, Operation, Token};

/// plex.tv answers JSON to exactly this, and XML to anything else, `*/*` included.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TOKEN: HeaderName = HeaderName::from_static("x-plex-token");

/// Signs a request: identity always, the token where the operation asks for it, and both only to the configured hosts.
pub(super) fn sign(parts: &Parts, request: &mut Request, operation: Option<&Operation>, token: Option<&Token>) {
    if operation.is_some_and(|operation| operation.optional_body) {
        drop_empty_body(request);
    }
    let is_ours = address(&parts.hosts, request, operation);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, JSON);
    if !is_ours {
        return;
    }
    headers.reserve(parts.identity.len() + 1);
    for (name, value) in &parts.identity {
        headers.insert(name, value.clone());
    }
    // Last, so that nothing before it can have been added for another host.
    if operation.is_none_or(|operation| operation.auth == Auth::Token)
        && let Some(token) = token
        && let Ok(mut value) = HeaderValue::from_str(token.expose())
    {
        value.set_sensitive(true);
        headers.insert(TOKEN, value);
    }
}

/// Sends an operation of another host there, and says whether the request goes where the token may go.
pub(super) fn address(hosts: &Hosts, request: &mut Request, operation: Option<&Operation>) -> bool {
    let own = operation.and_then(|operation| operation.server).filter(|_| !hosts.moved);
    let Some(server) = own.and_then(|server| Url::parse(server).ok()) else {
        return [&hosts.plex_tv, &hosts.discover].iter().any(|host| same_origin(host, request.url()));
    };
    let mut url = server;
    url.set_path(request.url().path());
    url.set_query(request.url().query());
    *request.url_mut() = url;
    true
}

/// As `Url::origin` has it for http and https, without copies.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
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

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;
    use crate::{
        Client, ClientIdentity, generated,
        transport::{
            exchange::{Exchange, Reply},
            scripted::server,
        },
    };

    /// Whatever sent it there: our own redirects never do.
    #[tokio::test]
    async fn a_request_that_reaches_another_origin_carries_neither_token_nor_identity() {
        let (ours, seen) = server("200 OK", "{}").await;
        let (strange, seen_by_stranger) = server("200 OK", "{}").await;
        let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", "1").unwrap();
        let client = Client::builder(identity).base_url(ours.as_str()).token(Token::new("CANARY").unwrap());
        let client = client.build().unwrap();
        let generated = client.plex_tv();
        let operation = generated::plex_tv::OPERATIONS.iter().find(|operation| operation.id == "getUserDetails");

        for url in [&ours, &strange] {
            let request = Request::new(Method::GET, Url::parse(url).unwrap());
            Exchange::new(&generated.inner, &generated.client, operation, request).run::<Reply>().await.unwrap();
        }

        let (seen, seen_by_stranger) = (seen.lock().unwrap().concat(), seen_by_stranger.lock().unwrap().concat());
        assert!(seen.contains("x-plex-token: CANARY") && seen.contains("x-plex-product: Example App"), "{seen}");
        assert!(seen_by_stranger.starts_with("GET / "), "{seen_by_stranger}");
        assert!(!seen_by_stranger.contains("x-plex") && !seen_by_stranger.contains("CANARY"), "{seen_by_stranger}");
    }

    #[cfg(feature = "discover")]
    fn addressed(operation: &str, url: &str, moved: bool) -> (String, bool) {
        let hosts = Hosts {
            plex_tv: Url::parse("https://plex.tv").unwrap(),
            discover: Url::parse("https://discover.provider.plex.tv").unwrap(),
            moved,
        };
        let operation = generated::discover::OPERATIONS.iter().find(|known| known.id == operation);
        let mut request = Request::new(Method::GET, Url::parse(url).unwrap());
        let is_ours = address(&hosts, &mut request, operation);
        (request.url().to_string(), is_ours)
    }

    #[test]
    #[cfg(feature = "discover")]
    fn an_operation_of_another_host_goes_there_unless_something_stands_in() {
        let here = "https://discover.provider.plex.tv/library/metadata/a%2Fb/userState?x=1";
        let there = "https://metadata.provider.plex.tv/library/metadata/a%2Fb/userState?x=1";

        assert_eq!(addressed("getUserState", here, false), (there.to_owned(), true));
        assert_eq!(addressed("getUserState", here, true), (here.to_owned(), true));
        assert_eq!(addressed("searchDiscover", here, false), (here.to_owned(), true));
    }

    #[test]
    #[cfg(feature = "discover")]
    fn the_token_may_go_to_configured_hosts_only() {
        for (url, is_ours) in [
            ("https://plex.tv/x", true),
            ("https://discover.provider.plex.tv/x", true),
            ("http://plex.tv/x", false),
            ("https://plex.tv:444/x", false),
            ("https://plex.tv.example/x", false),
        ] {
            assert_eq!(addressed("searchDiscover", url, false).1, is_ours, "{url}");
        }
    }
}
