//! The watchlist and the catalogue on the sandbox, and their failures.

use std::collections::HashSet;

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{
    Client, Error, ExternalId, ItemId, Items, Kind, PlexCode, RetryPolicy, Token, WatchlistSort,
    discover::types::{DiscoverMetadata, MetadataType, WatchlistFilter},
};
use serde_json::json;

use crate::{
    harness::{builder, signed_in},
    wire::{Reply, Wire},
};

/// A movie that is not on the watchlist of the built-in account, and a show that is.
const MOVIE: &str = "5d77600000010e0000000000";
const SHOW: &str = "5d7760000000050000000000";

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    (sandbox, client)
}

fn calls(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|sent| sent.operation == Some(operation)).count()
}

fn titles(items: &[DiscoverMetadata]) -> Vec<&str> {
    items.iter().map(|item| item.title.as_deref().unwrap()).collect()
}

async fn is_listed(client: &Client, key: &str) -> bool {
    client.user_state(key).await.unwrap().watchlisted_at.is_some()
}

fn assert_streams<T: Stream<Item = Result<DiscoverMetadata, Error>> + Send + Unpin + 'static>(stream: T) -> T {
    stream
}

#[tokio::test]
async fn items_are_a_stream_and_a_list_with_the_ids_of_other_catalogues() {
    let (sandbox, client) = sandbox().await;

    let streamed: Vec<_> = assert_streams(client.watchlist().items()).try_collect().await.unwrap();
    let collected = client.watchlist().items().collect().await.unwrap();

    assert_eq!((streamed.len(), collected.len()), (250, 250));
    assert_eq!(titles(&streamed), titles(&collected));
    assert_eq!(collected[6].guids[0].id.as_deref(), Some("imdb://tt0000007"));
    assert_eq!(calls(&sandbox, "getWatchlist"), 6);
    let exported = serde_json::to_string(&collected).unwrap();
    let read: Vec<DiscoverMetadata> = serde_json::from_str(&exported).unwrap();
    assert_eq!(titles(&read), titles(&collected));
    assert_eq!(serde_json::to_string(&read).unwrap(), exported);
    assert!(exported.contains(r#""type":"movie""#) && exported.contains(r#""Guid":[{"id":"imdb://tt0000001"}"#));
}

#[tokio::test]
async fn an_item_is_returned_once_if_the_list_grows_while_it_is_read() {
    let (_sandbox, client) = sandbox().await;
    let mut items = client.watchlist().items();
    let mut keys: Vec<String> = Vec::new();
    for _ in 0..100 {
        keys.push(items.next_item().await.unwrap().unwrap().rating_key);
    }

    client.watchlist().add(MOVIE).await.unwrap();
    keys.extend(items.collect().await.unwrap().into_iter().map(|item| item.rating_key));

    let known: HashSet<&String> = keys.iter().collect();
    assert_eq!((keys.len(), known.len()), (250, 250), "the item at the turn of the page should not come twice");
}

#[tokio::test]
async fn every_item_is_returned_even_if_each_is_removed_at_once() {
    let (sandbox, client) = sandbox().await;
    let mut items = client.watchlist().items();
    let mut keys = HashSet::new();

    while let Some(item) = items.next_item().await.unwrap() {
        client.watchlist().remove(&item).await.unwrap();
        assert!(keys.insert(item.rating_key));
    }

    assert_eq!(keys.len(), 250);
    assert!(client.watchlist().items().next_item().await.unwrap().is_none());
    assert!(calls(&sandbox, "getWatchlist") <= 10, "{}", calls(&sandbox, "getWatchlist"));
}

#[tokio::test]
async fn a_list_that_never_stops_shrinking_is_an_error() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let plex = Wire::start(move |path| {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let is_first = path.contains("X-Plex-Container-Start=0");
        let item = json!([{"ratingKey": format!("{number:024x}"), "title": "New"}]);
        let (items, total) = if is_first { (item, 2) } else { (json!([]), 1) };
        Reply::json(&json!({"MediaContainer": {"totalSize": total, "Metadata": items}}).to_string())
    })
    .await;

    let error = signed_in(&plex.url).watchlist().items().collect().await.unwrap_err();

    assert!(error.is_decode() && error.to_string().contains("shorter"), "{error}");
    assert_eq!(plex.seen.connections(), 64);
}

#[tokio::test]
async fn only_what_is_read_is_fetched() {
    let (sandbox, client) = sandbox().await;
    let items = client.watchlist().items();
    assert_eq!(calls(&sandbox, "getWatchlist"), 0);

    let first: Vec<_> = items.take(100).collect().await;

    assert_eq!((first.len(), calls(&sandbox, "getWatchlist")), (100, 1));
}

#[tokio::test]
async fn the_list_can_be_filtered_sorted_and_limited_to_a_kind() {
    let (sandbox, client) = sandbox().await;
    let list = |filter: WatchlistFilter, sort, kind: Option<Kind>| {
        let list = client.watchlist().filter(filter).sort(sort);
        let list = kind.map_or(list.clone(), |kind| list.kind(kind));
        list.items().collect()
    };

    let shows = list(WatchlistFilter::All, WatchlistSort::FirstAdded, Some(Kind::Show)).await.unwrap();
    assert_eq!((shows.len(), titles(&shows)[0]), (25, "Example Show 245"));
    assert!(shows.iter().all(|show| show.type_ == Some(MetadataType::Show)));
    let movies = list(WatchlistFilter::Available, WatchlistSort::Title, Some(Kind::Movie)).await.unwrap();
    assert!(!movies.is_empty() && titles(&movies).is_sorted());
    let best = list(WatchlistFilter::Released, WatchlistSort::BestRated, None).await.unwrap();
    assert!(best.is_sorted_by(|one, other| one.rating >= other.rating));

    for (sort, text) in [
        (WatchlistSort::LastAdded, "watchlistedAt:desc"),
        (WatchlistSort::FirstAdded, "watchlistedAt:asc"),
        (WatchlistSort::Title, "titleSort:asc"),
        (WatchlistSort::TitleReversed, "titleSort:desc"),
        (WatchlistSort::LastReleased, "originallyAvailableAt:desc"),
        (WatchlistSort::FirstReleased, "originallyAvailableAt:asc"),
        (WatchlistSort::BestRated, "rating:desc"),
        (WatchlistSort::WorstRated, "rating:asc"),
    ] {
        client.watchlist().sort(sort).items().next_item().await.unwrap();
        let sent = sandbox.requests().pop().unwrap();
        assert_eq!(
            (sent.parameter("sort"), sent.parameter("includeGuids"), sent.status),
            (Some(text), Some("1"), Some(200))
        );
    }
}

#[tokio::test]
async fn an_item_is_added_and_removed_by_any_of_its_ids() {
    let (sandbox, client) = sandbox().await;
    let watchlist = client.watchlist();
    let item = client.find(ExternalId::imdb("tt0000270"), Kind::Movie).await.unwrap();
    assert_eq!(item.rating_key, MOVIE);
    let guid = format!("plex://movie/{MOVIE}");
    let names: [ItemId; 10] = [
        (&item).into(),
        item.clone().into(),
        MOVIE.into(),
        guid.as_str().into(),
        (&guid).into(),
        ExternalId::imdb("tt0000270").into(),
        (&ExternalId::tmdb(870)).into(),
        ExternalId::tvdb("70270").into(),
        (ExternalId::tmdb(870), Kind::Movie).into(),
        "tvdb://70270".into(),
    ];

    for name in names {
        watchlist.add(name.clone()).await.unwrap();
        assert!(is_listed(&client, MOVIE).await, "{name:?}");
        assert_eq!(watchlist.items().next_item().await.unwrap().unwrap().rating_key, MOVIE);
        watchlist.add(name.clone()).await.unwrap();
        watchlist.remove(name.clone()).await.unwrap();
        assert!(!is_listed(&client, MOVIE).await, "{name:?}");
        watchlist.remove(name).await.unwrap();
    }
    watchlist.remove(ExternalId::imdb("tt0000005")).await.unwrap();
    assert!(!is_listed(&client, SHOW).await, "a show is found without its kind");
    assert_eq!(client.watchlist().items().collect().await.unwrap().len(), 249);
    let keys = sandbox.requests();
    let keys =
        keys.iter().filter(|sent| sent.operation == Some("addToWatchlist")).map(|sent| sent.parameter("ratingKey"));
    assert!(keys.into_iter().all(|key| key == Some(MOVIE)));
}

/// Makes each call that takes an item with one that cannot be used, and returns the errors.
async fn all(client: &Client, item: impl Into<ItemId>) -> Vec<Error> {
    let item = item.into();
    vec![
        client.watchlist().add(item.clone()).await.unwrap_err(),
        client.watchlist().remove(item.clone()).await.unwrap_err(),
        client.availability(item.clone()).await.unwrap_err(),
        client.user_state(item.clone()).await.unwrap_err(),
        client.rate(item.clone(), 5).await.unwrap_err(),
        client.remove_rating(item.clone()).await.unwrap_err(),
        client.mark_played(item.clone()).await.unwrap_err(),
        client.mark_unplayed(item).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn invalid_input_is_refused_before_anything_is_sent() {
    let (sandbox, client) = sandbox().await;

    for bad in
        ["", "227117", "..", "plex://movie/227117", "local://1", "imdb://603", "tmdb://tt1", "5d77600000010e000000000g"]
    {
        for error in all(&client, bad).await {
            assert!(error.is_invalid_input(), "{bad}: {error}");
        }
    }
    for bad in [ExternalId::imdb("603"), ExternalId::tmdb(0), ExternalId::tvdb("x")] {
        assert!(all(&client, &bad).await.iter().all(Error::is_invalid_input), "{bad}");
        assert!(client.find(bad, Kind::Show).await.unwrap_err().is_invalid_input());
    }
    for rating in [-1.0, -0.1, 10.1, f64::NAN, f64::INFINITY] {
        assert!(client.rate(MOVIE, rating).await.unwrap_err().is_invalid_input(), "{rating}");
    }
    for search in [
        client.search(""),
        client.search(" \n"),
        client.search("a").limit(0),
        client.search("a").limit(101),
        client.search("a").kind(Kind::Season),
    ] {
        assert!(search.await.unwrap_err().is_invalid_input());
    }
    for kind in [Kind::Season, Kind::Episode] {
        let mut items = client.watchlist().kind(kind).items();
        assert!(items.next_item().await.unwrap_err().is_invalid_input());
        assert!(items.next_item().await.unwrap().is_none());
    }

    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn refusals_are_typed() {
    let (sandbox, client) = sandbox().await;
    let unknown = "5d7760000fffffff00000000";
    let stranger = client.with_token(Token::new("not-a-token").unwrap());

    for error in all(&client, unknown).await {
        assert!(error.is_not_found(), "{error}");
    }
    for missing in [ExternalId::imdb("tt9999999"), ExternalId::tmdb(1)] {
        for error in all(&client, missing.clone()).await {
            assert!(error.is_not_found() && !error.is_retryable(), "{error}");
            assert!(error.to_string().contains(&missing.to_string()), "{error}");
        }
    }
    assert!(client.find(ExternalId::imdb("tt0000007"), Kind::Show).await.unwrap_err().is_not_found(), "it is a movie");
    for error in all(&stranger, MOVIE).await {
        assert!(error.is_auth(), "{error}");
    }
    assert!(stranger.watchlist().items().collect().await.unwrap_err().is_auth());
    assert!(stranger.search("a").await.unwrap_err().is_auth());
    assert!(stranger.find(ExternalId::imdb("tt0000007"), Kind::Movie).await.unwrap_err().is_auth());
    sandbox.next("addToWatchlist", Fault::Code { status: 403, code: 1009 }).unwrap();
    let managed = client.watchlist().add(MOVIE).await.unwrap_err();
    assert!(managed.is_forbidden() && managed.code() == Some(PlexCode::NotForManagedUsers), "{managed}");
    sandbox.next("getWatchlist", Fault::RateLimited { retry_after: None }).unwrap();
    assert!(client.watchlist().items().collect().await.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn a_failure_in_the_middle_loses_no_item() {
    let (sandbox, client) = sandbox().await;
    let client = client.with_retry(RetryPolicy::off());
    for fault in [Fault::Html, Fault::RateLimited { retry_after: None }, Fault::Hangup, Fault::Status(503)] {
        let mut items = client.watchlist().items();
        for _ in 0..100 {
            items.next_item().await.unwrap().unwrap();
        }

        sandbox.next("getWatchlist", fault.clone()).unwrap();
        let error = items.next_item().await.unwrap_err();

        assert!(error.is_retryable(), "{fault:?}: {error}");
        assert_eq!(items.collect().await.unwrap().len(), 150, "{fault:?}");
    }
}

#[tokio::test]
async fn collecting_more_items_than_the_limit_is_an_error() {
    let (_sandbox, client) = sandbox().await;
    let items = || -> Items<DiscoverMetadata> { client.watchlist().items() };

    assert_eq!(items().item_limit(250).collect().await.unwrap().len(), 250);
    assert!(items().item_limit(249).collect().await.unwrap_err().is_too_large());
}

#[tokio::test]
async fn the_user_state_shows_what_a_user_did() {
    let (_sandbox, client) = sandbox().await;
    let state = async || client.user_state(MOVIE).await.unwrap();

    client.mark_played(ExternalId::imdb("tt0000270")).await.unwrap();
    client.rate(MOVIE, 7.5).await.unwrap();
    let after = state().await;
    assert_eq!((after.view_count, after.rating), (Some(1), Some(7.5)));
    assert!(after.last_viewed_at.is_some() && after.watchlisted_at.is_none());

    client.mark_unplayed(MOVIE).await.unwrap();
    client.remove_rating(MOVIE).await.unwrap();
    let after = state().await;
    assert_eq!((after.view_count, after.rating), (Some(0), None));

    let offers = client.availability("5d7760000000070000000000").await.unwrap();
    let platforms: Vec<&str> = offers.iter().map(|offer| offer.platform.as_str()).collect();
    assert_eq!(platforms, ["streaming", "shop"]);
    assert!(client.availability(MOVIE).await.unwrap().is_empty(), "every third item is available nowhere");
}

#[tokio::test]
async fn a_search_returns_each_hit_of_the_kind_once_and_the_best_first() {
    let (sandbox, client) = sandbox().await;

    let hits = client.search(" example movie 7 ").limit(5).await.unwrap();
    assert_eq!((hits.len(), titles(&hits)[0]), (5, "Example Movie 7"));
    let shows = client.search("example").kind(Kind::Show).await.unwrap();
    assert!(!shows.is_empty() && shows.iter().all(|item| item.type_ == Some(MetadataType::Show)));
    assert!(client.search("nothing like it").await.unwrap().is_empty());
    let sent = sandbox.requests().remove(0);
    let values = ["query", "searchTypes", "searchProviders", "includeMetadata", "limit"]
        .map(|name| sent.parameter(name).unwrap());
    assert_eq!(values, ["example movie 7", "movies,tv", "discover", "1", "5"]);

    let hit = |key: &str, score: f64| json!({"score": score, "Metadata": {"ratingKey": key}});
    let groups = json!([
        {"id": "plex", "SearchResult": [hit("a", 0.5), {"score": 1.0}, hit("b", 0.9)]},
        {"id": "plex_tvod"},
        {"id": "external", "SearchResult": [hit("a", 0.7), hit("c", 0.6)]},
    ]);
    let plex = Wire::always(Reply::json(&json!({"MediaContainer": {"SearchResults": groups}}).to_string())).await;
    let hits = signed_in(&plex.url).search("a").await.unwrap();
    let keys: Vec<&str> = hits.iter().map(|item| item.rating_key.as_str()).collect();
    assert_eq!(keys, ["b", "a", "c"]);
}

#[tokio::test]
async fn an_id_of_both_a_movie_and_a_show_is_an_error() {
    let plex = Wire::start(|path| {
        let (kind, key) = if path.contains("type=1") { ("movie", MOVIE) } else { ("show", SHOW) };
        let item = json!({"ratingKey": key, "type": kind, "Guid": [{"id": "tmdb://603"}, {"id": "imdb://tt603"}]});
        Reply::json(&json!({"MediaContainer": {"Metadata": [item]}}).to_string())
    })
    .await;
    let client = signed_in(&plex.url);

    let error = client.watchlist().add(ExternalId::tmdb(603)).await.unwrap_err();
    assert!(error.is_invalid_input() && error.to_string().contains("Kind::Movie"), "{error}");
    assert_eq!(client.find(ExternalId::tmdb(603), Kind::Show).await.unwrap().rating_key, SHOW);
    client.watchlist().add((ExternalId::tmdb(603), Kind::Show)).await.unwrap();
    // An IMDb id identifies one item, so the first match is used.
    client.watchlist().add(ExternalId::imdb("tt603")).await.unwrap();
    let requests = plex.seen.requests();
    let added = requests.iter().filter(|line| line.contains("addToWatchlist"));
    let keys: Vec<&str> = added.map(|line| if line.contains(SHOW) { SHOW } else { MOVIE }).collect();
    assert_eq!(keys, [SHOW, MOVIE]);
}

#[tokio::test]
async fn an_item_with_another_id_or_kind_is_not_returned() {
    let reply = |items: serde_json::Value| Reply::json(&json!({"MediaContainer": {"Metadata": items}}).to_string());
    let find = async |items: serde_json::Value| {
        let plex = Wire::always(reply(items)).await;
        signed_in(&plex.url).find(ExternalId::imdb("tt1"), Kind::Movie).await.map(|item| item.rating_key)
    };

    let other = json!({"ratingKey": "other", "type": "movie", "Guid": [{"id": "imdb://tt2"}]});
    let show = json!({"ratingKey": "show", "type": "show", "Guid": [{"id": "imdb://tt1"}]});
    let right = json!({"ratingKey": "right", "type": "movie", "Guid": [{"id": "tmdb://1"}, {"id": "imdb://tt1"}]});
    let bare = json!({"ratingKey": "bare"});
    assert!(find(json!([other, show])).await.unwrap_err().is_not_found());
    assert_eq!(find(json!([other, show, bare, right])).await.unwrap(), "right");
    assert_eq!(find(json!([other, show, bare])).await.unwrap(), "bare");
}
