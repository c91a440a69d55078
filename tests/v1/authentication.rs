use plex_tv_sdk::v1::types::LegacySignInBody;
use plex_tv_sdk::{Secret, v1::types::SubscriptionStatus};
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, TOKEN, failure, harness, success, unexpected};
use serde_json::json;

const SIGN_IN: Body = Body::Form("user%5Blogin%5D=user%40example.com&user%5Bpassword%5D=p%26s%3D%C3%A9+123456");

#[tokio::test]
async fn a_claim_token_is_a_secret() {
    let claim = success("getClaimToken", 200)
        .sends("GET /api/claim/token.json", NO_BODY)
        .call_v1(async |api| api.get_claim_token().send_with_response().await)
        .await;

    assert_eq!(claim.token.expose(), "claim-EXAMPLE-0000000000001");
    assert!(!format!("{claim:?}").contains("EXAMPLE"));
}

#[tokio::test]
async fn a_claim_token_needs_a_valid_token() {
    for code in [Some(1001), None] {
        let error = failure("getClaimToken", 401, code)
            .sends("GET /api/claim/token.json", NO_BODY)
            .call_v1(async |api| api.get_claim_token().send_with_response().await)
            .await;

        assert!(error.is_auth());
    }
}

#[tokio::test]
async fn a_claim_token_may_be_refused_with_a_single_message() {
    let error = unexpected("getClaimToken", Reply::json(401, &json!({ "error": "Invalid authentication token." })))
        .sends("GET /api/claim/token.json", NO_BODY)
        .call_v1(async |api| api.get_claim_token().send_with_response().await)
        .await;

    assert!(error.is_auth());
    assert_eq!(error.plex_errors()[0].message(), Some("Invalid authentication token."));
}

#[tokio::test]
#[allow(deprecated, reason = "old clients still sign in with such a PIN")]
async fn a_new_v1_pin_has_no_token_yet() {
    let pin = success("createLegacyPin", 201)
        .sends("POST /pins.xml", NO_BODY)
        .call_v1(async |api| api.create_legacy_pin().send_with_response().await)
        .await;

    assert_eq!(pin.id, 308667304);
    assert_eq!(pin.code.expose(), "EXAMPLE-7RQZ");
    assert_eq!(pin.expires_at.unwrap().to_string(), "2026-10-01T10:15:00Z");
    assert_eq!(pin.client_identifier.as_deref(), Some("4f1b0f54-6ae2-4f0a-9c1d-000000000001"));
    assert_eq!(pin.trusted, Some(false));
    assert_eq!(pin.auth_token, None);
}

#[tokio::test]
#[allow(deprecated, reason = "old clients still sign in with such a PIN")]
async fn too_many_v1_pins_are_a_rate_limit() {
    let error = failure("createLegacyPin", 429, 1003)
        .sends("POST /pins.xml", NO_BODY)
        .call_v1(async |api| api.create_legacy_pin().send_with_response().await)
        .await;

    assert!(error.is_rate_limited() && error.is_retryable());
}

#[tokio::test]
#[allow(deprecated, reason = "old clients still sign in with such a PIN")]
async fn polling_an_approved_v1_pin_gives_the_token() {
    let pin = success("getLegacyPin", 200)
        .sends("GET /pins/308667304.xml", NO_BODY)
        .call_v1(async |api| api.get_legacy_pin(308667304).send_with_response().await)
        .await;

    assert_eq!(pin.auth_token, Some(Secret::from(TOKEN)));
}

#[tokio::test]
#[allow(deprecated, reason = "old clients still sign in with such a PIN")]
async fn polling_an_expired_v1_pin_is_not_found() {
    let error = failure("getLegacyPin", 404, 1020)
        .sends("GET /pins/1.xml", NO_BODY)
        .call_v1(async |api| api.get_legacy_pin(1).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn signing_in_sends_the_credentials_in_bracketed_fields() {
    let reply = success("legacySignIn", 201)
        .sends("POST /users/sign_in.json", SIGN_IN)
        .call_v1(async |api| {
            api.legacy_sign_in(LegacySignInBody::new("user@example.com", "p&s=é 123456")).send_with_response().await
        })
        .await;

    let user = reply.user;
    assert_eq!((user.id, user.uuid.as_deref()), (1234567, Some("0123456789abcdef")));
    assert_eq!(user.auth_token, Some(Secret::from(TOKEN)));
    assert_eq!(user.authentication_token, user.auth_token);
    assert_eq!(user.joined_at.unwrap().to_string(), "2019-04-26T12:19:00Z");
    assert_eq!(user.forum_id, None);
    assert_eq!(user.entitlements, ["all"]);
    assert_eq!(user.roles.unwrap().roles, ["plexpass"]);
    let subscription = user.subscription.unwrap();
    assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    assert_eq!(subscription.features, ["companions_sonos", "webhooks"]);
}

#[tokio::test]
async fn a_v1_sign_in_reports_that_it_needs_the_second_factor() {
    for code in [1001, 1029] {
        let error = failure("legacySignIn", 401, code)
            .sends("POST /users/sign_in.json", SIGN_IN)
            .call_v1(async |api| {
                let sign_in = api.legacy_sign_in(LegacySignInBody::new("user@example.com", "p&s=é 123456"));
                sign_in.send_with_response().await
            })
            .await;

        assert!(error.is_auth());
        assert_eq!(error.is_two_factor_required(), code == 1029);
    }
}

#[tokio::test]
async fn a_password_that_the_refusal_repeats_is_not_in_the_error() {
    let (client, server) = harness().await;
    let body = r#"<errors><error code="1001" message="no user with &quot;EXAMPLE-PASSWORD&quot;"/></errors>"#;
    Recorder::mount(&server, &Reply::new(401, "application/xml", body)).await;

    let error = client
        .v1()
        .legacy_sign_in(LegacySignInBody::new("user@example.com", "EXAMPLE-PASSWORD"))
        .send_with_response()
        .await
        .unwrap_err();

    assert_eq!(error.plex_code(), Some(1001));
    assert!(error.body().unwrap().contains("[redacted]"));
    assert!(!format!("{error} {error:?} {}", error.body().unwrap()).contains("EXAMPLE-PASSWORD"));
}
