//! The check of a token: it is valid, rejected or unknown.

use httpmock::MockServer;
use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{Client, Error, Token, TokenCheck};
use serde_json::json;

use crate::harness::{anonymous, answer, answer_json, builder, closed_port, signed_in};

const USER: &str = "/api/v2/user";

async fn sandbox_user() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let token = Token::new(sandbox.token()).unwrap();
    let client = builder(sandbox.url()).token(token).build().unwrap();
    (sandbox, client)
}

#[track_caller]
fn rejected(check: &TokenCheck) -> &Error {
    match check {
        TokenCheck::Rejected(error) => error,
        other => panic!("not rejected: {other:?}"),
    }
}

#[track_caller]
fn unknown(check: &TokenCheck) -> &Error {
    match check {
        TokenCheck::Unknown(error) => error,
        other => panic!("not unknown: {other:?}"),
    }
}

#[tokio::test]
async fn a_good_token_is_valid_and_names_its_user() {
    let (_sandbox, client) = sandbox_user().await;

    let check = client.verify_token().await;

    assert!(matches!(check, TokenCheck::Valid(_)), "{check:?}");
    let user = check.user().unwrap();
    assert_eq!(user.username.as_deref(), Some("exampleuser"));
}

#[tokio::test]
async fn a_token_that_was_signed_out_is_rejected() {
    let (_sandbox, client) = sandbox_user().await;
    client.v2().sign_out().send().await.unwrap();

    let check = client.verify_token().await;

    assert_eq!(rejected(&check).plex_code(), Some(1001));
    assert!(check.user().is_none());
}

#[tokio::test]
async fn a_missing_token_is_rejected_and_nothing_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();

    let check = anonymous(sandbox.url()).verify_token().await;

    assert!(rejected(&check).is_invalid_input() && rejected(&check).needs_sign_in());
    assert_eq!(sandbox.requests(), []);
}

#[tokio::test]
async fn an_expired_jwt_is_rejected() {
    let (sandbox, client) = sandbox_user().await;
    sandbox.next("getUserDetails", Fault::Status(498)).unwrap();

    let check = client.verify_token().await;

    assert!(rejected(&check).is_auth());
}

#[tokio::test]
async fn a_422_that_names_the_token_is_rejected() {
    let bodies = [
        json!({"error": "Invalid token"}),
        json!({"errors": [{"code": 1998, "message": "Invalid Token, sorry", "status": 422}]}),
    ];
    for body in bodies {
        let server = MockServer::start_async().await;
        answer_json(&server, USER, 422, &body).await;

        let check = signed_in(&server.base_url()).verify_token().await;

        assert_eq!(rejected(&check).status().unwrap().as_u16(), 422);
    }
}

#[tokio::test]
async fn a_422_that_does_not_name_the_token_says_nothing_about_it() {
    let (sandbox, client) = sandbox_user().await;
    sandbox.next("getUserDetails", Fault::Status(422)).unwrap();

    let check = client.verify_token().await;

    assert_eq!(unknown(&check).plex_code(), Some(1998));
}

#[tokio::test]
async fn failures_of_servers_and_gateways_say_nothing_about_the_token() {
    let (sandbox, client) = sandbox_user().await;
    let faults = [
        Fault::Status(500),
        Fault::Status(403),
        Fault::RateLimited { retry_after: None },
        Fault::Html,
        Fault::Hangup,
        Fault::Garbage,
        Fault::EmptyBody,
    ];

    for fault in faults {
        sandbox.next("getUserDetails", fault.clone()).unwrap();
        let check = client.verify_token().await;

        assert!(matches!(check, TokenCheck::Unknown(_)), "{fault:?}");
    }
    assert!(matches!(client.verify_token().await, TokenCheck::Valid(_)));
}

#[tokio::test]
async fn a_captive_portal_says_nothing_about_the_token() {
    let server = MockServer::start_async().await;
    answer(&server, USER, 200, "text/html", "<html>Pay here</html>").await;

    let check = signed_in(&server.base_url()).verify_token().await;

    assert!(unknown(&check).is_unexpected_content_type());
}

#[tokio::test]
async fn a_refused_connection_says_nothing_about_the_token() {
    let client = signed_in(&closed_port());

    let check = client.verify_token().await;

    assert!(unknown(&check).is_connect());
}
