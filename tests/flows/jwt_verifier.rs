//! Verification of Plex JWTs with the published keys.

use std::time::Duration;

use httpmock::MockServer;
use plex_tv_sdk::{Client, DeviceKey, Timestamp, Token};
use serde_json::json;

use crate::{
    clock::TestClock,
    harness::{answer_json, builder},
    jwt_login::Device,
};

#[tokio::test]
async fn a_jwt_of_plex_tv_is_accepted_and_keys_are_fetched_once() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let verifier = client.jwt_verifier().device_key(&device.key);

    for _ in 0..3 {
        let claims = verifier.verify(&client.token().unwrap()).await.unwrap();
        assert_eq!(claims.thumbprint.as_deref(), Some(device.key.kid()));
    }

    assert_eq!(device.calls("getAuthKeys"), 1);
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it_but_at_most_once_a_minute() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let verifier = client.jwt_verifier();
    verifier.verify(&client.token().unwrap()).await.unwrap();
    device.sandbox.rotate_signing_key().unwrap();
    client.renew_token().await.unwrap();

    let too_soon = verifier.verify(&client.token().unwrap()).await.unwrap_err();
    device.clock.advance(Duration::from_secs(61));
    verifier.verify(&client.token().unwrap()).await.unwrap();

    assert!(too_soon.is_jwt_invalid(), "{too_soon}");
    assert_eq!(device.calls("getAuthKeys"), 2);
}

#[tokio::test]
async fn an_expired_jwt_is_distinguished_from_an_invalid_one() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    let token = client.token().unwrap();
    let verifier = client.jwt_verifier();

    device.sandbox.advance(Duration::from_secs(7 * 24 * 60 * 60 + 200));
    let in_leeway = verifier.verify(&token).await;
    device.sandbox.advance(Duration::from_secs(200));
    let ended = verifier.verify(&token).await.unwrap_err();

    assert!(in_leeway.is_ok());
    assert!(ended.is_token_expired() && !ended.is_jwt_invalid(), "{ended}");
}

/// Made by `PyJWT` 2.15.1 with `cryptography` 50.0.2, from the private key of RFC 8037, appendix
/// A.1:
///
/// ```python
/// jwt.encode({"aud": ["plex.tv", "flows-desk-01"], "iss": "plex.tv", "iat": 1800000000,
///             "exp": 1800604800, "thumbprint": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
///             "username": "exampleuser", "joinedAt": 1556281940},
///            key, algorithm="EdDSA", headers={"kid": "rfc8037"})
/// ```
pub(crate) const PYTHON_JWT: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6InJmYzgwMzciLCJ0eXAiOiJKV1QifQ.eyJhdWQiOlsicGxleC50diIsImZsb3dzLWRlc2stMDEiXSwiaXNzIjoicGxleC50diIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAwNjA0ODAwLCJ0aHVtYnByaW50Ijoia1ByS19xbXhWV2FZVkE5d3dCRjZJdW8zdlZ6ejdUeEhDVHdYQnlnclM0ayIsInVzZXJuYW1lIjoiZXhhbXBsZXVzZXIiLCJqb2luZWRBdCI6MTU1NjI4MTk0MH0.QZLtbP1djkd5tC5pmaopZBN983mqbDvwZ3D3WkoUSgQGMFRn5wzTHIW3R07t6EeU8QZYYFWvFlntlIY7zjcrBA";
pub(crate) const RFC_8037_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const RFC_8037_THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

async fn publishing(server: &MockServer, seconds: i64) -> Client {
    let keys = json!({ "keys": [
        { "kid": "other", "kty": "RSA", "n": "AQ", "e": "AQAB" },
        { "kid": "rfc8037", "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": RFC_8037_X },
    ]});
    answer_json(server, "/api/v2/auth/keys", 200, &keys).await;
    let clock = TestClock::default();
    clock.set_wall(move || Timestamp::from_second(seconds).unwrap());
    builder(&server.base_url()).clock(clock).build().unwrap()
}

#[tokio::test]
async fn a_jwt_made_by_another_implementation_is_accepted() {
    let server = MockServer::start_async().await;
    let client = publishing(&server, 1_800_000_100).await;

    let claims = client.jwt_verifier().verify(&Token::new(PYTHON_JWT).unwrap()).await.unwrap();

    assert_eq!(claims.thumbprint.as_deref(), Some(RFC_8037_THUMBPRINT));
    assert_eq!(claims.username.as_deref(), Some("exampleuser"));
    assert_eq!(claims.expires_at, Some(Timestamp::from_second(1_800_604_800).unwrap()));
}

#[tokio::test]
async fn a_jwt_that_is_forged_or_not_meant_for_us_is_refused() {
    let server = MockServer::start_async().await;
    let now = publishing(&server, 1_800_000_100).await;
    let before = publishing(&server, 1_799_999_000).await;
    let elsewhere = Client::builder(crate::harness::identity("phone-01")).base_url(server.base_url());
    let elsewhere = elsewhere.clock({
        let clock = TestClock::default();
        clock.set_wall(|| Timestamp::from_second(1_800_000_100).unwrap());
        clock
    });
    let (head, rest) = PYTHON_JWT.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    // {"alg":"none","kid":"rfc8037"} and {"alg":"EdDSA","kid":"other"}
    let none = "eyJhbGciOiJub25lIiwia2lkIjoicmZjODAzNyJ9";
    let other_kid = "eyJhbGciOiJFZERTQSIsImtpZCI6Im90aGVyIn0";
    let mine = DeviceKey::generate().unwrap();

    let verifier = now.jwt_verifier();
    let refused = [
        verifier.verify(&Token::new("EXAMPLE-TOKEN").unwrap()).await,
        verifier.verify(&Token::new(format!("{none}.{claims}.")).unwrap()).await,
        verifier.verify(&Token::new(format!("{none}.{claims}.{signature}")).unwrap()).await,
        verifier.verify(&Token::new(format!("{other_kid}.{claims}.{signature}")).unwrap()).await,
        verifier.verify(&Token::new(format!("{head}.{claims}.{}", signature.replace("QZLt", "QZLu"))).unwrap()).await,
        verifier.verify(&Token::new(format!("{head}.e30.{signature}")).unwrap()).await,
        verifier.clone().device_key(&mine).verify(&Token::new(PYTHON_JWT).unwrap()).await,
        before.jwt_verifier().verify(&Token::new(PYTHON_JWT).unwrap()).await,
        elsewhere.build().unwrap().jwt_verifier().verify(&Token::new(PYTHON_JWT).unwrap()).await,
    ];

    for (number, outcome) in refused.into_iter().enumerate() {
        let error = outcome.unwrap_err();
        assert!(error.is_jwt_invalid(), "{number}: {error}");
    }
}
