use plex_tv_sdk::v2::types::{ExchangeJwtTokenBody, RegisterDeviceJwkBody};
use plex_tv_tests::{Body, NO_BODY, failure, success};

use crate::authentication::{KEY, device_jwk};

const PROOF: Body = Body::Json(r#"{"jwt":"EXAMPLE-HEADER.EXAMPLE-CLAIMS.EXAMPLE-SIGNATURE"}"#);
const JWT: &str = "EXAMPLE-HEADER.EXAMPLE-CLAIMS.EXAMPLE-SIGNATURE";

#[tokio::test]
async fn a_key_is_registered_whatever_the_reply_holds() {
    for (kind, body) in crate::wire::USELESS_BODIES {
        for status in [200, 201] {
            success("registerDeviceJwk", status)
                .replying(kind, body)
                .sends("POST /auth/jwk", KEY)
                .call(async |api| {
                    api.register_device_jwk(RegisterDeviceJwkBody::new(device_jwk())).send_with_response().await
                })
                .await;
        }
    }
}

#[tokio::test]
async fn registering_for_a_removed_device_keeps_the_code() {
    let error = failure("registerDeviceJwk", 422, 1097)
        .sends("POST /auth/jwk", KEY)
        .call(async |api| api.register_device_jwk(RegisterDeviceJwkBody::new(device_jwk())).send_with_response().await)
        .await;

    assert!(!error.is_auth());
}

#[tokio::test]
async fn the_signing_keys_need_no_token() {
    let keys = success("getAuthKeys", 200)
        .sends("GET /auth/keys", NO_BODY)
        .call(async |api| api.get_auth_keys().send_with_response().await)
        .await;

    let [key] = keys.keys.as_slice() else {
        panic!("expected one key");
    };
    assert_eq!(key.kid, "example-signing-key-1");
    assert_eq!(key.use_.as_deref(), Some("sig"));
}

#[tokio::test]
async fn reading_the_keys_too_often_is_a_rate_limit() {
    let error = failure("getAuthKeys", 429, 1003)
        .sends("GET /auth/keys", NO_BODY)
        .call(async |api| api.get_auth_keys().send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn a_nonce_is_a_secret_that_can_be_exposed() {
    let nonce = success("getAuthNonce", 200)
        .sends("GET /auth/nonce", NO_BODY)
        .call(async |api| api.get_auth_nonce().send_with_response().await)
        .await;

    assert_eq!(nonce.nonce.expose(), "EXAMPLE-NONCE-0001");
}

#[tokio::test]
async fn a_nonce_without_a_client_identifier_is_refused_in_two_ways() {
    for (status, code) in [(400, Some(1000)), (422, None)] {
        let error = failure("getAuthNonce", status, code)
            .sends("GET /auth/nonce", NO_BODY)
            .call(async |api| api.get_auth_nonce().send_with_response().await)
            .await;

        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_device_jwt_is_exchanged_for_a_plex_jwt() {
    for status in [200, 201] {
        let token = success("exchangeJwtToken", status)
            .sends("POST /auth/token", PROOF)
            .call(async |api| api.exchange_jwt_token(ExchangeJwtTokenBody::new(JWT)).send_with_response().await)
            .await;

        let wanted = "EXAMPLE-HEADER.EXAMPLE-PLEX-CLAIMS.EXAMPLE-SIGNATURE";
        assert_eq!(token.auth_token.expose(), wanted);
    }
}

#[tokio::test]
async fn each_refusal_of_an_exchange_keeps_its_code() {
    let refusals = [(400, Some(1004)), (401, Some(1001)), (422, None), (422, Some(1097)), (429, None)];
    for (status, code) in refusals {
        let error = failure("exchangeJwtToken", status, code)
            .sends("POST /auth/token", PROOF)
            .call(async |api| api.exchange_jwt_token(ExchangeJwtTokenBody::new(JWT)).send_with_response().await)
            .await;

        assert_eq!(error.is_auth(), status == 401);
        assert_eq!(error.is_rate_limited(), status == 429);
    }
}
