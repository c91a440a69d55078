#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use std::time::{Duration, Instant};

use plex_tv_sandbox::{Fault, Sandbox, operations};
use reqwest::Method;
use serde_json::json;
use support::{Harness, content_type, error_code, harness, over};

async fn user(plex: &Harness) -> Result<reqwest::Response, reqwest::Error> {
    plex.signed_in(Method::GET, "/api/v2/user").send().await
}

#[tokio::test]
async fn a_status_comes_once_and_with_an_error_body() {
    let plex = harness().await;
    plex.sandbox.next("getUserDetails", Fault::Status(503)).unwrap();

    let (status, body) = support::json(user(&plex).await.unwrap()).await;

    assert_eq!((status, error_code(&body)), (503, &json!(1007)));
    assert_eq!(body["errors"][0]["status"], 503);
    assert_eq!(user(&plex).await.unwrap().status(), 200);
}

#[tokio::test]
async fn statuses_without_a_body_and_impossible_ones() {
    let plex = harness().await;
    for (asked, answered) in [(498, 498), (204, 204), (7, 500)] {
        plex.sandbox.next("getUserDetails", Fault::Status(asked)).unwrap();
        assert_eq!(user(&plex).await.unwrap().status().as_u16(), answered);
    }
}

#[tokio::test]
async fn a_rate_limit_has_1003_and_a_retry_after_when_asked_for() {
    let plex = harness().await;
    plex.sandbox.next("getUserDetails", Fault::RateLimited { retry_after: Some(7) }).unwrap();
    plex.sandbox.next("getUserDetails", Fault::RateLimited { retry_after: None }).unwrap();

    let first = user(&plex).await.unwrap();
    let second = user(&plex).await.unwrap();

    assert_eq!(first.headers()["retry-after"], "7");
    assert!(!second.headers().contains_key("retry-after"));
    let (status, body) = support::json(first).await;
    assert_eq!((status, error_code(&body)), (429, &json!(1003)));
}

#[tokio::test]
async fn html_garbage_and_empty_bodies() {
    let plex = harness().await;
    for fault in [Fault::Html, Fault::Garbage, Fault::EmptyBody] {
        plex.sandbox.next("getUserDetails", fault).unwrap();
    }

    let html = user(&plex).await.unwrap();
    assert_eq!((html.status().as_u16(), content_type(&html).as_str()), (502, "text/html; charset=utf-8"));
    let (garbage, empty) = (user(&plex).await.unwrap(), user(&plex).await.unwrap());

    assert_eq!((garbage.status().as_u16(), empty.status().as_u16()), (200, 200));
    assert!(serde_json::from_str::<serde_json::Value>(&garbage.text().await.unwrap()).is_err());
    assert_eq!(content_type(&empty), "application/json; charset=utf-8");
    assert_eq!(empty.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_delay_precedes_the_next_fault() {
    let plex = harness().await;
    plex.sandbox.next("getUserDetails", Fault::Delay(Duration::from_millis(30))).unwrap();
    plex.sandbox.next("getUserDetails", Fault::Status(500)).unwrap();
    let started = Instant::now();

    let first = user(&plex).await.unwrap();

    assert_eq!(first.status(), 500);
    assert!(started.elapsed() >= Duration::from_millis(30));
    assert_eq!(user(&plex).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_hangup_closes_the_connection_without_an_answer() {
    let plex = harness().await;
    plex.sandbox.next("getUserDetails", Fault::Hangup).unwrap();

    let error = user(&plex).await.unwrap_err();

    assert!(error.is_request() && error.status().is_none(), "{error:?}");
    assert_eq!(user(&plex).await.unwrap().status(), 200);
    let statuses: Vec<Option<u16>> = plex.sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses.first(), Some(&None));
    assert_eq!(statuses.last(), Some(&Some(200)));
}

#[tokio::test]
async fn faults_hit_their_own_operation_and_unknown_ones_are_refused() {
    let plex = harness().await;
    plex.sandbox.next("getToken", Fault::Status(500)).unwrap();

    assert_eq!(user(&plex).await.unwrap().status(), 200);
    let refusal = plex.sandbox.next("getUserDetail", Fault::Html).unwrap_err().to_string();
    assert_eq!(refusal, "the sandbox serves no operation `getUserDetail`; did you mean `getUserDetails`?");
    assert!(plex.sandbox.always("getUserDetail", Fault::Html).is_err());
    assert!(operations().all(|operation| plex.sandbox.next(operation, Fault::Html).is_ok()));
}

#[tokio::test]
async fn calls_are_logged_with_their_operation() {
    let plex = harness().await;
    let calls = [
        (Method::POST, "/api/v2/pins", "getPin"),
        (Method::GET, "/api/v2/pins/1", "getToken"),
        (Method::PUT, "/api/v2/pins/link", "linkPin"),
        (Method::PUT, "/api/v2/pins/link.json", "linkPin"),
        (Method::GET, "/api/v2/pins/qr/SECRET", "getPinQrCode"),
        (Method::POST, "/api/v2/auth/jwk", "registerDeviceJwk"),
        (Method::GET, "/api/v2/auth/nonce", "getAuthNonce"),
        (Method::POST, "/api/v2/auth/token", "exchangeJwtToken"),
        (Method::GET, "/api/v2/auth/keys", "getAuthKeys"),
        (Method::POST, "/api/v2/users/signin", "signIn"),
        (Method::DELETE, "/api/v2/users/signout", "signOut"),
        (Method::GET, "/api/v2/ping", "ping"),
        (Method::GET, "/api/v2/user", "getUserDetails"),
        (Method::GET, "/api/v2/features", "getFeatures"),
        (Method::GET, "/api/v2/companions", "getCompanionsData"),
        (Method::GET, "/api/v2/geoip", "getGeoData"),
        (Method::GET, "/api/v2/home", "getHomeData"),
        (Method::GET, "/api/v2/home/users", "listHomeUsers"),
        (Method::POST, "/api/v2/home/users/0123456789abcdef/switch", "switchHomeUser"),
        (Method::GET, "/api/v2/resources", "getDevices"),
        (Method::GET, "/api/v2/devices", "listAccountDevices"),
        (Method::DELETE, "/devices/900000001.xml", "deleteLegacyDevice"),
    ];

    for (method, path, operation) in calls {
        plex.sandbox.next(operation, Fault::Status(418)).unwrap();
        let response = plex.bare(method, path).send().await.unwrap();
        assert_eq!(response.status(), 418, "{path}");
        assert_eq!(plex.sandbox.requests().last().unwrap().operation, Some(operation));
    }
}

#[tokio::test]
async fn the_log_keeps_no_secret() {
    let plex = harness().await;
    plex.bare(Method::GET, "/api/v2/pins/qr/S3CR?X-Plex-Token=S3CR").send().await.unwrap();
    plex.bare(Method::GET, "/nowhere?a=S3CR").header("X-Plex-Token", "S3CR").send().await.unwrap();

    let log = format!("{:?}", plex.sandbox.requests());

    assert!(!log.contains("S3CR"), "{log}");
    assert!(log.contains("/api/v2/pins/qr/{code}") && log.contains("/nowhere"), "{log}");
}

#[tokio::test]
async fn unknown_paths_are_404_and_wrong_methods_405() {
    let plex = harness().await;

    let (status, body) = plex.get("/api/v2/nothing").await;
    assert_eq!((status, error_code(&body)), (404, &json!(1002)));
    for path in ["/api/v2/pins", "/api/v2/pins/link", "/sandbox/approve"] {
        let (status, body) = plex.get(path).await;
        assert_eq!((status, error_code(&body)), (405, &json!(1005)), "{path}");
    }
    let xml = plex.bare(Method::DELETE, "/api/v2/user").send().await.unwrap();
    assert!(xml.text().await.unwrap().contains(r#"<error code="1005""#));
}

#[tokio::test]
async fn broken_and_huge_bodies_are_refused_and_hurt_nothing() {
    let plex = harness().await;
    let post = |content_type: &str, body: Vec<u8>| {
        let request = plex.identified(Method::POST, "/api/v2/pins").header("Content-Type", content_type);
        request.body(body).send()
    };
    let form = "application/x-www-form-urlencoded";

    for body in [b"{\"strong\":".to_vec(), b"[1]".to_vec(), vec![0xff; 64], b"{}{}".to_vec()] {
        assert_eq!(post("application/json", body).await.unwrap().status(), 400);
    }
    for body in [vec![0xff; 64], b"%%%&&&===".to_vec(), b"strong=%00".to_vec()] {
        let status = post(form, body).await.unwrap().status().as_u16();
        assert!(status == 400 || status == 201, "{status}");
    }
    let nothing = post("Application/JSON", Vec::new()).await.unwrap();
    assert_eq!(nothing.status(), 201);
    let huge = vec![b'a'; 100 * 1024];
    assert_eq!(post(form, huge.clone()).await.unwrap().status(), 413);
    assert_eq!(post("application/json", huge).await.unwrap().status(), 413);
    assert_eq!(user(&plex).await.unwrap().status(), 200);
}

#[tokio::test]
async fn dropping_the_sandbox_closes_its_ports_and_connections() {
    let Harness { sandbox, http } = harness().await;
    let addresses = [format!("{}/api/v2/geoip", sandbox.url()), format!("{}/identity", sandbox.servers()[0].url())];
    for address in &addresses {
        assert_eq!(http.get(address).send().await.unwrap().status(), 200);
    }

    drop(sandbox);

    for address in &addresses {
        assert!(closes(&http, address).await, "{address}");
    }
}

async fn closes(http: &reqwest::Client, address: &str) -> bool {
    for _ in 0..100 {
        if http.get(address).send().await.is_err() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    false
}

#[tokio::test]
async fn a_port_can_be_chosen_and_a_taken_one_is_an_error() {
    let plex = over(Sandbox::start().await.unwrap());
    let port = plex.sandbox.url().rsplit(':').next().unwrap().parse().unwrap();

    let error = Sandbox::builder().port(port).start().await.unwrap_err();

    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn debug_of_the_sandbox_and_its_servers_shows_no_token() {
    let plex = harness().await;

    let debug = format!("{:?} {:?}", plex.sandbox, plex.sandbox.servers());

    assert!(!debug.contains(plex.sandbox.token()));
    assert!(!debug.contains(plex.sandbox.servers()[0].access_token()), "{debug}");
}
