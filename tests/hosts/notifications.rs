use plex_tv_sdk::notifications::types::{
    NotificationGroup, NotificationIdentifier, PushNotificationData, PushNotificationMetadata, PushNotificationPlayer,
    PushNotificationProvider, PushNotificationUser, SendPushNotificationBody, UpdateNotificationSettingsBody,
};
use plex_tv_tests::{Body, failure, success};

fn message() -> SendPushNotificationBody {
    let data = PushNotificationData::new(PushNotificationProvider::new("0123", "Example Server"));
    SendPushNotificationBody::new(
        NotificationGroup::Media,
        NotificationIdentifier::TvPlexNotificationLibraryNew,
        [7654322, 7],
        data,
    )
}

const LEAST: &str = r#"{"group":"media","identifier":"tv.plex.notification.library.new","data":{"provider":{"identifier":"0123","title":"Example Server"}},"to":[7654322,7]}"#;

#[tokio::test]
async fn a_message_goes_to_users_by_their_numbers() {
    for status in [200, 201] {
        success("sendPushNotification", status)
            .sends("POST /api/v1/notifications", Body::Json(LEAST))
            .call_notifications(async |api| api.send_push_notification(message()).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_message_may_name_item_player_and_user() {
    let body = r#"{"group":"admin","identifier":"tv.plex.notification.tomorrow","data":{"provider":{"identifier":"0123","title":"Example Server"},"player":{"title":"Desk","platform":"Linux","machineIdentifier":"c0ffee"},"user":{"title":"Friend","id":7},"count":2},"to":[],"metadata":{"title":"A text of one's own","index":1,"parentIndex":2,"grandparentTitle":"Example Show"},"uri":"server://0123/x","play":true}"#;
    let player = PushNotificationPlayer::new().title("Desk").platform("Linux").machine_identifier("c0ffee");
    let data = PushNotificationData::new(PushNotificationProvider::new("0123", "Example Server"))
        .count(2)
        .player(player)
        .user(PushNotificationUser::new().id(7).title("Friend"));
    let metadata = PushNotificationMetadata::new()
        .title("A text of one's own")
        .index(1)
        .parent_index(2)
        .grandparent_title("Example Show");
    let message = SendPushNotificationBody::new("admin", "tv.plex.notification.tomorrow", [], data)
        .metadata(metadata)
        .uri("server://0123/x")
        .play(true);

    success("sendPushNotification", 200)
        .sends("POST /api/v1/notifications", Body::Json(body))
        .call_notifications(async |api| api.send_push_notification(message).send_with_response().await)
        .await;
}

#[tokio::test]
async fn the_body_of_a_success_is_ignored() {
    for (kind, body) in [("text/plain", "OK"), ("application/json", "[7]"), ("text/html", "<p>")] {
        success("sendPushNotification", 201)
            .replying(kind, body)
            .sends("POST /api/v1/notifications", Body::Json(LEAST))
            .call_notifications(async |api| api.send_push_notification(message()).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_message_needs_the_token_of_the_server() {
    let error = failure("sendPushNotification", 401, None)
        .sends("POST /api/v1/notifications", Body::Json(LEAST))
        .call_notifications(async |api| api.send_push_notification(message()).send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_retryable());
}

fn settings() -> UpdateNotificationSettingsBody {
    UpdateNotificationSettingsBody::new(
        false,
        Vec::<String>::new(),
        NotificationIdentifier::TvPlexNotificationDeviceNew,
    )
}

const SETTINGS: &str = r#"{"enabled":false,"identifier":"tv.plex.notification.device.new","libraries":[]}"#;

#[tokio::test]
async fn a_kind_of_message_is_switched_off_with_an_empty_list_of_libraries() {
    success("updateNotificationSettings", 200)
        .sends("POST /api/v1/notifications/settings", Body::Json(SETTINGS))
        .call_notifications(async |api| api.update_notification_settings(settings()).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_kind_of_message_is_not_switched_without_a_token() {
    let error = failure("updateNotificationSettings", 401, None)
        .sends("POST /api/v1/notifications/settings", Body::Json(SETTINGS))
        .call_notifications(async |api| api.update_notification_settings(settings()).send_with_response().await)
        .await;

    assert!(error.is_auth());
}
