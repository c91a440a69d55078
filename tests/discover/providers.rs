use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn free_titles_have_parts_to_stream() {
    let reply = success("getVodHubs", 200)
        .sends("GET /hubs", NO_BODY)
        .call_discover(async |api| api.get_vod_hubs().send_with_response().await)
        .await;

    let hubs = reply.media_container.hub;
    let [movie, episode] = &*hubs[0].metadata else {
        panic!("expected two items");
    };
    let part = movie.media[0].part[0].key.as_deref();
    assert_eq!(part, Some("/library/parts/5d7760000000000000000052"));
    assert!(episode.media.is_empty());
    assert_eq!((episode.index, episode.parent_index), (Some(1), Some(1)));
    assert_eq!(episode.grandparent_title.as_deref(), Some("Example Show"));
    assert_eq!(episode.grandparent_guid.as_deref(), Some("plex://show/5d7760000000000000000003"));
}

#[tokio::test]
async fn free_titles_are_forbidden_after_an_opt_out() {
    let error = failure("getVodHubs", 403, None)
        .sends("GET /hubs", NO_BODY)
        .call_discover(async |api| api.get_vod_hubs().send_with_response().await)
        .await;

    assert!(error.is_forbidden());
}
