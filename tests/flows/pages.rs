//! Paged lists from servers that page correctly, wrongly or not at all.

use std::{ops::Range, time::Duration};

use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{Client, Error, Page, Pages, Response, Rows, Token, discover::types::MetadataReply};
use serde_json::{Value, json};

use crate::{
    clock::TestClock,
    faults::persistent,
    harness::{answer_json, builder, signed_in},
    wire::{Reply, Wire},
};

const WATCHLIST: &str = "/library/sections/watchlist/all";

type Asked = Result<Response<MetadataReply>, Error>;

async fn page_of(client: &Client, start: i64, size: i64) -> Asked {
    client.discover().get_watchlist("all").container_start(start).container_size(size).send_with_response().await
}

/// Reads the whole list from this server and returns its keys.
async fn keys(plex: &Wire) -> Result<Vec<u64>, Error> {
    let client = signed_in(&plex.url);
    let items = Pages::new(async |start, size| page_of(&client, start, size).await).collect().await?;
    Ok(items.iter().map(|item| item.rating_key.parse().unwrap()).collect())
}

fn number(path: &str, name: &str) -> u64 {
    let (_, query) = path.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|pair| pair.0 == name).unwrap().1.parse().unwrap()
}

fn start_of(path: &str) -> u64 {
    number(path, "X-Plex-Container-Start")
}

/// The start of each requested page.
fn starts(plex: &Wire) -> Vec<u64> {
    let requests = plex.seen.requests();
    requests.iter().map(|request| start_of(request.split(' ').nth(1).unwrap())).collect()
}

fn container(keys: Range<u64>, members: Value) -> Value {
    let items: Vec<Value> = keys.map(|key| json!({"ratingKey": key.to_string(), "title": "Example"})).collect();
    let mut container = json!({"Metadata": items});
    let (Value::Object(into), Value::Object(members)) = (&mut container, members) else {
        panic!("not an object");
    };
    into.extend(members);
    json!({"MediaContainer": container})
}

fn page(keys: Range<u64>, members: Value) -> Reply {
    Reply::json(&container(keys, members).to_string())
}

/// The range that a server with this many items returns for a request.
fn asked_for(path: &str, items: u64) -> Range<u64> {
    let start = start_of(path).min(items);
    start..(start + number(path, "X-Plex-Container-Size")).min(items)
}

#[tokio::test]
async fn a_watchlist_is_read_in_pages_of_100_and_ends_at_its_total() {
    let plex = Wire::start(|path| {
        let keys = asked_for(path, 250);
        let meta = json!({"offset": keys.start, "size": keys.end - keys.start, "totalSize": 250});
        page(keys, meta)
    })
    .await;

    let keys = keys(&plex).await.unwrap();

    assert_eq!(keys, (0..250).collect::<Vec<_>>());
    let requests = plex.seen.requests();
    assert_eq!(requests.len(), 3);
    for (request, start) in requests.iter().zip([0, 100, 200]) {
        let line = format!("GET {WATCHLIST}?X-Plex-Container-Size=100&X-Plex-Container-Start={start} HTTP/1.1");
        assert_eq!(request.lines().next(), Some(line.as_str()));
    }
}

#[tokio::test]
async fn the_watchlist_of_the_sandbox_is_complete_although_calls_fail_in_between() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await).size(1000);
    let mut items: Vec<_> = pages.next_page().await.unwrap().unwrap().into_iter().collect();

    sandbox.next("getWatchlist", Fault::Html).unwrap();
    let error = pages.next_page().await.unwrap_err();
    items.extend(pages.collect().await.unwrap());

    assert!(error.is_retryable(), "{error:?}");
    let numbers = items.iter().map(|item| item.title.as_deref().unwrap().rsplit(' ').next().unwrap().parse().unwrap());
    assert_eq!(numbers.collect::<Vec<usize>>(), (1..=250).collect::<Vec<_>>());
    let asked = sandbox.requests().iter().filter(|request| request.operation == Some("getWatchlist")).count();
    assert_eq!(asked, 4);
}

#[tokio::test]
async fn a_list_that_ends_with_a_full_page_takes_no_extra_call() {
    let plex = Wire::start(|path| page(asked_for(path, 200), json!({"totalSize": "200"}))).await;

    let keys = keys(&plex).await.unwrap();

    assert_eq!((keys.len(), starts(&plex)), (200, vec![0, 100]));
}

#[tokio::test]
async fn without_a_total_an_empty_page_ends_the_list() {
    let ends = [json!({}), json!({"Metadata": null}), json!({"Metadata": []}), json!({"offset": 0, "size": 0})];
    for end in ends.map(|end| json!({"MediaContainer": end})) {
        let plex = Wire::start(move |path| match start_of(path) {
            0..200 => page(asked_for(path, 200), json!({})),
            _ => Reply::json(&end.to_string()),
        })
        .await;

        let keys = keys(&plex).await.unwrap();

        assert_eq!((keys.len(), starts(&plex)), (200, vec![0, 100, 200]));
    }
}

#[tokio::test]
async fn a_list_that_ends_before_its_total_still_reports_that_total() {
    let plex = Wire::start(|path| page(asked_for(path, 150), json!({"totalSize": 250}))).await;
    let client = signed_in(&plex.url);
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await);
    let mut items = 0;

    while let Some(page) = pages.next_page().await.unwrap() {
        items += page.len();
    }

    assert_eq!((items, pages.total()), (150, Some(250)));
    assert_eq!(starts(&plex), [0, 100, 150]);
}

#[tokio::test]
async fn an_empty_list_takes_one_call() {
    let plex = Wire::always(page(0..0, json!({"offset": 0, "size": 0, "totalSize": 0}))).await;

    assert_eq!(keys(&plex).await.unwrap(), Vec::<u64>::new());
    assert_eq!(starts(&plex), [0]);
}

#[tokio::test]
async fn the_total_may_be_in_a_header() {
    let plex = Wire::start(|path| {
        let body = container(asked_for(path, 150), json!({})).to_string();
        let start = format!("x-plex-container-start: {}", start_of(path));
        let headers = ["content-type: application/json", &start, "X-Plex-Container-Total-Size: 150"];
        Reply::http("200 OK", &headers, body)
    })
    .await;

    let keys = keys(&plex).await.unwrap();

    assert_eq!((keys.len(), starts(&plex)), (150, vec![0, 100]));
}

#[tokio::test]
async fn a_wrong_total_costs_one_extra_call_and_no_item() {
    for total in [json!(0), json!(-1), json!(i64::MIN), json!(i64::MAX), json!(99), json!(null), json!(151)] {
        let meta = json!({"totalSize": total, "size": -5});
        let plex = Wire::start(move |path| page(asked_for(path, 150), meta.clone())).await;

        let keys = keys(&plex).await.unwrap();

        assert_eq!(keys, (0..150).collect::<Vec<_>>(), "{total}");
        assert_eq!(starts(&plex), [0, 100, 150], "{total}");
    }
}

#[tokio::test]
async fn pages_smaller_than_requested_neither_lose_nor_repeat_items() {
    let plex = Wire::start(|path| {
        let start = start_of(path);
        let size = [1, 30, 7, 100, 12][usize::try_from(start % 5).unwrap()];
        let keys = start..(start + size).min(333);
        // Some servers have been seen to repeat the requested size.
        page(keys, json!({"offset": start, "size": 100, "totalSize": 333}))
    })
    .await;

    let keys = keys(&plex).await.unwrap();

    assert_eq!(keys, (0..333).collect::<Vec<_>>());
}

#[tokio::test]
async fn rows_that_cannot_be_decoded_keep_their_place_in_the_list() {
    let plex = Wire::start(|path| match start_of(path) {
        0 => page(0..0, json!({"Metadata": [{"ratingKey": 0}, {"title": "no key"}, 7, {"ratingKey": 3}]})),
        4 => page(4..6, json!({"totalSize": 6})),
        start => panic!("no page begins at {start}"),
    })
    .await;
    let client = signed_in(&plex.url);
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await);

    let first = pages.next_page().await.unwrap().unwrap();

    let rejected: Vec<usize> = first.rejected().iter().map(|row| row.index()).collect();
    assert_eq!((first.len(), rejected), (2, vec![1, 2]));
    let rest: Vec<String> = pages.collect().await.unwrap().into_iter().map(|item| item.rating_key).collect();
    assert_eq!(rest, ["4", "5"]);
}

#[tokio::test]
async fn a_repeated_page_is_an_error_after_two_calls() {
    let cases = [
        (json!({}), "an earlier page arrived again"),
        (json!({"totalSize": 250}), "an earlier page arrived again"),
        (json!({"offset": 0, "totalSize": 250}), "the reply begins at 0"),
    ];
    for (meta, why) in cases {
        let plex = Wire::always(page(0..20, meta)).await;

        let error = keys(&plex).await.unwrap_err();

        assert!(error.is_decode() && !error.is_retryable(), "{error:?}");
        assert_eq!(error.to_string(), format!("the items from 20 on were requested, but {why}"));
        assert_eq!(starts(&plex), [0, 20]);
    }
}

#[tokio::test]
async fn pages_that_repeat_in_a_cycle_are_an_error() {
    let plex = Wire::start(|path| match start_of(path) / 20 % 3 {
        0 => page(0..20, json!({})),
        1 => page(20..40, json!({})),
        _ => page(40..60, json!({})),
    })
    .await;

    let error = keys(&plex).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
    assert_eq!(error.to_string(), "the items from 60 on were requested, but an earlier page arrived again");
    assert_eq!(starts(&plex), [0, 20, 40, 60]);
}

#[tokio::test]
async fn a_repeated_page_with_the_requested_offset_is_an_error() {
    let plex = Wire::start(|path| page(0..100, json!({"offset": start_of(path)}))).await;

    let error = keys(&plex).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
    assert_eq!(starts(&plex), [0, 100]);
}

#[tokio::test]
async fn a_page_with_the_wrong_offset_is_an_error() {
    for offset in [99, 101, i64::MAX] {
        let plex = Wire::start(move |path| match start_of(path) {
            0 => page(0..100, json!({"offset": 0})),
            _ => page(500..600, json!({"offset": offset})),
        })
        .await;

        let error = keys(&plex).await.unwrap_err();

        assert_eq!(
            error.to_string(),
            format!("the items from 100 on were requested, but the reply begins at {offset}")
        );
    }
}

#[tokio::test]
async fn more_items_than_requested_are_an_error() {
    for meta in [json!({}), json!({"size": 101, "totalSize": 101}), json!({"size": 100, "totalSize": 900_000_000})] {
        let plex = Wire::always(page(0..101, meta)).await;

        let error = keys(&plex).await.unwrap_err();

        assert!(error.is_too_large() && !error.is_retryable(), "{error:?}");
        assert!(error.to_string().starts_with("100 items from 0 on were requested, but 101 arrived"), "{error}");
        assert_eq!(starts(&plex), [0]);
    }
}

#[tokio::test]
async fn a_server_that_does_not_page_may_return_everything_if_the_page_size_allows_it() {
    let plex = Wire::always(page(0..250, json!({"size": 250, "totalSize": 250}))).await;
    let client = signed_in(&plex.url);

    let items = Pages::new(async |start, size| page_of(&client, start, size).await).size(1000).collect().await;

    assert_eq!(items.unwrap().len(), 250);
    assert_eq!(starts(&plex), [0]);
}

#[tokio::test]
async fn collecting_an_endless_watchlist_stops_at_the_limit() {
    let plex = Wire::start(|path| {
        let start = start_of(path);
        page(start..start + number(path, "X-Plex-Container-Size"), json!({"offset": start, "totalSize": 900_000_000}))
    })
    .await;
    let client = signed_in(&plex.url);

    let list = Pages::new(async |start, size| page_of(&client, start, size).await).size(10).item_limit(35);
    let error = list.collect().await.unwrap_err();

    assert!(error.is_too_large(), "{error:?}");
    assert_eq!(starts(&plex), [0, 10, 20, 30]);
}

#[tokio::test]
async fn a_page_that_failed_is_requested_again_and_nothing_is_lost() {
    let total = json!({"totalSize": 30});
    let plex = Wire::script([
        page(0..10, total.clone()),
        Reply::http("500 Internal Server Error", &[], ""),
        Reply::json("{"),
        page(10..20, json!({"offset": 0})),
        page(10..20, total.clone()),
        page(20..30, total),
    ])
    .await;
    let client = signed_in(&plex.url);
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await).size(10);
    let (mut keys, mut errors) = (Vec::new(), Vec::new());

    while errors.len() < 10 {
        match pages.next_item().await {
            Ok(Some(item)) => keys.push(item.rating_key.parse::<u64>().unwrap()),
            Ok(None) => break,
            Err(error) => errors.push(error),
        }
    }

    assert_eq!(keys, (0..30).collect::<Vec<_>>());
    assert_eq!(starts(&plex), [0, 10, 10, 10, 10, 20]);
    assert_eq!(errors.len(), 3);
    assert_eq!(errors[0].status().map(|status| status.as_u16()), Some(500));
    assert_eq!(errors[0].operation(), Some("getWatchlist"));
}

#[tokio::test]
async fn a_page_whose_request_was_dropped_is_requested_again() {
    let plex =
        Wire::script([page(0..100, json!({})), Reply::Stall(Vec::new()), page(100..150, json!({"totalSize": 150}))])
            .await;
    let client = signed_in(&plex.url);
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await);
    pages.next_page().await.unwrap();

    tokio::select! {
        _ = pages.next_page() => panic!("the server does not answer"),
        () = plex.seen.wait_for_requests(2) => {}
    }

    assert_eq!(pages.collect().await.unwrap().len(), 50);
    assert_eq!(starts(&plex), [0, 100, 100]);
}

#[tokio::test]
async fn a_rate_limit_within_a_list_is_waited_out() {
    let plex = Wire::script([
        page(0..100, json!({"totalSize": 150})),
        Reply::http("429 Too Many Requests", &["retry-after: 2"], ""),
        page(100..150, json!({"totalSize": 150})),
    ])
    .await;
    let clock = TestClock::default();
    let client = persistent(&plex.url, &clock).build().unwrap();

    let items = Pages::new(async |start, size| page_of(&client, start, size).await).collect().await.unwrap();

    assert_eq!(items.len(), 150);
    assert_eq!(clock.pauses(), [Duration::from_secs(2)]);
    assert_eq!(starts(&plex), [0, 100, 100]);
}

#[tokio::test]
async fn pages_are_requested_when_they_are_needed_and_never_after_the_end() {
    let plex = Wire::start(|path| page(asked_for(path, 25), json!({"totalSize": 25}))).await;
    let client = signed_in(&plex.url);
    let mut pages = Pages::new(async |start, size| page_of(&client, start, size).await).size(10);
    assert_eq!((plex.seen.connections(), pages.total()), (0, None));

    let first = pages.next_item().await.unwrap().unwrap();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push(page.len());
    }

    assert_eq!((first.rating_key.as_str(), pages.total()), ("0", Some(25)));
    assert_eq!(sizes, [9, 10, 5]);
    assert!(pages.next_item().await.unwrap().is_none());
    assert!(pages.next_page().await.unwrap().is_none());
    assert_eq!(starts(&plex), [0, 10, 20]);
}

#[tokio::test]
async fn a_list_can_be_read_in_a_task_and_with_a_plain_closure() {
    let plex = Wire::start(|path| page(asked_for(path, 150), json!({"totalSize": 150}))).await;
    let client = signed_in(&plex.url);

    let task = tokio::spawn(async move {
        let list = Pages::new(|start, size| {
            client.discover().get_watchlist("all").container_start(start).container_size(size).send_with_response()
        });
        list.collect().await.map(|items| items.len())
    });

    assert_eq!(task.await.unwrap().unwrap(), 150);
}

#[tokio::test]
async fn every_paged_call_works_with_pages() {
    let server = httpmock::MockServer::start_async().await;
    let body = container(0..7, json!({"offset": 0, "size": 7, "totalSize": 7}));
    answer_json(&server, "/library/metadata/1/children", 200, &body).await;
    answer_json(&server, "/hubs/sections/home/new-for-you", 200, &body).await;
    let client = signed_in(&server.base_url());
    let api = client.discover();

    let children = Pages::new(|start, size| {
        api.get_discover_metadata_children("1").container_start(start).container_size(size).send_with_response()
    });
    let hub = Pages::new(|start, size| {
        api.get_hub_section("home", "new-for-you").container_start(start).container_size(size).send_with_response()
    });

    assert_eq!(children.collect().await.unwrap().len(), 7);
    assert_eq!(hub.collect().await.unwrap().len(), 7);
}

#[tokio::test]
async fn any_other_call_can_be_paged() {
    let mut pages = Pages::new(async |start: i64, size: i64| {
        let rows: Vec<i64> = (start..(start + size).min(7)).collect();
        Ok(Page::new(rows).total(Some(7)))
    })
    .size(3);

    let first: Rows<i64> = pages.next_page().await.unwrap().unwrap();

    assert_eq!(*first, [0, 1, 2]);
    assert_eq!(pages.collect().await.unwrap(), [3, 4, 5, 6]);
}
