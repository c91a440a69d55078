//! Shared setup: clients, addresses and mock replies.

use httpmock::{Mock, MockServer};
use plex_tv_sdk::{Client, ClientBuilder, ClientIdentity, RetryPolicy, Token};
use serde_json::Value;
use tokio::net::TcpSocket;

pub(crate) const IDENTIFIER: &str = "flows-desk-01";
pub(crate) const TOKEN: &str = "EXAMPLE-ACCOUNT-TOKEN";

pub(crate) fn identity(client_identifier: &str) -> ClientIdentity {
    ClientIdentity::new(client_identifier, "Example App", "1.2.3").unwrap()
}

/// A builder for a client of a test server. It ignores proxies in the environment and does not load
/// the root certificates of the operating system, which takes longer than most tests. It does not
/// retry unless the test turns retries on.
pub(crate) fn builder(url: &str) -> ClientBuilder {
    let builder = Client::builder(identity(IDENTIFIER)).base_url(url).retry(RetryPolicy::off());
    builder.http(|http| http.no_proxy().tls_certs_only([]))
}

pub(crate) fn anonymous(url: &str) -> Client {
    builder(url).build().unwrap()
}

pub(crate) fn signed_in(url: &str) -> Client {
    builder(url).token(Token::new(TOKEN).unwrap()).build().unwrap()
}

/// An address where nothing listens. The port is never released, since another test would soon
/// listen there.
pub(crate) fn closed_port() -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    std::mem::forget(socket);
    url
}

/// Answers every call to `path` with a body of this content type.
pub(crate) async fn answer<'a>(
    server: &'a MockServer,
    path: &str,
    status: u16,
    content_type: &str,
    body: impl AsRef<[u8]>,
) -> Mock<'a> {
    let (path, content_type, body) = (path.to_owned(), content_type.to_owned(), body.as_ref().to_vec());
    server
        .mock_async(move |when, then| {
            when.path(path);
            then.status(status).header("content-type", content_type).body(body);
        })
        .await
}

pub(crate) async fn answer_json<'a>(server: &'a MockServer, path: &str, status: u16, body: &Value) -> Mock<'a> {
    answer(server, path, status, "application/json; charset=utf-8", body.to_string()).await
}
