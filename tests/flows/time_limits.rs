//! Time limits hold over all that a call waits for, and no setting is too large.

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

/// A client whose token has ended, by the clock of the machine for its limits.
async fn with_ended_token(device: &Device) -> Client {
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    client
}

/// Real time, less than a second each.
#[tokio::test]
async fn a_call_returns_at_its_limit_whatever_a_renewal_waits_for() {
    for operation in ["getAuthNonce", "exchangeJwtToken"] {
        let device = Device::new().await;
        let client = with_ended_token(&device).await.with_overall_timeout(LIMIT);
        device.sandbox.always(operation, Fault::Delay(LONG)).unwrap();
        let start = Instant::now();

        let first = user(&client).await.unwrap_err();
        let second = client.servers().await.unwrap_err();

        assert!(first.is_timeout() && second.is_timeout(), "{operation}: {first:?} {second:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{operation}: {:?}", start.elapsed());
    }
}

/// Real time, less than a second.
#[tokio::test]
async fn who_waits_for_the_renewal_of_another_returns_at_the_own_limit() {
    let device = Device::new().await;
    let client = with_ended_token(&device).await;
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

/// Real time, less than a second: the token is refused in the middle of the call.
#[tokio::test]
async fn a_renewal_after_an_expired_token_has_no_time_of_its_own() {
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
async fn the_longest_and_the_shortest_times_are_settings_like_any_other() {
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
    assert_eq!(plex.seen.connections(), 0, "no reply is fast enough for no time at all");
}

#[tokio::test]
async fn without_any_time_no_token_is_renewed() {
    let device = Device::new().await;
    let client = with_ended_token(&device).await;
    let sent = device.sandbox.requests().len();

    let error = user(&client.with_overall_timeout(Duration::ZERO)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(device.sandbox.requests().len(), sent);
}

/// The second call would have to wait beyond its limit, so it fails at once.
#[tokio::test]
async fn the_longest_spacing_is_a_wait_like_any_other() {
    let plex = Wire::always(Reply::json(r#"{"id":1,"uuid":"a"}"#)).await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).spacing(Duration::MAX).build().unwrap();

    user(&client).await.unwrap();
    let error = user(&client.with_overall_timeout(DAY)).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn a_pause_of_any_length_that_a_server_asks_for_is_a_pause() {
    for asked in ["18446744073709551615", "99999999999999999999999", "-1", "1e999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let plex = Wire::always(Reply::http("429 Too Many Requests", &[&format!("retry-after: {asked}")], "")).await;
        let clock = TestClock::default();
        let client = persistent(&plex.url, &clock).overall_timeout(DAY).build().unwrap();

        let error = user(&client).await.unwrap_err();

        assert!(error.is_rate_limited(), "{asked}: {error:?}");
        assert!(clock.pauses().iter().sum::<Duration>() < DAY, "{asked}: {:?}", clock.pauses());
    }
}
