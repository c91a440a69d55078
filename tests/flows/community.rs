//! Friends, their watchlists and activities, on the sandbox and on faulty servers.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use plex_tv_sandbox::{Account, FRIEND_EMAIL, Fault, Host, Sandbox};
use plex_tv_sdk::{
    Client, ExternalId, Invitee, Kind, RetryPolicy, Token,
    community::{Activity, ActivityType, Entry},
};
use serde_json::{Value, json};

use crate::{
    clock::TestClock,
    harness::{TOKEN, builder},
    wire::{Reply, Wire},
};

const FAN: &str = "fan@example.com";
const MOVIE: &str = "5d7760000000070000000000";
const SHOW: &str = "5d7760000000050000000000";
const EPISODE: &str = "5d7760000000050000100002";

/// A sandbox with a friend who has a watchlist of two pages, and a client with a test clock, so
/// that nothing waits.
async fn sandbox() -> (Sandbox, Client, TestClock) {
    let accounts = [Account::new(FAN).friend(true).watchlist(120), Account::new("stranger@example.com").watchlist(3)];
    let start = accounts.into_iter().fold(Sandbox::builder(), plex_tv_sandbox::Builder::account);
    let sandbox = start.start().await.unwrap();
    let clock = TestClock::default();
    let token = Token::new(sandbox.token()).unwrap();
    let client = builder(sandbox.url()).token(token).clock(clock.clone()).build().unwrap();
    (sandbox, client, clock)
}

fn as_somebody(client: &Client, sandbox: &Sandbox, email: &str) -> Client {
    client.with_token(Token::new(sandbox.token_of(email).unwrap()).unwrap())
}

/// A client of a server that answers every query with this reply.
async fn answered(reply: Reply) -> (Wire, Client) {
    let plex = Wire::always(reply).await;
    let client = client_of(&plex);
    (plex, client)
}

fn client_of(plex: &Wire) -> Client {
    builder(&plex.url).token(Token::new(TOKEN).unwrap()).clock(TestClock::default()).build().unwrap()
}

fn data(data: Value) -> Reply {
    Reply::json(&json!({ "data": data }).to_string())
}

fn page(ids: std::ops::Range<usize>, has_next: bool, cursor: Value) -> Reply {
    let nodes: Vec<Value> = ids.map(|id| json!({"id": format!("{id:024x}"), "type": "MOVIE"})).collect();
    let info = json!({"hasNextPage": has_next, "endCursor": cursor});
    data(json!({"userV2": {"watchlist": {"nodes": nodes, "pageInfo": info}}}))
}

#[tokio::test]
async fn friends_are_listed_with_their_names() {
    let (sandbox, client, _) = sandbox().await;

    let friends = client.community().friends().await.unwrap();

    let names: Vec<_> = friends.iter().map(|friend| (friend.name(), friend.user.id_raw.unwrap())).collect();
    assert_eq!(names, [("examplefriend", 7_654_321), ("fan", 8_000_001)]);
    assert_eq!(friends[0].user.id, "3456789abcdef012");
    assert!(friends[0].created_at.is_some() && friends[0].user.avatar.is_some());
    let sent = sandbox.requests().pop().unwrap();
    assert_eq!((sent.operation, sent.host), (Some("graphQl"), Host::Community));
    assert_eq!(sent.body["operationName"], "GetAllFriends");
    assert_eq!(Invitee::from(&friends[0]), Invitee::Id(7_654_321));
    let mut without_number = friends[0].user.clone();
    without_number.id_raw = None;
    assert_eq!(Invitee::from(&without_number), Invitee::Username("examplefriend".to_owned()));
    let theirs = as_somebody(&client, &sandbox, FAN).community().friends().await.unwrap();
    assert_eq!(theirs[0].name(), "Example User");
}

#[tokio::test]
async fn a_friends_watchlist_is_paged_and_its_items_can_be_added_to_the_users_watchlist() {
    let (sandbox, client, _) = sandbox().await;
    let community = client.community();
    let fan = community.friends().await.unwrap().remove(1);

    let streamed: Vec<Entry> = community.watchlist(&fan).try_collect().await.unwrap();
    let collected = community.watchlist(fan.user.id.as_str()).collect().await.unwrap();

    assert_eq!((streamed.len(), collected.len()), (120, 120));
    let show = &collected[4];
    assert_eq!((show.title.as_deref(), show.kind()), (Some("Example Show 5"), Some(Kind::Show)));
    assert_eq!((show.id.as_str(), show.guid.as_deref()), (SHOW, Some("plex://show/5d7760000000050000000000")));
    let sizes = sandbox.requests().into_iter().filter(|sent| sent.body["operationName"] == "GetWatchlistHub");
    assert_eq!(sizes.map(|sent| sent.body["variables"]["first"].clone()).collect::<Vec<_>>(), vec![json!(100); 4]);
    assert!(serde_json::to_string(&collected).unwrap().contains(r#""type":"SHOW""#));

    client.watchlist().remove(show).await.unwrap();
    assert!(client.user_state(show).await.unwrap().watchlisted_at.is_none());
    client.watchlist().add(show.clone()).await.unwrap();
    assert!(client.user_state(show).await.unwrap().watchlisted_at.is_some());
    // Changes by the friend are visible.
    as_somebody(&client, &sandbox, FAN).watchlist().add("5d7760000000c80000000000").await.unwrap();
    let newest = community.watchlist(&fan).next_item().await.unwrap().unwrap();
    assert_eq!(newest.title.as_deref(), Some("Example Movie 200"));
}

#[tokio::test]
async fn the_feed_lists_what_the_user_and_their_friends_did() {
    let (sandbox, client, _) = sandbox().await;
    let fan = as_somebody(&client, &sandbox, FAN);
    fan.mark_played(EPISODE).await.unwrap();
    fan.rate(MOVIE, 9).await.unwrap();
    let feed = client.community().activities();

    let all: Vec<Activity> = feed.clone().items().collect().await.unwrap();
    assert_eq!(all.len(), 250 + 120 + 2);
    assert!(all.is_sorted_by(|one, other| one.date >= other.date));
    let watched = feed.clone().types([ActivityType::WatchHistory]).of(SHOW).items().collect().await.unwrap();
    let summary = |activity: &Activity| {
        let (user, item) = (activity.user.clone().unwrap(), activity.item.clone().unwrap());
        (user.name().to_owned(), item.id.clone(), item.kind(), activity.type_name.clone())
    };
    let wanted = ("fan".to_owned(), EPISODE.to_owned(), Some(Kind::Episode), Some("ActivityWatchHistory".to_owned()));
    assert_eq!(watched.iter().map(summary).collect::<Vec<_>>(), [wanted]);
    let rated = feed.clone().types([ActivityType::Rating]).of(ExternalId::imdb("tt0000007")).items();
    assert_eq!(rated.collect().await.unwrap().len(), 1);
    assert!(feed.types([ActivityType::Post]).items().collect().await.unwrap().is_empty());
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let (sandbox, client, _) = sandbox().await;
    let community = client.community();

    for bad in ["", "../x", "a b", "{id}", "\"", &"a".repeat(65)] {
        assert!(community.watchlist(bad).next_item().await.unwrap_err().is_invalid_input(), "{bad}");
    }
    assert!(community.activities().types([]).items().next_item().await.unwrap_err().is_invalid_input());
    for bad in ["", "227117", "plex://movie/1"] {
        assert!(community.activities().of(bad).items().next_item().await.unwrap_err().is_invalid_input(), "{bad}");
    }

    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn refusals_with_status_200_have_the_usual_predicates() {
    let (sandbox, client, _) = sandbox().await;
    let community = client.community();
    let stranger = format!("{:016x}", 8_000_002);
    let signed_out = client.with_token(Token::new("not-a-token").unwrap()).community();

    assert!(community.watchlist(stranger).next_item().await.unwrap_err().is_forbidden());
    assert!(community.watchlist("0000").next_item().await.unwrap_err().is_not_found());
    let error = signed_out.friends().await.unwrap_err();
    assert!(error.is_auth() && error.needs_sign_in(), "{error}");
    assert_eq!(error.to_string(), "GetAllFriends: plex.tv refused the query, as with 401 Unauthorized");
    let error =
        community.activities().types([ActivityType::Other("DANCE".into())]).items().next_item().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 400);
    assert!(error.plex_errors()[0].message().unwrap().contains("ActivityType"));
    for (code, status) in [("RATE_LIMITED", 429), ("INTERNAL_SERVER_ERROR", 500), ("NEW_CODE", 200)] {
        sandbox.next("graphQl", Fault::GraphQl { code: code.to_owned() }).unwrap();
        assert_eq!(community.friends().await.unwrap_err().status().unwrap().as_u16(), status, "{code}");
    }
    sandbox.next("graphQl", Fault::RateLimited { retry_after: None }).unwrap();
    assert!(community.friends().await.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn data_next_to_errors_is_not_taken_for_a_complete_reply() {
    let body = json!({"data": {"allFriendsV2": []}, "errors": [{"message": "CANARY", "path": ["allFriendsV2"]}]});
    let (_plex, client) = answered(Reply::json(&body.to_string())).await;

    let error = client.community().friends().await.unwrap_err();

    assert_eq!(error.kind(), plex_tv_sdk::ErrorKind::Refused);
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
}

#[tokio::test]
async fn a_reply_without_the_data_is_an_error_and_not_an_empty_list() {
    for reply in [
        data(json!(null)),
        data(json!({})),
        Reply::json("{}"),
        Reply::json(""),
        Reply::json("[]"),
        Reply::json("<html>"),
    ] {
        let (_plex, client) = answered(reply).await;
        let error = client.community().friends().await.unwrap_err();
        assert!(error.is_decode() || error.is_unexpected_content_type(), "{error:?}");
    }
    for gone in [json!({"userV2": null}), json!({"userV2": {}}), json!({"userV2": {"watchlist": null}})] {
        let (_plex, client) = answered(data(gone)).await;
        let error = client.community().watchlist("0000").next_item().await.unwrap_err();
        assert!(error.is_not_found() && !error.is_retryable(), "{error:?}");
    }
    let rows = json!({"allFriendsV2": [{"user": {"id": "1", "idRaw": "7", "new": 1}}, {"user": {}}, 7, {"user": {"id": "2"}}]});
    let (_plex, client) = answered(data(rows)).await;
    assert_eq!(client.community().friends().await.unwrap().len(), 2);
}

#[tokio::test]
async fn queries_are_spaced_and_a_rate_limit_is_waited_out() {
    let (sandbox, client, clock) = sandbox().await;
    let client = client.with_retry(RetryPolicy::default());
    let community = client.community();

    for _ in 0..4 {
        community.friends().await.unwrap();
    }
    assert_eq!(clock.pauses(), [Duration::from_millis(500); 3]);
    // Calls to other hosts do not wait, and clones share the spacing.
    client.v2().ping().send().await.unwrap();
    assert_eq!(clock.pauses().len(), 3);
    client.community().friends().await.unwrap();
    assert_eq!(clock.pauses().len(), 4);

    for _ in 0..2 {
        sandbox.next("graphQl", Fault::GraphQl { code: "RATE_LIMITED".to_owned() }).unwrap();
    }
    assert_eq!(community.friends().await.unwrap().len(), 2, "the third attempt");
    sandbox.next("graphQl", Fault::RateLimited { retry_after: Some(3) }).unwrap();
    community.friends().await.unwrap();
    assert!(clock.pauses().contains(&Duration::from_secs(3)), "{:?}", clock.pauses());
    for _ in 0..3 {
        sandbox.next("graphQl", Fault::GraphQl { code: "RATE_LIMITED".to_owned() }).unwrap();
    }
    assert!(community.friends().await.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn a_longer_spacing_of_the_client_applies_here_too() {
    let (sandbox, _, clock) = sandbox().await;
    let token = Token::new(sandbox.token()).unwrap();
    let slow =
        builder(sandbox.url()).token(token).clock(clock.clone()).spacing(Duration::from_secs(2)).build().unwrap();

    slow.community().friends().await.unwrap();
    slow.community().friends().await.unwrap();

    assert_eq!(clock.pauses(), [Duration::from_secs(2)]);
}

#[tokio::test]
async fn the_token_goes_only_to_the_community_host() {
    let ours = Wire::start(|path| {
        assert_eq!(path, "/community/api");
        data(json!({"allFriendsV2": []}))
    })
    .await;
    let elsewhere = Wire::always(data(json!({"allFriendsV2": []}))).await;
    let client = builder(&elsewhere.url).token(Token::new(TOKEN).unwrap());
    let client = client.host_url("https://community.plex.tv", format!("{}/community", ours.url)).build().unwrap();

    client.community().friends().await.unwrap();

    let requests = ours.seen.requests();
    assert!(
        requests[0].starts_with("POST /community/api HTTP/1.1") || requests[0].starts_with("post /community/api"),
        "{requests:?}"
    );
    assert!(requests[0].to_lowercase().contains(&format!("x-plex-token: {}", TOKEN.to_lowercase())), "{requests:?}");
    assert_eq!(elsewhere.seen.connections(), 0);
    assert!(!format!("{:?} {client:?}", client.community()).contains(TOKEN));

    let (redirecting, client) =
        answered(Reply::redirect("307 Temporary Redirect", &format!("{}/api", elsewhere.url))).await;
    assert!(client.community().friends().await.unwrap_err().is_redirect());
    assert_eq!((redirecting.seen.connections(), elsewhere.seen.connections()), (1, 0));
}

#[tokio::test]
async fn lists_that_do_not_end_or_make_no_progress_are_errors() {
    let (plex, client) = answered(page(0..2, true, json!("same"))).await;
    let error = client.community().watchlist("0000").collect().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("no progress"), "{error}");
    assert_eq!(plex.seen.connections(), 2);

    let (_plex, client) = answered(page(0..101, false, json!(null))).await;
    assert!(client.community().watchlist("0000").collect().await.unwrap_err().is_too_large());

    for (has_next, cursor) in [(false, json!("next")), (false, json!(null))] {
        let (plex, client) = answered(page(0..2, has_next, cursor)).await;
        assert_eq!(client.community().watchlist("0000").collect().await.unwrap().len(), 2);
        assert_eq!(plex.seen.connections(), 1);
    }
    // A list that goes on without a cursor is not taken for a complete one.
    for cursor in [json!(null), json!("")] {
        let (plex, client) = answered(page(0..2, true, cursor)).await;
        let mut items = client.community().watchlist("0000");
        assert!(items.next_item().await.unwrap().is_some() && items.next_item().await.unwrap().is_some());
        let error = items.next_item().await.unwrap_err();
        assert!(error.is_decode() && error.to_string().contains("no cursor"), "{error}");
        assert!(items.next_item().await.unwrap().is_none());
        assert_eq!(plex.seen.connections(), 1);
    }
    let (_plex, client) = answered(page(0..0, true, json!(null))).await;
    assert!(client.community().watchlist("0000").collect().await.unwrap().is_empty());
    // Cursors that go in a circle.
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let circle = Wire::start(move |_| {
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        page(turn * 2..turn * 2 + 2, true, json!(["a", "b", "c"][turn % 3]))
    })
    .await;
    let error = client_of(&circle).community().watchlist("0000").collect().await.unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("no progress"), "{error}");
    assert_eq!(circle.seen.connections(), 4);
    // An empty page is not the end.
    let count = std::sync::atomic::AtomicUsize::new(0);
    let plex = Wire::start(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0 => page(0..0, true, json!("a")),
        _ => page(0..3, false, json!("b")),
    })
    .await;
    let list = client_of(&plex).community().watchlist("0000").collect().await.unwrap();
    assert_eq!(list.len(), 3);
    let requests = plex.seen.requests();
    assert!(requests[1].contains(r#""after":"a""#), "{requests:?}");
}

#[tokio::test]
async fn the_item_of_a_feed_is_looked_up_once() {
    let page = |cursor: Value, count: usize| {
        let nodes: Vec<Value> = (0..count).map(|id| json!({"id": format!("{cursor}{id}")})).collect();
        let info = json!({"hasNextPage": cursor.is_string(), "endCursor": cursor});
        data(json!({"activityFeed": {"nodes": nodes, "pageInfo": info}}))
    };
    let pages = std::sync::Mutex::new(vec![page(json!(null), 1), page(json!("b"), 2), page(json!("a"), 2)]);
    let plex = Wire::start(move |path| {
        if path.contains("/matches") {
            let item = json!({"ratingKey": MOVIE, "type": "movie", "Guid": [{"id": "imdb://tt0000007"}]});
            return Reply::json(&json!({"MediaContainer": {"Metadata": [item]}}).to_string());
        }
        pages.lock().unwrap().pop().unwrap()
    })
    .await;

    let feed = client_of(&plex).community().activities().of(ExternalId::imdb("tt0000007"));
    assert_eq!(feed.items().collect().await.unwrap().len(), 5);

    let requests = plex.seen.requests();
    assert_eq!(requests.iter().filter(|request| request.contains("/matches")).count(), 1, "{requests:?}");
    let named = requests.iter().filter(|request| request.contains(&format!(r#""metadataID":"{MOVIE}""#)));
    assert_eq!(named.count(), 3, "{requests:?}");
}

#[tokio::test]
async fn after_a_failure_the_same_page_is_requested_again() {
    let (sandbox, client, _) = sandbox().await;
    let mut items = client.community().watchlist(format!("{:016x}", 8_000_001));
    for _ in 0..100 {
        items.next_item().await.unwrap().unwrap();
    }

    sandbox.next("graphQl", Fault::Hangup).unwrap();
    let error = items.next_item().await.unwrap_err();

    assert!(error.is_retryable(), "{error}");
    assert_eq!(items.collect().await.unwrap().len(), 20);
    assert!(sandbox.token_of(FRIEND_EMAIL).is_some());
}
