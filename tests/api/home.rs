use plex_tv_sdk::v2::types::SetManagedUserRestrictionProfileBody;
use plex_tv_sdk::{
    PlexCode,
    v2::types::{RestrictionProfile, SubscriptionStatus},
};
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, failure, harness, success};

#[tokio::test]
async fn the_home_comes_with_its_members() {
    let home = success("getHomeData", 200)
        .sends("GET /home", NO_BODY)
        .call(async |api| api.get_home_data().send_with_response().await)
        .await;

    assert_eq!((home.id, home.guest_user_id), (1841489, Some(58815432)));
    let kid = &home.users[0];
    assert_eq!(kid.title.as_deref(), Some("Kid"));
    assert_eq!((&kid.username, &kid.email), (&None, &None));
    let profile = kid.restriction_profile.as_ref();
    assert_eq!(profile, Some(&RestrictionProfile::LittleKid));
    assert_eq!(kid.pin.as_ref().unwrap().expose(), "EXAMPLE-PIN-HASH");
}

#[tokio::test]
async fn an_account_without_a_home_gets_not_found() {
    let error = failure("getHomeData", 404, 1002)
        .sends("GET /home", NO_BODY)
        .call(async |api| api.get_home_data().send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn members_are_listed_with_the_home() {
    let home = success("listHomeUsers", 200)
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    assert_eq!((home.id, home.guest_enabled, home.subscription), (Some(1841489), Some(false), Some(true)));
    assert_eq!(home.guest_user_uuid.as_deref(), Some("00000000000000c1"));
    let users = home.users;
    let [admin, kid] = &*users else {
        panic!("expected two members");
    };
    assert_eq!((admin.admin, admin.protected, admin.has_password), (Some(true), Some(true), Some(true)));
    assert_eq!(admin.pin.as_ref().unwrap().expose(), "EXAMPLE-PIN-HASH");
    assert_eq!(admin.updated_at.unwrap().as_second(), 1700000000);
    assert_eq!(admin.restriction_profile, None);
    assert_eq!((kid.id, kid.restricted, &kid.username, &kid.email), (7654321, Some(true), &None, &None));
    assert_eq!(kid.restriction_profile, Some(RestrictionProfile::LittleKid));
    assert!(users.rejected().is_empty());
}

#[tokio::test]
async fn a_member_without_an_id_is_set_aside() {
    let body = r#"{"id":1,"users":[{"title":"nobody"},{"id":"7","restrictionProfile":"toddler"},{"id":"CANARY"}]}"#;

    let home = success("listHomeUsers", 200)
        .replying("application/json", body)
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    let users = home.users;
    assert_eq!((users.len(), users[0].id), (1, 7));
    assert_eq!(users[0].restriction_profile, Some(RestrictionProfile::Other("toddler".to_owned())));
    let reasons: Vec<_> = users.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 0: missing field `id`", "row 2: invalid type: text, expected integer at id"]);
}

#[tokio::test]
async fn members_may_come_as_a_bare_list() {
    let body = r#"[{"id":7,"title":"Kid","pin":"EXAMPLE-PIN-HASH"},{"title":"nobody"},{"id":"8"}]"#;

    let home = success("listHomeUsers", 200)
        .replying("application/json", body)
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    let numbers: Vec<_> = home.users.iter().map(|user| user.id).collect();
    assert_eq!((numbers, home.id, home.name), (vec![7, 8], None, None));
    assert_eq!(home.users[0].pin.as_ref().unwrap().expose(), "EXAMPLE-PIN-HASH");
    let reasons: Vec<_> = home.users.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 1: missing field `id`"]);
}

#[tokio::test]
async fn no_members_may_come_as_an_empty_bare_list() {
    let home = success("listHomeUsers", 200)
        .replying("application/json", "[]")
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    assert!(home.users.is_empty() && home.users.rejected().is_empty());
}

#[tokio::test]
async fn a_bare_list_is_an_error_where_plex_tv_never_sends_one() {
    let (client, server) = harness().await;
    Recorder::mount(&server, &Reply::new(200, "application/json", r#"[{"id":7}]"#)).await;

    let home = client.v2().get_home_data().send().await.unwrap_err();
    let user = client.v2().get_user_details().send().await.unwrap_err();
    let provider = client.discover().get_discover_provider().send().await.unwrap_err();

    for error in [home, user, provider] {
        assert!(error.is_decode() && error.to_string().contains("list"), "{error}");
    }
}

#[tokio::test]
async fn a_home_may_come_without_its_members() {
    let home = success("listHomeUsers", 200)
        .replying("application/json", r#"{"id":1}"#)
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    assert!(home.users.is_empty());
}

#[tokio::test]
async fn members_of_an_account_without_a_home_are_not_found() {
    let error = failure("listHomeUsers", 404, 1002)
        .sends("GET /home/users", NO_BODY)
        .call(async |api| api.list_home_users().send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn a_managed_user_is_created_from_the_query_alone() {
    let line = "POST /home/users/restricted?friendlyName=Kid+%26+Co&restrictionProfile=little_kid\
                &sharingSettings%5BallowSync%5D=0&sharingSettings%5BallowTuners%5D=2";

    let user = success("createManagedUser", 201)
        .sends(line, NO_BODY)
        .call(async |api| {
            api.create_managed_user("Kid & Co")
                .restriction_profile(RestrictionProfile::LittleKid)
                .sharing_settings_allow_tuners(2)
                .sharing_settings_allow_sync(false)
                .send_with_response()
                .await
        })
        .await;

    assert_eq!((user.id, user.restricted, user.has_password), (7654321, Some(true), Some(false)));
    assert_eq!(user.restriction_profile, Some(RestrictionProfile::LittleKid));
    assert_eq!((&user.email, &user.pin), (&None, &None));
}

#[tokio::test]
async fn a_managed_user_needs_no_more_than_a_name() {
    let user = success("createManagedUser", 200)
        .sends("POST /home/users/restricted?friendlyName=Kid", NO_BODY)
        .call(async |api| api.create_managed_user("Kid").send_with_response().await)
        .await;

    assert_eq!(user.uuid.as_deref(), Some("fedcba9876543210"));
    assert_eq!(user.title.as_deref(), Some("Kid"));
}

#[tokio::test]
async fn managed_users_need_a_plex_pass() {
    let error = failure("createManagedUser", 403, 1012)
        .sends("POST /home/users/restricted?friendlyName=Kid", NO_BODY)
        .call(async |api| api.create_managed_user("Kid").send_with_response().await)
        .await;

    assert!(error.is_plex_pass_required() && error.is_forbidden());
}

#[tokio::test]
async fn an_age_profile_is_set_by_a_body() {
    let body = Body::Json(r#"{"userId":7654321,"restrictionProfile":"teen"}"#);
    for status in [200, 201, 204] {
        success("setManagedUserRestrictionProfile", status)
            .sends("POST /home/users/restricted/profile", body)
            .call(async |api| {
                api.set_managed_user_restriction_profile(
                    SetManagedUserRestrictionProfileBody::new(7654321).restriction_profile(RestrictionProfile::Teen),
                )
                .send_with_response()
                .await
            })
            .await;
    }
}

#[tokio::test]
async fn a_body_without_a_profile_clears_it() {
    success("setManagedUserRestrictionProfile", 204)
        .sends("POST /home/users/restricted/profile", Body::Json(r#"{"userId":7654321}"#))
        .call(async |api| {
            api.set_managed_user_restriction_profile(SetManagedUserRestrictionProfileBody::new(7654321))
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn setting_an_age_profile_with_an_expired_jwt_is_an_auth_error() {
    let error = failure("setManagedUserRestrictionProfile", 498, None)
        .sends("POST /home/users/restricted/profile", Body::Json(r#"{"userId":1}"#))
        .call(async |api| {
            api.set_managed_user_restriction_profile(SetManagedUserRestrictionProfileBody::new(1))
                .send_with_response()
                .await
        })
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn the_name_and_pin_of_a_managed_user_are_set_in_the_query() {
    for status in [200, 201, 204] {
        success("updateManagedUser", status)
            .sends("POST /home/users/restricted/7654321?friendlyName=Kid+2&pin=EXAMPLE-1234", NO_BODY)
            .call(async |api| {
                api.update_managed_user(7654321).friendly_name("Kid 2").pin("EXAMPLE-1234").send_with_response().await
            })
            .await;
    }
}

#[tokio::test]
async fn a_pin_is_removed_by_a_flag() {
    success("updateManagedUser", 201)
        .sends("POST /home/users/restricted/7654321?removePin=1", NO_BODY)
        .call(async |api| api.update_managed_user(7654321).remove_pin(true).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_pin_without_four_digits_is_refused() {
    let error = failure("updateManagedUser", 422, 1038)
        .sends("POST /home/users/restricted/7654321?pin=12345", NO_BODY)
        .call(async |api| api.update_managed_user(7654321).pin("12345").send_with_response().await)
        .await;

    assert_eq!(error.code(), Some(PlexCode::PinNotFourDigits));
    assert!(!error.is_home_pin_required() && !error.is_retryable());
}

#[tokio::test]
async fn a_member_leaves_with_and_without_a_body() {
    success("removeHomeUser", 204)
        .sends("DELETE /home/users/7654321", NO_BODY)
        .call(async |api| api.remove_home_user(7654321).send_with_response().await)
        .await;
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("removeHomeUser", 200)
            .replying(kind, body)
            .sends("DELETE /home/users/7654321", NO_BODY)
            .call(async |api| api.remove_home_user(7654321).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_member_that_has_left_is_not_found() {
    let error = failure("removeHomeUser", 404, 1002)
        .sends("DELETE /home/users/7654321", NO_BODY)
        .call(async |api| api.remove_home_user(7654321).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn switching_gives_the_token_of_the_member() {
    let line = "POST /home/users/fedcba9876543210/switch?includeProviders=0&includeSettings=1\
                &includeSharedSettings=0&includeSubscriptions=1&pin=EXAMPLE-1234";

    let user = success("switchHomeUser", 201)
        .sends(line, NO_BODY)
        .call(async |api| {
            api.switch_home_user("fedcba9876543210")
                .pin("EXAMPLE-1234")
                .include_subscriptions(true)
                .include_providers(false)
                .include_settings(true)
                .include_shared_settings(false)
                .send_with_response()
                .await
        })
        .await;

    assert_eq!(user.auth_token.unwrap().expose(), "EXAMPLE-MEMBER-TOKEN");
    assert_eq!((user.id, user.home, user.home_admin), (7654321, Some(true), Some(false)));
    assert_eq!((&user.username, &user.email), (&None, &None));
    assert_eq!(user.joined_at.unwrap().as_second(), 1700000000);
    assert_eq!(user.subscription.unwrap().status, Some(SubscriptionStatus::Active));
    assert_eq!(user.custom_restrictions.unwrap().movies.as_deref(), Some("label=Kids"));
    assert!(user.profile.unwrap().default_audio_languages.is_empty());
}

#[tokio::test]
async fn switching_may_be_answered_with_200() {
    let user = success("switchHomeUser", 200)
        .sends("POST /home/users/fedcba9876543210/switch", NO_BODY)
        .call(async |api| api.switch_home_user("fedcba9876543210").send_with_response().await)
        .await;

    assert_eq!(user.auth_token.unwrap().expose(), "EXAMPLE-MEMBER-TOKEN");
    assert_eq!(user.joined_at, None);
}

#[tokio::test]
async fn switching_to_a_protected_member_needs_a_pin() {
    let error = failure("switchHomeUser", 403, 1041)
        .sends("POST /home/users/fedcba9876543210/switch", NO_BODY)
        .call(async |api| api.switch_home_user("fedcba9876543210").send_with_response().await)
        .await;

    assert!(error.is_home_pin_required() && error.is_forbidden() && !error.is_auth());
}

#[tokio::test]
async fn switching_by_account_id_or_with_a_jwt_is_refused() {
    for (status, is_forbidden) in [(422, false), (403, true)] {
        let error = failure("switchHomeUser", status, None)
            .sends("POST /home/users/7654321/switch", NO_BODY)
            .call(async |api| api.switch_home_user("7654321").send_with_response().await)
            .await;

        assert_eq!(error.is_forbidden(), is_forbidden);
        assert!(!error.is_home_pin_required() && !error.is_retryable());
    }
}
