#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use plex_tv_sandbox::{HOME_PIN, HOME_PIN_USER, HOME_USER, TWO_FACTOR_EMAIL};
use reqwest::Method;
use serde_json::{Value, json};
use support::{error_code, harness};

#[tokio::test]
async fn the_home_lists_its_members_and_what_they_may_do() {
    let plex = harness().await;

    let (status, home) = plex.get("/api/v2/home/users").await;

    assert_eq!(status, 200);
    assert_eq!(plex.get("/api/v2/home").await.1, home);
    let column = |name: &str| home["users"].as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("admin"), [json!(true), json!(false), json!(false)]);
    assert_eq!(column("restricted"), [json!(false), json!(true), json!(true)]);
    assert_eq!(column("protected"), [json!(false), json!(false), json!(true)]);
    assert_eq!(column("restrictionProfile"), [Value::Null, json!("little_kid"), json!("teen")]);
    assert_eq!(column("username"), [json!("exampleuser"), Value::Null, Value::Null]);
    assert_eq!(home.get("pin"), None);
}

#[tokio::test]
async fn the_home_in_xml_has_a_user_for_each_member() {
    let plex = harness().await;

    let request = plex.signed_in(Method::GET, "/api/v2/home/users").header("Accept", "text/xml");
    let body = request.send().await.unwrap().text().await.unwrap();

    assert!(body.contains("<home ") && body.contains("<users><user "), "{body}");
    assert_eq!(body.matches("<user ").count(), 3);
}

#[tokio::test]
async fn switching_gives_a_token_of_that_user() {
    let plex = harness().await;

    let (status, kid) = plex.switch(HOME_USER, "?includeSubscriptions=1").await;

    assert_eq!(status, 201);
    assert_eq!((&kid["title"], &kid["restricted"], &kid["homeAdmin"]), (&json!("Kid"), &json!(true), &json!(false)));
    assert_eq!((&kid["username"], &kid["email"]), (&json!(""), &json!("")));
    assert_eq!(kid["restrictionProfile"], "little_kid");
    assert!(kid["subscriptions"].is_array());
    let token = kid["authToken"].as_str().unwrap();
    let request = plex.identified(Method::GET, "/api/v2/user").header("X-Plex-Token", token);
    assert_eq!(support::json(request.send().await.unwrap()).await.1["title"], "Kid");
    assert_eq!(plex.get("/api/v2/ping").await.0, 200, "the token of the admin stays valid");
}

#[tokio::test]
async fn a_protected_user_needs_the_right_pin() {
    let plex = harness().await;

    for query in ["", "?pin=", "?pin=0000", "?pin=24680"] {
        let (status, body) = plex.switch(HOME_PIN_USER, query).await;
        assert_eq!((status, error_code(&body)), (403, &json!(1041)), "{query}");
    }
    let (status, teen) = plex.switch(HOME_PIN_USER, &format!("?pin={HOME_PIN}")).await;

    assert_eq!((status, &teen["title"], &teen["protected"]), (201, &json!("Teen"), &json!(true)));
}

#[tokio::test]
async fn a_managed_user_can_switch_back() {
    let plex = harness().await;
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    let path = "/api/v2/home/users/0123456789abcdef/switch";
    let request = plex.identified(Method::POST, path).header("X-Plex-Token", kid);
    let (status, admin) = support::json(request.send().await.unwrap()).await;

    assert_eq!((status, &admin["email"]), (201, &json!(plex_tv_sandbox::EMAIL)));
}

#[tokio::test]
async fn strangers_ids_and_unknown_users_are_refused() {
    let plex = harness().await;
    let members = [("login", TWO_FACTOR_EMAIL), ("password", plex_tv_sandbox::TWO_FACTOR_PASSWORD)];
    let form: Vec<String> = members.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let code = format!("verificationCode={}", plex_tv_sandbox::TWO_FACTOR_VERIFICATION_CODE);
    let request = plex.identified(Method::POST, "/api/v2/users/signin");
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let request = request.body(format!("{}&{code}", form.join("&")));
    let (_, stranger) = support::json(request.send().await.unwrap()).await;
    let token = stranger["authToken"].as_str().unwrap();
    let as_stranger = |method, path: &str| plex.identified(method, path).header("X-Plex-Token", token).send();

    assert_eq!(plex.switch("7654322", "").await.0, 422, "a numeric id");
    assert_eq!(refused(plex.switch("0000000000000000", "").await), (404, json!(1002)));
    let path = format!("/api/v2/home/users/{HOME_USER}/switch");
    let switched = support::json(as_stranger(Method::POST, &path).await.unwrap()).await;
    assert_eq!(refused(switched), (404, json!(1002)));
    let home = support::json(as_stranger(Method::GET, "/api/v2/home").await.unwrap()).await;
    assert_eq!(refused(home), (404, json!(1002)));
    assert_eq!((&stranger["home"], &stranger["homeSize"]), (&json!(false), &json!(1)));
}

fn refused((status, body): (u16, Value)) -> (u16, Value) {
    (status, error_code(&body).clone())
}

#[tokio::test]
async fn a_home_user_sees_the_servers_as_shared_and_with_another_token() {
    let plex = harness().await;
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    let request = plex.identified(Method::GET, "/api/v2/resources").header("X-Plex-Token", &kid);
    let (_, resources) = support::json(request.send().await.unwrap()).await;

    let server = &resources[0];
    assert_eq!((&server["owned"], &server["home"]), (&json!(false), &json!(true)));
    assert_eq!(server["sourceTitle"], "Example User");
    let token = server["accessToken"].as_str().unwrap();
    assert_ne!(token, plex.sandbox.servers()[0].access_token());
    let at_server = |token: &str| plex.http.get(plex.sandbox.servers()[0].url()).header("X-Plex-Token", token).send();
    assert_eq!(at_server(token).await.unwrap().status(), 200);
    assert_eq!(at_server(&kid).await.unwrap().status(), 401);
}
