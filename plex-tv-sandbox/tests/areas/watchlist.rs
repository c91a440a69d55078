use plex_tv_sandbox::HOME_USER;
use reqwest::Method;
use serde_json::{Value, json};

use super::{column, refusal, refused};
use crate::support::{Harness, harness};

const LIST: &str = "/discover/library/sections/watchlist";
/// An item that is on no watchlist.
const NEW: &str = "5d77600000012c0000000000";

async fn list(plex: &Harness, query: &str) -> Value {
    let (status, reply) = plex.get(&format!("{LIST}/{query}")).await;
    assert_eq!(status, 200);
    reply["MediaContainer"].clone()
}

#[tokio::test]
async fn items_are_added_and_removed() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let act = async |action: &str, key: &str| {
        plex.call(token, Method::PUT, &format!("/discover/actions/{action}?ratingKey={key}")).await
    };

    assert_eq!(act("addToWatchlist", NEW).await.0, 200);
    assert_eq!(act("addToWatchlist", NEW).await.0, 200, "adding it twice changes nothing");
    let first = &list(&plex, "all").await;
    assert_eq!((&first["totalSize"], &first["Metadata"][0]["ratingKey"]), (&json!(251), &json!(NEW)));
    let details = plex.get(&format!("/library/metadata/{NEW}?includeUserState=1")).await.1;
    assert_eq!(details["MediaContainer"]["Metadata"][0]["watchlistedAt"], first["Metadata"][0]["watchlistedAt"]);

    assert_eq!(act("removeFromWatchlist", NEW).await.0, 200);
    assert_eq!(list(&plex, "all").await["totalSize"], 250);
    for (key, status, code) in [("", 400, 1004), ("nothing", 404, 1002), ("5d7760000000050000100000", 404, 1002)] {
        assert_eq!(refused(act("addToWatchlist", key).await), refusal(status, code), "{key}");
        assert_eq!(refused(act("removeFromWatchlist", key).await), refusal(status, code), "{key}");
    }
    let post = plex.call(token, Method::POST, &format!("/discover/actions/addToWatchlist?ratingKey={NEW}")).await;
    assert_eq!(post.0, 405);
}

#[tokio::test]
async fn every_user_has_a_separate_list() {
    let plex = harness().await;
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    plex.call(&kid, Method::PUT, &format!("/discover/actions/addToWatchlist?ratingKey={NEW}")).await;

    let kids = plex.call(&kid, Method::GET, &format!("{LIST}/all")).await.1;
    assert_eq!(kids["MediaContainer"]["totalSize"], 1);
    assert_eq!(list(&plex, "all").await["totalSize"], 250);
    let friends = plex.call(&plex.friend(), Method::GET, &format!("{LIST}/all")).await.1;
    assert!(friends["MediaContainer"].get("Metadata").is_none());
}

#[tokio::test]
async fn it_is_sorted_and_filtered_on_request() {
    let plex = harness().await;
    let column_of = async |query: &str, name: &str| {
        let mut all = Vec::new();
        for start in [0, 100, 200] {
            let page = list(&plex, &format!("{query}X-Plex-Container-Size=100&X-Plex-Container-Start={start}")).await;
            all.extend(page.get("Metadata").map(|rows| column(rows, name)).unwrap_or_default());
        }
        all
    };
    let is_sorted = |values: &[Value], descending: bool| {
        values.windows(2).all(|pair| {
            let order = match (&pair[0], &pair[1]) {
                (Value::String(one), Value::String(other)) => one.cmp(other),
                (one, other) => one.as_f64().unwrap().total_cmp(&other.as_f64().unwrap()),
            };
            order.is_eq() || order.is_gt() == descending
        })
    };

    for (sort, name) in [
        ("titleSort", "title"),
        ("originallyAvailableAt", "originallyAvailableAt"),
        ("rating", "rating"),
        ("watchlistedAt", "watchlistedAt"),
    ] {
        for (direction, descending) in [("asc", false), ("desc", true)] {
            let values = column_of(&format!("all?sort={sort}:{direction}&"), name).await;
            assert_eq!(values.len(), 250);
            assert!(is_sorted(&values, descending), "{sort}:{direction}");
        }
    }
    assert!(is_sorted(&column_of("all?", "watchlistedAt").await, true), "the newest comes first by default");
    for (kind, expected, count) in [("1", "movie", 225), ("2", "show", 25)] {
        let kinds = column_of(&format!("all?type={kind}&"), "type").await;
        assert_eq!(kinds.len(), count);
        assert!(kinds.iter().all(|kind| kind == expected));
    }
    assert_eq!(column_of("all?type=99&", "type").await.len(), 250);
    let (available, released) = (list(&plex, "available").await, list(&plex, "released").await);
    assert_eq!((&available["totalSize"], &released["totalSize"]), (&json!(167), &json!(250)));
    for query in ["all?sort=nothing:asc", "all?sort=rating:down", "all?type=7"] {
        assert_eq!(refused(plex.get(&format!("{LIST}/{query}")).await), refusal(400, 1004), "{query}");
    }
}

#[tokio::test]
async fn external_ids_are_included_on_request() {
    let plex = harness().await;

    let with = &list(&plex, "all?includeGuids=1&X-Plex-Container-Size=2").await["Metadata"][1];
    let without = &list(&plex, "all?X-Plex-Container-Size=2").await["Metadata"][1];

    assert_eq!(column(&with["Guid"], "id"), ["imdb://tt0000002", "tmdb://602", "tvdb://70002"]);
    assert!(without.get("Guid").is_none());
    let few = &list(&plex, "all?includeFields=title").await["Metadata"][0];
    assert!(few.get("year").is_none() && few["title"].is_string() && few["ratingKey"].is_string());
}

#[tokio::test]
async fn an_unchanged_list_answers_304() {
    let plex = harness().await;
    let get = |path: &str, tag: Option<&str>| {
        let request = plex.signed_in(Method::GET, &format!("{LIST}/{path}"));
        tag.map_or(request.try_clone().unwrap(), |tag| request.header("If-None-Match", tag)).send()
    };

    let first = get("all", None).await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let again = get("all", Some(&tag)).await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["etag"].to_str().unwrap()), (304, tag.as_str()));
    assert_eq!(again.text().await.unwrap(), "");
    for several in [format!("\"another\", {tag}"), String::from("*")] {
        assert_eq!(get("all", Some(&several)).await.unwrap().status(), 304, "{several}");
    }
    assert_eq!(get("all", Some("\"another\"")).await.unwrap().status(), 200);
    assert_eq!(get("all?sort=rating:asc", Some(&tag)).await.unwrap().status(), 200, "it is another list");

    plex.call(plex.sandbox.token(), Method::PUT, &format!("/discover/actions/addToWatchlist?ratingKey={NEW}")).await;

    let changed = get("all", Some(&tag)).await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"].to_str().unwrap(), tag);
}

#[tokio::test]
async fn a_page_that_is_far_too_large_is_refused() {
    let plex = harness().await;

    let (status, body) = plex.get(&format!("{LIST}/all?X-Plex-Container-Size=1001")).await;

    assert_eq!(status, 400);
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("container-size"), "{body}");
}

#[tokio::test]
async fn a_feed_shows_the_list_to_whoever_has_its_address() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let feed = async |kind: &str| {
        let (status, reply) = plex.send(token, Method::POST, "/discover/rss", &json!({"feedType": kind})).await;
        assert_eq!(status, 200);
        reply["RSSInfo"][0]["url"].as_str().unwrap().to_owned()
    };
    let own = feed("watchlist").await;
    assert_eq!(feed("watchlist").await, own, "the feed is reused");
    plex.call(&plex.friend(), Method::PUT, &format!("/discover/actions/addToWatchlist?ratingKey={NEW}")).await;

    let read = async |url: &str| plex.http.get(url).send().await.unwrap();
    let json: Value = read(&format!("{own}?format=json")).await.json().await.unwrap();
    assert_eq!(json["items"].as_array().unwrap().len(), 250);
    let xml = read(&own).await;
    assert_eq!(xml.headers()["content-type"], "application/rss+xml; charset=utf-8");
    assert_eq!(xml.text().await.unwrap().matches("<item>").count(), 250);
    let friends: Value = read(&format!("{}?format=json", feed("friendsWatchlist").await)).await.json().await.unwrap();
    assert_eq!(column(&friends["items"], "title").len(), 1);
    let uuid = own.rsplit('/').next().unwrap();
    let moved = || plex.identified(Method::GET, &format!("/discover/rss/{uuid}?format=json"));
    assert_eq!(moved().send().await.unwrap().status(), 401, "the discover host requires a token");
    let redirect = moved().header("X-Plex-Token", token).send().await.unwrap();
    assert_eq!(
        (redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()),
        (302, &*format!("{own}?format=json"))
    );
    assert_eq!(read(&own.replace(uuid, "nothing")).await.status(), 404);
    assert_eq!(refused(plex.send(token, Method::POST, "/rss", &json!({"feedType": "x"})).await), refusal(400, 1004));
    let log = format!("{:?}", plex.sandbox.requests());
    assert!(!log.contains(uuid) && log.contains("/rss/{feedUuid}"), "the address of a feed is a secret");
}
