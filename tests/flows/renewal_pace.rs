//! How often a client renews its token: not at each call, whatever plex.tv sends, but often enough.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use plex_tv_sandbox::Fault;
use plex_tv_sdk::{Client, DeviceKey, MemoryStore, Timestamp};
use serde_json::{Value, json};

use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, builder},
    jwt_login::Device,
    shared_store::who,
    wire::{Reply, Wire},
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const NOW: i64 = 1_900_000_000;

/// A JWT with these claims and an invalid signature.
fn jwt(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    [part(&json!({"alg": "EdDSA", "kid": "x"})), part(claims), "AA".to_owned()].join(".")
}

/// A plex.tv that issues the tokens that `token` makes from a counter, and answers other calls with
/// this status.
async fn giving(
    token: impl Fn(i64) -> String + Send + Sync + 'static,
    status: &'static str,
) -> (Wire, TestClock, Client) {
    let number = AtomicI64::new(0);
    let plex = Wire::start(move |path| match path {
        "/api/v2/auth/nonce" => Reply::json(r#"{"nonce":"EXAMPLE"}"#),
        "/api/v2/auth/token" => {
            let token = token(number.fetch_add(1, Ordering::Relaxed));
            Reply::json(&json!({ "auth_token": token }).to_string())
        }
        _ => Reply::http(status, &["content-type: application/json"], r#"{"id":7,"username":"exampleuser"}"#),
    })
    .await;
    let clock = TestClock::default();
    clock.set_wall(|| Timestamp::from_second(NOW).unwrap());
    let client = builder(&plex.url).clock(clock.clone()).store(MemoryStore::new());
    let client = client.device_key(DeviceKey::generate().unwrap()).build().unwrap();
    (plex, clock, client)
}

fn exchanges(plex: &Wire) -> usize {
    plex.seen.requests().iter().filter(|request| request.starts_with("POST /api/v2/auth/token")).count()
}

#[tokio::test]
async fn a_token_that_is_due_at_once_is_not_renewed_at_each_call() {
    let claims: [fn(i64) -> Value; 7] = [
        |_| json!({"iat": NOW, "exp": NOW}),
        |number| json!({"iat": NOW, "exp": NOW, "number": number}),
        |_| json!({"iat": NOW, "exp": NOW - 1_000_000}),
        |_| json!({"iat": NOW, "exp": NOW + 1}),
        |_| json!({"iat": NOW + 10_000_000, "exp": NOW + 10_000_000}),
        |_| json!({"iat": i64::MAX, "exp": NOW}),
        |number| json!({"iat": -NOW, "exp": -NOW + number}),
    ];
    for (case, claims) in claims.into_iter().enumerate() {
        let (plex, clock, client) = giving(move |number| jwt(&claims(number)), "200 OK").await;

        for _ in 0..10 {
            client.servers().await.ok();
            client.verify_token().await;
        }
        let at_first = exchanges(&plex);
        clock.advance(Duration::from_secs(59));
        client.verify_token().await;
        let before_the_floor = exchanges(&plex);
        clock.advance(Duration::from_secs(2));
        client.verify_token().await;
        client.verify_token().await;

        assert_eq!((at_first, before_the_floor), (1, 1), "{case}");
        assert!(exchanges(&plex) <= 2, "{case}");
        client.renew_token().await.unwrap();
    }
}

#[tokio::test]
async fn an_older_token_in_place_of_a_jwt_is_not_exchanged_at_each_call() {
    for token in ["EXAMPLE-TOKEN-OF-20-C", "a.b.c", "e30.e30.", "x"] {
        let (plex, _clock, client) = giving(|_| token.to_owned(), "200 OK").await;

        for _ in 0..10 {
            client.servers().await.ok();
        }

        assert_eq!(exchanges(&plex), 1, "{token}");
    }
}

#[tokio::test]
async fn tokens_that_are_refused_as_expired_are_not_renewed_at_each_call() {
    let week = |number| jwt(&json!({"iat": NOW, "exp": NOW + 604_800, "number": number}));
    let (plex, clock, client) = giving(week, "498 Expired").await;

    for _ in 0..10 {
        assert!(client.servers().await.unwrap_err().is_token_expired());
    }
    let at_first = exchanges(&plex);
    clock.advance(Duration::from_secs(61));
    assert!(client.servers().await.unwrap_err().is_token_expired());

    // One exchange for the first token, and at most one after that token was refused.
    assert!((1..=2).contains(&at_first), "{at_first}");
    assert_eq!(exchanges(&plex), at_first + 1);
}

#[tokio::test]
async fn a_retry_after_is_followed_for_at_most_an_hour() {
    for seconds in [3601, 1_000_000_000_000, u64::MAX] {
        let device = Device::new().await;
        let client = device.signed_in().await;
        device.sandbox.advance(8 * DAY);
        device.sandbox.next("getAuthNonce", Fault::RateLimited { retry_after: Some(seconds) }).unwrap();

        assert_eq!(who(&client).await, None);
        device.clock.advance(HOUR - Duration::from_secs(1));
        let before = who(&client).await;
        device.clock.advance(Duration::from_secs(2));

        assert_eq!(before, None, "{seconds}");
        assert_eq!(who(&client).await.as_deref(), Some("exampleuser"), "{seconds}");
    }
}

#[tokio::test]
async fn an_explicit_renewal_is_tried_even_during_a_pause() {
    let faults = [
        Fault::RateLimited { retry_after: Some(1_000_000_000_000) },
        Fault::Status(503),
        Fault::Status(422),
        Fault::Code { status: 422, code: 1097 },
        Fault::Garbage,
    ];
    for fault in faults {
        for failing in ["getAuthNonce", "exchangeJwtToken"] {
            let device = Device::new().await;
            let client = device.signed_in().await;
            device.sandbox.advance(8 * DAY);
            device.sandbox.next(failing, fault.clone()).unwrap();

            assert_eq!(who(&client).await, None, "{fault:?}");
            assert_eq!(who(&client).await, None, "{fault:?}");
            let renewed = client.renew_token().await.unwrap();

            assert_eq!(client.token(), Some(renewed), "{fault:?}");
            assert_eq!(who(&client).await.as_deref(), Some("exampleuser"), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn the_renewal_of_a_removed_device_is_tried_again_after_an_hour() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(8 * DAY);
    device.sandbox.next("exchangeJwtToken", Fault::Code { status: 422, code: 1097 }).unwrap();

    assert_eq!(who(&client).await, None);
    device.clock.advance(HOUR + Duration::from_secs(1));

    assert_eq!(who(&client).await.as_deref(), Some("exampleuser"));
}

#[tokio::test]
async fn concurrent_renewals_share_one_request_and_its_failure() {
    for fault in [None, Some(Fault::Status(503))] {
        let device = Device::new().await;
        let client = device.signed_in().await;
        device.sandbox.next("getAuthNonce", Fault::Delay(Duration::from_millis(200))).unwrap();
        if let Some(fault) = &fault {
            device.sandbox.next("getAuthNonce", fault.clone()).unwrap();
        }
        let asking: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.renew_token().await.is_ok() })
            })
            .collect();

        for asked in asking {
            assert_eq!(asked.await.unwrap(), fault.is_none());
        }
        assert_eq!(device.calls("getAuthNonce"), 1, "{fault:?}");
    }
}

/// Jumps of the wall clock do not change how often tokens are renewed.
#[tokio::test]
async fn a_wall_clock_that_jumps_back_does_not_stop_renewals() {
    let device = Device::new().await;
    let jump = Arc::new(AtomicI64::new(0));
    let (plex, offset) = (Arc::clone(&device.sandbox), Arc::clone(&jump));
    device.clock.set_wall(move || {
        let now = Timestamp::try_from(plex.now()).unwrap();
        Timestamp::from_second(now.as_second() - offset.load(Ordering::Relaxed)).unwrap()
    });
    let client = device.signed_in().await;

    for _ in 0..3 {
        device.sandbox.advance(8 * DAY);
        device.clock.advance(8 * DAY);
        jump.fetch_add(20 * 24 * 3600, Ordering::Relaxed);
        assert_eq!(who(&client).await.as_deref(), Some("exampleuser"));
    }
    assert_eq!(device.calls("exchangeJwtToken"), 3);
    assert_eq!(client.identity().client_identifier(), IDENTIFIER);
}
