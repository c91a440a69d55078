//! Signing out, at plex.tv and locally.

use plex_tv_sandbox::Fault;
use plex_tv_sdk::{ClientIdentity, CredentialStore, Token};

use crate::{
    harness::{IDENTIFIER, builder},
    jwt_login::{Device, who},
};

#[tokio::test]
async fn signing_out_revokes_the_token_and_deletes_it_everywhere() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let (clone, token) = (client.clone(), client.token().unwrap());

    client.sign_out().await.unwrap();

    let kept = device.store.load().unwrap();
    assert_eq!((kept.token, kept.device_key, kept.next_device_key), (None, None, None));
    assert_eq!(kept.client_identifier.as_deref(), Some(IDENTIFIER));
    assert_eq!((clone.token(), clone.device_key()), (None, None));
    assert!(who(&clone).await.unwrap_err().is_auth());
    assert!(who(&client.with_token(token)).await.unwrap_err().is_auth());
    assert_eq!(device.calls("exchangeJwtToken"), 0);
}

#[tokio::test]
async fn signing_out_twice_or_with_an_invalid_token_is_not_an_error() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let legacy = builder(device.sandbox.url()).token(Token::new(device.sandbox.token()).unwrap()).build().unwrap();
    let dead = legacy.with_token(Token::new("EXAMPLE-DEAD-TOKEN").unwrap());

    for client in [&client, &legacy, &dead] {
        client.sign_out().await.unwrap();
        client.sign_out().await.unwrap();
    }

    assert!(who(&legacy).await.unwrap_err().is_auth());
}

#[tokio::test]
async fn signing_out_after_the_user_removed_the_device_deletes_the_token_too() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(std::time::Duration::from_secs(8 * 24 * 60 * 60));
    device.sandbox.remove_device(IDENTIFIER);

    client.sign_out().await.unwrap();

    assert_eq!(device.store.load().unwrap().token, None);
}

#[tokio::test]
async fn a_sign_out_that_fails_at_plex_tv_deletes_nothing() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.next("signOut", Fault::Status(503)).unwrap();

    let error = client.sign_out().await.unwrap_err();

    assert!(error.is_retryable(), "{error}");
    assert_eq!(device.store.load().unwrap().token, client.token());
    assert_eq!(who(&client).await.unwrap(), "exampleuser");
    client.sign_out().await.unwrap();
    assert_eq!(device.store.load().unwrap().token, None);
}

#[tokio::test]
async fn the_next_sign_in_is_on_the_same_device() {
    let device = Device::new().await;
    device.signed_in().await.sign_out().await.unwrap();

    let identity = ClientIdentity::load_or_create(&device.store, "Example App", "2.0.0").unwrap();

    assert_eq!(identity.client_identifier(), IDENTIFIER);
    assert_eq!(device.client().token(), None);
    device.signed_in().await;
}
