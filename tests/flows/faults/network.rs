//! Cases 1 to 8: connections and how they break.

use std::{error::Error as _, io::Write as _, time::Duration};

use flate2::{Compression, write::GzEncoder};
use plex_tv_sdk::{Client, ErrorKind, RetryPolicy, Secret, Token};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use super::{
    SHORT, account, assert_names_the_operation, assert_no_double_space, persistent, user, user_from, user_from_script,
};
use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, TOKEN, anonymous, builder, closed_port, identity, signed_in},
    tls::{self, Authority},
    wire::{Reply, Wire, head},
};

#[tokio::test]
async fn case_01_a_refused_connection_is_a_connect_error_without_the_query() {
    let url = closed_port();
    let client = anonymous(&url);
    let error = client.v2().get_token(7).device_jwt(Secret::from("EXAMPLE-QUERY")).send().await.unwrap_err();

    assert!(error.is_connect() && error.is_retryable(), "{error:?}");
    assert!(error.source().is_some());
    let text = format!("{error} {error:?} {:?}", error.source());
    assert!(!text.contains("EXAMPLE-QUERY") && !text.contains("deviceJWT"), "{text}");
    let host = url.trim_start_matches("http://");
    assert!(error.to_string().contains(host), "{error}");
}

#[tokio::test]
async fn case_01_a_refused_connection_is_tried_again_whatever_the_method() {
    let (url, clock) = (closed_port(), TestClock::default());
    let client = persistent(&url, &clock).build().unwrap();

    user(&client).await.unwrap_err();
    client.v2().get_pin().send().await.unwrap_err();

    assert_eq!(clock.pauses(), [500, 1000, 500, 1000].map(Duration::from_millis));
}

#[tokio::test]
async fn case_02_a_host_without_an_address_is_a_connect_error_in_one_line() {
    let client = builder("http://plex.invalid").connect_timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    // If the resolver does not answer at all, the connection times out, with the same result.
    assert!(error.is_connect() && error.is_retryable(), "{error:?}");
    assert_eq!(error.to_string().lines().count(), 1);
    assert!(error.to_string().contains("plex.invalid"), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn case_03_a_self_signed_certificate_is_a_tls_error_and_sends_nothing() {
    let plex = crate::tls::start("localhost", |_| Reply::json(r#"{"id":7}"#)).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert!(error.is_tls() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("localhost"), "{error}");
    assert_eq!(plex.seen.requests(), Vec::<String>::new());
}

/// A client that trusts this authority and retries.
fn trusting(url: &str, authority: &Authority, clock: &TestClock) -> Client {
    let root = plex_tv_sdk::reqwest::Certificate::from_der(authority.der()).unwrap();
    Client::builder(identity(IDENTIFIER))
        .base_url(url)
        .token(Token::new(TOKEN).unwrap())
        .clock(clock.clone())
        .http(|http| http.no_proxy().tls_certs_only([root]))
        .build()
        .unwrap()
}

#[tokio::test]
async fn case_03_an_expired_certificate_or_one_for_another_name_is_a_tls_error_and_not_tried_again() {
    let authority = Authority::new();
    for acceptor in [authority.acceptor("plex.example", 2100), authority.acceptor("localhost", 2000)] {
        let plex = tls::start_with(acceptor, |_| account()).await;
        let clock = TestClock::default();

        let error = user(&trusting(&plex.url, &authority, &clock)).await.unwrap_err();

        assert!(error.is_tls() && !error.is_connect() && !error.is_retryable(), "{error:?}");
        assert!(error.to_string().contains("localhost") && error.source().is_some(), "{error}");
        assert_eq!((plex.seen.connections(), plex.seen.requests().len()), (1, 0));
        assert!(clock.pauses().is_empty());
    }
    let plex = tls::start_with(authority.acceptor("localhost", 2100), |_| account()).await;
    assert_eq!(user(&trusting(&plex.url, &authority, &TestClock::default())).await.unwrap().id, 7);
}

#[tokio::test]
async fn case_03_a_server_without_tls_at_an_https_url_is_a_tls_error() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });

    let error = user(&signed_in(&url)).await.unwrap_err();

    assert!(error.is_tls(), "{error:?}");
}

#[tokio::test]
async fn case_04_a_server_that_never_answers_is_a_timeout_after_the_limit_of_an_attempt() {
    let plex = Wire::always(Reply::Stall(Vec::new())).await;
    let clock = TestClock::with_timers();
    let client = persistent(&plex.url, &clock).build().unwrap();

    let call = tokio::spawn(async move { user(&client).await });
    plex.seen.wait_for_requests(1).await;
    clock.advance(Duration::from_millis(29_999));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!call.is_finished());
    clock.advance(Duration::from_millis(1));
    let error = call.await.unwrap().unwrap_err();

    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
    assert_eq!(plex.seen.requests().len(), 1);
    assert!(clock.pauses().is_empty());
}

#[tokio::test]
async fn case_04_a_timeout_for_one_call_is_applied() {
    let plex = Wire::always(Reply::Stall(Vec::new())).await;

    let error = user(&anonymous(&plex.url).with_timeout(SHORT)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
}

/// The head of a reply and the start of its body.
fn half() -> Vec<u8> {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(100));
    bytes.extend_from_slice(br#"{"id":"#);
    bytes
}

#[tokio::test]
async fn case_05_a_body_that_stalls_is_a_timeout_by_the_attempt_limit_and_by_the_read_limit() {
    let plex = Wire::always(Reply::Stall(half())).await;
    let by_attempt = builder(&plex.url).timeout(SHORT).build().unwrap();
    let by_reading = builder(&plex.url).read_timeout(SHORT).build().unwrap();

    for client in [by_attempt, by_reading] {
        let error = user(&client).await.unwrap_err();

        assert!(error.is_timeout(), "{error:?}");
        assert_names_the_operation(&error);
        assert_no_double_space(&error);
    }
}

#[tokio::test]
async fn case_05_a_refusal_whose_body_stalls_keeps_its_status() {
    let plex = Wire::always(Reply::Stall(head("503 Service Unavailable", &[], Some(100)))).await;
    let client = builder(&plex.url).timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 503);
}

#[tokio::test]
async fn case_06_a_connection_that_closes_in_the_middle_is_a_body_error() {
    let chunked = ["content-type: application/json", "transfer-encoding: chunked"];
    let mut bytes = head("200 OK", &chunked, None);
    bytes.extend_from_slice(b"6\r\n{\"id\":\r\n");

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_body() && error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
}

#[tokio::test]
async fn case_06_a_reply_that_breaks_off_is_requested_once_more() {
    for broken in [Reply::Bytes(half()), Reply::Bytes(Vec::new())] {
        let (once, _, clock) = user_from_script([broken.clone(), account()]).await;
        let (twice, plex, _) = user_from_script([broken.clone(), broken, account()]).await;

        assert_eq!(once.unwrap(), 7);
        assert_eq!(clock.pauses(), [Duration::from_millis(500)]);
        assert!(twice.unwrap_err().is_retryable());
        assert_eq!(plex.seen.requests().len(), 2);
    }
}

#[tokio::test]
async fn case_06_a_post_whose_reply_breaks_off_is_not_sent_again() {
    let plex = Wire::script([Reply::Bytes(half()), Reply::json("{}")]).await;
    let client = persistent(&plex.url, &TestClock::default()).build().unwrap();

    let error = client.v2().get_pin().send().await.unwrap_err();

    assert!(error.is_body(), "{error:?}");
    assert_eq!(plex.seen.requests().len(), 1);
}

#[tokio::test]
async fn case_06_a_connection_that_closes_without_an_answer_is_a_transport_error() {
    let error = user_from(Reply::Bytes(Vec::new())).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn case_06_an_answer_that_is_not_http_is_a_transport_error() {
    let greeting = Reply::Bytes(b"220 mail.example.com ESMTP\r\n".to_vec());

    let error = user_from(greeting).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
}

#[tokio::test]
async fn case_06_the_message_of_a_broken_body_names_the_server() {
    let broken = user_from(Reply::Bytes(half())).await.unwrap_err();
    let plex = Wire::always(Reply::Stall(half())).await;
    let stalled = user(&builder(&plex.url).timeout(SHORT).build().unwrap()).await.unwrap_err();

    for error in [broken, stalled] {
        assert_no_double_space(&error);
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn case_07_a_content_length_that_is_too_large_is_a_body_error() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(100));
    bytes.extend_from_slice(br#"{"id":7}"#);

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_body(), "{error:?}");
}

#[tokio::test]
async fn case_07_a_content_length_that_is_too_small_is_a_decode_error() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(5));
    bytes.extend_from_slice(br#"{"id":7}"#);

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn case_08_garbage_announced_as_gzip_is_a_decode_error() {
    let headers = ["content-type: application/json", "content-encoding: gzip"];

    let error = user_from(Reply::http("200 OK", &headers, "no gzip at all")).await.unwrap_err();

    assert!(error.is_decode() && !error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
    assert_no_double_space(&error);
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn case_08_a_truncated_compressed_body_is_an_error_and_a_complete_one_is_read() {
    let headers = ["content-type: application/json", "content-encoding: gzip"];
    let whole = zipped(r#"{"id":7}"#);
    let cut = &whole[..whole.len() - 4];

    let read = user_from(Reply::http("200 OK", &headers, &whole)).await;
    let error = user_from(Reply::http("200 OK", &headers, cut)).await.unwrap_err();

    assert_eq!(read.unwrap().id, 7);
    assert!(error.is_body() || error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn a_call_with_retries_off_makes_one_attempt() {
    let (plex, clock) = (Wire::always(Reply::Bytes(Vec::new())).await, TestClock::default());
    let client = persistent(&plex.url, &clock).build().unwrap();

    user(&client.with_retry(RetryPolicy::off())).await.unwrap_err();

    assert_eq!(plex.seen.requests().len(), 1);
    assert!(clock.pauses().is_empty());
}
