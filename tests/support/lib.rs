//! Shared test helpers: a client with a mock server, the API descriptions, and exact checks of the
//! requests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A test helper panics to fail its test.

/// Compiles the programs in the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod compare;
mod description;
mod exchange;
mod payloads;
mod replies;
mod schema;
mod xml;

/// Compiles and runs the example in the README of the sandbox, which needs the SDK.
#[cfg(doctest)]
#[doc = include_str!("../../plex-tv-sandbox/README.md")]
mod sandbox_readme {}

pub use compare::{Comparison, compare};
pub use description::{
    Description, described, description_of, descriptions, example, examples, has_status, is_documented, operations,
};
pub use exchange::{Body, Failure, NO_BODY, Recorder, Reply, Sent, Success, failure, success, unexpected};
pub use payloads::{Payload, payloads, payloads_in};
pub use replies::{has_reply, members_of, reread, reread_json, reread_request};
pub use schema::Schema;
pub use xml::{from_xml, xml};

use httpmock::MockServer;
use plex_tv_sdk::{Client, ClientIdentity, RetryPolicy, Token};

pub const IDENTIFIER: &str = "EXAMPLE-CLIENT-1";
pub const PRODUCT: &str = "Example App";
pub const VERSION: &str = "1.2.3";
pub const TOKEN: &str = "EXAMPLE-ACCOUNT-TOKEN";

/// A signed-in client and the server it talks to.
pub async fn harness() -> (Client, MockServer) {
    let (client, server) = signed_out_harness().await;
    (client.with_token(Token::new(TOKEN).unwrap()), server)
}

/// A client without a token and the server it talks to. It does not retry, because tests count the
/// requests.
pub async fn signed_out_harness() -> (Client, MockServer) {
    let server = MockServer::start_async().await;
    let client = Client::builder(identity()).base_url(server.base_url()).retry(RetryPolicy::off()).build().unwrap();
    (client, server)
}

pub fn identity() -> ClientIdentity {
    ClientIdentity::new(IDENTIFIER, PRODUCT, VERSION).unwrap()
}
