//! Provokes every kind of error with secrets in all of its inputs.

use std::{collections::BTreeMap, time::Duration};

use plex_tv_sdk::{Client, CredentialStore, Error, ErrorKind, FileStore, Secret, Timestamp, Token, TokenCheck};
use serde_json::{Value, json};

use super::{CANARIES, DEVICE_JWT, PIN_CODE, TOKEN, UNKNOWN, assert_clean, printed};
use crate::{
    clock::TestClock,
    harness::{builder, closed_port},
    tls,
    wire::{Reply, Wire, head},
};

fn client(url: &str) -> Client {
    builder(url).token(Token::new(TOKEN).unwrap()).clock(TestClock::default()).build().unwrap()
}

/// Polls with secrets in the query.
async fn poll(client: &Client) -> Error {
    client.v2().get_token(7).code(Secret::from(PIN_CODE)).device_jwt(Secret::from(DEVICE_JWT)).send().await.unwrap_err()
}

async fn poll_of(reply: Reply) -> Error {
    poll(&client(&Wire::always(reply).await.url)).await
}

/// Polls with a short timeout at a server that sends these bytes and then stalls.
async fn impatient_poll_of(said: Vec<u8>) -> Error {
    let plex = Wire::always(Reply::Stall(said)).await;
    poll(&client(&plex.url).with_timeout(Duration::from_millis(200))).await
}

fn assert_nothing_is_shown(error: &Error) {
    assert_clean("the printed error", &printed(error));
    assert_clean("the kept body", error.body().unwrap_or_default());
}

#[tokio::test]
async fn no_refusal_prints_its_body() {
    for canary in CANARIES {
        let json = json!({ "errors": [{ "code": 1998, "message": canary, "field": canary }] });
        let xml = format!(r#"<errors><error code="1" message='{canary}' field='{canary}'/></errors>"#);
        let html = format!("<html><title>{canary}</title>{canary}</html>");
        for (content_type, body) in [
            ("application/json", json.to_string()),
            ("application/json", json!({ "error": canary, canary: canary }).to_string()),
            ("application/xml", xml),
            ("text/html", html),
            ("text/plain", canary.to_owned()),
        ] {
            let header = format!("content-type: {content_type}");

            let error = poll_of(Reply::http("401 Unauthorized", &[&header], body)).await;

            assert_eq!(error.kind(), ErrorKind::Refused);
            assert_clean(content_type, &printed(&error));
        }
    }
}

#[tokio::test]
async fn no_decode_error_prints_the_invalid_value() {
    // A text of digits is accepted as a number.
    for canary in CANARIES.into_iter().filter(|canary| canary.parse::<i64>().is_err()) {
        let odd = [
            json!(canary),
            json!({ "id": canary }),
            json!({ "id": [canary] }),
            json!({ "id": { canary: canary } }),
            json!({ "id": 7, "code": { "value": canary } }),
            json!({ "id": 7, "code": "x", "trusted": canary }),
            json!({ "id": 7, "code": "x", "expiresIn": canary }),
            json!({ "id": 7, "code": "x", "expiresAt": canary }),
            json!({ "id": 7, "code": "x", "location": canary }),
            json!({ "id": 7, "code": "x", "authToken": [canary] }),
        ];
        for body in odd {
            let error = poll_of(Reply::json(&body.to_string())).await;

            assert!(error.is_decode(), "{error:?}");
            assert_clean(&body.to_string(), &printed(&error));
        }
    }
}

#[tokio::test]
async fn no_rejected_row_prints_the_invalid_value() {
    for canary in CANARIES {
        let rows: Value = json!([
            { "clientIdentifier": "a", "accessToken": { "new": canary } },
            { "clientIdentifier": "b", "owned": canary },
            { "clientIdentifier": "c", "connections": canary },
            canary,
        ]);
        let plex = Wire::always(Reply::json(&rows.to_string())).await;

        let rows = client(&plex.url).v2().get_devices().send().await.unwrap();

        assert_eq!(rows.rejected().len(), 4, "{rows:?}");
        for rejected in rows.rejected() {
            assert_clean("a rejected row", &format!("{rejected} {rejected:?} {}", rejected.reason()));
        }
        assert_clean("the rows", &format!("{rows:?} {rows:#?}"));
    }
}

#[tokio::test]
async fn no_unexpected_content_type_prints_the_page() {
    for canary in CANARIES {
        let page = format!("<html>{canary}</html>");
        let headers = [format!("content-type: text/html; x={}", canary.replace('"', ""))];

        let error = poll_of(Reply::http("200 OK", &[&headers[0]], page)).await;

        assert!(error.is_unexpected_content_type(), "{error:?}");
        assert_clean("html", &printed(&error));
    }
}

#[tokio::test]
async fn no_redirect_error_prints_more_than_the_host() {
    let locations = [
        format!("https://example.com/x?X-Plex-Token={TOKEN}"),
        format!("https://example.com/{PIN_CODE}#{UNKNOWN}"),
        format!("https://{UNKNOWN}:{TOKEN}@example.com/"),
    ];
    for location in locations {
        let error = poll_of(Reply::redirect("302 Found", &location)).await;

        assert!(error.is_redirect() && error.to_string().contains("example.com"), "{error:?}");
        assert_nothing_is_shown(&error);
    }
}

/// At least one error of each kind, from calls that carry secrets.
async fn one_of_each_kind() -> Vec<Error> {
    let json = ["content-type: application/json"];
    let oversized =
        Reply::Stream { head: head("200 OK", &json, None), piece: UNKNOWN.repeat(4096).into_bytes(), times: 300 };
    let large = {
        let plex = Wire::always(oversized).await;
        client(&plex.url).v2().get_user_details().send().await.unwrap_err()
    };
    let mut errors = vec![
        poll(&client(&closed_port())).await,
        impatient_poll_of(Vec::new()).await,
        impatient_poll_of(head("200 OK", &json, Some(9))).await,
        poll(&client("http://plex.invalid")).await,
        poll(&client(&tls::start("localhost", |_| Reply::json("{}")).await.url)).await,
        poll_of(Reply::Bytes(Vec::new())).await,
        poll_of(Reply::Bytes(head("200 OK", &json, Some(9)))).await,
        poll_of(Reply::Bytes(UNKNOWN.into())).await,
        poll_of(Reply::http("401 Unauthorized", &[], json!({ "authToken": TOKEN }).to_string())).await,
        poll_of(Reply::redirect("302 Found", &format!("http://localhost/?code={PIN_CODE}"))).await,
        poll_of(Reply::http("200 OK", &[], format!("<pin code='{PIN_CODE}'/>"))).await,
        poll_of(Reply::json(&json!({ "id": 7, "code": { "code": PIN_CODE } }).to_string())).await,
        large,
        Token::new(format!("{UNKNOWN}\n")).unwrap_err(),
        builder(&format!("https://user:{UNKNOWN}@plex.tv")).build().unwrap_err(),
        builder(&format!("{UNKNOWN}:x")).build().unwrap_err(),
        signed_out().await,
        client("http://localhost").pin_login().forward_url(format!("app://{UNKNOWN}")).start().await.unwrap_err(),
    ];
    errors.extend(pin_errors().await);
    errors.extend(jwt_errors().await);
    errors.push(broken_store());
    errors
}

/// The errors for an expired JWT and for a token that is not a JWT.
async fn jwt_errors() -> [Error; 2] {
    let plex = Wire::start(|_| {
        Reply::json(&json!({ "keys": [{ "kid": "rfc8037", "x": crate::jwt_verifier::RFC_8037_X }] }).to_string())
    })
    .await;
    let token = Token::new(crate::jwt_verifier::PYTHON_JWT).unwrap();
    let clock = TestClock::default();
    clock.set_wall(|| Timestamp::from_second(2_000_000_000).unwrap());
    let ended = builder(&plex.url).clock(clock).build().unwrap().jwt_verifier().verify(&token).await.unwrap_err();
    let invalid = client(&plex.url).jwt_verifier().verify(&Token::new(TOKEN).unwrap()).await.unwrap_err();
    [ended, invalid]
}

/// The error of a client without a token.
async fn signed_out() -> Error {
    match builder("http://localhost").build().unwrap().verify_token().await {
        TokenCheck::Rejected(error) => error,
        other => panic!("{other:?}"),
    }
}

fn broken_store() -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.json");
    std::fs::write(&path, format!(r#"{{"version":1,"accounts":"{TOKEN}"}}"#)).unwrap();
    FileStore::at(path).load().unwrap_err()
}

/// The errors of a wait whose PIN expires and of one that reaches its deadline.
async fn pin_errors() -> [Error; 2] {
    let pin = json!({ "id": 7, "code": PIN_CODE, "qr": PIN_CODE, "expiresIn": 900 }).to_string();
    let text = json!({ "errors": [{ "code": 1020, "message": PIN_CODE, "pin": PIN_CODE }] }).to_string();
    let mut errors = Vec::new();
    for status in ["404 Not Found", "503 Service Unavailable"] {
        let (pin, text) = (pin.clone(), text.clone());
        let plex = Wire::start(move |path| match path {
            "/api/v2/pins/7" => Reply::http(status, &[], &text),
            _ => Reply::json(&pin),
        })
        .await;
        let flow = client(&plex.url).pin_login().start().await.unwrap();
        errors.push(flow.wait().deadline(Duration::from_secs(9)).await.unwrap_err());
    }
    errors.try_into().unwrap()
}

#[tokio::test]
async fn no_kind_of_error_shows_a_secret() {
    let errors = one_of_each_kind().await;

    let mut kinds = BTreeMap::new();
    for error in &errors {
        assert_nothing_is_shown(error);
        *kinds.entry(format!("{:?}", error.kind())).or_insert(0) += 1;
    }
    let all = [
        ErrorKind::InvalidInput,
        ErrorKind::SignedOut,
        ErrorKind::Connect,
        ErrorKind::Dns,
        ErrorKind::Tls,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::Body,
        ErrorKind::Refused,
        ErrorKind::Redirect,
        ErrorKind::UnexpectedContentType,
        ErrorKind::TooLarge,
        ErrorKind::Decode,
        ErrorKind::PinExpired,
        ErrorKind::Deadline,
        ErrorKind::JwtInvalid,
        ErrorKind::JwtExpired,
        ErrorKind::Store,
    ];
    for kind in all {
        assert!(kinds.contains_key(&format!("{kind:?}")), "{kind:?} was not provoked: {kinds:?}");
    }
}
