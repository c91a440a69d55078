use reqwest::Method;
use serde_json::{Value, json};

use super::{column, refusal, refused};
use crate::support::harness;

const MOVIE: &str = "5d7760000000070000000000";
const SHOW: &str = "5d7760000000050000000000";

fn items(reply: &Value) -> Vec<String> {
    let rows = reply["MediaContainer"]["Metadata"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_item_is_found_by_key_guid_page_and_title() {
    let plex = harness().await;

    let (_, item) = plex.get(&format!("/library/metadata/{MOVIE}?includeGuids=1")).await;
    let row = &item["MediaContainer"]["Metadata"][0];
    assert_eq!((&row["title"], &row["guid"]), (&json!("Example Movie 7"), &json!(format!("plex://movie/{MOVIE}"))));

    let guids = column(&row["Guid"], "id");
    assert_eq!(guids.len(), 3);
    let matched = async |query: &str| items(&plex.get(&format!("/library/metadata/matches?{query}")).await.1);
    for guid in guids.iter().chain([&row["guid"]]) {
        let guid = guid.as_str().unwrap();
        assert_eq!(matched(&format!("guid={guid}&type=1")).await, ["Example Movie 7"], "{guid}");
        assert_eq!(matched(&format!("guid={guid}&type=2")).await, Vec::<String>::new(), "no show has it");
    }
    let slug = row["slug"].as_str().unwrap();
    assert_eq!(matched(&format!("url=https://watch.plex.tv/movie/{slug}")).await, ["Example Movie 7"]);
    assert_eq!(matched("title=example%20movie%207").await, ["Example Movie 7"]);
    assert_eq!(matched(&format!("title=Example%20Movie%207&year={}", row["year"])).await.len(), 1);
    assert_eq!(matched("title=Example%20Movie%207&year=1").await.len(), 0);
    assert_eq!(plex.get("/library/metadata/matches").await.0, 400);
}

#[tokio::test]
async fn several_items_come_at_once_and_unknown_ones_are_refused() {
    let plex = harness().await;

    let (_, both) = plex.get(&format!("/library/metadata/{MOVIE},{SHOW}")).await;
    assert_eq!(items(&both), ["Example Movie 7", "Example Show 5"]);
    for key in ["nothing", "5d7760000000090000000001", &format!("{MOVIE},nothing")] {
        assert_eq!(refused(plex.get(&format!("/library/metadata/{key}")).await), refusal(404, 1002), "{key}");
    }
}

#[tokio::test]
async fn fields_are_omitted_on_request() {
    let plex = harness().await;
    let row = async |query: &str| {
        let (_, reply) = plex.get(&format!("/library/metadata/{MOVIE}?{query}")).await;
        reply["MediaContainer"]["Metadata"][0].clone()
    };

    let few = row("includeFields=title,year&excludeElements=Genre,Rating,Role,Director").await;
    let names: Vec<&String> = few.as_object().unwrap().keys().collect();
    assert_eq!(names, ["guid", "key", "ratingKey", "title", "type", "year"]);
    let less = row("excludeFields=summary").await;
    assert!(less.get("summary").is_none() && less.get("tagline").is_some());
}

#[tokio::test]
async fn a_show_has_seasons_which_have_episodes() {
    let plex = harness().await;

    let (_, seasons) = plex.get(&format!("/library/metadata/{SHOW}/children")).await;
    assert_eq!(items(&seasons), ["Season 1", "Season 2"]);
    let season = &seasons["MediaContainer"]["Metadata"][1];
    assert_eq!((&season["index"], &season["parentRatingKey"]), (&json!(2), &json!(SHOW)));
    let path = format!("/library/metadata/{}/children?X-Plex-Container-Start=1", season["ratingKey"].as_str().unwrap());
    let (_, episodes) = plex.get(&path).await;
    assert_eq!(items(&episodes), ["Episode 2", "Episode 3"]);
    assert_eq!(episodes["MediaContainer"]["totalSize"], 3);
    assert_eq!(episodes["MediaContainer"]["Metadata"][0]["grandparentTitle"], "Example Show 5");
    let (_, none) = plex.get(&format!("/library/metadata/{MOVIE}/children")).await;
    assert_eq!((none["MediaContainer"]["totalSize"].clone(), items(&none)), (json!(0), vec![]));
}

#[tokio::test]
async fn a_search_gives_groups_and_items_only_when_asked_for() {
    let plex = harness().await;
    let search = async |query: &str| {
        plex.get(&format!("/library/search?searchProviders=discover&{query}")).await.1["MediaContainer"].clone()
    };

    let found = search("query=EXAMPLE%20SHOW%2025&includeMetadata=1&searchTypes=movies,tv").await;
    assert_eq!(column(&found["SearchResults"], "id"), ["plex", "external", "people"]);
    let external = &found["SearchResults"][1];
    assert_eq!((&external["size"], &external["SearchResult"][0]["score"]), (&json!(2), &json!(1.0)));
    assert_eq!(external["SearchResult"][0]["Metadata"]["title"], "Example Show 25");
    assert!(found["SearchResults"][0].get("SearchResult").is_none());
    let bare = search("query=example%20show%2025").await;
    assert!(bare["SearchResults"][1]["SearchResult"][0].get("Metadata").is_none());
    assert_eq!(search("query=example&limit=3").await["SearchResults"][1]["size"], 3);
    let people = search("query=actor&includeMetadata=1&searchTypes=people").await;
    assert_eq!(people["SearchResults"][2]["size"], 2);
    assert_eq!(plex.get("/library/search?searchProviders=discover").await.0, 400);
    assert_eq!(plex.get("/library/search?query=example").await.0, 400);
}

#[tokio::test]
async fn watching_and_rating_is_read_back() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let state = async || {
        let (_, reply) = plex.get(&format!("/metadata/library/metadata/{MOVIE}/userState")).await;
        reply["MediaContainer"]["UserState"].clone()
    };
    let act = async |method: Method, path: &str| plex.call(token, method, path).await.0;
    let key = format!("key={MOVIE}&identifier=com.plexapp.plugins.library");
    assert_eq!((&state().await["viewCount"], state().await.get("lastViewedAt")), (&json!(0), None));

    assert_eq!(act(Method::GET, &format!("/metadata/actions/scrobble?{key}")).await, 200);
    assert_eq!(act(Method::PUT, &format!("/discover/actions/scrobble?{key}")).await, 200);
    let rated = format!("/actions/rate?key={MOVIE}&identifier=tv.plex.provider.discover&rating=7.5");
    assert_eq!(act(Method::PUT, &rated).await, 200);

    let seen = state().await;
    assert_eq!((&seen["viewCount"], &seen["viewState"], &seen["rating"]), (&json!(2), &json!("complete"), &json!(7.5)));
    assert!(seen["lastViewedAt"].is_i64() && seen["watchlistedAt"].is_i64());
    assert_eq!(act(Method::PUT, &format!("/metadata/actions/unscrobble?{key}")).await, 200);
    assert_eq!(act(Method::PUT, &rated.replace("7.5", "-1")).await, 200);
    let after = state().await;
    assert_eq!((&after["viewCount"], after.get("viewState"), after.get("rating")), (&json!(0), None, None));
    for path in [
        String::from("/actions/scrobble?key=nothing&identifier=com.plexapp.plugins.library"),
        format!("/actions/scrobble?key={MOVIE}&identifier=nothing"),
        format!("/actions/scrobble?key={MOVIE}"),
    ] {
        assert!([400, 404].contains(&act(Method::GET, &path).await), "{path}");
    }
    for rating in ["11", "-2", "NaN", "good"] {
        assert_eq!(act(Method::PUT, &rated.replace("7.5", rating)).await, 400, "{rating}");
    }
}

#[tokio::test]
async fn a_person_is_found_by_the_key_of_a_role() {
    let plex = harness().await;
    let (_, item) = plex.get(&format!("/library/metadata/{MOVIE}")).await;
    let key = item["MediaContainer"]["Metadata"][0]["Role"][0]["tagKey"].as_str().unwrap().to_owned();
    // These calls need no token.
    let get = async |path: &str| {
        let request = plex.bare(Method::GET, path).header("Accept", "application/json");
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };

    let (_, person) = get(&format!("/library/people/{key}")).await;
    assert_eq!(items(&person), ["First Example Actor"]);
    let (_, credits) = get(&format!("/library/people/{key}/credits")).await;
    let group = &credits["MediaContainer"]["CreditGroup"][0];
    assert_eq!((&group["type"], group["Credit"].as_array().unwrap().len()), (&json!("actor"), 3));
    assert!(group["Credit"][0]["Metadata"].get("guid").is_none());
    let (status, nobody) = get("/library/people/5d7761000000000000000009").await;
    assert_eq!((status, &nobody["MediaContainer"]["totalSize"], items(&nobody)), (200, &json!(0), vec![]));
    assert_eq!(get("/library/people/42").await.0, 404);
}

#[tokio::test]
async fn shelves_are_placeholders_until_their_key_is_followed() {
    let plex = harness().await;

    let (_, section) = plex.get("/hubs/sections/watchlist").await;
    let hubs = section["MediaContainer"]["Hub"].as_array().unwrap().clone();
    for hub in hubs {
        assert_eq!((&hub["placeholder"], &hub["size"]), (&json!(true), &json!(0)));
        let (status, shelf) = plex.get(hub["key"].as_str().unwrap()).await;
        assert_eq!(status, 200);
        assert!(!items(&shelf).is_empty());
    }
    let (_, promoted) = plex.get("/hubs/promoted?count=4").await;
    assert_eq!(column(&promoted["MediaContainer"]["Hub"], "size"), [4, 4]);
    assert_eq!(plex.get("/hubs/sections/nothing").await.0, 404);
    assert_eq!(plex.get("/hubs/sections/home/nothing").await.0, 404);
}

#[tokio::test]
async fn free_films_are_refused_after_an_opt_out() {
    let plex = harness().await;
    let uuid = plex.get("/api/v2/user").await.1["uuid"].as_str().unwrap().to_owned();
    assert_eq!(plex.get("/vod/hubs").await.0, 200);

    let path = format!("/api/v2/user/{uuid}/settings/opt_outs?key=tv.plex.provider.vod&value=opt_out");
    assert_eq!(plex.call(plex.sandbox.token(), Method::POST, &path).await.0, 204);

    assert_eq!(plex.get("/vod/hubs").await.0, 403);
}
