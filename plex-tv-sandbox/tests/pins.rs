#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use std::time::Duration;

use plex_tv_sandbox::{PinState, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use support::{CLIENT, code, content_type, error_code, harness, id, over};

#[tokio::test]
async fn a_strong_pin_has_a_long_code_and_half_an_hour() {
    let plex = harness().await;

    let pin = plex.pin("?strong=true").await;

    assert_eq!(code(&pin).len(), 25);
    assert_eq!(pin["expiresIn"], 1800);
    assert_eq!(pin["product"], "Example App");
    assert_eq!(pin["clientIdentifier"], CLIENT);
    assert_eq!(pin["trusted"], false);
    assert_eq!(pin["authToken"], Value::Null);
    assert_eq!(pin["newRegistration"], Value::Null);
    assert_eq!(pin["location"]["code"], "GB");
    assert!(pin["createdAt"].as_str().unwrap() < pin["expiresAt"].as_str().unwrap());
    assert!(pin["expiresAt"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn a_link_pin_has_four_capitals_or_digits_and_a_quarter_of_an_hour() {
    let plex = harness().await;

    let pin = plex.pin("").await;

    assert_eq!(code(&pin).len(), 4);
    assert!(code(&pin).chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
    assert_eq!(pin["expiresIn"], 900);
}

#[tokio::test]
async fn strong_is_also_read_from_form_and_json_bodies() {
    let plex = harness().await;
    let form = plex.identified(Method::POST, "/api/v2/pins").header(FORM.0, FORM.1).body("strong=true");
    let object = plex.identified(Method::POST, "/api/v2/pins").json(&json!({"strong": true}));

    for request in [form, object] {
        let (status, pin) = support::json(request.send().await.unwrap()).await;

        assert_eq!(status, 201);
        assert_eq!(code(&pin).len(), 25);
    }
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_product_that_was_not_sent_is_zero() {
    let plex = harness().await;

    let request = plex.identified(Method::POST, "/api/v2/pins");
    let (_, pin) = support::json(request.send().await.unwrap()).await;

    assert_eq!(pin["product"], "0");
}

#[tokio::test]
async fn a_strong_that_is_not_a_boolean_is_refused() {
    let plex = harness().await;

    let request = plex.identified(Method::POST, "/api/v2/pins?strong=yes");
    let (status, body) = support::json(request.send().await.unwrap()).await;

    assert_eq!((status, error_code(&body)), (400, &json!(1004)));
}

#[tokio::test]
async fn the_token_appears_on_approval() {
    let plex = harness().await;
    let pin = plex.pin("?strong=true").await;
    let (status, before) = plex.poll(&pin).await;
    assert_eq!((status, &before["authToken"]), (200, &Value::Null));

    assert!(plex.sandbox.approve(id(&pin)));

    let (status, after) = plex.poll(&pin).await;
    assert_eq!(status, 200);
    assert_eq!(after["newRegistration"], false);
    let token = after["authToken"].as_str().unwrap();
    assert_eq!(token.len(), 20);
    let request = plex.identified(Method::GET, "/api/v2/user").header("X-Plex-Token", token);
    let (status, user) = support::json(request.send().await.unwrap()).await;
    assert_eq!((status, &user["authToken"]), (200, &json!(token)));
    assert!(!plex.sandbox.approve(id(&pin)), "it is no longer pending");
}

#[tokio::test]
async fn a_second_approval_replaces_the_first_token_of_the_installation() {
    let plex = harness().await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let pin = plex.pin("?strong=true").await;
        plex.sandbox.approve(id(&pin));
        tokens.push(String::from(plex.poll(&pin).await.1["authToken"].as_str().unwrap()));
    }

    let mut statuses = Vec::new();
    for token in &tokens {
        let request = plex.identified(Method::GET, "/api/v2/user").header("X-Plex-Token", token);
        statuses.push(request.send().await.unwrap().status().as_u16());
    }

    assert_eq!(statuses, [401, 200]);
}

#[tokio::test]
async fn a_pin_is_seen_by_its_own_installation_only() {
    let plex = harness().await;
    let pin = plex.pin("?strong=true").await;
    let path = format!("/api/v2/pins/{}", id(&pin));

    let other = plex.bare(Method::GET, &path).header("X-Plex-Client-Identifier", "somebody-else");
    let request = other.header("Accept", "application/json");
    let (status, body) = support::json(request.send().await.unwrap()).await;

    assert_eq!((status, error_code(&body)), (404, &json!(1020)));
}

#[tokio::test]
async fn gone_pins_are_404_with_1020_and_no_status_member() {
    let plex = harness().await;
    let denied = plex.pin("?strong=true").await;
    let expired = plex.pin("").await;
    assert!(plex.sandbox.deny(id(&denied)));
    assert!(plex.sandbox.expire(id(&expired)));

    for pin in [denied, expired, json!({"id": 1}), json!({"id": "abc"})] {
        let path = format!("/api/v2/pins/{}", pin["id"].to_string().trim_matches('"'));
        let (status, body) = support::json(plex.identified(Method::GET, &path).send().await.unwrap()).await;

        assert_eq!((status, error_code(&body)), (404, &json!(1020)));
        assert_eq!(body["errors"][0].get("status"), None);
        assert!(body["errors"][0]["message"].is_string());
    }
}

#[tokio::test]
async fn no_client_identifier_is_400_with_1000() {
    let plex = harness().await;

    for (method, path) in [(Method::POST, "/api/v2/pins"), (Method::GET, "/api/v2/pins/300000001")] {
        let request = plex.bare(method, path).header("Accept", "application/json");
        let (status, body) = support::json(request.send().await.unwrap()).await;

        assert_eq!(status, 400);
        assert_eq!(body["errors"][0]["code"], 1000);
        assert_eq!(body["errors"][0]["status"], 400);
    }
}

#[tokio::test]
async fn plex_headers_may_be_query_parameters() {
    let plex = harness().await;

    let path = "/api/v2/pins?X-Plex-Client-Identifier=from-query&X-Plex-Product=Query%20App";
    let request = plex.bare(Method::POST, path).header("Accept", "application/json");
    let (status, pin) = support::json(request.send().await.unwrap()).await;

    assert_eq!(status, 201);
    assert_eq!(pin["clientIdentifier"], "from-query");
    assert_eq!(pin["product"], "Query App");
}

#[tokio::test]
async fn linking_a_code_approves_it_and_may_be_repeated() {
    let plex = harness().await;
    let pin = plex.pin("").await;

    for path in ["/api/v2/pins/link", "/api/v2/pins/link.json"] {
        let request = plex.signed_in(Method::PUT, path).header(FORM.0, FORM.1);
        let response = request.body(format!("code={}", code(&pin))).send().await.unwrap();

        assert_eq!(response.status(), 204);
        assert_eq!(response.text().await.unwrap(), "");
    }
    assert!(plex.poll(&pin).await.1["authToken"].is_string());
}

#[tokio::test]
async fn linking_needs_a_token_a_code_and_a_known_short_code() {
    let plex = harness().await;
    let strong = plex.pin("?strong=true").await;
    let path = "/api/v2/pins/link";
    let unsigned = plex.identified(Method::PUT, path).header(FORM.0, FORM.1).body("code=AAAA");
    let linking = |body: String| plex.signed_in(Method::PUT, path).header(FORM.0, FORM.1).body(body);

    let cases = [
        (unsigned, 401, 1001),
        (linking(String::new()), 400, 1004),
        (linking(String::from("code=0000")), 404, 1020),
        (linking(format!("code={}", code(&strong))), 404, 1020),
    ];

    for (request, status, error) in cases {
        let (got, body) = support::json(request.send().await.unwrap()).await;
        assert_eq!((got, error_code(&body)), (status, &json!(error)));
    }
}

#[tokio::test]
async fn the_qr_address_of_a_pin_is_a_png() {
    let plex = harness().await;
    let pin = plex.pin("").await;

    let address = pin["qr"].as_str().unwrap();
    assert_eq!(address, format!("{}/api/v2/pins/qr/{}", plex.sandbox.url(), code(&pin)));
    let response = plex.http.get(address).send().await.unwrap();

    assert_eq!(response.status(), 200);
    assert_eq!(content_type(&response), "image/png");
    assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let unknown = plex.bare(Method::GET, "/api/v2/pins/qr/0000").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn pins_expire_by_themselves() {
    let lifetime = Duration::from_millis(30);
    let plex = over(Sandbox::builder().pin_lifetime(lifetime).start().await.unwrap());
    let pin = plex.pin("?strong=true").await;
    assert_eq!(pin["expiresIn"], 1);

    tokio::time::sleep(Duration::from_millis(40)).await;

    assert_eq!(plex.poll(&pin).await.0, 404);
    assert_eq!(plex.sandbox.pins()[0].state, PinState::Expired);
    assert!(!plex.sandbox.approve(id(&pin)));
}

#[tokio::test(start_paused = true)]
async fn pins_follow_the_clock_of_tokio() {
    let plex = harness().await;
    let pin = plex.pin("?strong=true").await;

    tokio::time::advance(Duration::from_secs(1799)).await;
    let (status, last) = plex.poll(&pin).await;
    assert_eq!((status, &last["expiresIn"]), (200, &json!(1)));
    assert_eq!(last["expiresAt"], pin["expiresAt"]);

    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(plex.poll(&pin).await.0, 404);
}

#[tokio::test]
async fn pins_are_approved_automatically_on_request() {
    let after = Duration::from_millis(20);
    let plex = over(Sandbox::builder().approve_after(Some(after)).start().await.unwrap());
    let strong = plex.pin("?strong=true").await;
    let link = plex.pin("").await;

    tokio::time::sleep(Duration::from_millis(30)).await;

    assert!(plex.sandbox.pins().iter().all(|pin| pin.state == PinState::Approved));
    assert!(plex.poll(&strong).await.1["authToken"].is_string());
    assert!(plex.poll(&link).await.1["authToken"].is_string());
}

#[tokio::test]
async fn snapshots_show_the_state_and_hide_the_code() {
    let plex = harness().await;
    let created = plex.pin("").await;

    let pins = plex.sandbox.pins();

    assert_eq!(pins.len(), 1);
    assert_eq!(pins[0].id, id(&created));
    assert_eq!(pins[0].code, code(&created));
    assert_eq!(pins[0].client_identifier, CLIENT);
    assert_eq!(pins[0].product, "Example App");
    assert!(!pins[0].strong);
    assert_eq!(pins[0].state, PinState::Pending);
    assert!(!format!("{pins:?}").contains(&format!("{:?}", code(&created))));
}

#[tokio::test]
async fn a_thousand_polls_are_cheap() {
    let plex = harness().await;
    let pin = plex.pin("?strong=true").await;

    for _ in 0..1000 {
        assert_eq!(plex.poll(&pin).await.0, 200);
    }

    assert_eq!(plex.sandbox.requests().len(), 1001);
}
