use plex_tv_sdk::discover::types::{LibraryIdentifier, MetadataType};
use plex_tv_tests::{NO_BODY, Recorder, Reply, failure, harness, success};
use serde_json::json;

use crate::{MOVIE, USELESS_BODIES};

#[tokio::test]
async fn a_rating_is_sent_as_a_number() {
    let cases = [
        ("PUT /actions/rate?identifier=tv.plex.provider.discover&key=5d7760000000000000000001&rating=7.5", 7.5),
        ("PUT /actions/rate?identifier=tv.plex.provider.discover&key=5d7760000000000000000001&rating=8.0", 8.0),
        ("PUT /actions/rate?identifier=tv.plex.provider.discover&key=5d7760000000000000000001&rating=-1.0", -1.0),
    ];
    for (line, rating) in cases {
        for status in [200, 204] {
            success("rateItem", status)
                .sends(line, NO_BODY)
                .call_discover(async |api| {
                    api.rate_item(MOVIE, LibraryIdentifier::TvPlexProviderDiscover, rating).send_with_response().await
                })
                .await;
        }
    }
}

#[tokio::test]
async fn too_many_ratings_are_a_rate_limit() {
    let error = failure("rateItem", 429, 1003)
        .sends("PUT /actions/rate?identifier=tv.plex.provider.discover&key=1&rating=0.0", NO_BODY)
        .call_discover(async |api| api.rate_item("1", "tv.plex.provider.discover", 0.0).send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn watched_and_unwatched_are_set_by_a_get() {
    for status in [200, 204] {
        success("scrobble", status)
            .sends("GET /actions/scrobble?identifier=com.plexapp.plugins.library&key=5d7760000000000000000001", NO_BODY)
            .call_discover(async |api| {
                api.scrobble(MOVIE, LibraryIdentifier::ComPlexappPluginsLibrary).send_with_response().await
            })
            .await;
        success("unscrobble", status)
            .sends(
                "GET /actions/unscrobble?identifier=com.plexapp.plugins.library&key=5d7760000000000000000001",
                NO_BODY,
            )
            .call_discover(async |api| {
                api.unscrobble(MOVIE, LibraryIdentifier::ComPlexappPluginsLibrary).send_with_response().await
            })
            .await;
    }
}

#[tokio::test]
async fn the_body_of_the_reply_to_a_state_change_is_ignored() {
    for (kind, body) in USELESS_BODIES {
        success("scrobble", 200)
            .replying(kind, body)
            .sends("GET /actions/scrobble?identifier=a&key=1", NO_BODY)
            .call_discover(async |api| api.scrobble("1", "a").send_with_response().await)
            .await;
        success("rateItem", 200)
            .replying(kind, body)
            .sends("PUT /actions/rate?identifier=a&key=1&rating=10.0", NO_BODY)
            .call_discover(async |api| api.rate_item("1", "a", 10).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn an_unknown_item_cannot_be_marked_as_watched() {
    let error = failure("scrobble", 404, 1002)
        .sends("GET /actions/scrobble?identifier=a&key=0", NO_BODY)
        .call_discover(async |api| api.scrobble("0", "a").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_change_of_the_state_with_an_expired_jwt_is_an_auth_error() {
    let error = failure("unscrobble", 498, None)
        .sends("GET /actions/unscrobble?identifier=a&key=1", NO_BODY)
        .call_discover(async |api| api.unscrobble("1", "a").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn the_state_shows_what_the_user_did() {
    let reply = success("getUserState", 200)
        .sends("GET /library/metadata/5d7760000000000000000001/userState", NO_BODY)
        .call_discover(async |api| api.get_user_state(MOVIE).send_with_response().await)
        .await;

    let state = reply.media_container.user_state.unwrap();
    assert_eq!(state.rating_key.as_deref(), Some(MOVIE));
    assert_eq!(state.type_, Some(MetadataType::Movie));
    assert_eq!((state.view_count, state.viewed_leaf_count, state.view_offset), (Some(1), Some(0), Some(0)));
    assert_eq!(state.view_state.as_deref(), Some("complete"));
    assert_eq!(state.last_viewed_at.unwrap().as_second(), 1789500000);
    assert_eq!(state.watchlisted_at.unwrap().as_second(), 1790000000);
    assert_eq!(state.rating, Some(8.0));
}

#[tokio::test]
async fn an_item_that_is_not_on_the_watchlist_has_no_watchlist_time() {
    let body = r#"{"MediaContainer":{"size":"1","UserState":{"viewCount":"2","rating":"9.5","isHidden":true}}}"#;

    let reply = success("getUserState", 200)
        .replying("application/json", body)
        .sends("GET /library/metadata/5d7760000000000000000001/userState", NO_BODY)
        .call_discover(async |api| api.get_user_state(MOVIE).send_with_response().await)
        .await;

    let state = reply.media_container.user_state.unwrap();
    assert_eq!(state.watchlisted_at, None);
    assert_eq!((state.view_count, state.rating), (Some(2), Some(9.5)));
    assert_eq!(state.extra["isHidden"], true);
}

#[tokio::test]
async fn the_states_of_several_items_do_not_fit_and_the_error_says_where() {
    let (client, server) = harness().await;
    let body = json!({"MediaContainer": {"UserState": [{"ratingKey": "1"}, {"ratingKey": "2"}]}});
    Recorder::mount(&server, &Reply::json(200, &body)).await;

    let error = client.discover().get_user_state("1,2").send_with_response().await.unwrap_err();

    assert!(error.is_decode());
    assert_eq!(error.json_path(), Some("MediaContainer.UserState"));
}

#[tokio::test]
async fn the_state_of_an_unknown_item_is_not_found() {
    let error = failure("getUserState", 404, 1002)
        .sends("GET /library/metadata/0/userState", NO_BODY)
        .call_discover(async |api| api.get_user_state("0").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}
