use plex_tv_sandbox::{Host, routes};
use reqwest::Method;
use serde_json::json;

use super::{LIVING_ROOM, refusal, refused};
use crate::support::{content_type, harness};

#[tokio::test]
async fn each_host_has_its_own_base_address_and_calls() {
    let plex = harness().await;
    let status = async |host: Host, path: &str| {
        let url = format!("{}{path}", plex.sandbox.url_of(host));
        let request = plex.http.get(url).header("X-Plex-Client-Identifier", "a");
        request.header("X-Plex-Token", plex.sandbox.token()).send().await.unwrap().status().as_u16()
    };

    let watchlist = "/library/sections/watchlist/all";
    assert_eq!(status(Host::Discover, watchlist).await, 200);
    assert_eq!(status(Host::Metadata, watchlist).await, 404, "it moved to another host");
    assert_eq!(status(Host::Clients, "/api/v2/user").await, 200);
    assert_eq!(status(Host::Discover, "/api/v2/user").await, 404);
    assert_eq!(status(Host::Vod, "/hubs").await, 200);
    assert_eq!(status(Host::Sonos, "/resources").await, 200);
    assert_eq!(status(Host::Epg, "/lineups/plex/channels").await, 200);
    assert_eq!(status(Host::Together, "/rooms").await, 200);
    for host in [Host::Discover, Host::Metadata, Host::Epg] {
        assert_eq!((status(host, "/").await, status(host, "").await), (200, 200), "{host:?}");
    }
}

#[tokio::test]
async fn the_other_hosts_are_at_the_root_as_well() {
    let plex = harness().await;

    for route in routes().filter(|route| route.host != Host::PlexTv && route.method == "GET") {
        if !route.path.contains('{') {
            let (status, body) = plex.call(plex.sandbox.token(), Method::GET, route.path).await;
            assert_ne!(status, 404, "{route:?}: {body}");
        }
    }
    let path = "/library/sections/watchlist/all?X-Plex-Container-Size=1";
    assert_eq!(plex.get(path).await.1["MediaContainer"]["size"], 1);
    assert_eq!(plex.get("/").await.1["MediaProvider"]["identifier"], "tv.plex.provider.discover");
}

#[tokio::test]
async fn browsers_get_the_index_page() {
    let plex = harness().await;

    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let response = plex.bare(Method::GET, "/").header("Accept", accept).send().await.unwrap();

    assert_eq!((response.status().as_u16(), content_type(&response).as_str()), (200, "text/html; charset=utf-8"));
    let page = response.text().await.unwrap();
    for text in [plex.sandbox.token(), plex.sandbox.url(), plex_tv_sandbox::PASSWORD, "epg.provider.plex.tv", "curl "] {
        assert!(page.contains(text), "{text}");
    }
    assert!(routes().all(|route| page.contains(&format!("<li>{} ", route.operation))));
    assert!(!page.contains("{{"));
    assert_eq!(plex.sandbox.requests().last().unwrap().operation, None);
}

#[tokio::test]
async fn operations_that_are_not_served_are_named() {
    let plex = harness().await;
    let request = format!("/api/v2/devices/{LIVING_ROOM}/certificate/csr");
    let cases = [
        (Method::PUT, request.as_str(), "submitDeviceCertificateRequest"),
        (Method::GET, "/vod/library/metadata/5d7760000000070000000000", "getVodMetadata"),
        (Method::GET, "/music/hubs", "getMusicHubs"),
    ];

    for (method, path, operation) in cases {
        let (status, body) = plex.call(plex.sandbox.token(), method, path).await;
        let message = format!("The sandbox does not serve {operation}");
        assert_eq!((status, &body["errors"][0]["message"]), (501, &json!(message)), "{path}");
    }
    assert!(plex.sandbox.next("getMusicHubs", plex_tv_sandbox::Fault::Html).is_err());
    assert_eq!(refused(plex.get("/api/v2/nothing").await), refusal(404, 1002));
}
