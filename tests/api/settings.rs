use plex_tv_sdk::v2::types::UpdateUserSettingsBody;
use plex_tv_sdk::{
    PlexCode,
    v2::types::{OptOutState, SettingType},
};
use plex_tv_tests::{Body, NO_BODY, failure, success};

const UUID: &str = "0123456789abcdef";

#[tokio::test]
async fn settings_keep_json_as_text() {
    let settings = success("getUserSettings", 200)
        .sends("GET /user/settings?sharedSettings=1", NO_BODY)
        .call(async |api| api.get_user_settings().shared_settings(true).send_with_response().await)
        .await;

    let [setting] = settings.as_slice() else {
        panic!("expected one setting");
    };
    assert_eq!(setting.id, "experience");
    assert_eq!(setting.type_, Some(SettingType::Json));
    assert_eq!(setting.value.as_deref(), Some(r#"{"schemaVersion":2}"#));
    assert_eq!(setting.updated_at.unwrap().as_second(), 1681769995);
}

#[tokio::test]
async fn settings_need_a_valid_token() {
    let error = failure("getUserSettings", 401, 1001)
        .sends("GET /user/settings?sharedSettings=0", NO_BODY)
        .call(async |api| api.get_user_settings().shared_settings(false).send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn settings_are_stored_as_a_json_string_inside_the_json_body() {
    let body = Body::Json(r#"{"value":"[{\"id\":\"experience\",\"type\":\"json\",\"value\":\"{}\"}]"}"#);
    let text = r#"[{"id":"experience","type":"json","value":"{}"}]"#;
    for status in [200, 201, 204] {
        success("updateUserSettings", status)
            .sends("POST /user/settings?sharedSettings=1", body)
            .call(async |api| {
                api.update_user_settings(UpdateUserSettingsBody::new(text))
                    .shared_settings(true)
                    .send_with_response()
                    .await
            })
            .await;
    }
}

#[tokio::test]
async fn the_body_of_the_reply_to_stored_settings_is_ignored() {
    for (kind, body) in [("application/json", r#"[{"id":1}]"#), ("application/json", "[]"), ("text/html", "<html>")] {
        success("updateUserSettings", 200)
            .replying(kind, body)
            .sends("POST /user/settings", Body::Json(r#"{"value":"[]"}"#))
            .call(async |api| api.update_user_settings(UpdateUserSettingsBody::new("[]")).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_value_that_is_not_a_list_of_settings_is_refused() {
    let error = failure("updateUserSettings", 422, 1065)
        .sends("POST /user/settings?sharedSettings=0", Body::Json(r#"{"value":"no list"}"#))
        .call(async |api| {
            api.update_user_settings(UpdateUserSettingsBody::new("no list"))
                .shared_settings(false)
                .send_with_response()
                .await
        })
        .await;

    assert_eq!(error.code(), Some(PlexCode::SettingsFormat));
    assert!(!error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn opt_outs_are_a_map_by_provider() {
    let choices = success("getUserOptOutSettings", 200)
        .sends("GET /user/settings/opt_outs", NO_BODY)
        .call(async |api| api.get_user_opt_out_settings().send_with_response().await)
        .await;

    assert_eq!(choices.len(), 6);
    let music = &choices["tv.plex.provider.music"];
    assert_eq!(*music, OptOutState::OptOut);
    let vod = &choices["tv.plex.provider.vod"];
    assert_eq!(*vod, OptOutState::OptOutManaged);
}

#[tokio::test]
async fn opt_outs_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getUserOptOutSettings", 429, 1003)
        .sends("GET /user/settings/opt_outs", NO_BODY)
        .call(async |api| api.get_user_opt_out_settings().send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn opt_outs_of_one_user_are_a_list() {
    let choices = success("getUserOptOuts", 200)
        .sends("GET /user/0123456789abcdef/settings/opt_outs", NO_BODY)
        .call(async |api| api.get_user_opt_outs(UUID).send_with_response().await)
        .await;

    let choices: Vec<_> = choices.iter().map(|one| (&*one.key, &one.value)).collect();
    let wanted =
        [("tv.plex.provider.vod", &Some(OptOutState::OptIn)), ("tv.plex.provider.music", &Some(OptOutState::OptOut))];
    assert_eq!(choices, wanted);
}

#[tokio::test]
async fn opt_outs_of_one_user_need_a_token() {
    let error = failure("getUserOptOuts", 401, 1001)
        .sends("GET /user/0123456789abcdef/settings/opt_outs", NO_BODY)
        .call(async |api| api.get_user_opt_outs(UUID).send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn an_opt_out_is_sent_in_the_query() {
    for status in [200, 201, 204] {
        success("updateUserOptOut", status)
            .sends(
                "POST /user/0123456789abcdef/settings/opt_outs?key=tv.plex.provider.vod&value=opt_out_managed",
                NO_BODY,
            )
            .call(async |api| {
                api.update_user_opt_out(UUID, "tv.plex.provider.vod", OptOutState::OptOutManaged)
                    .send_with_response()
                    .await
            })
            .await;
    }
}

#[tokio::test]
async fn an_opt_out_that_the_provider_does_not_accept_is_refused() {
    let error = failure("updateUserOptOut", 400, 1004)
        .sends("POST /user/0123456789abcdef/settings/opt_outs?key=a%26b+%3D&value=opt_later", NO_BODY)
        .call(async |api| api.update_user_opt_out(UUID, "a&b =", "opt_later").send_with_response().await)
        .await;

    assert!(!error.is_auth() && !error.is_retryable());
}
