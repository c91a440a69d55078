use plex_tv_sdk::epg::types::{FavoriteChannel, SetFavoriteChannelsBody};
use plex_tv_tests::{Body, NO_BODY, failure, success};

use crate::rejections;

const COMEDY: &str = "5e20b730f2f8d5003d739db7-5eea605674085f0040ddc7a6";

#[tokio::test]
async fn the_provider_lists_its_features_and_genres() {
    let reply = success("getLiveTvProvider", 200)
        .sends("GET /", NO_BODY)
        .call_epg(async |api| api.get_live_tv_provider().send_with_response().await)
        .await;

    let provider = reply.media_provider.unwrap();
    assert_eq!(provider.protocols.as_deref(), Some("livetv"));
    let [grid, genres] = &*provider.feature else {
        panic!("expected two features");
    };
    assert_eq!(grid.key.as_deref(), Some("/grid"));
    assert_eq!(genres.directory[0].title.as_deref(), Some("Comedy"));
}

#[tokio::test]
async fn the_provider_refuses_a_missing_token_in_plain_text() {
    let error = failure("getLiveTvProvider", 401, None)
        .sends("GET /", NO_BODY)
        .call_epg(async |api| api.get_live_tv_provider().send_with_response().await)
        .await;

    assert!(error.is_auth() && error.needs_sign_in() && error.plex_errors().is_empty());
}

#[tokio::test]
async fn channels_are_listed_with_their_guide_and_stream() {
    let reply = success("listLiveTvChannels", 200)
        .sends("GET /lineups/plex/channels?genre=comedy", NO_BODY)
        .call_epg(async |api| api.list_live_tv_channels().genre("comedy").send_with_response().await)
        .await;

    let [comedy, news] = &*reply.media_container.channel else {
        panic!("expected two channels");
    };
    assert_eq!((comedy.id.as_str(), comedy.grid_key.as_deref()), (COMEDY, Some("5eea605674085f0040ddc7a6")));
    assert_eq!((comedy.is_hd, comedy.hidden, comedy.vcn.as_deref()), (Some(true), Some(false), Some("102")));
    assert!(comedy.media[0].part[0].key.as_ref().unwrap().ends_with(".m3u8"));
    assert_eq!((news.title.as_deref(), news.media.len()), (Some("Example News"), 0));
}

#[tokio::test]
async fn a_channel_without_an_identifier_is_set_aside() {
    let body = r#"{"MediaContainer":{"Channel":[{"title":"x"},{"id":7,"isHd":"1","drm":true},{"id":"8","hidden":"no idea"}]}}"#;

    let reply = success("listLiveTvChannels", 200)
        .replying("application/json", body)
        .sends("GET /lineups/plex/channels", NO_BODY)
        .call_epg(async |api| api.list_live_tv_channels().send_with_response().await)
        .await;

    let channels = &reply.media_container.channel;
    assert_eq!((channels.len(), channels[0].id.as_str(), channels[0].is_hd), (1, "7", Some(true)));
    assert_eq!(channels[0].extra["drm"], true);
    let wanted = ["row 0: missing field `id`", "row 2: invalid type: text, expected boolean at hidden"];
    assert_eq!(rejections(channels), wanted);
}

#[tokio::test]
async fn channels_without_a_token_are_refused() {
    let error = failure("listLiveTvChannels", 401, None)
        .sends("GET /lineups/plex/channels", NO_BODY)
        .call_epg(async |api| api.list_live_tv_channels().send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn the_guide_of_a_day_has_programmes_with_their_times() {
    let line = "GET /grid?X-Plex-Language=fr&channelGridKey=5eea605674085f0040ddc7a6&date=2026-10-01";

    let reply = success("getLiveTvGrid", 200)
        .sends(line, NO_BODY)
        .call_epg(async |api| {
            api.get_live_tv_grid("5eea605674085f0040ddc7a6", "2026-10-01").language("fr").send_with_response().await
        })
        .await;

    let container = &reply.media_container;
    assert_eq!((container.offset, container.total_size), (Some(0), Some(2)));
    let [movie, episode] = &*container.metadata else {
        panic!("expected two programmes");
    };
    let airing = &movie.media[0];
    assert_eq!(airing.begins_at.unwrap().as_second(), 1790000000);
    assert_eq!(airing.ends_at.unwrap().as_second() - airing.begins_at.unwrap().as_second(), 8160);
    assert_eq!((airing.on_air, airing.video_resolution.as_deref()), (Some(false), Some("720")));
    assert_eq!(movie.genre[0].tag.as_deref(), Some("Drama"));
    assert_eq!((episode.grandparent_title.as_deref(), episode.media[0].premiere), (Some("Example Show"), Some(true)));
}

#[tokio::test]
async fn a_day_outside_of_the_guide_is_empty() {
    let reply = success("getLiveTvGrid", 200)
        .replying("application/json", r#"{"MediaContainer":{"offset":0,"size":0,"totalSize":0}}"#)
        .sends("GET /grid?channelGridKey=a%2Fb&date=1990-01-01", NO_BODY)
        .call_epg(async |api| api.get_live_tv_grid("a/b", "1990-01-01").send_with_response().await)
        .await;

    assert!(reply.media_container.metadata.is_empty());
}

#[tokio::test]
async fn the_guide_without_a_token_is_refused() {
    let error = failure("getLiveTvGrid", 401, None)
        .sends("GET /grid?channelGridKey=a&date=2026-10-01", NO_BODY)
        .call_epg(async |api| api.get_live_tv_grid("a", "2026-10-01").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn favourite_channels_come_in_their_order() {
    let reply = success("getFavoriteChannels", 200)
        .sends("GET /settings/favoriteChannels", NO_BODY)
        .call_epg(async |api| api.get_favorite_channels().send_with_response().await)
        .await;

    let [plex, tuner] = &*reply.media_container.favorite_channel else {
        panic!("expected two channels");
    };
    assert_eq!((plex.id.as_str(), plex.source.as_str()), (COMEDY, "provider://tv.plex.provider.epg"));
    assert!(tuner.source.starts_with("server://") && tuner.title.is_none());
}

#[tokio::test]
async fn no_favourite_channels_are_an_empty_list() {
    let reply = success("getFavoriteChannels", 200)
        .replying("application/json", r#"{"MediaContainer":{"size":0}}"#)
        .sends("GET /settings/favoriteChannels", NO_BODY)
        .call_epg(async |api| api.get_favorite_channels().send_with_response().await)
        .await;

    assert!(reply.media_container.favorite_channel.is_empty());
}

#[tokio::test]
async fn favourite_channels_without_a_token_are_refused() {
    let error = failure("getFavoriteChannels", 401, None)
        .sends("GET /settings/favoriteChannels", NO_BODY)
        .call_epg(async |api| api.get_favorite_channels().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn favourite_channels_are_replaced_by_a_whole_list() {
    let channels = [
        FavoriteChannel::new("provider://tv.plex.provider.epg", COMEDY).title("Example Comedy"),
        FavoriteChannel::new("server://0123/tv.plex.providers.epg.cloud", "7"),
    ];
    let body = r#"[{"source":"provider://tv.plex.provider.epg","id":"5e20b730f2f8d5003d739db7-5eea605674085f0040ddc7a6","title":"Example Comedy"},{"source":"server://0123/tv.plex.providers.epg.cloud","id":"7"}]"#;

    success("setFavoriteChannels", 200)
        .sends("PUT /settings/favoriteChannels", Body::Json(body))
        .call_epg(async |api| {
            api.set_favorite_channels(SetFavoriteChannelsBody::new(channels)).send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn no_favourite_channels_are_sent_as_an_empty_list() {
    success("setFavoriteChannels", 200)
        .sends("PUT /settings/favoriteChannels", Body::Json("[]"))
        .call_epg(async |api| api.set_favorite_channels(SetFavoriteChannelsBody::new([])).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_source_that_the_account_does_not_have_is_refused() {
    let channels = [FavoriteChannel::new("server://nobody", "7")];
    let error = failure("setFavoriteChannels", 400, None)
        .sends("PUT /settings/favoriteChannels", Body::Json(r#"[{"source":"server://nobody","id":"7"}]"#))
        .call_epg(async |api| {
            api.set_favorite_channels(SetFavoriteChannelsBody::new(channels)).send_with_response().await
        })
        .await;

    assert!(!error.is_auth() && !error.is_retryable());
}
