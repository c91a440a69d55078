use plex_tv_sdk::{
    ByteStream,
    v1::types::{AnnouncementStyle, MailingListStatus, SubscriptionStatus},
};
use plex_tv_tests::{NO_BODY, Recorder, Reply, TOKEN, failure, harness, success};

async fn bytes(mut stream: ByteStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        bytes.extend(chunk);
    }
    bytes
}

#[tokio::test]
async fn the_public_address_comes_as_text_without_a_token() {
    let address = success("getPublicIp", 200)
        .replying("text/plain", "203.0.113.7\n")
        .sends("GET /:/ip", NO_BODY)
        .call_v1(async |api| api.get_public_ip().send_with_response().await)
        .await;

    let address = String::from_utf8(bytes(address).await).unwrap();
    assert_eq!(address.trim(), "203.0.113.7");
}

#[tokio::test]
async fn the_public_address_asked_for_too_often_is_a_rate_limit() {
    let error = failure("getPublicIp", 429, 1003)
        .sends("GET /:/ip", NO_BODY)
        .call_v1(async |api| api.get_public_ip().send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn announcements_show_whether_they_were_read() {
    let reply = success("getAnnouncements", 200)
        .sends("GET /api/announcements", NO_BODY)
        .call_v1(async |api| api.get_announcements().send_with_response().await)
        .await;

    assert_eq!((reply.total_size, reply.size), (Some(2), Some(2)));
    let [new, old] = &*reply.announcement else {
        panic!("expected two announcements");
    };
    assert_eq!((new.id, new.read), (101, Some(false)));
    assert_eq!(new.style, Some(AnnouncementStyle::Info));
    assert_eq!(new.content.as_deref(), Some("There is <b>something new</b> to try."));
    assert_eq!(new.expire_at.unwrap().as_second(), 0);
    assert_eq!((old.id, old.read), (100, Some(true)));
    assert_eq!(old.style, Some(AnnouncementStyle::Priority));
    assert_eq!(old.notify_at.unwrap().as_second(), 1690000000);
}

#[tokio::test]
async fn announcements_for_an_expired_jwt_are_an_auth_error() {
    let error = failure("getAnnouncements", 498, None)
        .sends("GET /api/announcements", NO_BODY)
        .call_v1(async |api| api.get_announcements().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn an_announcement_is_marked_by_a_flag() {
    for (read, line) in [(true, "PUT /api/announcements/101?read=1"), (false, "PUT /api/announcements/101?read=0")] {
        let reply = success("updateAnnouncement", 200)
            .sends(line, NO_BODY)
            .call_v1(async |api| api.update_announcement(101, read).send_with_response().await)
            .await;

        assert_eq!((reply.code, reply.status.as_deref()), (Some(200), Some("OK")));
    }
}

#[tokio::test]
async fn an_announcement_without_a_client_identifier_is_refused() {
    let error = failure("updateAnnouncement", 400, 1000)
        .sends("PUT /api/announcements/7?read=1", NO_BODY)
        .call_v1(async |api| api.update_announcement(7, true).send_with_response().await)
        .await;

    assert!(!error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn providers_come_as_json_with_their_tokens() {
    let providers = success("getMediaProviders", 200)
        .sends("GET /media/providers", NO_BODY)
        .call_v1(async |api| api.get_media_providers().send_with_response().await)
        .await;

    let [discover, vod] = &**providers else {
        panic!("expected two providers");
    };
    assert_eq!(discover.identifier, "tv.plex.provider.discover");
    assert_eq!(discover.base_url.as_deref(), Some("https://discover.provider.plex.tv"));
    assert_eq!(discover.source_title, None);
    assert_eq!(vod.source_title.as_deref(), Some("On Plex"));
    assert_eq!(vod.token.as_ref().unwrap().expose(), "EXAMPLE-PROVIDER-TOKEN");
}

#[tokio::test]
async fn providers_need_a_valid_token() {
    let error = failure("getMediaProviders", 401, 1001)
        .sends("GET /media/providers", NO_BODY)
        .call_v1(async |api| api.get_media_providers().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
#[allow(deprecated, reason = "the call still works, and tools still use it")]
async fn the_account_is_read_from_attributes_and_children() {
    let user = success("getAccountXml", 200)
        .sends("GET /users/account", NO_BODY)
        .call_v1(async |api| api.get_account_xml().send_with_response().await)
        .await;

    assert_eq!((user.id, user.home_size, user.max_home_size), (1234567, Some(2), Some(15)));
    assert_eq!((user.home_admin, user.guest, user.confirmed), (Some(true), Some(false), Some(true)));
    assert_eq!(user.joined_at.unwrap().as_second(), 1556281940);
    assert_eq!(user.auth_token.as_ref().unwrap().expose(), TOKEN);
    assert_eq!(user.authentication_token, user.auth_token);
    assert_eq!(user.mailing_list_status, Some(MailingListStatus::Active));
    assert_eq!(user.scrobble_types.as_deref(), Some(""));
    let subscription = user.subscription.unwrap();
    assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    assert_eq!(subscription.subscribed_at.unwrap().to_string(), "2023-03-24T00:00:00Z");
    let features = subscription.features.unwrap().feature;
    let features: Vec<_> = features.iter().map(|feature| feature.id.as_deref()).collect();
    assert_eq!(features, [Some("companions_sonos"), Some("webhooks")]);
    let profile = user.profile.unwrap();
    assert_eq!((profile.auto_select_audio, profile.auto_select_subtitle), (Some(true), Some(1)));
    assert_eq!(user.entitlements.unwrap().entitlement[0].id.as_deref(), Some("all"));
    assert_eq!(user.roles.unwrap().role[0].id.as_deref(), Some("plexpass"));
    assert!(user.extra.is_empty());
}

#[tokio::test]
#[allow(deprecated, reason = "the call still works, and tools still use it")]
async fn the_account_is_read_as_json_too() {
    let reply = success("getAccountJson", 200)
        .sends("GET /users/account.json", NO_BODY)
        .call_v1(async |api| api.get_account_json().send_with_response().await)
        .await;

    assert_eq!(reply.user.id, 1234567);
    assert_eq!(reply.user.confirmed_at.unwrap().to_string(), "2019-04-26T12:25:00Z");
    assert_eq!(reply.user.subscription.unwrap().plan.as_deref(), Some("lifetime"));
}

#[tokio::test]
#[allow(deprecated, reason = "the calls still work, and tools still use them")]
async fn the_account_needs_a_valid_token() {
    let xml = failure("getAccountXml", 401, 1001)
        .sends("GET /users/account", NO_BODY)
        .call_v1(async |api| api.get_account_xml().send_with_response().await)
        .await;
    let json = failure("getAccountJson", 498, None)
        .sends("GET /users/account.json", NO_BODY)
        .call_v1(async |api| api.get_account_json().send_with_response().await)
        .await;

    assert!(xml.is_auth() && json.is_auth());
}

#[tokio::test]
async fn an_avatar_comes_as_bytes_without_a_token() {
    let avatar = success("getUserAvatar", 200)
        .sends("GET /users/0123456789abcdef/avatar?c=1710000000", NO_BODY)
        .call_v1(async |api| api.get_user_avatar("0123456789abcdef").c(1710000000).send_with_response().await)
        .await;

    assert_eq!(bytes(avatar).await, b"EXAMPLE-BYTES");
}

#[tokio::test]
async fn too_many_avatars_are_a_rate_limit() {
    let error = failure("getUserAvatar", 429, 1003)
        .sends("GET /users/0123456789abcdef/avatar", NO_BODY)
        .call_v1(async |api| api.get_user_avatar("0123456789abcdef").send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn an_avatar_on_another_host_is_a_redirect_that_names_the_host() {
    let (client, server) = harness().await;
    let elsewhere = "https://images.example.com/avatar.png?c=1".to_owned();
    let reply = Reply { headers: vec![("location", elsewhere)], ..Reply::empty(302) };
    let recorder = Recorder::mount(&server, &reply).await;

    let error = client.v1().get_user_avatar("0123456789abcdef").send_with_response().await.err().unwrap();

    assert!(error.is_redirect(), "{error}");
    assert!(error.to_string().contains("https://images.example.com"), "{error}");
    assert_eq!(recorder.requests().len(), 1);
}
