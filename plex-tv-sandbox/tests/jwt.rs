#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use plex_tv_sandbox::{Fault, PinState, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use support::device::{Device, device, epoch_seconds, published, verified};
use support::{Harness, error_code, harness, id, over};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A device whose key is registered with the built-in token.
async fn registered(plex: &Harness, client_identifier: &str) -> Device {
    let device = device(client_identifier);
    assert_eq!(device.register(plex, plex.sandbox.token()).await.status(), 201);
    device
}

async fn pin_with_key(plex: &Harness, device: &Device) -> Value {
    let request = device.call(plex, Method::POST, "/api/v2/pins");
    let response = request.json(&json!({"jwk": device.jwk(), "strong": true})).send().await.unwrap();
    let (status, pin) = support::json(response).await;
    assert_eq!(status, 201);
    pin
}

/// Polls, with a device JWT if there is one.
async fn poll(plex: &Harness, device: &Device, pin: &Value, device_jwt: Option<&str>) -> (u16, Value) {
    let query = device_jwt.map(|jwt| format!("?deviceJWT={jwt}")).unwrap_or_default();
    let request = device.call(plex, Method::GET, &format!("/api/v2/pins/{}{query}", id(pin)));
    support::json(request.send().await.unwrap()).await
}

fn refused(answer: &(u16, Value)) -> (u16, Value) {
    (answer.0, error_code(&answer.1).clone())
}

#[tokio::test]
async fn a_pin_with_a_key_ends_in_a_jwt_that_the_published_keys_verify() {
    let plex = harness().await;
    let tv = device("tv");
    let pin = pin_with_key(&plex, &tv).await;
    let proof = tv.sign(&tv.claims(&plex.sandbox));
    assert_eq!(poll(&plex, &tv, &pin, Some(&proof)).await.1["authToken"], Value::Null);

    assert!(plex.sandbox.approve(id(&pin)));
    let (status, approved) = poll(&plex, &tv, &pin, Some(&proof)).await;

    assert_eq!((status, &approved["newRegistration"]), (200, &json!(false)));
    let token = approved["authToken"].as_str().unwrap();
    let (header, claims) = verified(&plex, token).await.unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("JWT")));
    assert_eq!(claims["iss"], "plex.tv");
    assert_eq!(claims["aud"], json!(["plex.tv", "tv"]));
    assert_eq!(claims["thumbprint"], tv.kid);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 604_800);
    assert_eq!(claims.get("email"), None, "no scope was asked for");
    assert_eq!(tv.status(&plex, token).await, 200);
    let (_, again) = poll(&plex, &tv, &pin, Some(&proof)).await;
    assert_eq!(again["authToken"], approved["authToken"]);
    let (_, without) = poll(&plex, &tv, &pin, None).await;
    assert_eq!(without["authToken"], Value::Null, "there is still no token without proof of the key");
}

#[tokio::test]
async fn an_approved_pin_with_a_key_gives_no_token_without_proof() {
    let plex = harness().await;
    let tv = device("tv");
    let pin = pin_with_key(&plex, &tv).await;
    plex.sandbox.approve(id(&pin));
    let mut thief = device("tv");
    thief.kid = tv.kid.clone();
    let mut stale = tv.claims(&plex.sandbox);
    stale["exp"] = json!(epoch_seconds(&plex.sandbox) - 1);
    stale["iat"] = json!(epoch_seconds(&plex.sandbox) - 301);

    let (status, without) = poll(&plex, &tv, &pin, None).await;

    assert_eq!((status, &without["authToken"]), (200, &Value::Null));
    for proof in [thief.sign(&thief.claims(&plex.sandbox)), tv.sign(&stale), String::from("a.b.c")] {
        let answer = poll(&plex, &tv, &pin, Some(&proof)).await;
        assert_eq!(refused(&answer), (401, Value::Null), "plex.tv has no known code for it");
        assert!(answer.1["errors"][0]["message"].is_string());
    }
    assert_eq!(plex.sandbox.pins()[0].state, PinState::Approved);
}

#[tokio::test]
async fn a_device_jwt_in_a_poll_can_have_scopes_and_a_nonce_which_is_used_up() {
    let plex = harness().await;
    let tv = device("tv");
    let pin = pin_with_key(&plex, &tv).await;
    plex.sandbox.approve(id(&pin));
    let mut claims = tv.claims(&plex.sandbox);
    claims["scope"] = json!("username,email");
    claims["nonce"] = json!("made-up");
    assert_eq!(poll(&plex, &tv, &pin, Some(&tv.sign(&claims))).await.0, 401);

    claims["nonce"] = json!(tv.nonce(&plex).await);
    let (_, approved) = poll(&plex, &tv, &pin, Some(&tv.sign(&claims))).await;

    let (_, plex_claims) = verified(&plex, approved["authToken"].as_str().unwrap()).await.unwrap();
    assert_eq!(plex_claims["username"], "exampleuser");
    assert_eq!(plex_claims["email"], plex_tv_sandbox::EMAIL);
    assert_eq!(tv.exchange(&plex, &claims).await.0, 422, "the nonce was used");
}

#[tokio::test]
async fn a_wrong_key_is_400_and_a_form_has_no_key() {
    let plex = harness().await;
    let tv = device("tv");
    let mut rsa = tv.jwk();
    rsa["kty"] = json!("RSA");

    for jwk in [rsa, json!("text"), json!({})] {
        let request = tv.call(&plex, Method::POST, "/api/v2/pins").json(&json!({"jwk": jwk}));
        assert_eq!(refused(&support::json(request.send().await.unwrap()).await), (400, json!(1004)));
    }
    let form = tv.call(&plex, Method::POST, "/api/v2/auth/token");
    let form = form.header("Content-Type", "application/x-www-form-urlencoded").body("jwt=a.b.c");
    assert_eq!(refused(&support::json(form.send().await.unwrap()).await), (400, json!(1004)));
}

#[tokio::test]
async fn a_key_of_another_installation_is_422_whatever_its_name() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let mut jwk = tv.jwk();
    jwk["kid"] = json!("another name");
    let phone = device("phone");

    let body = json!({"jwk": jwk, "strong": true});
    let pin = phone.call(&plex, Method::POST, "/api/v2/pins").json(&body);
    let register = phone.call(&plex, Method::POST, "/api/v2/auth/jwk").json(&body);
    let register = register.header("X-Plex-Token", plex.sandbox.token());

    for request in [pin, register] {
        let answer = support::json(request.send().await.unwrap()).await;
        assert_eq!(refused(&answer), (422, Value::Null));
        assert!(answer.1["errors"][0]["message"].as_str().unwrap().contains("thumbprint"));
    }
    assert_eq!(tv.register(&plex, plex.sandbox.token()).await.status(), 201, "its own key once more");
}

#[tokio::test]
async fn registering_needs_a_token_of_the_installation_and_a_key() {
    let plex = harness().await;
    let tv = device("tv");
    let pin = plex.pin("?strong=true").await;
    plex.sandbox.approve(id(&pin));
    let token_of_another = plex.poll(&pin).await.1["authToken"].as_str().unwrap().to_owned();

    let unsigned = tv.call(&plex, Method::POST, "/api/v2/auth/jwk").json(&json!({"jwk": tv.jwk()}));
    let unsigned = support::json(unsigned.send().await.unwrap()).await;
    let foreign = support::json(tv.register(&plex, &token_of_another).await).await;
    let empty = tv.call(&plex, Method::POST, "/api/v2/auth/jwk").json(&json!({}));
    let empty = support::json(empty.header("X-Plex-Token", plex.sandbox.token()).send().await.unwrap()).await;

    assert_eq!(refused(&unsigned), (401, json!(1001)));
    assert_eq!(refused(&foreign), (422, Value::Null));
    assert_eq!(refused(&empty), (422, json!(1097)));
}

#[tokio::test]
async fn the_first_jwt_ends_the_older_token_and_makes_later_ones_useless() {
    let plex = harness().await;
    let tv = device(support::CLIENT);
    let sign_in = async || {
        let pin = plex.pin("?strong=true").await;
        plex.sandbox.approve(id(&pin));
        plex.poll(&pin).await.1["authToken"].as_str().unwrap().to_owned()
    };
    let legacy = sign_in().await;
    assert_eq!(tv.register(&plex, &legacy).await.status(), 201);
    assert_eq!(tv.status(&plex, &legacy).await, 200, "registering alone ends nothing");

    let jwt = tv.renew(&plex, "").await;

    assert_eq!(tv.status(&plex, &jwt).await, 200);
    assert_eq!(tv.status(&plex, &legacy).await, 401);
    assert_eq!(tv.status(&plex, &sign_in().await).await, 401, "a later token does not work");
    assert_eq!(tv.status(&plex, plex.sandbox.token()).await, 200, "the built-in token belongs to no installation");
}

#[tokio::test]
async fn a_jwt_is_498_after_a_week_and_renewed_without_the_user() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let first = tv.renew(&plex, "").await;

    plex.sandbox.advance(WEEK - Duration::from_secs(5));
    assert_eq!(tv.status(&plex, &first).await, 200);
    plex.sandbox.advance(Duration::from_secs(5));
    let request = tv.call(&plex, Method::GET, "/api/v2/user").header("X-Plex-Token", &first);
    let expired = request.send().await.unwrap();

    assert_eq!(expired.status().as_u16(), 498);
    assert_eq!(expired.text().await.unwrap(), "");
    plex.sandbox.advance(WEEK * 52);
    let second = tv.renew(&plex, "").await;
    assert_eq!(tv.status(&plex, &second).await, 200);
}

#[tokio::test]
async fn renewing_early_leaves_the_older_jwt_valid() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let first = tv.renew(&plex, "").await;
    plex.sandbox.advance(DAY);

    let second = tv.renew(&plex, "").await;

    assert_ne!(first, second);
    assert_eq!((tv.status(&plex, &first).await, tv.status(&plex, &second).await), (200, 200));
}

#[tokio::test]
async fn a_nonce_is_valid_once_for_five_minutes_and_for_its_own_installation() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let phone = registered(&plex, "phone").await;
    let with = |device: &Device, nonce: Value| {
        let mut claims = device.claims(&plex.sandbox);
        claims["nonce"] = nonce;
        claims
    };
    let used = tv.nonce(&plex).await;
    assert_eq!(tv.exchange(&plex, &with(&tv, json!(used))).await.0, 200);
    let foreign = phone.nonce(&plex).await;
    let stale = tv.nonce(&plex).await;
    plex.sandbox.advance(Duration::from_secs(300));

    for nonce in [json!(used), json!(foreign), json!(stale), json!("made-up"), json!(7), Value::Null] {
        let answer = tv.exchange(&plex, &with(&tv, nonce.clone())).await;
        assert_eq!(refused(&answer), (422, Value::Null), "{nonce}");
    }
    assert_eq!(tv.exchange(&plex, &tv.claims(&plex.sandbox)).await.0, 422, "without a nonce");
}

#[tokio::test]
async fn a_failed_exchange_uses_the_nonce_up() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let mut claims = tv.claims(&plex.sandbox);
    claims["nonce"] = json!(tv.nonce(&plex).await);
    let mut wrong = claims.clone();
    wrong["aud"] = json!("plex.com");

    assert_eq!(tv.exchange(&plex, &wrong).await.0, 422);

    assert_eq!(tv.exchange(&plex, &claims).await.0, 422);
}

#[tokio::test]
async fn an_exchange_checks_signature_and_claims() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let mut thief = device("tv");
    thief.kid = tv.kid.clone();
    let mut renamed = device("tv");
    renamed.kid = String::from("unknown");
    let now = epoch_seconds(&plex.sandbox);
    let changes = [
        ("aud", json!("https://plex.tv")),
        ("iss", json!("phone")),
        ("iat", json!(now + 90)),
        ("exp", json!(now - 1)),
        ("exp", Value::Null),
        ("scope", json!("all")),
    ];

    for (name, value) in changes {
        let mut claims = tv.claims(&plex.sandbox);
        claims["nonce"] = json!(tv.nonce(&plex).await);
        claims[name] = value.clone();
        assert_eq!(refused(&tv.exchange(&plex, &claims).await), (422, Value::Null), "{name}: {value}");
    }
    for other in [thief, renamed] {
        let mut claims = other.claims(&plex.sandbox);
        claims["nonce"] = json!(tv.nonce(&plex).await);
        assert_eq!(refused(&other.exchange(&plex, &claims).await), (422, Value::Null));
    }
    for text in ["", "a.b.c", "not a token"] {
        assert_eq!(refused(&tv.exchange_text(&plex, text).await), (400, json!(1004)), "{text}");
    }
}

#[tokio::test]
async fn scopes_decide_which_claims_come_back() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;

    let token = tv.renew(&plex, "username,friendly_name,restricted,anonymous,joinedAt").await;

    let (_, claims) = verified(&plex, &token).await.unwrap();
    assert_eq!(claims["username"], "exampleuser");
    assert_eq!(claims["friendly_name"], "Example User");
    assert_eq!(claims["joinedAt"], 1_556_281_940);
    assert_eq!((&claims["restricted"], &claims["anonymous"]), (&json!(false), &json!(false)));
    assert_eq!(claims.get("email"), None);
}

#[tokio::test]
async fn a_new_key_replaces_the_old_one() {
    let plex = harness().await;
    let old = registered(&plex, "tv").await;
    let jwt = old.renew(&plex, "").await;
    let mut new = device("tv");
    new.kid = String::from("new");

    assert_eq!(new.register(&plex, &jwt).await.status(), 201, "a JWT registers as well as a token");

    let mut claims = old.claims(&plex.sandbox);
    claims["nonce"] = json!(old.nonce(&plex).await);
    assert_eq!(refused(&old.exchange(&plex, &claims).await), (422, Value::Null));
    let renewed = new.renew(&plex, "").await;
    assert_eq!(verified(&plex, &renewed).await.unwrap().1["thumbprint"], "new");
    assert_eq!(new.status(&plex, &jwt).await, 200, "a JWT stays valid for its week");
}

#[tokio::test]
async fn signing_keys_rotate_and_old_ones_stay_published_for_a_week() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let before = tv.renew(&plex, "").await;
    let [first] = &published(&plex).await[..] else { panic!("one key") };

    plex.sandbox.rotate_signing_key().unwrap();
    let after = tv.renew(&plex, "").await;

    let keys = published(&plex).await;
    assert_eq!(keys.len(), 2);
    assert_eq!(verified(&plex, &before).await.unwrap().0["kid"], first["kid"]);
    assert_eq!(verified(&plex, &after).await.unwrap().0["kid"], keys[0]["kid"]);
    plex.sandbox.advance(WEEK);
    assert_eq!(published(&plex).await, [keys[0].clone()]);
    assert!(verified(&plex, &before).await.is_none());
}

#[tokio::test]
async fn a_removed_device_is_1097_from_then_on() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;
    let (_, devices) = plex.get("/api/v2/devices").await;
    let row = devices.as_array().unwrap().iter().find(|row| row["clientIdentifier"] == "tv").unwrap();
    let path = format!("/devices/{}.xml", row["id"]);

    let removed = plex.signed_in(Method::DELETE, &path).send().await.unwrap();
    let again = plex.signed_in(Method::DELETE, &path).send().await.unwrap();

    assert_eq!((removed.status().as_u16(), again.status().as_u16()), (200, 404));
    assert_eq!(tv.status(&plex, &jwt).await, 401);
    let mut claims = tv.claims(&plex.sandbox);
    claims["nonce"] = json!(tv.nonce(&plex).await);
    assert_eq!(refused(&tv.exchange(&plex, &claims).await), (422, json!(1097)));
    let new_key = support::json(device("tv").register(&plex, plex.sandbox.token()).await).await;
    assert_eq!(refused(&new_key), (422, json!(1097)));
    let anew = registered(&plex, "tv-2").await;
    assert_eq!(anew.status(&plex, &anew.renew(&plex, "").await).await, 200);
}

#[tokio::test]
async fn a_test_can_remove_a_device_by_its_name() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;

    assert!(plex.sandbox.remove_device("tv"));

    assert!(!plex.sandbox.remove_device("tv"));
    assert_eq!(tv.status(&plex, &jwt).await, 401);
}

#[tokio::test]
async fn a_device_of_somebody_else_cannot_be_removed() {
    let plex = harness().await;
    let kid = plex.switch(plex_tv_sandbox::HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();
    let (_, devices) = plex.get("/api/v2/devices").await;

    let path = format!("/devices/{}.xml", devices[0]["id"]);
    let request = plex.identified(Method::DELETE, &path).header("X-Plex-Token", kid);

    assert_eq!(request.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn signing_out_ends_a_jwt_and_a_repeat_is_401() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;
    let sign_out = || tv.call(&plex, Method::DELETE, "/api/v2/users/signout").header("X-Plex-Token", &jwt).send();

    assert_eq!(sign_out().await.unwrap().status(), 204);

    assert_eq!(sign_out().await.unwrap().status(), 401);
    assert_eq!(tv.status(&plex, &jwt).await, 401);
}

#[tokio::test]
async fn a_jwt_is_valid_only_on_its_own_installation_and_cannot_be_made_up() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;

    assert_eq!(device("phone").status(&plex, &jwt).await, 401);
    assert_eq!(tv.status(&plex, &tv.sign(&tv.claims(&plex.sandbox))).await, 401);
    assert_eq!(tv.status(&plex, &jwt[..jwt.len() - 1]).await, 401);
}

#[tokio::test]
async fn a_nonce_without_a_client_identifier_is_422() {
    let plex = harness().await;

    let request = plex.bare(Method::GET, "/api/v2/auth/nonce").header("Accept", "application/json");
    let answer = support::json(request.send().await.unwrap()).await;

    assert_eq!(refused(&answer), (422, Value::Null));
}

#[tokio::test]
async fn jwt_calls_always_answer_json_and_their_failures_follow_accept() {
    let plex = harness().await;
    let xml = |method, path| plex.bare(method, path).header("X-Plex-Client-Identifier", "tv").send();

    let nonce = xml(Method::GET, "/api/v2/auth/nonce").await.unwrap();
    let missing = xml(Method::POST, "/api/v2/auth/token").await.unwrap();

    assert_eq!(support::content_type(&nonce), "application/json; charset=utf-8");
    assert_eq!(missing.status(), 400);
    assert!(missing.text().await.unwrap().contains(r#"<errors><error code="1004""#));
}

#[tokio::test]
async fn media_servers_and_home_users_refuse_a_jwt_as_was_reported() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;
    let call = |method, path: &str| tv.call(&plex, method, path).header("X-Plex-Token", &jwt).send();

    let (_, resources) = support::json(call(Method::GET, "/api/v2/resources").await.unwrap()).await;
    let switch = format!("/api/v2/home/users/{}/switch", plex_tv_sandbox::HOME_USER);
    let switched = support::json(call(Method::POST, &switch).await.unwrap()).await;

    let tokens: Vec<&Value> = resources.as_array().unwrap().iter().map(|row| &row["accessToken"]).collect();
    assert_eq!(tokens[0], &json!(jwt), "an owned server");
    assert_eq!(tokens[1], plex.sandbox.servers()[1].access_token(), "a shared one");
    let at_server = plex.http.get(plex.sandbox.servers()[0].url()).header("X-Plex-Token", &jwt);
    assert_eq!(at_server.send().await.unwrap().status(), 401);
    assert_eq!(refused(&switched), (403, Value::Null));
}

#[tokio::test]
async fn a_jwt_can_do_everything_with_jwt_everywhere() {
    let plex = over(Sandbox::builder().jwt_everywhere(true).start().await.unwrap());
    let tv = registered(&plex, "tv").await;
    let jwt = tv.renew(&plex, "").await;
    let call = |method, path: &str| tv.call(&plex, method, path).header("X-Plex-Token", &jwt).send();

    let (_, resources) = support::json(call(Method::GET, "/api/v2/resources").await.unwrap()).await;
    let switch = format!("/api/v2/home/users/{}/switch", plex_tv_sandbox::HOME_USER);

    assert_eq!(resources[0]["accessToken"], plex.sandbox.servers()[0].access_token());
    assert_eq!(call(Method::POST, &switch).await.unwrap().status(), 201);
}

#[tokio::test]
async fn answers_are_dated_by_the_clock_of_the_sandbox() {
    let plex = harness().await;
    let date = async || {
        let response = plex.bare(Method::GET, "/api/v2/auth/keys").send().await.unwrap();
        String::from(response.headers()["date"].to_str().unwrap())
    };
    let before = date().await;

    plex.sandbox.advance(WEEK * 60);

    let after = date().await;
    assert_ne!(before, after);
    assert_eq!(
        plex.bare(Method::GET, "/api/v2/auth/keys").send().await.unwrap().headers().get_all("date").iter().count(),
        1
    );
}

#[tokio::test]
async fn rate_limits_apply_when_enabled_and_pass_with_time() {
    let plex = over(Sandbox::builder().rate_limits(true).start().await.unwrap());
    let tv = device("tv");
    let pin = pin_with_key(&plex, &tv).await;
    let mut polls = Vec::new();
    for _ in 0..20 {
        polls.push(poll(&plex, &tv, &pin, None).await.0);
    }
    let mut nonces = Vec::new();
    for _ in 0..20 {
        let response = tv.call(&plex, Method::GET, "/api/v2/auth/nonce").send().await.unwrap();
        nonces.push(response.status().as_u16());
    }

    assert_eq!(polls[..2], [200, 200]);
    assert!(polls.contains(&429), "{polls:?}");
    assert_eq!(nonces[..10], [200; 10]);
    assert!(nonces.contains(&429), "{nonces:?}");
    plex.sandbox.advance(Duration::from_secs(60));
    assert_eq!(poll(&plex, &tv, &pin, None).await.0, 200);
    assert_eq!(tv.nonce(&plex).await.len(), 36);
}

#[tokio::test]
async fn any_failure_can_be_scripted_with_its_code() {
    let plex = harness().await;
    plex.sandbox.next("exchangeJwtToken", Fault::Code { status: 422, code: 1097 }).unwrap();
    plex.sandbox.next("exchangeJwtToken", Fault::Status(498)).unwrap();

    let answer = device("tv").exchange_text(&plex, "a.b.c").await;
    let bare = device("tv").call(&plex, Method::POST, "/api/v2/auth/token").send().await.unwrap();

    assert_eq!(refused(&answer), (422, json!(1097)));
    assert_eq!((bare.status().as_u16(), bare.text().await.unwrap()), (498, String::new()));
}

#[tokio::test]
async fn post_requests_advance_the_clock_and_rotate_the_keys() {
    let plex = harness().await;
    let before = epoch_seconds(&plex.sandbox);
    let post = |path, body: &'static str| {
        let request = plex.bare(Method::POST, path).header("Content-Type", "application/x-www-form-urlencoded");
        request.body(body).send()
    };

    assert_eq!(post("/sandbox/advance", "seconds=604800").await.unwrap().status(), 200);
    assert_eq!(post("/sandbox/rotate-keys", "").await.unwrap().status(), 204);

    assert!(epoch_seconds(&plex.sandbox) >= before + 604_800);
    assert_eq!(published(&plex).await.len(), 2);
    for body in ["", "seconds=soon", "seconds=-1"] {
        assert_eq!(post("/sandbox/advance", body).await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn hostile_tokens_and_keys_are_refused_and_hurt_nothing() {
    let plex = harness().await;
    let tv = registered(&plex, "tv").await;
    let good = tv.sign(&tv.claims(&plex.sandbox));
    let deep = BASE64.encode("[".repeat(10_000));
    let wide = BASE64.encode(json!({"kid": "k".repeat(10_000)}).to_string());
    let cut: Vec<String> = (0..good.len()).step_by(7).map(|end| String::from(&good[..end])).collect();
    let doubled = format!("{good}.{good}");
    let hostile =
        [doubled, format!("{deep}.{deep}.{deep}"), format!("{wide}.{wide}.AAAA"), String::from("\u{202e}.é.\0")];

    for jwt in hostile.iter().chain(&cut) {
        let (status, _) = tv.exchange_text(&plex, jwt).await;
        assert!(status == 400 || status == 422, "{status} {jwt}");
        assert_eq!(tv.status(&plex, &BASE64.encode(jwt)).await, 401);
    }
    for x in [json!("A".repeat(43)), json!("A".repeat(40_000)), json!([1]), json!({"x": {}}), Value::Null] {
        let mut jwk = device("phone").jwk();
        jwk["x"] = x;
        let request = device("phone").call(&plex, Method::POST, "/api/v2/pins").json(&json!({"jwk": jwk}));
        assert!([201, 400].contains(&request.send().await.unwrap().status().as_u16()));
    }
    tv.renew(&plex, "").await;
}
