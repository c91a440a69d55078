//! Renewal of a Plex JWT by the client, with a clock that the test moves.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;
use plex_tv_sandbox::Fault;
use plex_tv_sdk::{Client, CredentialStore, Credentials, DeviceKey, Error, MemoryStore, Token, store_error};

use crate::{
    harness::IDENTIFIER,
    jwt_login::{Device, who},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn a_token_is_renewed_a_day_before_it_expires_and_not_earlier() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let first = client.token();

    device.sandbox.advance(6 * DAY - HOUR);
    who(&client).await.unwrap();
    let before = client.token();
    device.sandbox.advance(2 * HOUR);
    who(&client).await.unwrap();

    assert_eq!(before, first);
    assert_ne!(client.token(), first);
    assert_eq!(device.calls("exchangeJwtToken"), 1);
    assert_eq!(device.store.load().unwrap().token, client.token());
}

#[tokio::test]
async fn an_expired_token_is_renewed_automatically_and_the_call_repeated_once() {
    // The local clock stands still, so only plex.tv knows that the token has expired.
    let device = Device::new().await;
    let then = plex_tv_sdk::Timestamp::try_from(device.sandbox.now()).unwrap();
    device.clock.set_wall(move || then);
    let client = device.signed_in().await;

    device.sandbox.advance(8 * DAY);
    let user = who(&client).await.unwrap();

    assert_eq!(user, "exampleuser");
    let statuses: Vec<_> = device
        .sandbox
        .requests()
        .iter()
        .filter(|request| request.operation == Some("getUserDetails"))
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [Some(498), Some(200)]);
    assert_eq!(device.calls("exchangeJwtToken"), 1);
}

async fn at_once(client: &Client, number: usize) -> Vec<Result<String, Error>> {
    let calls: Vec<_> = (0..number)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { who(&client).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_a_day_before_expiry_renew_once() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(6 * DAY + HOUR);

    let outcomes = at_once(&client, 100).await;

    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((device.calls("getAuthNonce"), device.calls("exchangeJwtToken")), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_after_expiry_renew_once() {
    let device = Device::new().await;
    let then = plex_tv_sdk::Timestamp::try_from(device.sandbox.now()).unwrap();
    device.clock.set_wall(move || then);
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);

    let outcomes = at_once(&client, 100).await;

    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!((device.calls("getAuthNonce"), device.calls("exchangeJwtToken")), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_calls_share_one_failed_renewal() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    device.sandbox.remove_device(IDENTIFIER);

    let outcomes = at_once(&client, 100).await;

    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert!(error.is_device_removed() || error.is_auth(), "{error}");
    }
    assert_eq!(device.calls("exchangeJwtToken"), 1);
}

#[tokio::test]
async fn a_renewal_that_fails_before_expiry_keeps_the_old_token_and_is_not_repeated_at_once() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(6 * DAY + HOUR);
    device.sandbox.next("exchangeJwtToken", Fault::Status(503)).unwrap();
    let first = client.token();

    for _ in 0..3 {
        assert_eq!(who(&client).await.unwrap(), "exampleuser");
    }
    let during = (device.calls("exchangeJwtToken"), client.token());
    device.clock.advance(Duration::from_secs(61));
    who(&client).await.unwrap();

    assert_eq!(during, (1, first.clone()));
    assert_eq!(device.calls("exchangeJwtToken"), 2);
    assert_ne!(client.token(), first);
}

#[tokio::test]
async fn a_renewal_that_fails_after_expiry_is_the_error_and_does_not_loop() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    device.sandbox.next("getAuthNonce", Fault::RateLimited { retry_after: Some(90) }).unwrap();

    let first = who(&client).await.unwrap_err();
    let second = who(&client).await.unwrap_err();
    device.clock.advance(Duration::from_secs(91));
    let third = who(&client).await.unwrap();

    assert!(first.is_rate_limited() && first.operation() == Some("getAuthNonce"), "{first}");
    assert!(second.is_rate_limited(), "{second}");
    assert_eq!(third, "exampleuser");
    assert_eq!(device.calls("getAuthNonce"), 2);
}

#[tokio::test]
async fn a_new_token_that_is_also_refused_is_an_error_after_one_repeat() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    for _ in 0..3 {
        device.sandbox.next("getUserDetails", Fault::Status(498)).unwrap();
    }

    let error = who(&client).await.unwrap_err();

    assert!(error.is_token_expired(), "{error}");
    assert_eq!((device.calls("getUserDetails"), device.calls("exchangeJwtToken")), (2, 1));
}

#[tokio::test]
async fn a_clock_that_is_days_ahead_renews_once_and_not_at_each_call() {
    let device = Device::with_skew(SignedDuration::from_hours(20 * 24)).await;
    device.signed_in().await;
    let next_run = device.client();

    for _ in 0..5 {
        who(&next_run).await.unwrap();
    }

    assert_eq!(device.calls("exchangeJwtToken"), 1);
}

#[tokio::test]
async fn the_callback_gets_each_new_token_after_it_was_saved() {
    let device = Device::new().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, store) = (Arc::clone(&seen), device.store.clone());
    let listening = device.builder().on_token_renewed(move |token: &Token| {
        assert_eq!(store.load().unwrap().token.as_ref(), Some(token));
        log.lock().unwrap().push(token.clone());
    });
    let client = device.sign_in_with(&listening.build().unwrap()).await;
    assert_eq!(seen.lock().unwrap().len(), 0);

    device.sandbox.advance(7 * DAY);
    who(&client).await.unwrap();

    assert_eq!(seen.lock().unwrap().as_slice(), [client.token().unwrap()]);
}

/// A store that fails on demand.
#[derive(Clone, Debug, Default)]
struct Fragile {
    store: MemoryStore,
    broken: Arc<AtomicBool>,
}

impl CredentialStore for Fragile {
    fn load(&self) -> Result<Credentials, Error> {
        self.store.load()
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(store_error("the disk is full"));
        }
        self.store.save(credentials)
    }

    fn clear(&self) -> Result<(), Error> {
        self.store.clear()
    }
}

#[tokio::test]
async fn a_new_token_that_cannot_be_saved_is_not_used() {
    let device = Device::new().await;
    let store = Fragile::default();
    let client = device.sign_in_with(&device.builder().store(store.clone()).build().unwrap()).await;
    let first = client.token();
    store.broken.store(true, Ordering::Relaxed);

    device.sandbox.advance(6 * DAY + HOUR);
    let before_the_end = who(&client).await;
    device.sandbox.advance(DAY);
    device.clock.advance(HOUR);
    let after_the_end = who(&client).await.unwrap_err();
    store.broken.store(false, Ordering::Relaxed);
    device.clock.advance(HOUR);
    let mended = who(&client).await;

    assert!(before_the_end.is_ok());
    assert!(after_the_end.is_store() && after_the_end.to_string().contains("disk is full"), "{after_the_end}");
    assert!(mended.is_ok());
    assert_ne!(client.token(), first);
    assert_eq!(store.load().unwrap().token, client.token());
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_saved_is_an_error() {
    let device = Device::new().await;
    let store = Fragile::default();
    let client = device.builder().store(store.clone()).build().unwrap();
    let flow = client.pin_login().device_key(&device.key).start().await.unwrap();
    device.sandbox.approve(flow.id());
    store.broken.store(true, Ordering::Relaxed);

    let error = flow.check_once().await.unwrap_err();

    assert!(error.is_store(), "{error}");
}

#[tokio::test]
async fn a_token_that_another_process_renewed_is_taken_from_the_store() {
    let device = Device::new().await;
    let (one, other) = (device.signed_in().await, device.client());
    device.sandbox.advance(6 * DAY + HOUR);

    who(&one).await.unwrap();
    who(&other).await.unwrap();

    assert_eq!(other.token(), one.token());
    assert_eq!(device.calls("exchangeJwtToken"), 1);
}

#[tokio::test]
async fn a_key_without_a_token_gets_one_at_the_first_call() {
    let device = Device::new().await;
    device.signed_in().await;
    let key = DeviceKey::from_pem(&device.store.load().unwrap().device_key.unwrap()).unwrap();
    let client = crate::harness::builder(device.sandbox.url()).clock(device.clock.clone()).device_key(key);
    let client = client.build().unwrap();
    assert_eq!(client.token(), None);

    let outcomes = at_once(&client, 10).await;

    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(device.calls("exchangeJwtToken"), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_during_a_renewal_does_not_block_others() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    let dropped = {
        let client = client.clone();
        tokio::spawn(async move { who(&client).await })
    };
    tokio::task::yield_now().await;
    dropped.abort();

    assert_eq!(who(&client).await.unwrap(), "exampleuser");
}

#[tokio::test]
async fn a_client_with_another_timeout_shares_the_renewal_and_another_user_does_not() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let limited = client.with_timeout(HOUR);
    let other = client.with_token(Token::new(device.sandbox.token()).unwrap());

    client.renew_token().await.unwrap();

    assert_eq!(limited.token(), client.token());
    assert_eq!(other.token().unwrap().expose(), device.sandbox.token());
    assert!(other.renew_token().await.unwrap_err().is_invalid_input());
}
