#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{content_type, harness};

fn named<'a>(resources: &'a Value, name: &str) -> &'a Value {
    let resources = resources.as_array().unwrap();
    resources.iter().find(|resource| resource["name"] == name).unwrap()
}

fn uris(resource: &Value) -> Vec<&str> {
    let connections = resource["connections"].as_array().unwrap();
    connections.iter().map(|connection| connection["uri"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn there_are_owned_shared_and_relay_only_servers_and_a_player() {
    let plex = harness().await;

    let (status, resources) = plex.get("/api/v2/resources?includeHttps=1&includeRelay=1").await;

    assert_eq!(status, 200);
    let owned = named(&resources, "Living Room Server");
    assert_eq!((&owned["owned"], &owned["ownerId"]), (&json!(true), &Value::Null));
    assert_eq!(owned["connections"].as_array().unwrap().len(), 3);
    let shared = named(&resources, "Server of a Friend");
    assert_eq!(shared["owned"], false);
    assert_eq!(shared["publicAddressMatches"], false);
    assert!(shared["ownerId"].is_u64() && shared["sourceTitle"].is_string());
    assert_ne!(shared["accessToken"], owned["accessToken"]);
    let cabin = named(&resources, "Cabin Server");
    assert_eq!(cabin["connections"].as_array().unwrap().len(), 1);
    assert_eq!(cabin["connections"][0]["relay"], true);
    let player = named(&resources, "Bedroom TV");
    assert_eq!((&player["provides"], &player["accessToken"]), (&json!("player"), &Value::Null));
    assert_eq!(player["device"], Value::Null);
    assert_eq!(player.get("dnsRebindingProtection"), None);
}

#[tokio::test]
async fn connections_are_what_the_query_asks_for() {
    let plex = harness().await;
    let url = plex.sandbox.servers()[0].url();
    let dashed = "https://203-0-113-7.11111111111111111111111111111111.plex.direct.invalid:32400";
    let cases = [
        ("", vec![url, "http://203.0.113.7:32400"]),
        ("?includeHttps=0&includeRelay=0", vec![url, "http://203.0.113.7:32400"]),
        ("?includeRelay=1", vec![url, "http://203.0.113.7:32400", url]),
        ("?includeIPv6=1", vec![url, "http://203.0.113.7:32400", "http://[2001:db8::7]:32400"]),
        ("?includeHttps=1", vec![url, dashed]),
    ];

    for (query, expected) in cases {
        let (_, resources) = plex.get(&format!("/api/v2/resources{query}")).await;

        assert_eq!(uris(named(&resources, "Living Room Server")), expected, "{query}");
    }
    let (_, resources) = plex.get("/api/v2/resources").await;
    assert_eq!(uris(named(&resources, "Cabin Server")), Vec::<&str>::new());
}

#[tokio::test]
async fn local_and_relay_connections_lead_to_the_server_they_name() {
    let plex = harness().await;
    let (_, resources) = plex.get("/api/v2/resources?includeRelay=1").await;
    let mut reached = 0;

    for server in resources.as_array().unwrap().iter().filter(|resource| resource["provides"] == "server") {
        for connection in server["connections"].as_array().unwrap() {
            if connection["address"] != "127.0.0.1" {
                continue;
            }
            let address = format!("{}/identity", connection["uri"].as_str().unwrap());
            let request = plex.http.get(address).header("Accept", "application/json");
            let (status, body) = support::json(request.send().await.unwrap()).await;

            assert_eq!(status, 200);
            assert_eq!(body["MediaContainer"]["machineIdentifier"], server["clientIdentifier"]);
            assert_eq!(body["MediaContainer"]["size"], 0);
            assert_eq!(body["MediaContainer"]["claimed"], true);
            reached += 1;
        }
    }
    assert_eq!(reached, 5);
}

#[tokio::test]
async fn a_media_server_answers_xml_by_default_and_requires_its_own_token() {
    let plex = harness().await;
    let [server, other, ..] = plex.sandbox.servers() else { panic!("two servers") };

    let identity = plex.http.get(format!("{}/identity", server.url())).send().await.unwrap();
    assert_eq!(content_type(&identity), "application/xml; charset=utf-8");
    assert!(identity.text().await.unwrap().contains("<MediaContainer claimed=\"1\" machineIdentifier="));

    let root = |token: &str| plex.http.get(server.url()).header("X-Plex-Token", token).send();
    assert_eq!(plex.http.get(server.url()).send().await.unwrap().status(), 401);
    assert_eq!(root(plex.sandbox.token()).await.unwrap().status(), 401);
    assert_eq!(root(other.access_token()).await.unwrap().status(), 401);
    assert_eq!(root(server.access_token()).await.unwrap().status(), 200);
    let sections = format!("{}/library/sections", server.url());
    assert_eq!(plex.http.get(&sections).send().await.unwrap().status(), 401);
    let with_token = plex.http.get(&sections).header("X-Plex-Token", server.access_token());
    assert_eq!(with_token.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn resources_in_xml_nest_their_connections() {
    let plex = harness().await;

    let request = plex.signed_in(Method::GET, "/api/v2/resources");
    let request = request.header("Accept", "text/plain");
    let body = request.send().await.unwrap().text().await.unwrap();

    assert!(body.contains("<resources><resource accessToken="), "{body}");
    assert!(body.contains("<connections><connection IPv6=\"0\" address=\"127.0.0.1\""), "{body}");
}

#[tokio::test]
async fn the_calling_device_is_listed() {
    let plex = harness().await;

    let (status, devices) = plex.get("/api/v2/devices").await;

    assert_eq!((status, &devices[0]["clientIdentifier"]), (200, &json!(support::CLIENT)));
}
