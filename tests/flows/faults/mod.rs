//! Faults of networks, gateways and plex.tv itself. Tests of the same fault share a case number.

mod decoding;
mod http2;
mod input;
mod limits;
mod load;
mod network;
mod pins;
mod redirects;
mod refusals;
mod replies;
mod retries;

use std::time::Duration;

use plex_tv_sdk::{Client, ClientBuilder, Error, RetryPolicy, Token, v2::types::User};
use serde_json::json;

use crate::{
    clock::TestClock,
    harness::{TOKEN, builder},
    wire::{Reply, Wire},
};

pub(crate) const USER: &str = "/api/v2/user";
/// A time limit that tests wait for in real time.
pub(crate) const SHORT: Duration = Duration::from_millis(200);
pub(crate) const LIMIT: usize = 16 * 1024 * 1024;

pub(crate) async fn user(client: &Client) -> Result<User, Error> {
    client.v2().get_user_details().send().await
}

/// Reads the account from a server that gives this reply.
pub(crate) async fn user_from(reply: Reply) -> Result<User, Error> {
    let plex = Wire::always(reply).await;
    let client = builder(&plex.url).timeout(Duration::from_secs(20)).token(Token::new(TOKEN).unwrap()).build().unwrap();
    user(&client).await
}

pub(crate) async fn user_of(body: &str) -> Result<User, Error> {
    user_from(Reply::json(body)).await
}

/// A builder for a client that retries, with a clock that moves only when the client sleeps.
pub(crate) fn persistent(url: &str, clock: &TestClock) -> ClientBuilder {
    builder(url).token(Token::new(TOKEN).unwrap()).clock(clock.clone()).retry(RetryPolicy::default())
}

/// Reads the account from a server that gives these replies in turn, with a client that retries.
pub(crate) async fn user_from_script(
    replies: impl IntoIterator<Item = Reply>,
) -> (Result<i64, Error>, Wire, TestClock) {
    let (plex, clock) = (Wire::script(replies).await, TestClock::default());
    let outcome = user(&persistent(&plex.url, &clock).build().unwrap()).await;
    (outcome.map(|user| user.id), plex, clock)
}

pub(crate) fn status(status: &str) -> Reply {
    Reply::http(status, &[], "")
}

pub(crate) fn account() -> Reply {
    Reply::json(r#"{"id":7}"#)
}

pub(crate) fn plex_error(code: i64, message: &str, status: u16) -> String {
    json!({"errors": [{"code": code, "message": message, "status": status}]}).to_string()
}

#[track_caller]
pub(crate) fn assert_names_the_operation(error: &Error) {
    assert_eq!(error.operation(), Some("getUserDetails"));
    assert!(error.to_string().starts_with("getUserDetails: "), "{error}");
}

/// Asserts that no name is missing from the message, which would leave two spaces in a row.
#[track_caller]
pub(crate) fn assert_no_double_space(error: &Error) {
    assert!(!error.to_string().contains("  "), "{error}");
}
