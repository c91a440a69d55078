use reqwest::Method;
use serde_json::{Value, json};

use super::{LIVING_ROOM, column};
use crate::support::harness;

const FAVORITES: &str = "/epg/settings/favoriteChannels";
const PLEX: &str = "provider://tv.plex.provider.epg";

#[tokio::test]
async fn a_channel_has_a_day_of_twelve_programmes() {
    let plex = harness().await;
    let (_, channels) = plex.get("/epg/lineups/plex/channels?genre=comedy").await;
    assert_eq!(column(&channels["MediaContainer"]["Channel"], "title"), ["Example Comedy", "More Example Comedy"]);
    assert_eq!(plex.get("/epg/lineups/plex/channels").await.1["MediaContainer"]["size"], 12);
    let key = channels["MediaContainer"]["Channel"][0]["gridKey"].as_str().unwrap().to_owned();
    let now = plex.sandbox.now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let date = |days: i64| {
        let second = i64::try_from(now).unwrap() + days * 24 * 60 * 60;
        jiff::Timestamp::from_second(second).unwrap().to_string()[..10].to_owned()
    };
    let grid = async |date: &str| plex.get(&format!("/epg/grid?channelGridKey={key}&date={date}")).await;

    let (_, today) = grid(&date(0)).await;
    let rows = today["MediaContainer"]["Metadata"].as_array().unwrap();
    assert_eq!(rows.len(), 12);
    assert_eq!(rows.iter().filter(|row| row["Media"][0]["onAir"] == true).count(), 1);
    for pair in rows.windows(2) {
        assert_eq!(pair[0]["Media"][0]["endsAt"], pair[1]["Media"][0]["beginsAt"]);
    }
    assert_eq!(grid(&date(6)).await.1["MediaContainer"]["size"], 12);
    assert_eq!(grid(&date(30)).await.1["MediaContainer"]["size"], 0);
    for (path, status) in [
        (String::from("/epg/grid"), 400),
        (format!("/epg/grid?channelGridKey={key}&date=today"), 400),
        (String::from("/epg/grid?channelGridKey=nothing&date=2026-10-01"), 404),
        (String::from("/epg/guide"), 404),
    ] {
        assert_eq!(plex.call(plex.sandbox.token(), Method::GET, &path).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn favorites_are_replaced_as_a_whole_and_in_order() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let put = async |body: &Value| plex.send(token, Method::PUT, FAVORITES, body).await;
    let ids = async || {
        let container = plex.get(FAVORITES).await.1["MediaContainer"].clone();
        container.get("FavoriteChannel").map(|rows| column(rows, "id")).unwrap_or_default()
    };
    assert_eq!(ids().await, Vec::<Value>::new());

    let own = format!("server://{LIVING_ROOM}/tv.plex.providers.epg.xmltv");
    let two = json!([{"source": PLEX, "id": "b", "title": "B", "vcn": "102"}, {"source": own, "id": "a"}]);
    assert_eq!(put(&two).await, (200, Value::Null));
    assert_eq!(ids().await, ["b", "a"]);
    let bad = json!([{"source": PLEX, "id": "c"}, {"source": "server://nobody/x", "id": "d"}]);
    assert_eq!(put(&bad).await, (400, json!("Bad source value")));
    for broken in [json!([{"id": "c"}]), json!({"source": PLEX})] {
        assert_eq!(put(&broken).await.0, 400);
    }
    assert_eq!(plex.call(token, Method::PUT, FAVORITES).await.0, 200, "an empty body changes nothing");
    assert_eq!(ids().await, ["b", "a"]);
    let friends = plex.call(&plex.friend(), Method::GET, FAVORITES).await.1;
    assert_eq!(friends["MediaContainer"]["size"], 0);
    assert_eq!(put(&json!([])).await.0, 200);
    assert_eq!(ids().await, Vec::<Value>::new());
}

#[tokio::test]
async fn refusals_are_text() {
    let plex = harness().await;

    let nobody = plex.identified(Method::GET, FAVORITES).send().await.unwrap();
    assert_eq!((nobody.status().as_u16(), nobody.text().await.unwrap().as_str()), (401, "You must provide a token!"));
    assert_eq!(plex.call("wrong", Method::GET, FAVORITES).await, (401, json!("Invalid token")));
}
