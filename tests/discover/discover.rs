use plex_tv_sdk::{
    ErrorKind,
    discover::types::{AgeRatingType, CreditGroupType, ImageType, MetadataType, OfferType, RatingType},
};
use plex_tv_tests::{NO_BODY, Recorder, Reply, failure, harness, reread, success, unexpected};
use serde_json::json;

use crate::{MOVIE, SHOW, items, keys, reasons};

#[tokio::test]
async fn the_provider_lists_the_keys_of_its_features() {
    let reply = success("getDiscoverProvider", 200)
        .sends("GET /", NO_BODY)
        .call_discover(async |api| api.get_discover_provider().send_with_response().await)
        .await;

    let provider = reply.media_provider.unwrap();
    assert_eq!(provider.identifier.as_deref(), Some("tv.plex.provider.discover"));
    assert_eq!(provider.protocols.as_deref(), Some("stream,download"));
    let [search, content] = &*provider.feature else {
        panic!("expected two features");
    };
    assert_eq!(search.key.as_deref(), Some("/library/search"));
    let keys: Vec<_> = content.directory.iter().map(|section| section.key.as_deref()).collect();
    assert_eq!(keys, [Some("/hubs/sections/home"), Some("/library/sections/watchlist/all")]);
}

#[tokio::test]
async fn undescribed_members_of_the_provider_are_kept_at_every_level() {
    let body = r#"{"new":1,"MediaProvider":{"new":2,"Feature":[{"new":3,"Directory":[{"new":4}]}]}}"#;

    let reply = success("getDiscoverProvider", 200)
        .replying("application/json", body)
        .sends("GET /", NO_BODY)
        .call_discover(async |api| api.get_discover_provider().send_with_response().await)
        .await;

    let provider = reply.media_provider.unwrap();
    let feature = &provider.feature[0];
    let extras = [&reply.extra, &provider.extra, &feature.extra, &feature.directory[0].extra];
    assert_eq!(extras.map(|extra| extra["new"].as_i64().unwrap()), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_call_without_a_client_identifier_is_not_retryable() {
    let error = failure("getDiscoverProvider", 400, 1000)
        .sends("GET /", NO_BODY)
        .call_discover(async |api| api.get_discover_provider().send_with_response().await)
        .await;

    assert!(!error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn an_identifier_of_another_catalogue_finds_its_item() {
    let page = success("matchMetadata", 200)
        .sends("GET /library/metadata/matches?guid=tmdb%3A%2F%2F1000001&includeGuids=1&type=1", NO_BODY)
        .call_discover(async |api| {
            api.match_metadata().guid("tmdb://1000001").type_(1).include_guids(true).send_with_response().await
        })
        .await;

    let [movie] = items(&page) else {
        panic!("expected one match");
    };
    assert_eq!(movie.rating_key, MOVIE);
    assert_eq!(movie.type_, Some(MetadataType::Movie));
    assert_eq!((movie.year, movie.rating), (Some(2019), Some(8.3)));
    let ids: Vec<_> = movie.guids.iter().map(|guid| guid.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["imdb://tt0000001", "tmdb://1000001", "tvdb://1000001"]);
}

#[tokio::test]
async fn a_match_is_asked_for_by_address_or_by_title_and_year() {
    let address = "GET /library/metadata/matches?url=https%3A%2F%2Fwatch.plex.tv%2Fmovie%2Fexample-movie";
    let title = "GET /library/metadata/matches?agent=tv.plex.agents.movie&title=Example+%26+Co.&year=2019";

    success("matchMetadata", 200)
        .sends(address, NO_BODY)
        .call_discover(async |api| {
            api.match_metadata().url("https://watch.plex.tv/movie/example-movie").send_with_response().await
        })
        .await;
    success("matchMetadata", 200)
        .sends(title, NO_BODY)
        .call_discover(async |api| {
            api.match_metadata()
                .title("Example & Co.")
                .year(2019)
                .agent("tv.plex.agents.movie")
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn a_refused_client_identifier_is_an_auth_error_without_a_code() {
    let error = failure("matchMetadata", 401, None)
        .sends("GET /library/metadata/matches?title=Example", NO_BODY)
        .call_discover(async |api| api.match_metadata().title("Example").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn an_item_comes_with_all_its_details() {
    let page = success("getDiscoverMetadata", 200)
        .sends("GET /library/metadata/5d7760000000000000000001", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata(MOVIE).send_with_response().await)
        .await;

    let [movie] = items(&page) else {
        panic!("expected one item");
    };
    assert_eq!(movie.added_at.unwrap().to_string(), "2019-03-31T00:00:00Z");
    assert_eq!(movie.originally_available_at.as_deref(), Some("2019-03-31"));
    assert_eq!((movie.duration, movie.imdb_rating_count), (Some(8160000), Some(120345)));
    assert_eq!((movie.user_state, movie.watchlisted_at), (Some(false), None));
    assert_eq!(movie.image[1].type_, Some(ImageType::Background));
    assert_eq!(movie.genre[0].filter.as_deref(), Some("genre=drama"));
    assert_eq!((movie.role[0].role.as_deref(), movie.role[0].order), (Some("The engineer"), Some(1)));
    assert_eq!(movie.director[0].id, movie.writer[0].id);
    assert_eq!(movie.producer[0].slug.as_deref(), Some("ben-example"));
    assert_eq!(movie.country[0].tag.as_deref(), Some("United Kingdom"));
    assert!(movie.media.is_empty() && movie.extra.is_empty());
}

#[tokio::test]
async fn members_that_differ_only_in_case_have_their_own_fields_and_round_trip() {
    let page = success("getDiscoverMetadata", 200)
        .sends("GET /library/metadata/5d7760000000000000000001?includeGuids=1", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata(MOVIE).include_guids(true).send_with_response().await)
        .await;

    let movie = &items(&page)[0];
    assert_eq!(movie.guid.as_deref(), Some("plex://movie/5d7760000000000000000001"));
    assert_eq!(movie.guids[1].id.as_deref(), Some("tmdb://1000001"));
    assert_eq!(movie.rating, Some(8.3));
    let ratings: Vec<_> = movie.ratings.iter().map(|each| (each.type_.as_ref(), each.value)).collect();
    assert_eq!(ratings, [(Some(&RatingType::Audience), Some(7.9)), (Some(&RatingType::Critic), Some(8.3))]);
    assert_eq!(movie.studio.as_deref(), Some("Example Pictures"));
    assert_eq!(movie.studios[0].tag.as_deref(), Some("Example Pictures"));
    let back = serde_json::to_value(movie).unwrap();
    assert_eq!(back["guid"], "plex://movie/5d7760000000000000000001");
    assert_eq!(back["Guid"][2], json!({"id": "tvdb://1000001"}));
    assert_eq!((&back["rating"], &back["Rating"][0]["value"]), (&json!(8.3), &json!(7.9)));
    assert_eq!((&back["studio"], &back["Studio"]), (&json!("Example Pictures"), &json!([{"tag": "Example Pictures"}])));
}

#[test]
fn a_member_does_not_fill_another_that_differs_only_in_case() {
    for member in [r#""guid":"a""#, r#""Guid":[{"id":"a"}]"#, r#""rating":1.5"#, r#""Rating":[{"value":1.5}]"#] {
        let body = format!(r#"{{"MediaContainer":{{"Metadata":[{{"ratingKey":"1",{member}}}]}}}}"#);

        let back = reread("getDiscoverMetadata", body.as_bytes()).unwrap().unwrap();

        assert_eq!(back.value().to_string().len(), body.len(), "{}", back.value());
        assert_eq!(*back.value(), serde_json::from_str::<serde_json::Value>(&body).unwrap());
    }
}

#[tokio::test]
async fn an_item_is_asked_for_with_flags_and_lists() {
    let line = "GET /library/metadata/5d7760000000000000000001?asyncAugmentMetadata=0&excludeElements=Role%2CImage&excludeFields=summary%2Ctagline&includeCollections=1&includeExternalMedia=1&includeFields=title%2CratingKey&includeMeta=0&includeUserState=1";

    success("getDiscoverMetadata", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.get_discover_metadata(MOVIE)
                .include_user_state(true)
                .include_meta(false)
                .include_collections(true)
                .include_external_media(true)
                .async_augment_metadata(false)
                .include_fields("title,ratingKey")
                .exclude_fields("summary,tagline")
                .exclude_elements("Role,Image")
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn several_keys_go_into_the_path_with_a_comma() {
    success("getDiscoverMetadata", 200)
        .sends("GET /library/metadata/5d7760000000000000000001,5d7760000000000000000003", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata([MOVIE, SHOW].join(",")).send_with_response().await)
        .await;
}

#[tokio::test]
async fn numbers_and_booleans_may_arrive_as_text() {
    let body = r#"{"MediaContainer":{"librarySectionID":7,"offset":"0","size":"1","totalSize":"1","Metadata":[
        {"ratingKey":1000001,"year":"2019","rating":"8.3","duration":"8160000","userState":"1","skipChildren":0,
         "addedAt":"1553990400","watchlistedAt":"","imdbRatingCount":"","Role":[{"order":"1"}],"Rating":[{"value":"7"}]}]}}"#;

    let page = success("getDiscoverMetadata", 200)
        .replying("application/json", body)
        .sends("GET /library/metadata/1000001", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata("1000001").send_with_response().await)
        .await;

    let container = &page.media_container;
    assert_eq!(container.library_section_id.as_deref(), Some("7"));
    assert_eq!((container.offset, container.size, container.total_size), (Some(0), Some(1), Some(1)));
    let item = &items(&page)[0];
    assert_eq!(item.rating_key, "1000001");
    assert_eq!((item.year, item.duration, item.rating), (Some(2019), Some(8160000), Some(8.3)));
    assert_eq!((item.user_state, item.skip_children), (Some(true), Some(false)));
    assert_eq!(item.added_at.unwrap().as_second(), 1553990400);
    assert_eq!((item.watchlisted_at, item.imdb_rating_count), (None, None));
    assert_eq!((item.role[0].order, item.ratings[0].value), (Some(1), Some(7.0)));
}

#[tokio::test]
async fn an_unknown_kind_of_item_and_undescribed_members_are_kept() {
    let body = r#"{"MediaContainer":{"Meta":{"Type":[]},"Metadata":[
        {"ratingKey":"1","type":"hologram","Collection":[{"tag":"Examples"}],"Role":[{"isFamous":true}]}]}}"#;

    let page = success("getDiscoverMetadata", 200)
        .replying("application/json", body)
        .sends("GET /library/metadata/1?includeMeta=1", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata("1").include_meta(true).send_with_response().await)
        .await;

    assert_eq!(page.media_container.extra["Meta"], json!({"Type": []}));
    let item = &items(&page)[0];
    assert_eq!(item.type_.as_ref().unwrap().as_str(), "hologram");
    assert_eq!(item.extra["Collection"], json!([{"tag": "Examples"}]));
    assert_eq!(item.role[0].extra["isFamous"], true);
    let back = serde_json::to_value(&page).unwrap();
    assert_eq!(back, serde_json::from_str::<serde_json::Value>(body).unwrap());
}

#[tokio::test]
async fn an_unknown_item_is_not_found() {
    let error = failure("getDiscoverMetadata", 404, 1002)
        .sends("GET /library/metadata/0", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata("0").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_refusal_without_a_readable_body_is_known_by_its_status() {
    let bodies = [Reply::empty(404), Reply::new(404, "text/html", "<html><body>No route</body></html>")];
    for reply in bodies {
        let error = unexpected("getDiscoverMetadata", reply)
            .sends("GET /library/metadata/0", NO_BODY)
            .call_discover(async |api| api.get_discover_metadata("0").send_with_response().await)
            .await;

        assert!(error.is_not_found() && error.plex_errors().is_empty());
    }
}

#[tokio::test]
async fn a_reply_in_xml_is_a_content_type_error() {
    let (client, server) = harness().await;
    Recorder::mount(&server, &Reply::new(200, "application/xml", "<MediaContainer size=\"0\"/>")).await;

    let error = client.discover().get_discover_metadata(MOVIE).send_with_response().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::UnexpectedContentType);
}

#[tokio::test]
async fn offers_come_with_their_terms() {
    let reply = success("getAvailabilities", 200)
        .sends("GET /library/metadata/5d7760000000000000000001/availabilities", NO_BODY)
        .call_discover(async |api| api.get_availabilities(MOVIE).send_with_response().await)
        .await;

    let offers = reply.media_container.availability;
    let [stream, store] = &*offers else {
        panic!("expected two offers");
    };
    assert_eq!((stream.platform.as_str(), stream.price), ("example-stream", None));
    assert_eq!(stream.offer_type, Some(OfferType::Subscription));
    assert_eq!((store.offer_type.as_ref(), store.price), (Some(&OfferType::Rental), Some(3.99)));
    assert_eq!(store.price_description.as_deref(), Some("£3.99"));
}

#[tokio::test]
async fn an_offer_keeps_members_of_no_fixed_shape_and_one_without_a_platform_is_set_aside() {
    let body = r#"{"MediaContainer":{"size":3,"Availability":[
        {"platform":"a","platformInfo":"text","price":"3.99"},{"title":"nobody"},{"platform":"b","platformInfo":{"id":1}}]}}"#;

    let reply = success("getAvailabilities", 200)
        .replying("application/json", body)
        .sends("GET /library/metadata/5d7760000000000000000001/availabilities", NO_BODY)
        .call_discover(async |api| api.get_availabilities(MOVIE).send_with_response().await)
        .await;

    let offers = &reply.media_container.availability;
    assert_eq!(reasons(offers), ["row 1: missing field `platform`"]);
    let [text, object] = &**offers else {
        panic!("expected two offers");
    };
    assert_eq!((&text.extra["platformInfo"], text.price), (&json!("text"), Some(3.99)));
    assert_eq!(object.extra["platformInfo"], json!({"id": 1}));
}

#[tokio::test]
async fn offers_asked_for_too_often_are_a_rate_limit() {
    let error = failure("getAvailabilities", 429, 1003)
        .sends("GET /library/metadata/5d7760000000000000000001/availabilities", NO_BODY)
        .call_discover(async |api| api.get_availabilities(MOVIE).send_with_response().await)
        .await;

    assert!(error.is_rate_limited() && error.is_retryable());
}

#[tokio::test]
async fn seasons_come_page_by_page() {
    let line = "GET /library/metadata/5d7760000000000000000003/children?X-Plex-Container-Size=100&X-Plex-Container-Start=0&excludeElements=Role";

    let page = success("getDiscoverMetadataChildren", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.get_discover_metadata_children(SHOW)
                .exclude_elements("Role")
                .container_start(0)
                .container_size(100)
                .send_with_response()
                .await
        })
        .await;

    let seasons = items(&page);
    assert_eq!(seasons.iter().map(|season| season.index).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!(seasons[0].parent_rating_key.as_deref(), Some(SHOW));
    assert_eq!(seasons[1].leaf_count, Some(9));
    assert_eq!(seasons[1].type_, Some(MetadataType::Season));
}

#[tokio::test]
async fn seasons_of_an_unknown_show_are_not_found() {
    let error = failure("getDiscoverMetadataChildren", 404, 1002)
        .sends("GET /library/metadata/0/children", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata_children("0").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn advice_for_parents_has_ages_topics_and_questions() {
    let reply = success("getCommonSenseMedia", 200)
        .sends("GET /library/metadata/5d7760000000000000000001/commonsensemedia", NO_BODY)
        .call_discover(async |api| api.get_common_sense_media(MOVIE).send_with_response().await)
        .await;

    let advice = &reply.media_container.common_sense_media[0];
    assert_eq!(advice.id.as_deref(), Some("1000001"));
    let ages: Vec<_> = advice.age_rating.iter().map(|each| (each.type_.as_ref(), each.age, each.rating)).collect();
    let wanted =
        [(Some(&AgeRatingType::Official), Some(10.0), Some(4.0)), (Some(&AgeRatingType::Adult), Some(9.0), Some(4.2))];
    assert_eq!(ages, wanted);
    assert_eq!(advice.parental_advisory_topic[0].positive, Some(false));
    assert_eq!(advice.talking_point[0].tag.as_deref(), Some("Why do the engineers not give up?"));
}

#[tokio::test]
async fn advice_may_have_numeric_ids() {
    let body = r#"{"MediaContainer":{"CommonSenseMedia":[{"id":1000001,"ParentalAdvisoryTopic":[{"id":7}]}]}}"#;

    let reply = success("getCommonSenseMedia", 200)
        .replying("application/json", body)
        .sends("GET /library/metadata/5d7760000000000000000001/commonsensemedia", NO_BODY)
        .call_discover(async |api| api.get_common_sense_media(MOVIE).send_with_response().await)
        .await;

    let advice = &reply.media_container.common_sense_media[0];
    assert_eq!(advice.id.as_deref(), Some("1000001"));
    assert_eq!(advice.parental_advisory_topic[0].id.as_deref(), Some("7"));
}

#[tokio::test]
async fn advice_without_a_plex_pass_is_forbidden() {
    let error = failure("getCommonSenseMedia", 403, 1012)
        .sends("GET /library/metadata/5d7760000000000000000001/commonsensemedia", NO_BODY)
        .call_discover(async |api| api.get_common_sense_media(MOVIE).send_with_response().await)
        .await;

    assert!(error.is_forbidden() && !error.is_auth());
}

#[tokio::test]
async fn extras_are_clips() {
    let page = success("getDiscoverMetadataExtras", 200)
        .sends("GET /library/metadata/5d7760000000000000000001/extras", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata_extras(MOVIE).send_with_response().await)
        .await;

    let clips = items(&page);
    assert!(clips.iter().all(|clip| clip.type_ == Some(MetadataType::Clip)));
    assert_eq!(clips[1].title.as_deref(), Some("Behind the scenes"));
    assert_eq!(clips[0].duration, Some(142000));
}

#[tokio::test]
async fn extras_for_an_expired_jwt_are_an_auth_error() {
    let error = failure("getDiscoverMetadataExtras", 498, None)
        .sends("GET /library/metadata/5d7760000000000000000001/extras", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata_extras(MOVIE).send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn related_items_come_in_hubs() {
    let reply = success("getDiscoverMetadataRelated", 200)
        .sends("GET /library/metadata/5d7760000000000000000001/related?count=20", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata_related(MOVIE).count(20).send_with_response().await)
        .await;

    let hubs = reply.media_container.hub;
    assert_eq!(hubs[0].hub_identifier.as_deref(), Some("movie.similar"));
    assert_eq!(hubs[0].more, Some(false));
    assert_eq!(keys(&hubs[0].metadata), ["5d7760000000000000000002"]);
}

#[tokio::test]
async fn related_items_of_an_unknown_item_are_not_found() {
    let error = failure("getDiscoverMetadataRelated", 404, 1002)
        .sends("GET /library/metadata/0/related", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata_related("0").send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn hits_come_in_groups_that_may_be_empty() {
    let line = "GET /library/search?filterPeople=1&includeMetadata=1&limit=10&query=caf%C3%A9+%26+%F0%9F%98%80&searchProviders=discover%2CPLEXAVOD&searchTypes=movies%2Ctv";

    let reply = success("searchDiscover", 200)
        .sends(line, NO_BODY)
        .call_discover(async |api| {
            api.search_discover("café & 😀", "discover,PLEXAVOD")
                .limit(10)
                .search_types("movies,tv")
                .filter_people(true)
                .include_metadata(true)
                .send_with_response()
                .await
        })
        .await;

    let container = &reply.media_container;
    assert_eq!(container.suggested_terms, ["example movie"]);
    let [external, plex] = &*container.search_results else {
        panic!("expected two groups");
    };
    assert_eq!((plex.id.as_deref(), plex.size), (Some("plex"), Some(0)));
    assert!(plex.search_result.is_empty());
    let hits = &external.search_result;
    assert_eq!(hits.iter().map(|hit| hit.score).collect::<Vec<_>>(), [Some(0.94), Some(0.61)]);
    let show = hits[1].metadata.as_ref().unwrap();
    assert_eq!((show.rating_key.as_str(), show.child_count), (SHOW, Some(2)));
}

#[tokio::test]
async fn a_bad_hit_does_not_lose_its_group() {
    let body = r#"{"MediaContainer":{"SearchResults":[{"id":"external","SearchResult":[
        {"score":"0.9","Metadata":{"ratingKey":"1"}},{"score":"high"},{"Metadata":{"title":"no key"}},{"Directory":{}}]}]}}"#;

    let reply = success("searchDiscover", 200)
        .replying("application/json", body)
        .sends("GET /library/search?query=example&searchProviders=discover", NO_BODY)
        .call_discover(async |api| api.search_discover("example", "discover").send_with_response().await)
        .await;

    let hits = &reply.media_container.search_results[0].search_result;
    let wanted =
        ["row 1: invalid type: text, expected number at score", "row 2: missing field `ratingKey` at Metadata"];
    assert_eq!(reasons(hits), wanted);
    let [hit, directory] = &**hits else {
        panic!("expected two hits");
    };
    assert_eq!(hit.score, Some(0.9));
    assert!(directory.metadata.is_none() && directory.extra.contains_key("Directory"));
}

#[tokio::test]
async fn a_search_with_the_token_of_a_server_is_an_auth_error() {
    let error = failure("searchDiscover", 401, 1001)
        .sends("GET /library/search?query=example&searchProviders=discover", NO_BODY)
        .call_discover(async |api| api.search_discover("example", "discover").send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_retryable());
}

const CLEO: &str = "5d7760000000000000000043";

#[tokio::test]
async fn a_person_comes_with_a_biography_and_without_a_token() {
    let reply = success("getPerson", 200)
        .sends("GET /library/people/5d7760000000000000000043", NO_BODY)
        .call_discover(async |api| api.get_person(CLEO).send_with_response().await)
        .await;

    let [person] = &*reply.media_container.metadata else {
        panic!("expected one person");
    };
    assert_eq!((person.title.as_deref(), person.type_.as_ref()), (Some("Cleo Example"), Some(&MetadataType::Person)));
    assert_eq!((person.born_at.as_deref(), person.birth_place.as_deref()), (Some("1970-01-01"), Some("Exampleton")));
    assert!(person.summary.is_some());
}

#[tokio::test]
async fn an_unknown_person_is_an_empty_list() {
    let reply = success("getPerson", 200)
        .replying("application/json", r#"{"MediaContainer":{"size":0,"totalSize":0}}"#)
        .sends("GET /library/people/a%2Fb", NO_BODY)
        .call_discover(async |api| api.get_person("a/b").send_with_response().await)
        .await;

    assert!(reply.media_container.metadata.is_empty());
    assert_eq!(reply.media_container.total_size, Some(0));
}

#[tokio::test]
async fn members_of_no_fixed_shape_of_a_person_are_kept_unchanged() {
    let body =
        r#"{"MediaContainer":{"Metadata":[{"title":"a","CreditType":[{"type":"actor","count":"7"}],"External":7}]}}"#;

    let reply = success("getPerson", 200)
        .replying("application/json", body)
        .sends("GET /library/people/1", NO_BODY)
        .call_discover(async |api| api.get_person("1").send_with_response().await)
        .await;

    let person = &reply.media_container.metadata[0];
    assert_eq!((&person.extra["External"], &person.extra["CreditType"][0]["count"]), (&json!(7), &json!("7")));
}

#[tokio::test]
async fn the_number_of_a_tag_is_not_a_person() {
    let person = failure("getPerson", 404, None)
        .sends("GET /library/people/77", NO_BODY)
        .call_discover(async |api| api.get_person("77").send_with_response().await)
        .await;
    let credits = failure("getPersonCredits", 404, None)
        .sends("GET /library/people/77/credits", NO_BODY)
        .call_discover(async |api| api.get_person_credits("77").send_with_response().await)
        .await;

    assert!(person.is_not_found() && credits.is_not_found());
}

#[tokio::test]
async fn credits_come_by_department_each_with_its_item() {
    let reply = success("getPersonCredits", 200)
        .sends("GET /library/people/5d7760000000000000000043/credits", NO_BODY)
        .call_discover(async |api| api.get_person_credits(CLEO).send_with_response().await)
        .await;

    let [acted, directed] = &*reply.media_container.credit_group else {
        panic!("expected two departments");
    };
    assert_eq!(
        (acted.type_.as_ref(), directed.type_.as_ref()),
        (Some(&CreditGroupType::Actor), Some(&CreditGroupType::Director))
    );
    let credit = &acted.credit[0];
    assert_eq!((credit.role.as_deref(), credit.order), (Some("The engineer"), Some(1)));
    assert_eq!((credit.metadata.rating_key.as_str(), &credit.metadata.guid), (MOVIE, &None));
    assert_eq!(directed.credit[0].metadata.rating_key, SHOW);
}

#[tokio::test]
async fn a_credit_without_an_item_is_set_aside_and_a_new_department_is_kept() {
    let body = r#"{"MediaContainer":{"CreditGroup":[{"type":"stunts","Credit":[{"role":"x"},{"Metadata":{"ratingKey":"1"}},{"Metadata":[]}]},7]}}"#;

    let reply = success("getPersonCredits", 200)
        .replying("application/json", body)
        .sends("GET /library/people/1/credits", NO_BODY)
        .call_discover(async |api| api.get_person_credits("1").send_with_response().await)
        .await;

    let groups = &reply.media_container.credit_group;
    assert_eq!((groups.len(), reasons(groups).len()), (1, 1));
    assert_eq!(groups[0].type_, Some(CreditGroupType::Other("stunts".to_owned())));
    assert_eq!((groups[0].credit.len(), reasons(&groups[0].credit).len()), (1, 2));
}

#[tokio::test]
async fn people_of_an_item_have_the_key_that_finds_them() {
    let page = success("getDiscoverMetadata", 200)
        .sends("GET /library/metadata/5d7760000000000000000001", NO_BODY)
        .call_discover(async |api| api.get_discover_metadata(MOVIE).send_with_response().await)
        .await;

    let movie = &items(&page)[0];
    assert_eq!(movie.role[0].tag_key.as_deref(), Some(CLEO));
    assert!(movie.director[0].tag_key.is_some() && movie.genre[0].tag_key.is_none());
}
