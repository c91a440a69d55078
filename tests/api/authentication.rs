use plex_tv_sdk::v2::types::{ChangePasswordBody, GetPinBody, LinkPinBody, SignInBody};

use plex_tv_sdk::{
    PlexCode, Secret,
    v2::types::{DeviceJwk, GeoFlag, SubscriptionStatus},
};
use plex_tv_tests::{Body, NO_BODY, TOKEN, failure, success};

/// A JSON body that holds only the device key.
pub(crate) const KEY: Body = Body::Json(
    r#"{"jwk":{"kty":"OKP","crv":"Ed25519","x":"EXAMPLE-PUBLIC-KEY-0000000000000000000000001","kid":"example-device-key-1","use":"sig","alg":"EdDSA"}}"#,
);

pub(crate) fn device_jwk() -> DeviceJwk {
    DeviceJwk::new("EXAMPLE-PUBLIC-KEY-0000000000000000000000001", "example-device-key-1")
}

#[tokio::test]
async fn ping_confirms_a_valid_token() {
    let reply =
        success("ping", 200).sends("GET /ping", NO_BODY).call(async |api| api.ping().send_with_response().await).await;

    assert_eq!(reply.pong, Some(true));
}

#[tokio::test]
async fn ping_with_a_revoked_token_is_an_auth_error() {
    let error = failure("ping", 401, 1001)
        .sends("GET /ping", NO_BODY)
        .call(async |api| api.ping().send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn ping_with_an_expired_jwt_is_an_auth_error_without_a_code() {
    let error = failure("ping", 498, None)
        .sends("GET /ping", NO_BODY)
        .call(async |api| api.ping().send_with_response().await)
        .await;

    assert!(error.is_auth());
    assert_eq!(error.plex_errors()[0].status(), Some(498));
}

#[tokio::test]
async fn a_pin_is_created_without_a_body_when_there_is_no_key() {
    let pin = success("getPin", 201)
        .sends("POST /pins", NO_BODY)
        .call(async |api| api.get_pin().send_with_response().await)
        .await;

    assert_eq!(pin.id, 308667304);
    assert_eq!(pin.code.expose(), "EXAMPLE-CODE-000000000001");
    assert_eq!(pin.auth_token, None);
    assert_eq!(pin.expires_in, Some(1800));
    let expires_at = pin.expires_at.unwrap().to_string();
    assert_eq!(expires_at, "2026-10-01T10:30:00Z");
    let location = pin.location.unwrap();
    assert_eq!(location.european_union_member, Some(GeoFlag::False));
    assert_eq!(location.city.as_deref(), Some("London"));
}

#[tokio::test]
async fn strong_is_sent_as_true_or_false() {
    let weak = success("getPin", 201)
        .sends("POST /pins?strong=false", NO_BODY)
        .call(async |api| api.get_pin().strong(false).send_with_response().await);
    let strong = success("getPin", 201)
        .sends("POST /pins?strong=true", NO_BODY)
        .call(async |api| api.get_pin().strong(true).send_with_response().await);

    assert_eq!(weak.await.id, strong.await.id);
}

#[tokio::test]
async fn a_device_key_goes_into_the_body_of_the_pin() {
    let body = r#"{"jwk":{"kty":"OKP","crv":"Ed25519","x":"EXAMPLE-PUBLIC-KEY-0000000000000000000000001","kid":"example-device-key-1","use":"sig","alg":"EdDSA"},"strong":true}"#;

    let pin = success("getPin", 201)
        .sends("POST /pins", Body::Json(body))
        .call(async |api| {
            api.get_pin().body(GetPinBody::new().jwk(device_jwk()).strong(true)).send_with_response().await
        })
        .await;

    assert_eq!(pin.product.as_deref(), Some("Example App"));
}

#[tokio::test]
async fn too_many_pins_are_a_rate_limit() {
    let error = failure("getPin", 429, 1003)
        .sends("POST /pins", NO_BODY)
        .call(async |api| api.get_pin().send_with_response().await)
        .await;

    assert!(error.is_rate_limited() && error.is_retryable());
}

#[tokio::test]
async fn a_key_of_another_device_is_refused_without_a_code() {
    let error = failure("getPin", 422, None)
        .sends("POST /pins", KEY)
        .call(async |api| api.get_pin().body(GetPinBody::new().jwk(device_jwk())).send_with_response().await)
        .await;

    assert_eq!(error.plex_errors()[0].field(), Some("base"));
}

#[tokio::test]
async fn linking_sends_the_code_as_a_form() {
    success("linkPin", 204)
        .sends("PUT /pins/link", Body::Form("code=7R%26Z+%2B"))
        .call(async |api| api.link_pin(LinkPinBody::new("7R&Z +")).send_with_response().await)
        .await;
}

#[tokio::test]
async fn linking_an_unknown_code_is_not_found() {
    let error = failure("linkPin", 404, 1020)
        .sends("PUT /pins/link", Body::Form("code=EXAMPLE-7RQZ"))
        .call(async |api| api.link_pin(LinkPinBody::new("EXAMPLE-7RQZ")).send_with_response().await)
        .await;

    assert!(error.is_not_found());
    assert_eq!(error.plex_errors()[0].status(), None);
}

#[tokio::test]
async fn the_qr_image_comes_as_bytes() {
    let image = success("getPinQrCode", 200)
        .sends("GET /pins/qr/EXAMPLE-7RQZ", NO_BODY)
        .call(async |api| api.get_pin_qr_code("EXAMPLE-7RQZ").send_with_response().await)
        .await;

    assert_eq!(crate::wire::bytes(image).await, b"EXAMPLE-BYTES");
}

#[tokio::test]
async fn too_many_qr_images_are_a_rate_limit() {
    let error = failure("getPinQrCode", 429, 1003)
        .sends("GET /pins/qr/EXAMPLE-7RQZ", NO_BODY)
        .call(async |api| api.get_pin_qr_code("EXAMPLE-7RQZ").send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn polling_an_approved_pin_gives_the_token() {
    let pin = success("getToken", 200)
        .sends("GET /pins/308667304", NO_BODY)
        .call(async |api| api.get_token(308667304).send_with_response().await)
        .await;

    assert_eq!(pin.auth_token, Some(Secret::from(TOKEN)));
    assert_eq!(pin.new_registration, Some(false));
    assert_eq!(pin.expires_in, Some(1742));
}

#[tokio::test]
async fn polling_sends_the_code_and_the_device_jwt_unredacted() {
    success("getToken", 200)
        .sends("GET /pins/1?code=7RQZ&deviceJWT=h.c%2Bc.s", NO_BODY)
        .call(async |api| api.get_token(1).code("7RQZ").device_jwt("h.c+c.s").send_with_response().await)
        .await;
}

#[tokio::test]
async fn polling_an_expired_pin_is_not_found() {
    let error = failure("getToken", 404, 1020)
        .sends("GET /pins/1", NO_BODY)
        .call(async |api| api.get_token(1).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_refused_device_jwt_is_an_auth_error() {
    let error = failure("getToken", 401, None)
        .sends("GET /pins/1?deviceJWT=EXAMPLE-JWT", NO_BODY)
        .call(async |api| api.get_token(1).device_jwt("EXAMPLE-JWT").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn an_anonymous_user_comes_with_a_token() {
    for status in [200, 201] {
        let user = success("createAnonymousUser", status)
            .sends("POST /users/anonymous", NO_BODY)
            .call(async |api| api.create_anonymous_user().send_with_response().await)
            .await;

        assert_eq!((user.id, user.anonymous), (2000001, Some(true)));
        assert_eq!(user.username, None);
        assert_eq!(user.auth_token.unwrap().expose(), "EXAMPLE-ANONYMOUS-TOKEN");
    }
}

#[tokio::test]
async fn an_invalid_anonymous_token_is_refused() {
    let error = failure("createAnonymousUser", 422, 1072)
        .sends("POST /users/anonymous", NO_BODY)
        .call(async |api| api.create_anonymous_user().send_with_response().await)
        .await;

    assert!(!error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn signing_in_sends_the_credentials_unredacted_as_a_form() {
    let form = "login=user%40example.com&password=p%26s%3D%C3%A9+&rememberMe=true&verificationCode=EXAMPLE-123456";

    let user = success("signIn", 201)
        .sends("POST /users/signin?includeProviders=1", Body::Form(form))
        .call(async |api| {
            api.sign_in(
                SignInBody::new("user@example.com", "p&s=é ")
                    .verification_code(Secret::from("EXAMPLE-123456"))
                    .remember_me(true),
            )
            .include_providers(true)
            .send_with_response()
            .await
        })
        .await;

    let subscription = user.subscription.unwrap();
    assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    assert_eq!(subscription.id, None);
    let joined_at = user.joined_at.unwrap().to_string();
    assert_eq!(joined_at, "2019-04-26T12:32:20Z");
    assert_eq!(user.scrobble_types.as_deref(), Some(""));
    let service = &user.services[0];
    assert_eq!(service.secret, Some(Secret::from("EXAMPLE-SERVICE-SECRET")));
}

#[tokio::test]
async fn signing_in_may_be_answered_with_200() {
    let user = success("signIn", 200)
        .sends("POST /users/signin", Body::Form("login=a&password=b"))
        .call(async |api| api.sign_in(SignInBody::new("a", "b")).send_with_response().await)
        .await;

    assert_eq!(user.auth_token, Some(Secret::from(TOKEN)));
    assert_eq!(user.joined_at, None);
}

#[tokio::test]
async fn each_refusal_of_a_sign_in_keeps_its_code() {
    for code in [1001, 1028, 1029, 1030, 1031] {
        let error = failure("signIn", 401, code)
            .sends("POST /users/signin", Body::Form("login=a&password=b"))
            .call(async |api| api.sign_in(SignInBody::new("a", "b")).send_with_response().await)
            .await;

        assert!(error.is_auth());
        assert_eq!(error.is_two_factor_required(), code == 1029);
    }
}

#[tokio::test]
async fn signing_out_succeeds_with_and_without_a_body() {
    success("signOut", 204)
        .sends("DELETE /users/signout", NO_BODY)
        .call(async |api| api.sign_out().send_with_response().await)
        .await;
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("signOut", 200)
            .replying(kind, body)
            .sends("DELETE /users/signout", NO_BODY)
            .call(async |api| api.sign_out().send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn signing_out_twice_is_an_auth_error() {
    let error = failure("signOut", 401, 1001)
        .sends("DELETE /users/signout", NO_BODY)
        .call(async |api| api.sign_out().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

/// A password change; its field names are made up.
fn passwords(old: &str, new: &str) -> ChangePasswordBody {
    ChangePasswordBody::new([("currentPassword", old), ("newPassword", new)])
}

#[tokio::test]
async fn passwords_are_sent_unredacted_as_a_form() {
    let form = Body::Form("currentPassword=a%26b+%3D&newPassword=%C3%A9%2B%25");
    for status in [200, 204] {
        success("changePassword", status)
            .sends("POST /users/password", form)
            .call(async |api| api.change_password(passwords("a&b =", "é+%")).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn each_refusal_of_a_new_password_keeps_its_code() {
    let refusals = [
        (403, PlexCode::PasswordRequired),
        (422, PlexCode::PasswordTooShort),
        (422, PlexCode::PasswordTooWeak),
        (422, PlexCode::PasswordIsName),
    ];
    for (status, code) in refusals {
        let error = failure("changePassword", status, code.number())
            .sends("POST /users/password", Body::Form("currentPassword=CANARY-A&newPassword=CANARY-B"))
            .call(async |api| api.change_password(passwords("CANARY-A", "CANARY-B")).send_with_response().await)
            .await;

        assert_eq!(error.code(), Some(code));
        assert_eq!(error.is_forbidden(), status == 403);
        assert!(!error.is_auth() && !error.is_retryable());
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}
