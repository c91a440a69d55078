//! Case 35: replies that are too large, and time limits that cover all attempts.

use std::{io::Write as _, time::Duration};

use flate2::{Compression, write::GzEncoder};
use plex_tv_sdk::ErrorKind;

use super::{
    LIMIT, account, assert_names_the_operation, persistent, refusals::refusal, status, user, user_from, user_of,
};
use crate::{
    clock::TestClock,
    harness::{anonymous, signed_in},
    wire::{Reply, Wire, head},
};

/// A body of 100 MiB, which is more than the limit.
pub(crate) fn endless(headers: &[&str], length: Option<usize>) -> Reply {
    Reply::Stream { head: head("200 OK", headers, length), piece: vec![b' '; 64 * 1024], times: 1600 }
}

#[tokio::test]
async fn case_35_a_body_of_100_mib_is_too_large_and_is_not_read_to_its_end() {
    let announced = endless(&["content-type: application/json"], Some(1600 * 64 * 1024));
    let unannounced = endless(&["content-type: application/json"], None);
    for reply in [announced, unannounced] {
        let plex = Wire::always(reply).await;

        let error = user(&signed_in(&plex.url)).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
        assert!(!error.is_retryable());
        assert_names_the_operation(&error);
        // The operating system buffers more than the client has read.
        assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
    }
}

#[tokio::test]
async fn case_35_a_refusal_with_a_body_of_100_mib_is_still_the_refusal() {
    let plex = Wire::always(Reply::Stream {
        head: head("500 Internal Server Error", &[], None),
        piece: vec![b' '; 64 * 1024],
        times: 1600,
    })
    .await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 500);
    assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
}

#[tokio::test]
async fn case_35_a_body_just_below_the_limit_is_read() {
    let body = format!("{}{}", " ".repeat(LIMIT - 8), r#"{"id":7}"#);

    let user = user_of(&body).await.unwrap();

    assert_eq!(user.id, 7);
}

#[tokio::test]
async fn case_35_the_limit_counts_decompressed_bytes() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..100 {
        encoder.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < LIMIT / 100);
    let headers = ["content-type: application/json", "content-encoding: gzip"];

    let error = user_from(Reply::http("200 OK", &headers, bomb)).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
}

#[tokio::test]
async fn case_35_one_call_may_have_its_own_limit() {
    let plex = Wire::always(account()).await;
    let client = anonymous(&plex.url);

    let error = user(&client.with_body_limit(7)).await.unwrap_err();
    let exact = user(&client.with_body_limit(8)).await;

    assert!(error.is_too_large() && error.to_string().ends_with("7 bytes"), "{error}");
    assert_eq!(exact.unwrap().id, 7);
}

#[tokio::test]
async fn case_35_a_million_items_are_read_and_a_million_bad_rows_are_an_error() {
    let items = |item: &str| format!("[{}{item}]", format!("{item},").repeat(999_999));
    let bad = Wire::always(Reply::json(&items("{}"))).await;

    let user = user_of(&format!(r#"{{"id":7,"roles":{}}}"#, items("1"))).await.unwrap();
    let error = signed_in(&bad.url).v2().get_devices().send().await.unwrap_err();

    assert_eq!(user.roles.len(), 1_000_000);
    assert!(error.is_decode() && error.to_string().contains("1000 rows"), "{error}");
}

#[tokio::test]
async fn case_35_ten_thousand_levels_of_nesting_are_an_error_or_ignored() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let lists = deep("[", "]");
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let unclosed = "[".repeat(10_000);
    for nested in [&lists, &objects, &unclosed] {
        for body in [
            format!(r#"{{"id":7,"newMember":{nested}}}"#),
            format!(r#"{{"id":7,"subscription":{nested}}}"#),
            format!(r#"{{"id":7,"title":{nested}}}"#),
            format!(r#"{{"id":7,"services":[{{"newMember":{nested}}}]}}"#),
            nested.clone(),
        ] {
            match user_of(&body).await {
                Ok(user) => assert_eq!(user.id, 7),
                Err(error) => assert!(error.is_decode(), "{error:?}"),
            }
        }
        let error = refusal(400, "application/json", nested).await;
        assert_eq!(error.status().unwrap().as_u16(), 400);
    }
}

#[tokio::test]
async fn case_35_a_deep_row_does_not_fail_the_list() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!(r#"[{{"clientIdentifier":"a","connections":{deep}}},{{"clientIdentifier":"b"}}]"#);
    let plex = Wire::always(Reply::json(&body)).await;

    let servers = signed_in(&plex.url).v2().get_devices().send().await;

    let rows = servers.unwrap();
    assert_eq!(rows.last().unwrap().client_identifier, "b");
}

#[tokio::test]
async fn the_overall_limit_covers_all_attempts_and_their_pauses() {
    let (plex, clock) = (Wire::always(status("503 Service Unavailable")).await, TestClock::default());
    let client = persistent(&plex.url, &clock).overall_timeout(Duration::from_millis(1200)).build().unwrap();

    let error = user(&client).await.unwrap_err();

    // After the pause of half a second, the next pause of one second would exceed the limit.
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(clock.pauses(), [Duration::from_millis(500)]);
    assert_eq!(plex.seen.requests().len(), 2);
}

#[tokio::test]
async fn an_attempt_gets_no_more_time_than_is_left_overall() {
    let plex = Wire::always(Reply::Stall(Vec::new())).await;
    let clock = TestClock::with_timers();
    let client = persistent(&plex.url, &clock).build().unwrap().with_overall_timeout(Duration::from_secs(3));

    let call = tokio::spawn(async move { user(&client).await });
    plex.seen.wait_for_requests(1).await;
    clock.advance(Duration::from_secs(3));

    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_names_the_operation(&error);
}

#[tokio::test]
async fn requests_are_spaced_across_all_clones_and_a_wait_beyond_the_overall_limit_is_a_timeout() {
    let (plex, clock) = (Wire::always(account()).await, TestClock::default());
    let client = persistent(&plex.url, &clock).spacing(Duration::from_secs(2)).build().unwrap();

    for clone in [client.clone(), client.without_token(), client.with_timeout(Duration::from_secs(9))] {
        user(&clone).await.unwrap();
    }
    let error = user(&client.with_overall_timeout(Duration::from_secs(1))).await.unwrap_err();

    assert_eq!(clock.seconds(), [2, 2]);
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(plex.seen.requests().len(), 3);
}
