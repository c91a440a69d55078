use plex_tv_sdk::PlexCode;
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn the_cloud_server_is_read_from_xml() {
    let cloud = success("getCloudServer", 200)
        .sends("GET /cloud_server", NO_BODY)
        .call(async |api| api.get_cloud_server().send_with_response().await)
        .await;

    let [server] = &*cloud.server else {
        panic!("expected one server");
    };
    assert_eq!(cloud.running, Some(true));
    assert_eq!(server.address.as_deref(), Some("203.0.113.7"));
}

#[tokio::test]
async fn a_cloud_server_that_does_not_run_has_no_address() {
    let cloud = success("getCloudServer", 200)
        .replying("application/xml", r#"<info running="0" since="2018"/>"#)
        .sends("GET /cloud_server", NO_BODY)
        .call(async |api| api.get_cloud_server().send_with_response().await)
        .await;

    assert_eq!(cloud.running, Some(false));
    assert!(cloud.server.is_empty());
    assert_eq!(cloud.extra["since"], "2018");
}

#[tokio::test]
async fn two_cloud_servers_are_both_read() {
    let xml = r#"<info running="true"><server address="203.0.113.7"/><server address="203.0.113.8" port="1"/></info>"#;

    let cloud = success("getCloudServer", 200)
        .replying("application/xml", xml)
        .sends("GET /cloud_server", NO_BODY)
        .call(async |api| api.get_cloud_server().send_with_response().await)
        .await;

    let addresses: Vec<_> = cloud.server.iter().map(|server| server.address.as_deref()).collect();
    assert_eq!(addresses, [Some("203.0.113.7"), Some("203.0.113.8")]);
    assert_eq!(cloud.server[1].extra["port"], "1");
}

#[tokio::test]
async fn an_account_without_a_cloud_server_gets_not_found() {
    let error = failure("getCloudServer", 404, 1002)
        .sends("GET /cloud_server", NO_BODY)
        .call(async |api| api.get_cloud_server().send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn release_channels_keep_all_their_members() {
    let channels = success("getReleaseChannels", 200)
        .sends("GET /release_channels", NO_BODY)
        .call(async |api| api.get_release_channels().send_with_response().await)
        .await;

    let seen: Vec<_> = channels.iter().map(|channel| (channel["id"].as_str(), channel["title"].as_str())).collect();
    assert_eq!(seen, [(Some("public"), Some("Public")), (Some("beta"), Some("Beta"))]);
}

#[tokio::test]
async fn release_channels_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getReleaseChannels", 429, 1003)
        .sends("GET /release_channels", NO_BODY)
        .call(async |api| api.get_release_channels().send_with_response().await)
        .await;

    assert!(error.is_rate_limited() && error.is_retryable());
}

#[tokio::test]
async fn a_server_reads_itself_with_all_its_members() {
    let server = success("getUserServer", 200)
        .sends("GET /server", NO_BODY)
        .call(async |api| api.get_user_server().send_with_response().await)
        .await;

    assert_eq!(server.len(), 2);
    assert_eq!(server["name"], "Example Server");
    assert_eq!(server["machineIdentifier"], "0123456789abcdef0123456789abcdef01234567");
}

#[tokio::test]
async fn the_tokens_of_a_server_are_hidden_and_dated() {
    let tokens = success("getServerAccessTokens", 200)
        .sends("GET /server/access_tokens", NO_BODY)
        .call(async |api| api.get_server_access_tokens().send_with_response().await)
        .await;

    let [server, phone] = &*tokens else {
        panic!("expected two tokens");
    };
    assert_eq!(server.type_.as_deref(), Some("server"));
    assert_eq!(server.token.as_ref().unwrap().expose(), "EXAMPLE-SERVER-TOKEN");
    assert_eq!((server.owned, &server.device), (Some(true), &None));
    assert_eq!(server.created_at.unwrap().to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(phone.device.as_deref(), Some("Example Phone"));
    assert!(!format!("{tokens:?}").contains("TOKEN"), "{tokens:?}");
    assert!(tokens.rejected().is_empty());
}

#[tokio::test]
async fn an_access_token_may_have_a_date_in_seconds_and_undescribed_members() {
    let body = r#"[{"token":"EXAMPLE-A","createdAt":1704067200,"invited":{"id":7}},"CANARY",{"token":"EXAMPLE-B"}]"#;

    let tokens = success("getServerAccessTokens", 200)
        .replying("application/json", body)
        .sends("GET /server/access_tokens", NO_BODY)
        .call(async |api| api.get_server_access_tokens().send_with_response().await)
        .await;

    assert_eq!(tokens[0].created_at.unwrap().to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(tokens[0].extra["invited"]["id"], 7);
    assert_eq!((tokens.len(), tokens[1].created_at), (2, None));
    let [rejected] = tokens.rejected() else {
        panic!("expected one row set aside");
    };
    assert_eq!(rejected.index(), 1);
    assert!(!rejected.reason().contains("CANARY"), "{rejected}");
}

#[tokio::test]
async fn the_token_of_the_server_may_go_into_the_query() {
    success("getServerAccessTokens", 200)
        .sends("GET /server/access_tokens?auth_token=EXAMPLE-SERVER-TOKEN", NO_BODY)
        .call(async |api| api.get_server_access_tokens().auth_token("EXAMPLE-SERVER-TOKEN").send_with_response().await)
        .await;
}

#[tokio::test]
async fn features_are_listed_for_each_user_of_a_server() {
    let users = success("getServerUserFeatures", 200)
        .sends("GET /server/users/features", NO_BODY)
        .call(async |api| api.get_server_user_features().send_with_response().await)
        .await;

    let [owner, friend] = &*users else {
        panic!("expected two users");
    };
    assert_eq!((owner.id, friend.id), (1234567, 7654321));
    assert_eq!(owner.features, ["companions_sonos", "webhooks"]);
    assert!(friend.features.is_empty());
    assert!(users.rejected().is_empty());
}

#[tokio::test]
async fn a_user_without_an_id_is_set_aside() {
    let users = success("getServerUserFeatures", 200)
        .replying("application/json", r#"[{"features":["a"]},{"id":"7","features":null}]"#)
        .sends("GET /server/users/features", NO_BODY)
        .call(async |api| api.get_server_user_features().send_with_response().await)
        .await;

    assert_eq!((users.len(), users[0].id), (1, 7));
    let reasons: Vec<_> = users.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 0: missing field `id`"]);
}

#[tokio::test]
async fn calls_for_servers_refuse_the_token_of_a_user() {
    let server = failure("getUserServer", 403, 1080)
        .sends("GET /server", NO_BODY)
        .call(async |api| api.get_user_server().send_with_response().await)
        .await;
    let tokens = failure("getServerAccessTokens", 403, 1080)
        .sends("GET /server/access_tokens", NO_BODY)
        .call(async |api| api.get_server_access_tokens().send_with_response().await)
        .await;
    let features = failure("getServerUserFeatures", 403, 1080)
        .sends("GET /server/users/features", NO_BODY)
        .call(async |api| api.get_server_user_features().send_with_response().await)
        .await;

    for error in [server, tokens, features] {
        assert_eq!(error.code(), Some(PlexCode::ServerTokenRequired));
        assert!(error.is_forbidden() && !error.is_auth() && !error.is_retryable());
    }
}
