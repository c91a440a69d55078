//! Drives every operation of Discover and the metadata providers against a mock server.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// The settings in clippy.toml that allow these in tests do not cover helper functions.

mod discover;
mod hubs;
mod providers;
mod settings;
mod user_state;
mod watchlist;

use plex_tv_sdk::{
    Client, Error, RejectedRow, Rows, Token,
    discover::types::{DiscoverMetadata, MetadataReply},
};
use plex_tv_tests::{NO_BODY, Recorder, Reply, TOKEN, example, harness, identity, success};

pub(crate) const MOVIE: &str = "5d7760000000000000000001";
pub(crate) const SHOW: &str = "5d7760000000000000000003";

/// Replies to an operation without content that must be ignored, as content type and body.
pub(crate) const USELESS_BODIES: [(&str, &str); 4] = [
    ("application/json", "{}"),
    ("application/json", r#"{"MediaContainer":{"size":0}}"#),
    ("text/html", ""),
    ("application/xml", "<MediaContainer size=\"0\"/>"),
];

/// The items of a page.
pub(crate) fn items(page: &MetadataReply) -> &[DiscoverMetadata] {
    &page.media_container.metadata
}

pub(crate) fn keys(items: &[DiscoverMetadata]) -> Vec<&str> {
    items.iter().map(|item| item.rating_key.as_str()).collect()
}

/// Returns the reasons why rows were set aside.
pub(crate) fn reasons<T>(rows: &Rows<T>) -> Vec<String> {
    rows.rejected().iter().map(RejectedRow::to_string).collect()
}

/// Calls every operation that takes a string in its path.
#[allow(deprecated, reason = "retired operations have path parameters too")]
async fn call_with_segment(client: &Client, segment: &str) -> [Result<(), Error>; 14] {
    let api = client.discover();
    [
        api.get_discover_metadata(segment).send_with_response().await.map(drop),
        api.get_availabilities(segment).send_with_response().await.map(drop),
        api.get_discover_metadata_children(segment).send_with_response().await.map(drop),
        api.get_common_sense_media(segment).send_with_response().await.map(drop),
        api.get_discover_metadata_extras(segment).send_with_response().await.map(drop),
        api.get_discover_metadata_related(segment).send_with_response().await.map(drop),
        api.get_user_state(segment).send_with_response().await.map(drop),
        api.get_watchlist(segment).send_with_response().await.map(drop),
        api.get_hub_section(segment, segment).send_with_response().await.map(drop),
        api.get_rss_feed(segment, "json").send_with_response().await.map(drop),
        api.get_discover_rss_feed(segment, "json").send_with_response().await.map(drop),
        api.list_hubs_of_section(segment).send_with_response().await.map(drop),
        api.get_person(segment).send_with_response().await.map(drop),
        api.get_person_credits(segment).send_with_response().await.map(drop),
    ]
}

#[tokio::test]
async fn a_path_parameter_is_one_segment_whatever_it_contains() {
    let cases = [
        ("a/b", "a%2Fb"),
        ("../actions", "..%2Factions"),
        ("a%2Fb", "a%252Fb"),
        ("a?b=c#d", "a%3Fb=c%23d"),
        ("a,b", "a,b"),
        ("é😀", "%C3%A9%F0%9F%98%80"),
    ];
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &example("getUserState", 200))).await;

    for (segment, _) in cases {
        for outcome in call_with_segment(&client, segment).await {
            outcome.unwrap();
        }
    }

    let sent: Vec<_> = recorder.requests().into_iter().map(|sent| sent.target).collect();
    let wanted: Vec<_> = cases
        .iter()
        .flat_map(|(_, it)| {
            let below = ["", "/availabilities", "/children", "/commonsensemedia", "/extras", "/related", "/userState"];
            let items = below.map(|below| format!("/library/metadata/{it}{below}"));
            let watchlist = format!("/library/sections/watchlist/{it}");
            let others = [
                watchlist,
                format!("/hubs/sections/{it}/{it}"),
                format!("/{it}?format=json"),
                format!("/rss/{it}?format=json"),
                format!("/hubs/sections/{it}"),
                format!("/library/people/{it}"),
                format!("/library/people/{it}/credits"),
            ];
            items.into_iter().chain(others)
        })
        .collect();
    assert_eq!(sent, wanted);
}

#[tokio::test]
async fn a_path_parameter_that_would_reach_another_path_is_refused_before_anything_is_sent() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(200)).await;

    for segment in ["", ".", ".."] {
        for outcome in call_with_segment(&client, segment).await {
            let error = outcome.unwrap_err();
            assert!(error.is_invalid_input() && error.operation().is_some(), "{segment:?}: {error}");
        }
    }

    assert_eq!(recorder.requests(), []);
}

#[tokio::test]
async fn each_host_can_be_overridden_alone_and_with_a_path() {
    let (_, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &example("getVodHubs", 200))).await;
    let at = |path: &str| format!("{}{path}", server.base_url());
    let builder = Client::builder(identity())
        .base_url("http://127.0.0.1:1")
        .host_url("https://vod.provider.plex.tv", at("/vod"))
        .host_url("https://metadata.provider.plex.tv", at("/metadata/"));
    let client = builder.token(Token::new(TOKEN).unwrap()).build().unwrap();

    let hubs = client.discover().get_vod_hubs().send().await.unwrap();
    let state = client.discover().get_user_state(MOVIE).send().await.unwrap();

    assert_eq!(hubs.media_container.hub.len(), 1);
    assert!(state.media_container.user_state.is_none());
    let targets: Vec<_> = recorder.requests().into_iter().map(|sent| sent.target).collect();
    assert_eq!(targets, ["/vod/hubs", "/metadata/library/metadata/5d7760000000000000000001/userState"]);
}

#[tokio::test]
async fn an_empty_container_is_a_page_without_items() {
    let page = success("getWatchlist", 200)
        .replying("application/json", r#"{"MediaContainer":{"offset":0,"size":0,"totalSize":0}}"#)
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist("all").send_with_response().await)
        .await;

    assert!(page.media_container.metadata.is_empty());
    assert_eq!(page.media_container.total_size, Some(0));
}
