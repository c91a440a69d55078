//! Time limits cover everything that a call waits for, and no setting is too large.

use std::time::{Duration, Instant};

use plex_tv_sandbox::Fault;
use plex_tv_sdk::{Client, CredentialStore as _, RetryPolicy, Token};

use crate::{
    clock::TestClock,
    faults::{persistent, user},
    harness::{TOKEN, builder, signed_in},
    jwt_login::Device,
    wire::{Reply, Wire},
};

const LIMIT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A client with an expired token. Its time limits use the system clock.
async fn with_expired_token(device: &Device) -> Client {
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    client
}

/// Uses real time, less than a second each.
#[tokio::test]
async fn a_call_returns_at_its_limit_whatever_a_renewal_waits_for() {
    for operation in ["getAuthNonce", "exchangeJwtToken"] {
        let device = Device::new().await;
        let client = with_expired_token(&device).await.with_overall_timeout(LIMIT);
        device.sandbox.always(operation, Fault::Delay(LONG)).unwrap();
        let start = Instant::now();

        let first = user(&client).await.unwrap_err();
        let second = client.servers().await.unwrap_err();

        assert!(first.is_timeout() && second.is_timeout(), "{operation}: {first:?} {second:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{operation}: {:?}", start.elapsed());
    }
}

/// Uses real time, less than a second.
#[tokio::test]
async fn a_call_that_waits_for_the_renewal_of_another_returns_at_its_own_limit() {
    let device = Device::new().await;
    let client = with_expired_token(&device).await;
    device.sandbox.always("getAuthNonce", Fault::Delay(LONG)).unwrap();
    let patient = tokio::spawn({
        let client = client.clone();
        async move { user(&client).await.map(drop) }
    });
    // The sandbox logs a call when it answers.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!patient.is_finished());
    let start = Instant::now();

    let error = user(&client.with_overall_timeout(LIMIT)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    patient.abort();
}

/// Uses real time, less than a second. The token is refused in the middle of the call.
#[tokio::test]
async fn a_renewal_after_an_expired_token_gets_no_extra_time() {
    let device = Device::new().await;
    let client = device.signed_in().await.with_overall_timeout(LIMIT);
    device.sandbox.next("getUserDetails", Fault::Status(498)).unwrap();
    device.sandbox.always("getAuthNonce", Fault::Delay(LONG)).unwrap();
    let start = Instant::now();

    let error = user(&client).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(device.store.load().unwrap().token.is_some());
}

#[tokio::test]
async fn the_longest_and_the_shortest_times_are_valid_settings() {
    for time in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::MAX / 2] {
        let plex = Wire::always(Reply::json(r#"{"id":1,"uuid":"a"}"#)).await;
        let settings = builder(&plex.url)
            .token(Token::new(TOKEN).unwrap())
            .timeout(time)
            .overall_timeout(time)
            .connect_timeout(time)
            .read_timeout(time)
            .retry(RetryPolicy::default().backoff(time, time));
        let client = settings.build().unwrap();

        assert_eq!(user(&client).await.unwrap().id, 1, "{time:?}");
        assert_eq!(user(&client.with_timeout(time).with_overall_timeout(time)).await.unwrap().id, 1, "{time:?}");
    }
    let plex = Wire::always(Reply::json(r#"{"id":1,"uuid":"a"}"#)).await;
    let client = signed_in(&plex.url);
    assert!(user(&client.with_timeout(Duration::ZERO)).await.unwrap_err().is_timeout());
    assert!(user(&client.with_overall_timeout(Duration::ZERO)).await.unwrap_err().is_timeout());
    assert_eq!(plex.seen.connections(), 0, "a call without any time should send nothing");
}

#[tokio::test]
async fn a_call_with_a_time_limit_of_zero_renews_no_token() {
    let device = Device::new().await;
    let client = with_expired_token(&device).await;
    let sent = device.sandbox.requests().len();

    let error = user(&client.with_overall_timeout(Duration::ZERO)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(device.sandbox.requests().len(), sent);
}

/// The second call would have to wait beyond its limit, so it fails at once.
#[tokio::test]
async fn a_spacing_beyond_the_time_limit_is_a_timeout() {
    let plex = Wire::always(Reply::json(r#"{"id":1,"uuid":"a"}"#)).await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).spacing(Duration::MAX).build().unwrap();

    user(&client).await.unwrap();
    let error = user(&client.with_overall_timeout(DAY)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn a_retry_after_of_any_length_keeps_the_time_limit() {
    for asked in ["18446744073709551615", "99999999999999999999999", "-1", "1e999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let plex = Wire::always(Reply::http("429 Too Many Requests", &[&format!("retry-after: {asked}")], "")).await;
        let clock = TestClock::default();
        let client = persistent(&plex.url, &clock).overall_timeout(DAY).build().unwrap();

        let error = user(&client).await.unwrap_err();

        assert!(error.is_rate_limited(), "{asked}: {error:?}");
        assert!(clock.pauses().iter().sum::<Duration>() < DAY, "{asked}: {:?}", clock.pauses());
    }
}
