#![allow(deprecated, reason = "replies from the old address of feeds must still decode")]

use plex_tv_sdk::discover::types::{CreateRssFeedBody, FeedFormat, FeedType, MetadataType, WatchlistFilter};
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, example, failure, harness, success, unexpected};
use serde_json::json;

use crate::{MOVIE, SHOW, USELESS_BODIES, items, keys, reasons};

const ETAG: &str = "W/\"0123456789abcdef\"";

#[tokio::test]
async fn an_item_is_put_on_the_watchlist_by_its_key() {
    for status in [200, 204] {
        success("addToWatchlist", status)
            .sends("PUT /actions/addToWatchlist?ratingKey=5d7760000000000000000001", NO_BODY)
            .call_discover(async |api| api.add_to_watchlist(MOVIE).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_key_is_one_value_of_the_query_whatever_it_contains() {
    success("addToWatchlist", 200)
        .sends("PUT /actions/addToWatchlist?ratingKey=a%2Fb%26c%3Dd+%F0%9F%98%80", NO_BODY)
        .call_discover(async |api| api.add_to_watchlist("a/b&c=d 😀").send_with_response().await)
        .await;
}

#[tokio::test]
async fn the_body_of_the_reply_to_a_watchlist_change_is_ignored() {
    for (kind, body) in USELESS_BODIES {
        success("addToWatchlist", 200)
            .replying(kind, body)
            .sends("PUT /actions/addToWatchlist?ratingKey=1", NO_BODY)
            .call_discover(async |api| api.add_to_watchlist("1").send_with_response().await)
            .await;
        success("removeFromWatchlist", 200)
            .replying(kind, body)
            .sends("PUT /actions/removeFromWatchlist?ratingKey=1", NO_BODY)
            .call_discover(async |api| api.remove_from_watchlist("1").send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_page_size_that_is_too_large_is_refused() {
    let error = failure("getWatchlist", 400, None)
        .sends("GET /library/sections/watchlist/all?X-Plex-Container-Size=5000", NO_BODY)
        .call_discover(async |api| api.get_watchlist("all").container_size(5000).send_with_response().await)
        .await;

    assert!(!error.is_invalid_input() && !error.is_retryable());
}

#[tokio::test]
async fn a_managed_user_may_be_denied_the_watchlist() {
    let error = failure("addToWatchlist", 403, 1009)
        .sends("PUT /actions/addToWatchlist?ratingKey=5d7760000000000000000001", NO_BODY)
        .call_discover(async |api| api.add_to_watchlist(MOVIE).send_with_response().await)
        .await;

    assert!(error.is_forbidden());
}

#[tokio::test]
async fn an_empty_key_is_refused_by_the_service() {
    let error = failure("addToWatchlist", 400, 1004)
        .sends("PUT /actions/addToWatchlist?ratingKey=", NO_BODY)
        .call_discover(async |api| api.add_to_watchlist("").send_with_response().await)
        .await;

    assert!(!error.is_retryable() && !error.is_invalid_input());
}

#[tokio::test]
async fn an_item_is_taken_off_the_watchlist_by_its_key() {
    for status in [200, 204] {
        success("removeFromWatchlist", status)
            .sends("PUT /actions/removeFromWatchlist?ratingKey=5d7760000000000000000003", NO_BODY)
            .call_discover(async |api| api.remove_from_watchlist(SHOW).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn an_unknown_item_cannot_be_taken_off_the_watchlist() {
    let error = failure("removeFromWatchlist", 404, 1002)
        .sends("PUT /actions/removeFromWatchlist?ratingKey=0", NO_BODY)
        .call_discover(async |api| api.remove_from_watchlist("0").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn the_watchlist_has_movies_and_shows() {
    let page = success("getWatchlist", 200)
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist(WatchlistFilter::All).send_with_response().await)
        .await;

    let container = &page.media_container;
    assert_eq!(container.library_section_id.as_deref(), Some("watchlist"));
    assert_eq!((container.offset, container.size, container.total_size), (Some(0), Some(2), Some(2)));
    let [movie, show] = items(&page) else {
        panic!("expected two items");
    };
    assert_eq!((movie.rating_key.as_str(), show.rating_key.as_str()), (MOVIE, SHOW));
    assert_eq!(movie.watchlisted_at.unwrap().as_second(), 1790000000);
    assert_eq!(show.type_, Some(MetadataType::Show));
    assert_eq!((show.leaf_count, show.child_count, show.skip_children), (Some(18), Some(2), Some(false)));
    assert!(reasons(&container.metadata).is_empty());
}

#[tokio::test]
async fn a_page_of_the_watchlist_is_asked_for_in_the_query() {
    let line = "GET /library/sections/watchlist/released?X-Plex-Container-Size=100&X-Plex-Container-Start=200";

    success("getWatchlist", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.get_watchlist(WatchlistFilter::Released)
                .container_start(200)
                .container_size(100)
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn the_watchlist_is_asked_for_with_order_kind_flags_and_lists() {
    let line = "GET /library/sections/watchlist/all?includeCollections=1&includeElements=Guid%2CImage&includeExternalMedia=0&includeFields=title%2CratingKey&includeGuids=1&preferredServices=example-stream%2Cexample-store&sort=titleSort%3Aasc&type=99";

    success("getWatchlist", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.get_watchlist("all")
                .sort("titleSort:asc")
                .type_(99)
                .include_guids(true)
                .include_collections(true)
                .include_external_media(false)
                .include_fields("title,ratingKey")
                .include_elements("Guid,Image")
                .preferred_services("example-stream,example-store")
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn an_undescribed_filter_is_one_segment_of_the_path() {
    success("getWatchlist", 200)
        .sends("GET /library/sections/watchlist/a%2Fb%F0%9F%98%80", NO_BODY)
        .call_discover(async |api| api.get_watchlist("a/b😀").send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_bad_row_is_set_aside_inside_the_page() {
    let body = r#"{"MediaContainer":{"size":4,"totalSize":4,"Metadata":[
        {"ratingKey":"1","title":"One"},{"title":"no key"},{"ratingKey":"3","year":"CANARY"},{"ratingKey":4}]}}"#;

    let page = success("getWatchlist", 200)
        .replying("application/json", body)
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist("all").send_with_response().await)
        .await;

    assert_eq!(keys(items(&page)), ["1", "4"]);
    assert_eq!(page.media_container.size, Some(4));
    let wanted = ["row 1: missing field `ratingKey`", "row 2: invalid type: text, expected integer at year"];
    assert_eq!(reasons(&page.media_container.metadata), wanted);
}

#[tokio::test]
async fn the_etag_of_the_watchlist_is_among_the_headers_of_the_reply() {
    let (client, server) = harness().await;
    let mut reply = Reply::json(200, &example("getWatchlist", 200));
    reply.headers.push(("etag", ETAG.to_owned()));
    Recorder::mount(&server, &reply).await;

    let page = client.discover().get_watchlist("all").send_with_response().await.unwrap();

    assert_eq!(page.headers()["etag"], ETAG);
    assert_eq!(items(page.value()).len(), 2);
}

#[tokio::test]
async fn an_etag_is_sent_unchanged_and_nothing_else_changes() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(304)).await;
    let list = || client.discover().get_watchlist("all").include_guids(true);

    list().send_with_response().await.unwrap_err();
    let error = list().if_none_match(ETAG).send_with_response().await.unwrap_err();

    assert!(error.is_not_modified());
    let [plain, mut conditional] = recorder.requests().try_into().unwrap();
    assert_eq!(conditional.header("if-none-match"), Some(ETAG));
    conditional.headers.retain(|header| !header.starts_with("if-none-match: "));
    assert_eq!(conditional, plain);
}

#[tokio::test]
async fn an_unchanged_watchlist_is_neither_a_redirect_nor_retryable() {
    let error = unexpected("getWatchlist", Reply::empty(304))
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist("all").send_with_response().await)
        .await;

    assert!(error.is_not_modified() && !error.is_redirect() && !error.is_retryable() && !error.is_auth());
    assert!(error.plex_errors().is_empty());
}

#[tokio::test]
async fn an_etag_that_cannot_be_a_header_is_refused_before_anything_is_sent() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(304)).await;

    let error = client
        .discover()
        .get_watchlist("all")
        .if_none_match("CANARY\r\nX-Plex-Token: x")
        .send_with_response()
        .await
        .unwrap_err();

    assert!(error.is_invalid_input() && error.operation() == Some("getWatchlist"), "{error}");
    assert!(!format!("{error} {error:?}").contains("CANARY"));
    assert_eq!(recorder.requests(), []);
}

#[tokio::test]
async fn the_watchlist_needs_a_valid_token() {
    let error = failure("getWatchlist", 401, 1001)
        .sends("GET /library/sections/watchlist/all", NO_BODY)
        .call_discover(async |api| api.get_watchlist("all").send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_not_modified());
}

#[tokio::test]
async fn an_unknown_filter_is_not_found() {
    let error = failure("getWatchlist", 404, 1002)
        .sends("GET /library/sections/watchlist/hidden", NO_BODY)
        .call_discover(async |api| api.get_watchlist("hidden").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_feed_is_created_by_its_type() {
    for status in [200, 201] {
        let reply = success("createRssFeed", status)
            .sends("POST /rss?format=json", Body::Json(r#"{"feedType":"friendsWatchlist"}"#))
            .call_discover(async |api| {
                api.create_rss_feed(CreateRssFeedBody::new(FeedType::FriendsWatchlist))
                    .format(FeedFormat::Json)
                    .send_with_response()
                    .await
            })
            .await;

        assert_eq!(reply.rss_info[0].url.expose(), "https://rss.plex.tv/EXAMPLE-FEED-0001");
        assert!(!format!("{reply:?}").contains("EXAMPLE-FEED"));
    }
}

#[tokio::test]
async fn a_feed_is_created_from_a_body_made_elsewhere() {
    let body: CreateRssFeedBody = CreateRssFeedBody::new("watchlist");

    success("createRssFeed", 201)
        .sends("POST /rss", Body::Json(r#"{"feedType":"watchlist"}"#))
        .call_discover(async |api| api.create_rss_feed(body).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_feed_needs_a_plex_pass() {
    let error = failure("createRssFeed", 403, 1012)
        .sends("POST /rss", Body::Json(r#"{"feedType":"watchlist"}"#))
        .call_discover(async |api| {
            api.create_rss_feed(CreateRssFeedBody::new(FeedType::Watchlist)).send_with_response().await
        })
        .await;

    assert!(error.is_forbidden());
}

#[tokio::test]
async fn a_feed_is_read_without_a_token() {
    let feed = success("getRssFeed", 200)
        .sends("GET /EXAMPLE-FEED-0001?format=json", NO_BODY)
        .call_discover(async |api| api.get_rss_feed("EXAMPLE-FEED-0001", FeedFormat::Json).send_with_response().await)
        .await;

    let own = feed.links.as_ref().unwrap().self_.as_ref().unwrap();
    assert_eq!(own.expose(), "https://rss.plex.tv/EXAMPLE-FEED-0001");
    assert!(!format!("{feed:?}").contains("EXAMPLE-FEED"));
    let items = feed.items;
    let [movie, show] = &*items else {
        panic!("expected two items");
    };
    assert_eq!(movie.category, Some(MetadataType::Movie));
    assert_eq!(movie.guids, ["imdb://tt0000001", "tmdb://1000001", "tvdb://1000001"]);
    assert_eq!(movie.pub_date.as_deref(), Some("Thu, 01 Oct 2026 10:00:00 GMT"));
    assert_eq!(movie.credits[1].role.as_deref(), Some("director"));
    assert_eq!(show.keywords, ["comedy", "drama"]);
    assert_eq!(show.thumbnail.as_ref().unwrap().url.as_deref(), Some("https://images.example.com/show.jpg"));
}

#[tokio::test]
async fn an_entry_of_a_feed_that_cannot_be_read_is_set_aside() {
    let feed = success("getRssFeed", 200)
        .replying("application/json", r#"{"items":[{"title":"a","new":1},"b",{"credits":7}],"new":2}"#)
        .sends("GET /EXAMPLE-FEED-0001?format=json", NO_BODY)
        .call_discover(async |api| api.get_rss_feed("EXAMPLE-FEED-0001", "json").send_with_response().await)
        .await;

    assert_eq!(feed.extra["new"], 2);
    assert_eq!(feed.items[0].extra["new"], 1);
    assert_eq!(reasons(&feed.items).len(), 2);
}

#[tokio::test]
async fn an_unknown_feed_is_not_found() {
    let error = failure("getRssFeed", 404, 1002)
        .sends("GET /EXAMPLE-FEED-0002?format=json", NO_BODY)
        .call_discover(async |api| api.get_rss_feed("EXAMPLE-FEED-0002", "json").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_feed_may_be_refused_although_it_needs_no_token() {
    let error = failure("getRssFeed", 401, None)
        .sends("GET /EXAMPLE-FEED-0001?format=json", NO_BODY)
        .call_discover(async |api| api.get_rss_feed("EXAMPLE-FEED-0001", "json").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

/// Returns what errors show when the service answers with `reply` to reading and creating a feed.
async fn shown_of_feed(identifier: &str, reply: Reply) -> String {
    let (client, server) = harness().await;
    Recorder::mount(&server, &reply).await;
    let api = client.discover();

    let read = api.get_rss_feed(identifier, "json").send_with_response().await.unwrap_err();
    let created =
        api.create_rss_feed(CreateRssFeedBody::new(FeedType::Watchlist)).send_with_response().await.unwrap_err();

    [read, created].map(|error| format!("{error} {error:?} {}", error.body().unwrap())).concat()
}

#[tokio::test]
async fn an_error_does_not_show_the_uuid_of_a_feed() {
    let identifier = "00000000-0000-4000-a000-00000000000f";
    let feed = json!({"url": format!("https://rss.plex.tv/{identifier}")});
    let refusal = Reply::new(404, "text/html", format!("<html><body>No feed /{identifier} here</body></html>"));
    // This decodes neither as a feed nor as the address of one.
    let unreadable = Reply::json(200, &json!({"items": true, "RSSInfo": [feed, {}]}));

    for reply in [refusal, unreadable] {
        let shown = shown_of_feed(identifier, reply).await;
        assert!(shown.contains("[redacted]") || shown.contains("not shown"), "{shown}");
        assert!(!shown.contains(identifier), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_does_not_show_the_identifier_of_a_feed_that_was_sent() {
    let (client, server) = harness().await;
    Recorder::mount(&server, &Reply::new(404, "text/html", "<p>No feed /EXAMPLE-FEED-0001 here</p>")).await;

    let error = client.discover().get_rss_feed("EXAMPLE-FEED-0001", "json").send_with_response().await.unwrap_err();

    assert!(!error.body().unwrap().contains("EXAMPLE-FEED"), "{error:?}");
}

#[tokio::test]
async fn a_moved_feed_is_read_with_the_token() {
    let feed = success("getDiscoverRssFeed", 200)
        .sends("GET /rss/EXAMPLE-FEED-0001?format=json", NO_BODY)
        .call_discover(async |api| {
            api.get_discover_rss_feed("EXAMPLE-FEED-0001", FeedFormat::Json).send_with_response().await
        })
        .await;

    assert_eq!(feed.items[0].category, Some(MetadataType::Movie));
    assert!(!format!("{feed:?}").contains("EXAMPLE-FEED"));
}

#[tokio::test]
async fn an_unknown_feed_is_not_found_at_its_new_address() {
    let error = failure("getDiscoverRssFeed", 404, 1002)
        .sends("GET /rss/EXAMPLE-FEED-0002?format=json", NO_BODY)
        .call_discover(async |api| api.get_discover_rss_feed("EXAMPLE-FEED-0002", "json").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

/// Reads a feed from a server that redirects to another. Returns both recorders and the number of
/// items.
async fn fetch_feed(
    status: u16,
    storage_path: &str,
    reply: &Reply,
) -> (Recorder, Recorder, Result<usize, plex_tv_sdk::Error>) {
    let (client, plex) = harness().await;
    let (_, storage) = harness().await;
    let mut redirect = Reply::empty(status);
    redirect.headers.push(("location", format!("{}{storage_path}", storage.base_url())));
    let seen = Recorder::mount(&plex, &redirect).await;
    let stored = Recorder::mount(&storage, reply).await;

    let outcome = client.discover().get_discover_rss_feed("EXAMPLE-FEED-0001", "json").send().await;

    (seen, stored, outcome.map(|feed| feed.items.len()))
}

#[tokio::test]
async fn a_redirected_feed_is_fetched_from_its_storage_without_token_and_identity() {
    for status in [301, 302, 303, 307, 308] {
        let reply = Reply::json(200, &example("getDiscoverRssFeed", 200));

        let (seen, stored, outcome) = fetch_feed(status, "/bucket/a%20b.json?signature=EXAMPLE", &reply).await;

        assert_eq!(outcome.unwrap(), 1, "{status}");
        assert!(seen.only().header("x-plex-token").is_some(), "{status}");
        let sent = stored.only();
        assert_eq!((sent.method.as_str(), sent.target.as_str()), ("GET", "/bucket/a%20b.json?signature=EXAMPLE"));
        let identity: Vec<_> = sent.headers.iter().filter(|header| header.starts_with("x-plex-")).collect();
        assert_eq!(identity, [""; 0], "{status}");
        assert!(!sent.headers.concat().contains("EXAMPLE-ACCOUNT-TOKEN"));
    }
}

#[tokio::test]
async fn a_second_redirect_is_not_followed() {
    let (_, third) = harness().await;
    let stranger = Recorder::mount(&third, &Reply::json(200, &example("getDiscoverRssFeed", 200))).await;
    let mut onward = Reply::empty(302);
    onward.headers.push(("location", third.base_url()));

    let (_, stored, outcome) = fetch_feed(302, "/bucket", &onward).await;

    assert!(outcome.unwrap_err().is_redirect());
    assert_eq!((stored.requests().len(), stranger.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_refusal_by_the_storage_is_an_error_of_the_feed() {
    let (_, _, outcome) =
        fetch_feed(302, "/gone", &Reply::new(404, "application/xml", "<Error><Code>NoSuchKey</Code></Error>")).await;

    let error = outcome.unwrap_err();
    assert!(error.is_not_found() && error.operation() == Some("getDiscoverRssFeed"), "{error}");
}

#[tokio::test]
async fn no_other_call_follows_a_redirect_to_another_host() {
    let (client, plex) = harness().await;
    let (_, storage) = harness().await;
    let mut redirect = Reply::empty(302);
    redirect.headers.push(("location", format!("{}/bucket", storage.base_url())));
    Recorder::mount(&plex, &redirect).await;
    let stored = Recorder::mount(&storage, &Reply::json(200, &example("getRssFeed", 200))).await;
    let api = client.discover();

    let outcomes = [
        api.get_rss_feed("EXAMPLE-FEED-0001", "json").send().await.map(drop),
        api.get_watchlist("all").send().await.map(drop),
        api.create_rss_feed(CreateRssFeedBody::new(FeedType::Watchlist)).send().await.map(drop),
        api.get_person("1").send().await.map(drop),
    ];

    assert!(outcomes.into_iter().all(|outcome| outcome.unwrap_err().is_redirect()));
    assert_eq!(stored.requests(), []);
}
