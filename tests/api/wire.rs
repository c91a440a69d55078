//! Rules for the requests and replies of all operations.

use plex_tv_openapi::Auth;
use plex_tv_sdk::{
    ByteStream, Client, Error, Operation, discover, epg, notifications,
    notifications::types::{PushNotificationData, PushNotificationProvider, SendPushNotificationBody},
    together, v1, v2,
};
use plex_tv_tests::{Recorder, Reply, TOKEN, described, harness, signed_out_harness};

/// Replies to an operation without content that must be ignored, as content type and body.
pub(crate) const USELESS_BODIES: [(&str, &str); 4] = [
    ("application/json", "{}"),
    ("application/json", ""),
    ("text/plain", "OK"),
    ("application/xml", "<Response code=\"0\"/>"),
];

pub(crate) async fn bytes(mut stream: ByteStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        bytes.extend(chunk);
    }
    bytes
}

/// Calls operations of three descriptions that take a string in their path.
async fn call_with_segment(client: &Client, segment: &str) -> [Result<(), Error>; 6] {
    let (api, v1, discover) = (client.v2(), client.v1(), client.discover());
    let code = api.get_pin_qr_code(segment).send_with_response().await;
    let read = api.get_user_opt_outs(segment).send_with_response().await;
    let update = api.update_user_opt_out(segment, "a", "opt_in").send_with_response().await;
    let avatar = v1.get_user_avatar(segment).send_with_response().await;
    let sync = v1.list_sync_items(segment).send_with_response().await;
    let children = discover.get_discover_metadata_children(segment).send_with_response().await;
    [code.map(drop), read.map(drop), update.map(drop), avatar.map(drop), sync.map(drop), children.map(drop)]
}

#[tokio::test]
async fn a_path_parameter_is_one_segment_whatever_it_contains() {
    let cases = [
        ("a/b", "a%2Fb"),
        ("../user", "..%2Fuser"),
        ("a%2Fb", "a%252Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a?b=c&d", "a%3Fb=c&d"),
        ("a#b", "a%23b"),
        ("a b\"<>`{}", "a%20b%22%3C%3E%60%7B%7D"),
        ("a\t\r\nb", "a%09%0D%0Ab"),
        ("...", "..."),
        ("é😀", "%C3%A9%F0%9F%98%80"),
    ];
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &serde_json::json!([]))).await;

    for (segment, _) in cases {
        for outcome in call_with_segment(&client, segment).await {
            // The reply does not fit every call; only the requests matter here.
            assert!(!outcome.is_err_and(|error| error.is_invalid_input()));
        }
    }

    let sent: Vec<_> = recorder.requests().into_iter().map(|sent| sent.target).collect();
    let wanted: Vec<_> = cases
        .iter()
        .flat_map(|(_, encoded)| {
            let opt_outs = format!("/api/v2/user/{encoded}/settings/opt_outs");
            let update = format!("{opt_outs}?key=a&value=opt_in");
            let avatar = format!("/users/{encoded}/avatar");
            let sync = format!("/devices/{encoded}/sync_items");
            let children = format!("/library/metadata/{encoded}/children");
            [format!("/api/v2/pins/qr/{encoded}"), opt_outs, update, avatar, sync, children]
        })
        .collect();
    assert_eq!(sent, wanted);
}

#[tokio::test]
async fn a_backslash_in_a_path_parameter_does_not_reach_another_path() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &serde_json::json!([]))).await;

    client.v2().get_pin_qr_code(r"..\..\user").send_with_response().await.unwrap();

    let target = recorder.only().target;
    assert_eq!(target, "/api/v2/pins/qr/..%5C..%5Cuser");
}

#[tokio::test]
async fn a_path_parameter_that_would_reach_another_path_is_refused_before_anything_is_sent() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(200)).await;

    for segment in ["", ".", ".."] {
        for outcome in call_with_segment(&client, segment).await {
            let error = outcome.unwrap_err();
            assert!(error.is_invalid_input(), "{segment:?}: {error}");
            assert!(error.operation().is_some() && error.status().is_none());
        }
    }

    assert_eq!(recorder.requests(), []);
}

/// Calls operations with each kind of authentication, from several descriptions.
async fn some_calls(client: &Client) -> Vec<Result<(), Error>> {
    let (v2, v1, discover) = (client.v2(), client.v1(), client.discover());
    let (epg, together, notifications) = (client.epg(), client.together(), client.notifications());
    let data = PushNotificationData::new(PushNotificationProvider::new("a", "b"));
    let message = SendPushNotificationBody::new("media", "tv.plex.notification.library.new", [1], data);
    vec![
        v2.get_user_details().send_with_response().await.map(drop),
        v2.sign_out().send_with_response().await.map(drop),
        v2.get_pin().send_with_response().await.map(drop),
        v2.get_geo_data().send_with_response().await.map(drop),
        v2.get_pin_qr_code("a").send_with_response().await.map(drop),
        v1.get_announcements().send_with_response().await.map(drop),
        v1.get_plex_downloads(1).send_with_response().await.map(drop),
        v1.get_public_ip().send_with_response().await.map(drop),
        discover.get_promoted_hubs().send_with_response().await.map(drop),
        discover.get_vod_hubs().send_with_response().await.map(drop),
        discover.get_discover_rss_feed("a", "json").send_with_response().await.map(drop),
        discover.get_person("a").send_with_response().await.map(drop),
        epg.get_favorite_channels().send_with_response().await.map(drop),
        together.leave_watch_together_room("a").send_with_response().await.map(drop),
        notifications.send_push_notification(message).send_with_response().await.map(drop),
    ]
}

/// Returns the token that each operation sent.
async fn tokens_sent(client: &Client, recorder: &Recorder) -> Vec<(&'static str, Option<String>)> {
    let outcomes = some_calls(client).await;
    let operations = outcomes.into_iter().map(|outcome| outcome.unwrap_err().operation().unwrap());
    let tokens = recorder.requests().into_iter().map(|sent| sent.header("x-plex-token").map(ToOwned::to_owned));
    operations.zip(tokens).collect()
}

#[test]
fn each_operation_is_sent_to_the_host_that_the_description_names() {
    let descriptions: [(&[&str], &[&Operation]); 6] = [
        (v2::HOSTS, v2::OPERATIONS),
        (v1::HOSTS, v1::OPERATIONS),
        (discover::HOSTS, discover::OPERATIONS),
        (epg::HOSTS, epg::OPERATIONS),
        (together::HOSTS, together::OPERATIONS),
        (notifications::HOSTS, notifications::OPERATIONS),
    ];
    let hosts = descriptions.map(|(hosts, _)| hosts[0]);
    assert_eq!(
        hosts,
        [
            "https://plex.tv/api/v2",
            "https://plex.tv",
            "https://discover.provider.plex.tv",
            "https://epg.provider.plex.tv",
            "https://together.plex.tv",
            "https://notifications.plex.tv",
        ]
    );
    for (hosts, operations) in descriptions {
        for operation in operations {
            let own = described(operation.id).1["servers"][0]["url"].as_str();

            assert_eq!(hosts[operation.host], own.unwrap_or(hosts[0]), "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_signed_out_client_sends_no_token() {
    let (client, server) = signed_out_harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(500)).await;

    let tokens = tokens_sent(&client, &recorder).await;

    assert!(tokens.iter().all(|(_, token)| token.is_none()), "{tokens:?}");
}

#[tokio::test]
async fn the_token_goes_only_where_the_description_asks_for_it() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(500)).await;

    let tokens = tokens_sent(&client, &recorder).await;

    let kinds = tokens.iter().map(|(operation, _)| described(operation).0.auth);
    let wanted: Vec<_> = kinds.map(|auth| (auth == Auth::Token).then(|| TOKEN.to_owned())).collect();
    assert_eq!(tokens.into_iter().map(|(_, token)| token).collect::<Vec<_>>(), wanted);
}
