#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use std::time::Duration;

use plex_tv_sandbox::{
    EMAIL, EMAIL_ONLY_EMAIL, PASSWORD, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};
use reqwest::Method;
use serde_json::{Value, json};
use support::{CLIENT, Harness, content_type, error_code, harness};

async fn sign_in(plex: &Harness, members: &Value) -> (u16, Value) {
    let pairs: Vec<String> = members
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap().replace('@', "%40")))
        .collect();
    let request = plex
        .identified(Method::POST, "/api/v2/users/signin")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(pairs.join("&"));
    support::json(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_built_in_token_is_valid_from_the_start() {
    let plex = harness().await;

    let (status, user) = plex.get("/api/v2/user").await;

    assert_eq!(status, 200);
    assert_eq!(user["email"], EMAIL);
    assert_eq!(user["authToken"], plex.sandbox.token());
    assert_eq!(user["subscription"]["subscribedAt"], "2023-03-24T00:00:00Z");
    assert_eq!(user.get("subscriptions"), None);
    let (_, more) = plex.get("/api/v2/user?includeSubscriptions=1").await;
    assert_eq!(more["subscriptions"][0]["type"], "plexpass");
}

#[tokio::test]
async fn calls_that_need_a_token_answer_401_with_1001_without_one() {
    let plex = harness().await;

    for path in ["user", "ping", "features", "companions", "home", "resources", "devices"] {
        let path = format!("/api/v2/{path}");
        let none = plex.identified(Method::GET, &path);
        let wrong = plex.identified(Method::GET, &path).header("X-Plex-Token", "sandbox-wrong");
        for request in [none, wrong] {
            let (status, body) = support::json(request.send().await.unwrap()).await;
            assert_eq!(status, 401, "{path}");
            assert_eq!(body["errors"][0]["code"], 1001);
            assert_eq!(body["errors"][0]["status"], 401);
        }
        let unnamed = plex.bare(Method::GET, &path).header("X-Plex-Token", plex.sandbox.token());
        assert_eq!(unnamed.send().await.unwrap().status(), 400, "{path}");
    }
}

#[tokio::test]
async fn ping_answers_pong() {
    let plex = harness().await;

    assert_eq!(plex.get("/api/v2/ping").await, (200, json!({"pong": true})));
}

#[tokio::test]
async fn a_password_sign_in_gives_a_working_token() {
    let plex = harness().await;

    let members = json!({"login": EMAIL, "password": PASSWORD, "rememberMe": "true"});
    let (status, user) = sign_in(&plex, &members).await;

    assert_eq!(status, 201);
    assert!(user["rememberExpiresAt"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(user["pastSubscriptions"], json!([]));
    let token = user["authToken"].as_str().unwrap();
    let request = plex.identified(Method::GET, "/api/v2/ping").header("X-Plex-Token", token);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn failed_sign_ins_answer_the_right_code() {
    let plex = harness().await;
    let (two, pass) = (TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD);

    let cases = [
        (json!({"login": EMAIL, "password": "wrong"}), 401, 1001),
        (json!({"login": "nobody@example.com", "password": PASSWORD}), 401, 1001),
        (json!({"login": EMAIL}), 400, 1004),
        (json!({"login": two, "password": "wrong"}), 401, 1001),
        (json!({"login": two, "password": pass}), 401, 1029),
        (json!({"login": two, "password": pass, "verificationCode": "000000"}), 401, 1028),
        (json!({"login": EMAIL_ONLY_EMAIL, "password": "anything"}), 401, 1030),
    ];

    for (members, status, error) in cases {
        let (got, body) = sign_in(&plex, &members).await;
        assert_eq!((got, error_code(&body)), (status, &json!(error)), "{members}");
    }
}

#[tokio::test]
async fn the_right_verification_code_signs_in() {
    let plex = harness().await;

    let members = json!({
        "login": TWO_FACTOR_EMAIL,
        "password": TWO_FACTOR_PASSWORD,
        "verificationCode": TWO_FACTOR_VERIFICATION_CODE,
    });
    let (status, user) = sign_in(&plex, &members).await;

    assert_eq!((status, &user["twoFactorEnabled"]), (201, &json!(true)));
}

#[tokio::test]
async fn ten_wrong_guesses_block_the_address_for_a_quarter_of_an_hour() {
    let plex = harness().await;
    let right = json!({"login": EMAIL, "password": PASSWORD});
    let wrong = json!({"login": EMAIL, "password": "wrong"});
    for _ in 0..10 {
        assert_eq!(error_code(&sign_in(&plex, &wrong).await.1), 1001);
    }

    let (status, body) = sign_in(&plex, &right).await;

    assert_eq!((status, error_code(&body)), (401, &json!(1031)));
    plex.sandbox.advance(Duration::from_secs(15 * 60));
    assert_eq!(sign_in(&plex, &right).await.0, 201);
}

#[tokio::test]
async fn a_correct_password_resets_the_guesses_and_a_missing_code_is_not_one() {
    let plex = harness().await;
    let wrong = json!({"login": EMAIL, "password": "wrong"});
    let without_code = json!({"login": TWO_FACTOR_EMAIL, "password": TWO_FACTOR_PASSWORD});

    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(sign_in(&plex, &wrong).await.0, 401);
        }
        assert_eq!(error_code(&sign_in(&plex, &without_code).await.1), 1029);
        assert_eq!(sign_in(&plex, &json!({"login": EMAIL, "password": PASSWORD})).await.0, 201);
    }
}

#[tokio::test]
async fn signing_out_ends_the_token() {
    let plex = harness().await;

    let first = plex.signed_in(Method::DELETE, "/api/v2/users/signout").send().await.unwrap();
    let second = plex.signed_in(Method::DELETE, "/api/v2/users/signout").send().await.unwrap();

    assert_eq!(first.status(), 204);
    assert_eq!(first.text().await.unwrap(), "");
    assert_eq!(second.status(), 401);
}

#[tokio::test]
async fn small_account_calls_have_their_shapes() {
    let plex = harness().await;

    assert!(plex.get("/api/v2/features").await.1[0]["uuid"].is_string());
    assert_eq!(plex.get("/api/v2/companions").await.1[0]["provides"], "client,player");
    let (_, home) = plex.get("/api/v2/home").await;
    assert_eq!(home["users"].as_array().unwrap().len(), 3);
    assert!(home["guestUserID"].is_u64());
}

#[tokio::test]
async fn anyone_can_look_up_a_location() {
    let plex = harness().await;

    let request = plex.bare(Method::GET, "/api/v2/geoip?ip_address=203.0.113.7");
    let (status, place) = support::json(request.header("Accept", "application/json").send().await.unwrap()).await;
    assert_eq!((status, &place["continent_code"]), (200, &json!("EU")));

    let nonsense = plex.bare(Method::GET, "/api/v2/geoip?ip_address=nowhere").send().await.unwrap();
    assert_eq!(nonsense.status(), 422);
}

#[tokio::test]
async fn anything_but_exactly_json_gives_xml() {
    let plex = harness().await;

    for accept in [None, Some("*/*"), Some("application/json, text/plain, */*"), Some("application/xml")] {
        let mut request = plex
            .bare(Method::GET, "/api/v2/user")
            .header("X-Plex-Client-Identifier", CLIENT)
            .header("X-Plex-Token", plex.sandbox.token());
        if let Some(accept) = accept {
            request = request.header("Accept", accept);
        }
        let response = request.send().await.unwrap();

        assert_eq!(content_type(&response), "application/xml; charset=utf-8", "{accept:?}");
        let body = response.text().await.unwrap();
        assert!(body.contains("<user "), "{body}");
        assert!(body.contains(r#"confirmed="1""#));
        assert!(body.contains(r#"locale="""#));
        assert!(body.contains(r#"subscribedAt="2023-03-24 00:00:00 UTC""#));
        assert!(body.contains(r#"<features><feature id="companions_sonos"/>"#));
    }
}

#[tokio::test]
async fn failures_and_pong_have_their_xml_form() {
    let plex = harness().await;
    let xml = |path: &str| {
        let request = plex.bare(Method::GET, path).header("X-Plex-Client-Identifier", CLIENT);
        async { request.send().await.unwrap().text().await.unwrap() }
    };

    let refused = xml("/api/v2/user").await;
    assert!(refused.contains(r#"<errors><error code="1001" message="#), "{refused}");
    assert!(refused.contains(r#"status="401"/></errors>"#), "{refused}");
    let gone = xml("/api/v2/pins/1").await;
    assert!(gone.contains(r#"code="1020""#) && !gone.contains("status="), "{gone}");
    let path = format!("/api/v2/ping?X-Plex-Token={}", plex.sandbox.token());
    assert!(xml(&path).await.contains("<pong>true</pong>"));
}
