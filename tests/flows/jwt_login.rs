//! Sign-in with a device key, migration from an older token, and key rotation.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{
    Claims, Client, ClientBuilder, CredentialStore, DeviceKey, Error, MemoryStore, PinStatus, Scope, Scopes, Timestamp,
    Token,
};

use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, builder, identity},
};

/// An installation whose clock agrees with plex.tv or is off by a fixed skew.
pub(crate) struct Device {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) clock: TestClock,
    pub(crate) store: MemoryStore,
    pub(crate) key: DeviceKey,
}

impl Device {
    pub(crate) async fn new() -> Self {
        Self::with_skew(SignedDuration::ZERO).await
    }

    pub(crate) async fn with_skew(skew: SignedDuration) -> Self {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let clock = TestClock::default();
        let plex = Arc::clone(&sandbox);
        clock.set_wall(move || Timestamp::try_from(plex.now()).unwrap() + skew);
        Self { sandbox, clock, store: MemoryStore::new(), key: DeviceKey::generate().unwrap() }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(self.sandbox.url()).clock(self.clock.clone()).store(self.store.clone())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client that signed in with a PIN and a device key.
    pub(crate) async fn signed_in(&self) -> Client {
        self.sign_in_with(&self.client()).await
    }

    pub(crate) async fn sign_in_with(&self, client: &Client) -> Client {
        let flow = client.pin_login().strong().device_key(&self.key).start().await.unwrap();
        assert!(self.sandbox.approve(&flow));
        flow.wait().await.unwrap()
    }

    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
    }

    /// A client with the older token of the sandbox.
    fn legacy(&self) -> Client {
        self.builder().token(Token::new(self.sandbox.token()).unwrap()).build().unwrap()
    }
}

pub(crate) async fn who(client: &Client) -> Result<String, Error> {
    let user = client.v2().get_user_details().send().await?;
    Ok(user.username.unwrap_or_default())
}

fn claims(client: &Client) -> Claims {
    Claims::unverified(&client.token().unwrap()).unwrap()
}

#[tokio::test]
async fn a_pin_with_a_device_key_gives_a_jwt_for_that_key() {
    let device = Device::new().await;

    let client = device.signed_in().await;

    assert_eq!(who(&client).await.unwrap(), "exampleuser");
    let claims = claims(&client);
    assert_eq!(claims.thumbprint.as_deref(), Some(device.key.kid()));
    assert_eq!(claims.audience, ["plex.tv", IDENTIFIER]);
    assert_eq!(claims.username, None);
    assert_eq!(client.device_key(), Some(device.key.clone()));
}

#[tokio::test]
async fn scopes_decide_what_the_jwt_says_about_the_user() {
    let device = Device::new().await;
    let client = device.builder().scopes([Scope::Username, Scope::JoinedAt]).build().unwrap();

    let first = claims(&device.sign_in_with(&client).await);
    let all = device.builder().scopes(Scopes::all()).build().unwrap();
    all.renew_token().await.unwrap();

    assert_eq!((first.username.as_deref(), first.email), (Some("exampleuser"), None));
    assert!(first.joined_at.is_some());
    assert_eq!(claims(&all).email.as_deref(), Some("user@example.com"));
    assert_eq!(claims(&all).restricted, Some(false));
}

#[tokio::test]
async fn key_and_token_are_stored_before_the_client_is_returned() {
    let device = Device::new().await;

    let client = device.signed_in().await;

    let kept = device.store.load().unwrap();
    assert_eq!(kept.client_identifier.as_deref(), Some(IDENTIFIER));
    assert_eq!(kept.token, client.token());
    assert_eq!(DeviceKey::from_pem(&kept.device_key.unwrap()).unwrap(), device.key);
    let next_run = device.client();
    assert_eq!(who(&next_run).await.unwrap(), "exampleuser");
    assert_eq!(device.calls("exchangeJwtToken"), 0);
}

#[tokio::test]
async fn a_web_app_can_resume_a_pin_only_with_the_same_key() {
    let device = Device::new().await;
    let client = device.client();
    let flow = client.pin_login().strong().device_key(&device.key).start().await.unwrap();
    device.sandbox.approve(flow.id());

    let keyless = client.pin_login().resume(flow.id()).check_once().await.unwrap();
    let other = client.pin_login().device_key(&DeviceKey::generate().unwrap()).resume(flow.id()).check_once().await;
    let same = client.pin_login().device_key(&device.key).resume(flow.id()).check_once().await.unwrap();

    assert!(matches!(keyless, PinStatus::Pending));
    assert!(other.unwrap_err().is_device_jwt_rejected());
    assert!(matches!(same, PinStatus::Approved(_)));
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_minutes_or_hours_does_not_matter() {
    for minutes in [-600, -10, -4, 4, 10, 600] {
        let device = Device::with_skew(SignedDuration::from_mins(minutes)).await;

        let client = device.signed_in().await;
        client.renew_token().await.unwrap();

        assert_eq!(who(&client).await.unwrap(), "exampleuser", "{minutes}");
    }
}

#[tokio::test]
async fn a_resumed_pin_tolerates_a_clock_that_is_wrong_by_minutes() {
    for minutes in [-4, 4] {
        let device = Device::with_skew(SignedDuration::from_mins(minutes)).await;
        let client = device.client();
        let id = client.pin_login().device_key(&device.key).start().await.unwrap().id();
        device.sandbox.approve(id);

        let status = client.pin_login().device_key(&device.key).resume(id).check_once().await.unwrap();

        assert!(matches!(status, PinStatus::Approved(_)), "{minutes}");
    }
}

#[tokio::test]
async fn an_older_token_becomes_a_jwt() {
    let device = Device::new().await;

    let client = device.legacy().register_device_key(&device.key).await.unwrap();

    assert_eq!(who(&client).await.unwrap(), "exampleuser");
    assert_eq!(claims(&client).thumbprint.as_deref(), Some(device.key.kid()));
    assert_eq!(device.store.load().unwrap().token, client.token());
}

#[tokio::test]
async fn a_key_that_was_registered_before_the_app_was_stopped_is_used_at_the_next_start() {
    let device = Device::new().await;
    device.sandbox.next("exchangeJwtToken", Fault::Status(503)).unwrap();
    let legacy = device.legacy();
    device.store.update(&mut |kept| kept.token = legacy.token()).unwrap();
    legacy.register_device_key(&device.key).await.unwrap_err();

    let next_run = device.client();

    assert_eq!(who(&next_run).await.unwrap(), "exampleuser");
    assert!(Claims::unverified(&next_run.token().unwrap()).is_ok());
    assert_eq!(device.store.load().unwrap().token, next_run.token());
}

#[tokio::test]
async fn a_key_of_another_installation_is_reported() {
    let device = Device::new().await;
    device.signed_in().await;
    let other = Client::builder(identity("other-desk-01")).base_url(device.sandbox.url()).build().unwrap();

    let at_start = other.pin_login().device_key(&device.key).start().await.unwrap_err();
    let token = Token::new(device.sandbox.token()).unwrap();
    let at_registration = other.with_token(token).register_device_key(&device.key).await.unwrap_err();

    assert!(at_start.is_device_key_taken() && !at_start.is_device_removed(), "{at_start}");
    assert!(at_registration.is_device_key_taken(), "{at_registration}");
}

#[tokio::test]
async fn a_device_that_the_user_removed_is_reported_and_needs_a_new_identifier() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.remove_device(IDENTIFIER);

    let renewal = client.renew_token().await.unwrap_err();
    let new_key = DeviceKey::generate().unwrap();
    let again = device.client().pin_login().device_key(&new_key).start().await.unwrap_err();

    assert!(renewal.is_device_removed() && renewal.plex_code() == Some(1097), "{renewal}");
    assert!(again.is_device_removed() && !again.is_device_key_taken(), "{again}");
}

#[tokio::test]
async fn a_key_that_plex_tv_does_not_know_is_reported() {
    let device = Device::new().await;
    let client = device.builder().device_key(device.key.clone()).build().unwrap();

    let error = who(&client).await.unwrap_err();

    assert!(error.is_device_jwt_rejected() && !error.is_device_removed(), "{error}");
    assert_eq!(error.operation(), Some("exchangeJwtToken"));
}

#[tokio::test]
async fn a_rate_limit_on_nonces_is_reported() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.next("getAuthNonce", Fault::RateLimited { retry_after: Some(120) }).unwrap();

    let error = client.renew_token().await.unwrap_err();

    assert!(error.is_rate_limited() && error.retry_after() == Some(Duration::from_secs(120)), "{error}");
}

#[tokio::test]
async fn a_key_rotation_applies_to_all_clones() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let (clone, new) = (client.clone(), DeviceKey::generate().unwrap());

    client.rotate_device_key(&new).await.unwrap();

    assert_eq!(clone.device_key(), Some(new.clone()));
    assert_eq!(claims(&clone).thumbprint.as_deref(), Some(new.kid()));
    let kept = device.store.load().unwrap();
    assert_eq!(DeviceKey::from_pem(&kept.device_key.unwrap()).unwrap(), new);
    assert_eq!((kept.next_device_key, kept.token), (None, client.token()));
    device.client().renew_token().await.unwrap();
}

/// Wherever a key rotation is interrupted, the next run has the key that plex.tv knows.
#[tokio::test]
async fn an_interrupted_key_rotation_locks_nobody_out() {
    for failing in ["registerDeviceJwk", "getAuthNonce", "exchangeJwtToken"] {
        let device = Device::new().await;
        let client = device.signed_in().await;
        let new = DeviceKey::generate().unwrap();
        device.sandbox.next(failing, Fault::Status(503)).unwrap();

        client.rotate_device_key(&new).await.unwrap_err();
        let next_run = device.client();

        next_run.renew_token().await.unwrap();
        assert_eq!(who(&next_run).await.unwrap(), "exampleuser", "{failing}");
        let kept = device.store.load().unwrap();
        let wanted = if failing == "registerDeviceJwk" { &device.key } else { &new };
        assert_eq!(&DeviceKey::from_pem(&kept.device_key.unwrap()).unwrap(), wanted, "{failing}");
        assert_eq!(kept.next_device_key, None);
    }
}

#[tokio::test]
async fn a_refused_key_rotation_keeps_the_old_key() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let taken = DeviceKey::generate().unwrap();
    let other = Client::builder(identity("other-desk-01")).base_url(device.sandbox.url()).build().unwrap();
    let token = Token::new(device.sandbox.token()).unwrap();
    other.with_token(token).register_device_key(&taken).await.unwrap();

    let error = client.rotate_device_key(&taken).await.unwrap_err();

    assert!(error.is_device_key_taken(), "{error}");
    assert_eq!(client.device_key(), Some(device.key.clone()));
    assert_eq!(device.store.load().unwrap().next_device_key, None);
    client.renew_token().await.unwrap();
}

#[tokio::test]
async fn without_a_device_key_nothing_is_renewed_or_changed() {
    let device = Device::new().await;
    let legacy = device.legacy();

    let renewal = legacy.renew_token().await.unwrap_err();
    let change = legacy.rotate_device_key(&device.key).await.unwrap_err();

    assert!(renewal.is_invalid_input() && change.is_invalid_input());
    assert_eq!(legacy.device_key(), None);
    assert_eq!(device.sandbox.requests(), []);
}
