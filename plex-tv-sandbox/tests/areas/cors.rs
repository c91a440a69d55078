use plex_tv_sandbox::Sandbox;
use reqwest::{Method, Response};

use crate::support::{harness, over};

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_of_another_origin_may_call_when_cors_is_on() {
    let plex = over(Sandbox::builder().cors(true).start().await.unwrap());
    let ask = |path: &str, method: &str, headers: &str| {
        let request = plex.bare(Method::OPTIONS, path).header("Origin", "http://127.0.0.1:3000");
        let request = request.header("Access-Control-Request-Method", method);
        request.header("Access-Control-Request-Headers", headers.to_owned()).send()
    };

    let asked = "accept,x-plex-token,X-Plex-Client-Identifier,content-type,x-other";
    let allowed = ask("/api/v2/pins", "POST", asked).await.unwrap();
    assert_eq!(allowed.status(), 204);
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some("*"));
    let names = "accept, x-plex-token, x-plex-client-identifier, content-type";
    assert_eq!(header(&allowed, "access-control-allow-headers"), Some(names));
    assert!(header(&allowed, "access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(ask("/discover/actions/addToWatchlist", "PUT", "x-plex-token").await.unwrap().status(), 204);

    let called = plex.signed_in(Method::GET, "/library/sections/watchlist/all").send().await.unwrap();
    assert_eq!(header(&called, "access-control-allow-origin"), Some("*"));
    assert!(header(&called, "access-control-expose-headers").unwrap().contains("ETag"));
    let refused = plex.identified(Method::GET, "/api/v2/user").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), header(&refused, "access-control-allow-origin")), (401, Some("*")));
    assert!(plex.sandbox.requests().iter().all(|request| request.method != "OPTIONS"));
}

#[tokio::test]
async fn media_servers_allow_it_as_well() {
    for on in [true, false] {
        let plex = over(Sandbox::builder().cors(on).start().await.unwrap());
        let server = &plex.sandbox.servers()[0];
        let ask = plex.http.request(Method::OPTIONS, server.url()).header("Access-Control-Request-Method", "GET");
        let ask = ask.header("Access-Control-Request-Headers", "x-plex-token").send().await.unwrap();
        let token = server.access_token();
        let called = plex.http.get(server.url()).header("X-Plex-Token", token).send().await.unwrap();

        assert_eq!(header(&ask, "access-control-allow-headers"), on.then_some("x-plex-token"));
        assert_eq!(called.status(), 200);
        assert_eq!(header(&called, "access-control-allow-origin"), on.then_some("*"));
    }
}

#[tokio::test]
async fn cors_is_off_by_default() {
    let plex = harness().await;

    let request = plex.bare(Method::OPTIONS, "/api/v2/pins").header("Access-Control-Request-Method", "POST");
    let preflight = request.send().await.unwrap();

    assert_eq!((preflight.status().as_u16(), header(&preflight, "access-control-allow-origin")), (405, None));
    let called = plex.signed_in(Method::GET, "/api/v2/ping").send().await.unwrap();
    assert_eq!(header(&called, "access-control-allow-origin"), None);
}
