use plex_tv_sdk::v2::types::UpdatePrivacySettingsBody;
use plex_tv_sdk::{
    PlexCode,
    v2::types::{GeoFlag, MailingListStatus, PrivacyMetricStatus, SettingType, SubscriptionState, SubscriptionStatus},
};
use plex_tv_tests::{Body, NO_BODY, TOKEN, failure, success};

#[tokio::test]
async fn companions_come_with_their_tokens() {
    let companions = success("getCompanionsData", 200)
        .sends("GET /companions", NO_BODY)
        .call(async |api| api.get_companions_data().send_with_response().await)
        .await;

    let sonos = &companions[0];
    assert_eq!(sonos.identifier, "tv.plex.sonos");
    assert_eq!(sonos.base_url.as_deref(), Some("https://sonos.example.com"));
    assert_eq!(sonos.provides.as_deref(), Some("client,player"));
    let token = sonos.token.as_ref().unwrap();
    assert_eq!(token.expose(), "EXAMPLE-COMPANION-TOKEN");
}

#[tokio::test]
async fn companions_need_a_valid_token() {
    let error = failure("getCompanionsData", 401, 1001)
        .sends("GET /companions", NO_BODY)
        .call(async |api| api.get_companions_data().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn features_have_a_name_and_an_identifier() {
    let features = success("getFeatures", 200)
        .sends("GET /features", NO_BODY)
        .call(async |api| api.get_features().send_with_response().await)
        .await;

    let names: Vec<_> = features.iter().map(|feature| &feature.id).collect();
    assert_eq!(names, ["companions_sonos", "webhooks"]);
    let uuid = features[1].uuid.as_deref();
    assert_eq!(uuid, Some("00000000-0000-0000-0000-000000000002"));
}

#[tokio::test]
async fn features_for_an_expired_jwt_are_an_auth_error() {
    let error = failure("getFeatures", 498, None)
        .sends("GET /features", NO_BODY)
        .call(async |api| api.get_features().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_place_is_looked_up_by_address_without_a_token() {
    let place = success("getGeoData", 200)
        .sends("GET /geoip?ip_address=2001%3Adb8%3A%3A7", NO_BODY)
        .call(async |api| api.get_geo_data().ip_address("2001:db8::7").send_with_response().await)
        .await;

    assert_eq!(place.code.as_deref(), Some("GB"));
    assert_eq!(place.postal_code.as_deref(), Some("SW1A"));
    assert_eq!(place.in_privacy_restricted_region, Some(GeoFlag::False));
}

#[tokio::test]
async fn a_place_may_come_with_numbers_and_real_booleans() {
    let body = r#"{"postal_code":94124,"european_union_member":false,"in_privacy_restricted_country":true,"in_privacy_restricted_region":"Unknown"}"#;

    let place = success("getGeoData", 200)
        .replying("text/json", body)
        .sends("GET /geoip", NO_BODY)
        .call(async |api| api.get_geo_data().send_with_response().await)
        .await;

    assert_eq!(place.postal_code.as_deref(), Some("94124"));
    assert_eq!(place.european_union_member, Some(GeoFlag::False));
    assert_eq!(place.in_privacy_restricted_country, Some(GeoFlag::True));
    assert_eq!(place.in_privacy_restricted_region, Some(GeoFlag::Unknown));
}

#[tokio::test]
async fn an_invalid_address_is_refused() {
    let error = failure("getGeoData", 422, None)
        .sends("GET /geoip?ip_address=", NO_BODY)
        .call(async |api| api.get_geo_data().ip_address("").send_with_response().await)
        .await;

    assert!(!error.is_retryable());
}

#[tokio::test]
async fn the_account_is_read_with_all_its_parts() {
    let user = success("getUserDetails", 200)
        .sends("GET /user", NO_BODY)
        .call(async |api| api.get_user_details().send_with_response().await)
        .await;

    assert_eq!(user.id, 1234567);
    assert_eq!(user.auth_token.unwrap().expose(), TOKEN);
    assert_eq!(user.mailing_list_status, Some(MailingListStatus::Active));
    assert_eq!(user.anonymous, None);
    assert_eq!(user.ads_consent, Some(true));
    let subscription = user.subscription.unwrap();
    assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    assert_eq!(subscription.features, ["companions_sonos", "webhooks"]);
    let (current, past) = (&user.subscriptions[0], &user.past_subscriptions[0]);
    assert_eq!(current.renews_at.unwrap().as_second(), 1806019200);
    let billing = current.billing.as_ref().unwrap();
    assert_eq!(billing.payment_method_id.as_deref(), Some("42"));
    assert_eq!(past.state, Some(SubscriptionState::Ended));
    assert_eq!(user.settings[0].type_, Some(SettingType::Json));
    let profile = user.profile.unwrap();
    assert_eq!(profile.default_audio_languages, ["en", "fr"]);
    assert_eq!(profile.auto_select_subtitle, Some(1));
    let restrictions = user.custom_restrictions.unwrap();
    assert_eq!(restrictions.movies.as_deref(), Some("label=Example"));
}

#[tokio::test]
async fn flags_of_the_account_are_sent_as_0_and_1() {
    success("getUserDetails", 200)
        .sends("GET /user?includeProviders=0&includeSettings=1&includeSharedSettings=1&includeSubscriptions=0", NO_BODY)
        .call(async |api| {
            api.get_user_details()
                .include_subscriptions(false)
                .include_settings(true)
                .include_shared_settings(true)
                .include_providers(false)
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn reading_the_account_without_a_client_identifier_is_refused() {
    let error = failure("getUserDetails", 400, 1000)
        .sends("GET /user?includeSettings=1", NO_BODY)
        .call(async |api| api.get_user_details().include_settings(true).send_with_response().await)
        .await;

    assert!(!error.is_auth());
    let message = error.plex_errors()[0].message();
    assert_eq!(message, Some("X-Plex-Client-Identifier is missing"));
}

#[tokio::test]
async fn privacy_is_read_with_its_metrics() {
    let privacy = success("getPrivacySettings", 200)
        .sends("GET /user/privacy", NO_BODY)
        .call(async |api| api.get_privacy_settings().send_with_response().await)
        .await;

    assert_eq!(privacy.opt_out_playback, Some(false));
    assert_eq!(privacy.opt_out_library_stats, Some(true));
    let status = privacy.metrics[0].status.as_ref();
    assert_eq!(status, Some(&PrivacyMetricStatus::Anonymous));
}

#[tokio::test]
async fn privacy_needs_a_valid_token() {
    let error = failure("getPrivacySettings", 401, 1001)
        .sends("GET /user/privacy", NO_BODY)
        .call(async |api| api.get_privacy_settings().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn privacy_is_set_by_flags_in_a_form() {
    let form = Body::Form("optOutLibraryStats=0&optOutPlayback=1");
    for status in [200, 204] {
        success("updatePrivacySettings", status)
            .sends("PUT /user/privacy", form)
            .call(async |api| {
                api.update_privacy_settings(
                    UpdatePrivacySettingsBody::new().opt_out_playback(true).opt_out_library_stats(false),
                )
                .send_with_response()
                .await
            })
            .await;
    }
}

#[tokio::test]
async fn one_opt_out_may_be_set_alone() {
    success("updatePrivacySettings", 204)
        .sends("PUT /user/privacy", Body::Form("optOutPlayback=0"))
        .call(async |api| {
            api.update_privacy_settings(UpdatePrivacySettingsBody::new().opt_out_playback(false))
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn setting_privacy_too_often_is_a_rate_limit() {
    let error = failure("updatePrivacySettings", 429, 1003)
        .sends("PUT /user/privacy", Body::Form("optOutPlayback=1"))
        .call(async |api| {
            api.update_privacy_settings(UpdatePrivacySettingsBody::new().opt_out_playback(true))
                .send_with_response()
                .await
        })
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn the_playback_preferences_are_read_on_their_own() {
    let profile = success("getUserProfile", 200)
        .sends("GET /user/profile", NO_BODY)
        .call(async |api| api.get_user_profile().send_with_response().await)
        .await;

    assert_eq!((profile.auto_select_audio, profile.auto_select_subtitle), (Some(true), Some(1)));
    assert_eq!(profile.default_audio_languages, ["en", "fr"]);
    assert_eq!(profile.default_subtitle_language, None);
}

#[tokio::test]
async fn the_playback_preferences_need_a_token() {
    let error = failure("getUserProfile", 401, 1001)
        .sends("GET /user/profile", NO_BODY)
        .call(async |api| api.get_user_profile().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn only_the_preferences_that_change_are_sent_in_the_query_without_a_body() {
    for status in [200, 204] {
        success("updateUserProfile", status)
            .sends("PUT /user/profile?autoSelectAudio=0&autoSelectSubtitle=1&defaultAudioLanguage=fr", NO_BODY)
            .call(async |api| {
                api.update_user_profile()
                    .auto_select_audio(false)
                    .auto_select_subtitle(1)
                    .default_audio_language("fr")
                    .maybe_watched_indicator(None)
                    .send_with_response()
                    .await
            })
            .await;
    }
}

#[tokio::test]
async fn an_empty_string_unsets_a_language() {
    success("updateUserProfile", 204)
        .sends("PUT /user/profile?defaultSubtitleLanguage=", NO_BODY)
        .call(async |api| api.update_user_profile().default_subtitle_language("").send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_malformed_preference_is_refused() {
    let error = failure("updateUserProfile", 400, 1004)
        .sends("PUT /user/profile?watchedIndicator=-1", NO_BODY)
        .call(async |api| api.update_user_profile().watched_indicator(-1).send_with_response().await)
        .await;

    assert_eq!(error.code(), Some(PlexCode::BadParameter));
    assert!(!error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn consent_is_read() {
    let sync = success("getViewStateSync", 200)
        .sends("GET /user/view_state_sync", NO_BODY)
        .call(async |api| api.get_view_state_sync().send_with_response().await)
        .await;

    assert_eq!(sync.consent, Some(true));
}

#[tokio::test]
async fn consent_for_an_expired_jwt_is_an_auth_error() {
    let error = failure("getViewStateSync", 498, None)
        .sends("GET /user/view_state_sync", NO_BODY)
        .call(async |api| api.get_view_state_sync().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn consent_is_sent_as_true_or_false() {
    success("updateViewStateSync", 204)
        .sends("PUT /user/view_state_sync?consent=true", NO_BODY)
        .call(async |api| api.update_view_state_sync(true).send_with_response().await)
        .await;
    success("updateViewStateSync", 200)
        .sends("PUT /user/view_state_sync?consent=false", NO_BODY)
        .call(async |api| api.update_view_state_sync(false).send_with_response().await)
        .await;
}

#[tokio::test]
async fn setting_consent_needs_a_valid_token() {
    let error = failure("updateViewStateSync", 401, 1001)
        .sends("PUT /user/view_state_sync?consent=true", NO_BODY)
        .call(async |api| api.update_view_state_sync(true).send_with_response().await)
        .await;

    assert!(error.is_auth());
}
