//! Networks that interfere while a client waits for a PIN, such as a captive portal.

use std::time::Duration;

use plex_tv_sdk::{Error, PinFlow};

use crate::{
    clock::TestClock,
    harness::builder,
    wire::{Reply, Wire},
};

const PIN: &str = r#"{"id":7,"code":"EXAMPLE","expiresIn":900,"authToken":null}"#;
const APPROVED: &str = r#"{"id":7,"code":"EXAMPLE","expiresIn":900,"authToken":"EXAMPLE-TOKEN"}"#;
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to the hotel</title></head></html>";

/// A PIN sign-in at a server that answers the polls with these replies in order.
async fn flow(replies: Vec<Reply>) -> (Wire, PinFlow) {
    let plex = Wire::script([Reply::json(PIN)].into_iter().chain(replies)).await;
    let client = builder(&plex.url).clock(TestClock::default()).body_limit(4096).build().unwrap();
    let flow = client.pin_login().start().await.unwrap();
    (plex, flow)
}

fn interruptions() -> Vec<(&'static str, Reply)> {
    let json = "content-type: application/json";
    let html = "content-type: text/html; charset=utf-8";
    vec![
        ("a page", Reply::http("200 OK", &[html], PAGE)),
        ("a page without a content type", Reply::http("200 OK", &[], PAGE)),
        ("a page with the content type JSON", Reply::http("200 OK", &[json], PAGE)),
        ("a page with status 403", Reply::http("403 Forbidden", &[html], PAGE)),
        ("a page with status 401", Reply::http("401 Unauthorized", &[html], format!("\n  {PAGE}"))),
        ("a page with status 407", Reply::http("407 Proxy Authentication Required", &[html], "<HTML>no</HTML>")),
        ("a page with status 511", Reply::http("511 Network Authentication Required", &[html], PAGE)),
        ("a long page", Reply::http("200 OK", &[html], PAGE.repeat(200))),
        ("a redirect to a login page", Reply::redirect("302 Found", "http://login.example.com/")),
        ("plain text", Reply::http("200 OK", &["content-type: text/plain"], "It works!")),
        ("an empty body", Reply::http("200 OK", &[json], "")),
        ("a truncated reply", Reply::http("200 OK", &[json], r#"{"id":7,"authTo"#)),
        ("a reply of another shape", Reply::http("200 OK", &[json], "[]")),
        ("a reply that is not HTTP", Reply::Bytes(b"220 mail.example.com ESMTP\r\n".to_vec())),
        ("a connection that is closed", Reply::Bytes(Vec::new())),
    ]
}

#[tokio::test]
async fn a_single_interruption_does_not_end_the_wait() {
    for (what, reply) in interruptions() {
        let (_plex, flow) = flow(vec![Reply::json(PIN), reply, Reply::json(PIN), Reply::json(APPROVED)]).await;
        let mut failures = 0;

        let waiting = flow.wait().on_poll(|progress| failures += usize::from(progress.failure.is_some()));
        let client = waiting.await.unwrap_or_else(|error| panic!("{what}: {error:?}"));

        assert_eq!(client.token().unwrap().expose(), "EXAMPLE-TOKEN", "{what}");
        assert_eq!(failures, 1, "{what}");
    }
}

#[tokio::test]
async fn a_lasting_interruption_ends_the_wait_when_the_pin_expires_and_is_the_source() {
    for (what, reply) in interruptions() {
        let (_plex, flow) = flow(vec![reply]).await;

        let error = flow.wait().await.unwrap_err();

        assert!(error.is_pin_expired(), "{what}: {error:?}");
        let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(cause.operation(), Some("getToken"), "{what}");
    }
}

#[tokio::test]
async fn the_deadline_holds_during_an_interruption() {
    let (_plex, flow) = flow(vec![Reply::http("200 OK", &["content-type: text/html"], PAGE)]).await;

    let error = flow.wait().deadline(Duration::from_secs(60)).await.unwrap_err();

    assert!(error.is_deadline(), "{error:?}");
}

#[tokio::test]
async fn a_refusal_by_plex_tv_ends_the_wait_in_any_form() {
    let json = "content-type: application/json";
    let refusals = [
        Reply::http("403 Forbidden", &[json], r#"{"errors":[{"code":1,"message":"No"}]}"#),
        Reply::http(
            "403 Forbidden",
            &["content-type: application/xml"],
            r#"<errors><error code="1" message="No"/></errors>"#,
        ),
        Reply::http("400 Bad Request", &[json], ""),
        Reply::http("404 Not Found", &["content-type: text/html"], PAGE),
        Reply::http("410 Gone", &[json], "{}"),
    ];
    for refusal in refusals {
        let (plex, flow) = flow(vec![refusal]).await;

        flow.wait().await.unwrap_err();

        assert_eq!(plex.seen.requests().len(), 2);
    }
}
