use plex_tv_tests::{NO_BODY, failure, success};

use crate::{MOVIE, SHOW, items, keys, reasons};

#[tokio::test]
async fn promoted_hubs_come_with_their_first_items() {
    let reply = success("getPromotedHubs", 200)
        .sends("GET /hubs/promoted?count=20&excludeContinueWatching=1", NO_BODY)
        .call_discover(async |api| {
            api.get_promoted_hubs().count(20).exclude_continue_watching(true).send_with_response().await
        })
        .await;

    let hubs = reply.media_container.hub;
    let [hub] = &*hubs else {
        panic!("expected one hub");
    };
    assert_eq!(hub.hub_identifier.as_deref(), Some("home.top_watchlisted"));
    assert_eq!(hub.type_.as_deref(), Some("mixed"));
    assert_eq!((hub.more, hub.promoted, hub.size), (Some(true), Some(true), Some(2)));
    assert_eq!(keys(&hub.metadata), [MOVIE, SHOW]);
}

#[tokio::test]
async fn a_bad_item_is_set_aside_inside_its_hub() {
    let body = r#"{"MediaContainer":{"size":"2","Hub":[
        {"title":"One","promoted":"1","Metadata":[{"title":"no key"},{"ratingKey":"2"}]},{"title":"Two","new":1},7]}}"#;

    let reply = success("getPromotedHubs", 200)
        .replying("application/json", body)
        .sends("GET /hubs/promoted", NO_BODY)
        .call_discover(async |api| api.get_promoted_hubs().send_with_response().await)
        .await;

    let hubs = &reply.media_container.hub;
    assert_eq!(reasons(hubs).len(), 1);
    let [one, two] = &**hubs else {
        panic!("expected two hubs");
    };
    assert_eq!(one.promoted, Some(true));
    assert_eq!(reasons(&one.metadata), ["row 0: missing field `ratingKey`"]);
    assert_eq!(keys(&one.metadata), ["2"]);
    assert!(two.metadata.is_empty());
    assert_eq!(two.extra["new"], 1);
}

#[tokio::test]
async fn promoted_hubs_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getPromotedHubs", 429, 1003)
        .sends("GET /hubs/promoted", NO_BODY)
        .call_discover(async |api| api.get_promoted_hubs().send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn a_hub_comes_page_by_page() {
    let line = "GET /hubs/sections/home/top_watchlisted?X-Plex-Container-Size=2&X-Plex-Container-Start=38&contentDirectoryID=home&limit=2";

    let page = success("getHubSection", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.get_hub_section("home", "top_watchlisted")
                .container_start(38)
                .container_size(2)
                .content_directory_id("home")
                .limit(2)
                .send_with_response()
                .await
        })
        .await;

    assert_eq!((page.media_container.size, page.media_container.total_size), (Some(2), Some(40)));
    assert_eq!(keys(items(&page)), [MOVIE, SHOW]);
}

#[tokio::test]
async fn an_unknown_hub_is_not_found() {
    let error = failure("getHubSection", 404, 1002)
        .sends("GET /hubs/sections/home/nothing", NO_BODY)
        .call_discover(async |api| api.get_hub_section("home", "nothing").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn hubs_of_a_section_are_placeholders() {
    let reply = success("listHubsOfSection", 200)
        .sends("GET /hubs/sections/watchlist?includeMeta=1", NO_BODY)
        .call_discover(async |api| api.list_hubs_of_section("watchlist").include_meta(true).send_with_response().await)
        .await;

    let hubs = &reply.media_container.hub;
    assert_eq!(hubs.len(), 2);
    assert!(hubs.iter().all(|hub| hub.placeholder == Some(true) && hub.size == Some(0) && hub.metadata.is_empty()));
    assert_eq!(hubs[0].key.as_deref(), Some("/hubs/sections/home/top_watchlisted"));
}

#[tokio::test]
async fn an_unknown_section_is_not_found() {
    let error = failure("listHubsOfSection", 404, 1002)
        .sends("GET /hubs/sections/nothing", NO_BODY)
        .call_discover(async |api| api.list_hubs_of_section("nothing").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}
