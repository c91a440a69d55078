//! Cases 23 to 27: when a call is retried and when it is not.

use plex_tv_sdk::v2::types::SetUserWebhooksBody;
use std::time::Duration;

use plex_tv_sdk::Token;

use super::{account, persistent, plex_error, status, user, user_from_script};
use crate::{
    clock::TestClock,
    wire::{Reply, Wire},
};

const NOW: &str = "date: Sun, 06 Nov 1994 08:49:30 GMT";

fn rate_limit(retry_after: &str) -> Reply {
    let body = plex_error(1003, "Too many requests", 429);
    Reply::http("429 Too Many Requests", &[&format!("retry-after: {retry_after}"), NOW], body)
}

#[tokio::test]
async fn case_23_the_retry_after_of_a_429_is_followed() {
    let (outcome, plex, clock) = user_from_script([rate_limit("2"), account()]).await;

    assert_eq!(outcome.unwrap(), 7);
    assert_eq!(clock.pauses(), [Duration::from_secs(2)]);
    assert_eq!(plex.seen.requests().len(), 2);
}

#[tokio::test]
async fn case_24_a_retry_after_may_be_a_date_and_an_unusable_one_means_the_usual_backoff() {
    let cases = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7000),
        ("60", 60_000),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 500),
        ("-1", 500),
        ("1.5", 500),
        ("soon", 500),
        ("", 500),
        ("99999999999999999999", 500),
    ];
    for (value, milliseconds) in cases {
        let (outcome, _, clock) = user_from_script([rate_limit(value), account()]).await;

        assert_eq!(outcome.unwrap(), 7, "{value}");
        assert_eq!(clock.pauses(), [Duration::from_millis(milliseconds)], "{value}");
    }
}

#[tokio::test]
async fn case_24_a_retry_after_above_the_cap_is_left_to_the_caller() {
    for (value, seconds) in
        [("61", 61), ("1000000000000", 1_000_000_000_000), ("Mon, 07 Nov 1994 08:49:30 GMT", 86_400)]
    {
        let (outcome, plex, clock) = user_from_script([rate_limit(value), account()]).await;

        let error = outcome.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)), "{value}");
        assert!(clock.pauses().is_empty(), "{value}");
        assert_eq!(plex.seen.requests().len(), 1);
    }
}

#[tokio::test]
async fn case_25_repeated_429s_end_after_all_attempts_in_a_rate_limit_error() {
    let (outcome, plex, clock) = user_from_script([rate_limit("30")]).await;

    let error = outcome.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(error.plex_code(), Some(1003));
    assert_eq!(plex.seen.requests().len(), 3);
    assert_eq!(clock.seconds(), [30, 30]);
}

#[tokio::test]
async fn case_26_a_500_is_tried_again_on_get_and_not_on_post() {
    let failure = || status("500 Internal Server Error");
    let (get, ..) = user_from_script([failure(), account()]).await;
    let plex = Wire::script([failure(), Reply::json(r#"{"id":7,"code":"x"}"#)]).await;
    let post = persistent(&plex.url, &TestClock::default()).build().unwrap();

    let error = post.v2().get_pin().send().await.unwrap_err();

    assert_eq!(get.unwrap(), 7);
    assert_eq!(error.status().unwrap().as_u16(), 500);
    assert_eq!(plex.seen.requests().len(), 1);
}

#[tokio::test]
async fn case_26_a_call_that_the_description_marks_as_safe_is_tried_again_whatever_its_method() {
    let plex = Wire::script([status("500 Internal Server Error"), status("204 No Content")]).await;
    let client = persistent(&plex.url, &TestClock::default()).build().unwrap();

    client.v2().sign_out().send().await.unwrap();

    let requests = plex.seen.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.starts_with("DELETE /api/v2/users/signout ")), "{requests:?}");
    assert!(requests.iter().all(|request| request.contains("x-plex-token: ")));
}

#[tokio::test]
async fn case_26_a_body_is_sent_again_unchanged() {
    let plex = Wire::script([status("503 Service Unavailable"), Reply::json("[]")]).await;
    let client = persistent(&plex.url, &TestClock::default()).build().unwrap();

    let call = client.v2().set_user_webhooks(SetUserWebhooksBody::new(vec!["https://example.com/a".to_owned()]));
    call.send().await.unwrap();

    let bodies: Vec<String> =
        plex.seen.requests().iter().map(|request| request.split("\r\n\r\n").nth(1).unwrap().to_owned()).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
    assert!(bodies[0].contains("example.com"), "{bodies:?}");
}

#[tokio::test]
async fn case_27_a_burst_of_gateway_errors_gets_a_hundred_clones_ten_retries_in_all() {
    for line in ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let (plex, clock) = (Wire::always(status(line)).await, TestClock::default());
        let client = persistent(&plex.url, &clock).build().unwrap();

        let calls: Vec<_> = (0..100)
            .map(|number| client.with_token(Token::new(format!("EXAMPLE-{number}")).unwrap()))
            .map(|client| tokio::spawn(async move { user(&client).await.unwrap_err() }))
            .collect();
        for call in calls {
            assert!(call.await.unwrap().is_retryable());
        }

        assert_eq!(plex.seen.requests().len(), 110, "{line}");
        assert_eq!(clock.pauses().len(), 10);
    }
}

#[tokio::test]
async fn case_27_successes_refill_the_budget() {
    let plex = Wire::script((0..60).map(|number| match number {
        0..30 => status("503 Service Unavailable"),
        30..50 => account(),
        _ => status("503 Service Unavailable"),
    }))
    .await;
    let client = persistent(&plex.url, &TestClock::default()).build().unwrap();
    let calls = async |count: usize| {
        let before = plex.seen.requests().len();
        for _ in 0..count {
            user(&client).await.ok();
        }
        plex.seen.requests().len() - before
    };

    // Ten retries spend the budget, and twenty successes pay for two more.
    assert_eq!(calls(20).await, 30);
    assert_eq!(calls(20).await, 20);
    assert_eq!(calls(1).await, 3);
    assert_eq!(calls(1).await, 1);
}
