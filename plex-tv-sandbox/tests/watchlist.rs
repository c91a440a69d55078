#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use plex_tv_sandbox::HOME_USER;
use reqwest::Method;
use serde_json::{Value, json};
use support::{error_code, harness};

const WATCHLIST: &str = "/library/sections/watchlist/all";

/// Returns offset, size, total, and the first and the last title.
fn summary(page: &Value) -> (Value, Value, Value, Vec<&str>) {
    let container = &page["MediaContainer"];
    let items = container["Metadata"].as_array().map_or(&[][..], |items| items);
    assert_eq!(container["size"], items.len());
    let ends = [items.first(), items.last()].into_iter().flatten();
    let titles = ends.map(|item| item["title"].as_str().unwrap()).collect();
    (container["offset"].clone(), container["size"].clone(), container["totalSize"].clone(), titles)
}

#[tokio::test]
async fn the_watchlist_comes_in_pages_of_a_hundred_at_most() {
    let plex = harness().await;
    let cases = [
        ("", 0, 20, vec!["Example Movie 1", "Example Movie 20"]),
        ("?X-Plex-Container-Size=100", 0, 100, vec!["Example Movie 1", "Example Movie 100"]),
        ("?X-Plex-Container-Size=101", 0, 100, vec!["Example Movie 1", "Example Movie 100"]),
        (
            "?X-Plex-Container-Start=200&X-Plex-Container-Size=100",
            200,
            50,
            vec!["Example Movie 201", "Example Movie 250"],
        ),
        ("?X-Plex-Container-Start=249", 249, 1, vec!["Example Movie 250", "Example Movie 250"]),
        ("?X-Plex-Container-Start=250", 250, 0, vec![]),
        ("?X-Plex-Container-Start=18446744073709551615", 250, 0, vec![]),
        ("?X-Plex-Container-Start=-1&X-Plex-Container-Size=many", 0, 20, vec!["Example Movie 1", "Example Movie 20"]),
    ];

    for (query, offset, size, titles) in cases {
        let (status, page) = plex.get(&format!("{WATCHLIST}{query}")).await;

        assert_eq!(status, 200);
        assert_eq!(summary(&page), (json!(offset), json!(size), json!(250), titles), "{query}");
        assert_eq!(page["MediaContainer"].get("Metadata").is_some(), size > 0, "{query}");
    }
}

#[tokio::test]
async fn the_page_may_be_asked_for_in_headers() {
    let plex = harness().await;

    let call = plex.signed_in(Method::GET, WATCHLIST).header("X-Plex-Container-Start", "99");
    let (_, page) = support::json(call.header("X-Plex-Container-Size", "2").send().await.unwrap()).await;

    assert_eq!(summary(&page).3, ["Example Movie 100", "Example Movie 101"]);
}

#[tokio::test]
async fn xml_has_the_items_in_the_container() {
    let plex = harness().await;

    let call = plex.signed_in(Method::GET, &format!("{WATCHLIST}?X-Plex-Container-Size=2"));
    let call = call.header("Accept", "*/*");
    let text = call.send().await.unwrap().text().await.unwrap();

    assert!(text.contains("<MediaContainer "), "{text}");
    assert_eq!(text.matches("<Video ").count(), 2, "{text}");
}

#[tokio::test]
async fn others_have_an_empty_list_and_unknown_filters_are_404() {
    let plex = harness().await;
    let (_, user) = plex.switch(HOME_USER, "").await;
    let token = user["authToken"].as_str().unwrap();

    let call = plex.identified(Method::GET, WATCHLIST).header("X-Plex-Token", token);
    let (_, page) = support::json(call.send().await.unwrap()).await;
    let (status, refusal) = plex.get("/library/sections/watchlist/nothing").await;

    assert_eq!(summary(&page), (json!(0), json!(0), json!(0), vec![]));
    assert_eq!((status, error_code(&refusal)), (404, &json!(1002)));
}
