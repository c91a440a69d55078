//! Drives every operation of Discover and the metadata providers against a mock server.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// The helpers of a test are tests themselves, though clippy does not see it.

mod discover;
mod hubs;
mod providers;
mod settings;
mod user_state;
mod watchlist;

use plex_tv_sdk::{
    Client, Error, RejectedRow, Rows, Token,
    discover::{
        OPERATIONS,
        types::{DiscoverMetadata, MetadataReply},
    },
    prelude::*,
};
use plex_tv_tests::{NO_BODY, Recorder, Reply, TOKEN, described, example, harness, identity, success};

pub(crate) const MOVIE: &str = "5d7760000000000000000001";
pub(crate) const SHOW: &str = "5d7760000000000000000003";

/// What an operation without content may be answered with all the same.
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

/// What the rows that could not be read say.
pub(crate) fn told<T>(rows: &Rows<T>) -> Vec<String> {
    rows.rejected().iter().map(RejectedRow::to_string).collect()
}

/// Calls everything that takes a text in its path.
async fn call_with_segment(client: &Client, segment: &str) -> [Result<(), Error>; 10] {
    let api = client.discover();
    [
        api.get_discover_metadata().rating_key(segment).send().await.map(drop),
        api.get_availabilities().rating_key(segment).send().await.map(drop),
        api.get_discover_metadata_children().rating_key(segment).send().await.map(drop),
        api.get_common_sense_media().rating_key(segment).send().await.map(drop),
        api.get_discover_metadata_extras().rating_key(segment).send().await.map(drop),
        api.get_discover_metadata_related().rating_key(segment).send().await.map(drop),
        api.get_user_state().rating_key(segment).send().await.map(drop),
        api.get_watchlist().filter(segment).send().await.map(drop),
        api.get_hub_section().section(segment).hub(segment).send().await.map(drop),
        api.get_rss_feed().feed_uuid(segment).format("json").send().await.map(drop),
    ]
}

#[tokio::test]
async fn a_path_parameter_is_one_segment_whatever_is_in_it() {
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
            let others = [watchlist, format!("/hubs/sections/{it}/{it}"), format!("/{it}?format=json")];
            items.into_iter().chain(others)
        })
        .collect();
    assert_eq!(sent, wanted);
}

#[tokio::test]
async fn a_path_parameter_that_reaches_another_path_is_refused_before_anything_is_sent() {
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
async fn a_required_argument_that_is_left_out_is_refused_before_anything_is_sent() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(200)).await;
    let api = client.discover();

    let outcomes = [
        api.get_discover_metadata().send().await.map(drop),
        api.search_discover().limit(1).send().await.map(drop),
        api.add_to_watchlist().send().await.map(drop),
        api.remove_from_watchlist().send().await.map(drop),
        api.get_watchlist().send().await.map(drop),
        api.create_rss_feed().send().await.map(drop),
        api.get_rss_feed().feed_uuid("a").send().await.map(drop),
        api.rate_item().key("a").identifier("b").send().await.map(drop),
        api.scrobble().key("a").send().await.map(drop),
        api.unscrobble().identifier("b").send().await.map(drop),
        api.get_hub_section().section("home").send().await.map(drop),
    ];

    for outcome in outcomes {
        assert!(outcome.unwrap_err().is_invalid_input());
    }
    assert_eq!(recorder.requests(), []);
}

#[test]
fn each_operation_is_sent_to_the_host_that_the_description_names() {
    for operation in OPERATIONS {
        let host = described(operation.id).1["servers"][0]["url"].as_str();

        assert_eq!(operation.server, host, "{}", operation.id);
    }
}

#[tokio::test]
async fn what_stands_in_for_discover_stands_in_for_the_hosts_of_single_operations_too() {
    let (_, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &example("getVodHubs", 200))).await;
    let builder = Client::builder(identity()).base_url("http://127.0.0.1:1").discover_url(server.base_url());
    let client = builder.token(Token::new(TOKEN).unwrap()).build().unwrap();

    let hubs = client.discover().get_vod_hubs().send().await.unwrap();
    let state = client.discover().get_user_state().rating_key(MOVIE).send().await.unwrap();

    assert_eq!(hubs.media_container.hub.len(), 1);
    assert!(state.media_container.user_state.is_none());
    let targets: Vec<_> = recorder.requests().into_iter().map(|sent| sent.target).collect();
    assert_eq!(targets, ["/hubs", "/library/metadata/5d7760000000000000000001/userState"]);
}

#[tokio::test]
async fn an_empty_container_is_a_page_without_items() {
    let page = success("getWatchlist", 200)
        .replying("application/json", r#"{"MediaContainer":{"offset":0,"size":0,"totalSize":0}}"#)
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist().filter("all").send().await)
        .await;

    assert!(page.media_container.metadata.is_empty());
    assert_eq!(page.media_container.total_size, Some(0));
}
