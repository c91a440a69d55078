use plex_tv_sdk::v1::types::{RestrictionProfile, SubscriptionStatus};
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn a_home_is_created_with_or_without_a_guest() {
    success("createHome", 200)
        .sends("POST /api/home", NO_BODY)
        .call_v1(async |api| api.create_home().send_with_response().await)
        .await;
    success("createHome", 200)
        .sends("POST /api/home?guestEnabled=0", NO_BODY)
        .call_v1(async |api| api.create_home().guest_enabled(false).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_home_is_changed_by_a_flag() {
    success("updateHome", 200)
        .sends("PUT /api/home?guestEnabled=1", NO_BODY)
        .call_v1(async |api| api.update_home(true).send_with_response().await)
        .await;
}

#[tokio::test]
async fn changing_a_home_needs_a_valid_token() {
    let create = failure("createHome", 401, 1001)
        .sends("POST /api/home", NO_BODY)
        .call_v1(async |api| api.create_home().send_with_response().await)
        .await;
    let update = failure("updateHome", 498, None)
        .sends("PUT /api/home?guestEnabled=1", NO_BODY)
        .call_v1(async |api| api.update_home(true).send_with_response().await)
        .await;

    assert!(create.is_auth() && update.is_auth());
}

#[tokio::test]
async fn members_of_the_home_are_full_and_managed_users() {
    let reply = success("getLegacyHomeUsers", 200)
        .sends("GET /api/home/users", NO_BODY)
        .call_v1(async |api| api.get_legacy_home_users().send_with_response().await)
        .await;

    assert_eq!((reply.total_size, reply.guest_user_id), (Some(2), Some(58815432)));
    let users = reply.user;
    assert!(users.rejected().is_empty());
    let [admin, kid] = &*users else {
        panic!("expected two users");
    };
    assert_eq!((admin.id, admin.admin, admin.restricted), (1234567, Some(true), Some(false)));
    assert_eq!((admin.restriction_profile.as_ref(), admin.updated_at), (None, None));
    assert_eq!((kid.protected, kid.username.as_deref()), (Some(true), Some("")));
    assert_eq!(kid.restriction_profile, Some(RestrictionProfile::LittleKid));
    assert_eq!(kid.updated_at.unwrap().as_second(), 1700000000);
}

#[tokio::test]
async fn members_of_the_home_for_an_expired_jwt_are_an_auth_error() {
    let error = failure("getLegacyHomeUsers", 498, None)
        .sends("GET /api/home/users", NO_BODY)
        .call_v1(async |api| api.get_legacy_home_users().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_managed_user_is_created_with_a_title() {
    for status in [200, 201] {
        let user = success("createLegacyHomeUser", status)
            .sends("POST /api/home/users?title=Kid+%26+Co", NO_BODY)
            .call_v1(async |api| api.create_legacy_home_user().title("Kid & Co").send_with_response().await)
            .await;

        assert_eq!((user.id, user.uuid.as_deref()), (7654321, Some("fedcba9876543210")));
        assert_eq!(user.restriction_profile, Some(RestrictionProfile::LittleKid));
    }
}

#[tokio::test]
async fn an_account_is_invited_into_the_home_by_its_address() {
    success("createLegacyHomeUser", 200)
        .sends("POST /api/home/users?invitedEmail=friend%40example.com&skipFriendship=1", NO_BODY)
        .call_v1(async |api| {
            api.create_legacy_home_user()
                .skip_friendship(true)
                .invited_email("friend@example.com")
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn an_existing_or_unnamed_member_is_refused() {
    for (status, code) in [(409, 1014), (400, 1004)] {
        let error = failure("createLegacyHomeUser", status, code)
            .sends("POST /api/home/users", NO_BODY)
            .call_v1(async |api| api.create_legacy_home_user().send_with_response().await)
            .await;

        assert!(!error.is_auth() && !error.is_retryable());
    }
}

#[tokio::test]
async fn a_pin_is_set_changed_and_removed_in_the_query() {
    success("updateLegacyHomeUser", 200)
        .sends("PUT /api/home/users/7654321?pin=1234", NO_BODY)
        .call_v1(async |api| api.update_legacy_home_user(7654321).pin("1234").send_with_response().await)
        .await;
    success("updateLegacyHomeUser", 200)
        .sends("PUT /api/home/users/7654321?currentPin=1234&pin=5678", NO_BODY)
        .call_v1(async |api| {
            api.update_legacy_home_user(7654321).pin("5678").current_pin("1234").send_with_response().await
        })
        .await;
    success("updateLegacyHomeUser", 200)
        .sends("PUT /api/home/users/7654321?currentPin=1234&pin=", NO_BODY)
        .call_v1(async |api| {
            api.update_legacy_home_user(7654321).pin("").current_pin("1234").send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn a_pin_is_not_changed_without_the_current_one() {
    let error = failure("updateLegacyHomeUser", 403, 1041)
        .sends("PUT /api/home/users/7654321?pin=1234", NO_BODY)
        .call_v1(async |api| api.update_legacy_home_user(7654321).pin("1234").send_with_response().await)
        .await;

    assert!(error.is_home_pin_required() && error.is_forbidden());
}

#[tokio::test]
async fn a_member_is_removed_by_id() {
    for status in [200, 204] {
        success("removeLegacyHomeUser", status)
            .sends("DELETE /api/home/users/7654321", NO_BODY)
            .call_v1(async |api| api.remove_legacy_home_user(7654321).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn an_unknown_member_is_not_found() {
    let error = failure("removeLegacyHomeUser", 404, 1002)
        .sends("DELETE /api/home/users/7", NO_BODY)
        .call_v1(async |api| api.remove_legacy_home_user(7).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn switching_gives_the_token_of_the_other_user() {
    for status in [200, 201] {
        let user = success("switchLegacyHomeUser", status)
            .sends("POST /api/home/users/7654321/switch?pin=1234", NO_BODY)
            .call_v1(async |api| api.switch_legacy_home_user(7654321).pin("1234").send_with_response().await)
            .await;

        assert_eq!((user.id, user.restricted), (7654321, Some(true)));
        assert_eq!(user.authentication_token.unwrap().expose(), "EXAMPLE-KID-TOKEN");
        assert_eq!(user.auth_token, None);
        let subscription = user.subscription.unwrap();
        assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
        assert_eq!(subscription.feature[0].id.as_deref(), Some("companions_sonos"));
        assert!(subscription.features.is_none());
    }
}

#[tokio::test]
async fn switching_without_the_pin_of_the_user_asks_for_it() {
    let error = failure("switchLegacyHomeUser", 401, 1041)
        .sends("POST /api/home/users/7654321/switch", NO_BODY)
        .call_v1(async |api| api.switch_legacy_home_user(7654321).send_with_response().await)
        .await;

    assert!(error.is_home_pin_required());
}
