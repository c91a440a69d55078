//! What networks, gateways and plex.tv itself do wrong. The numbers are those of the list of faults.

use std::{error::Error as _, time::Duration};

use httpmock::MockServer;
use plex_tv_sdk::{
    Client, ClientIdentity, Error, ErrorKind, ResponseValue, Secret, Token,
    plex_tv::types::{PinInfo, User},
    prelude::*,
};
use serde_json::{Value, json};

use crate::{
    harness::{TOKEN, anonymous, answer, answer_json, builder, closed_port, signed_in},
    wire::{Reply, Wire, head},
};

const USER: &str = "/api/v2/user";
const SHORT: Duration = Duration::from_millis(200);
const LIMIT: usize = 16 * 1024 * 1024;

async fn user(client: &Client) -> Result<ResponseValue<User>, Error> {
    client.plex_tv().get_user_details().send().await
}

/// Reads the account from a server that does this.
async fn user_from(reply: Reply) -> Result<ResponseValue<User>, Error> {
    let plex = Wire::always(reply).await;
    let client = builder(&plex.url).timeout(Duration::from_secs(20)).token(Token::new(TOKEN).unwrap()).build().unwrap();
    user(&client).await
}

async fn user_of(body: &str) -> Result<ResponseValue<User>, Error> {
    user_from(Reply::json(body)).await
}

async fn refusal(status: u16, content_type: &str, body: &str) -> Error {
    let server = MockServer::start_async().await;
    answer(&server, USER, status, content_type, body).await;
    user(&signed_in(&server.base_url())).await.unwrap_err()
}

fn plex_error(code: i64, message: &str, status: u16) -> String {
    json!({"errors": [{"code": code, "message": message, "status": status}]}).to_string()
}

#[track_caller]
fn assert_names_the_operation(error: &Error) {
    assert_eq!(error.operation(), Some("getUserDetails"));
    assert!(error.to_string().starts_with("getUserDetails: "), "{error}");
}

/// A message is a sentence: no hole where a name is missing.
#[track_caller]
fn assert_has_no_hole(error: &Error) {
    assert!(!error.to_string().contains("  "), "{error}");
}

#[tokio::test]
async fn case_01_a_refused_connection_is_a_connect_error_without_the_query() {
    let url = closed_port().await;
    let client = anonymous(&url);
    let call = client.plex_tv().get_token().pin_id(7).device_jwt(Secret::from("EXAMPLE-QUERY"));

    let error = call.send().await.unwrap_err();

    assert!(error.is_connect() && error.is_retryable(), "{error:?}");
    assert!(error.source().is_some());
    let told = format!("{error} {error:?} {:?}", error.source());
    assert!(!told.contains("EXAMPLE-QUERY") && !told.contains("deviceJWT"), "{told}");
    let host = url.trim_start_matches("http://");
    assert!(error.to_string().contains(host), "{error}");
}

#[tokio::test]
async fn case_02_a_host_without_an_address_is_a_connect_error_in_one_line() {
    let client = builder("http://plex.invalid").connect_timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    // A resolver that does not answer at all is a timeout.
    assert!(error.is_connect() || error.is_timeout(), "{error:?}");
    assert_eq!(error.to_string().lines().count(), 1);
    assert!(error.to_string().contains("plex.invalid"), "{error}");
}

#[tokio::test]
async fn case_03_a_certificate_that_nobody_signed_is_a_tls_error_and_sends_nothing() {
    let plex = crate::tls::start("localhost", |_| Reply::json(r#"{"id":7}"#)).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert!(error.is_tls() && !error.is_retryable(), "{error:?}");
    assert!(error.to_string().contains("localhost"), "{error}");
    assert_eq!(plex.seen.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn case_04_a_server_that_never_answers_is_a_timeout() {
    let plex = Wire::always(Reply::Stall(Vec::new())).await;
    let client = builder(&plex.url).timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
}

#[tokio::test]
async fn case_05_a_body_that_stalls_is_a_timeout() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(100));
    bytes.extend_from_slice(br#"{"id":"#);
    let plex = Wire::always(Reply::Stall(bytes)).await;
    let client = builder(&plex.url).timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    assert!(error.is_timeout(), "{error:?}");
    assert_names_the_operation(&error);
}

#[tokio::test]
async fn case_05_the_body_of_a_refusal_that_stalls_leaves_the_status() {
    let plex = Wire::always(Reply::Stall(head("503 Service Unavailable", &[], Some(100)))).await;
    let client = builder(&plex.url).timeout(SHORT).build().unwrap();

    let error = user(&client).await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 503);
}

#[tokio::test]
async fn case_06_a_connection_that_closes_in_the_middle_is_a_body_error() {
    let chunked = ["content-type: application/json", "transfer-encoding: chunked"];
    let mut bytes = head("200 OK", &chunked, None);
    bytes.extend_from_slice(b"6\r\n{\"id\":\r\n");

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_body() && error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
}

#[tokio::test]
async fn case_06_a_connection_that_closes_without_an_answer_is_a_transport_error() {
    let error = user_from(Reply::Bytes(Vec::new())).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn case_06_an_answer_that_is_no_http_is_a_transport_error() {
    let greeting = Reply::Bytes(b"220 mail.example.com ESMTP\r\n".to_vec());

    let error = user_from(greeting).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
}

#[tokio::test]
async fn case_06_the_message_of_a_broken_body_names_the_server() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(100));
    bytes.extend_from_slice(br#"{"id":"#);

    let broken = user_from(Reply::Bytes(bytes.clone())).await.unwrap_err();
    let plex = Wire::always(Reply::Stall(bytes)).await;
    let stalled = user(&builder(&plex.url).timeout(SHORT).build().unwrap()).await.unwrap_err();

    for error in [broken, stalled] {
        assert_has_no_hole(&error);
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn case_07_a_content_length_that_is_too_large_is_a_body_error() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(100));
    bytes.extend_from_slice(br#"{"id":7}"#);

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_body(), "{error:?}");
}

#[tokio::test]
async fn case_07_a_content_length_that_is_too_small_is_a_decode_error() {
    let mut bytes = head("200 OK", &["content-type: application/json"], Some(5));
    bytes.extend_from_slice(br#"{"id":7}"#);

    let error = user_from(Reply::Bytes(bytes)).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn case_08_garbage_announced_as_gzip_is_a_decode_error() {
    let headers = ["content-type: application/json", "content-encoding: gzip"];

    let error = user_from(Reply::http("200 OK", &headers, "no gzip at all")).await.unwrap_err();

    assert!(error.is_decode() && !error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
    assert_has_no_hole(&error);
}

#[tokio::test]
async fn case_09_an_empty_body_where_json_is_due_is_a_decode_error_that_says_so() {
    for body in ["", " \r\n"] {
        let error = user_of(body).await.unwrap_err();

        assert!(error.is_decode(), "{error:?}");
        assert_names_the_operation(&error);
        assert!(error.to_string().contains("<empty body>"), "{error}");
        assert_eq!(error.status().unwrap().as_u16(), 200);
    }
}

#[tokio::test]
async fn case_10_html_with_200_is_an_unexpected_content_type_with_the_body_kept() {
    let page = format!("<html>Captive portal{}</html>", " please pay".repeat(2000));

    let error = refusal(200, "text/html; charset=utf-8", &page).await;

    assert!(error.is_unexpected_content_type(), "{error:?}");
    assert_names_the_operation(&error);
    assert!(error.to_string().contains("text/html"), "{error}");
    assert!(!error.to_string().contains("Captive"), "{error}");
    let kept = error.body().unwrap();
    assert!(kept.starts_with("<html>Captive portal") && kept.len() <= 8192);
}

#[tokio::test]
async fn case_11_xml_with_200_is_an_unexpected_content_type_that_says_what_was_asked_for() {
    let xml = r#"<?xml version="1.0"?><user id="7"/>"#;

    let error = refusal(200, "application/xml", xml).await;

    assert!(error.is_unexpected_content_type(), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("application/xml") && text.contains("asked for"), "{text}");
}

#[tokio::test]
async fn case_17_a_401_with_json_is_an_auth_error_with_the_code_of_plex_tv() {
    let body = plex_error(1001, "User could not be authenticated", 401);

    let error = refusal(401, "application/json", &body).await;

    assert!(error.is_auth() && !error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
    let first = &error.plex_errors()[0];
    assert_eq!((first.code(), first.status()), (Some(1001), Some(401)));
    assert_eq!(first.message(), Some("User could not be authenticated"));
}

#[tokio::test]
async fn case_18_a_401_with_xml_is_the_same_error() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?>
<errors>
  <error code="1001" message="User could not be authenticated" status="401"/>
</errors>"#;

    let error = refusal(401, "application/xml; charset=utf-8", body).await;

    assert!(error.is_auth(), "{error:?}");
    assert_eq!(error.plex_code(), Some(1001));
    let message = error.plex_errors()[0].message();
    assert_eq!(message, Some("User could not be authenticated"));
}

#[tokio::test]
async fn case_19_a_missing_client_identifier_is_a_refusal_with_code_1000() {
    let body = plex_error(1000, "X-Plex-Client-Identifier is missing", 400);

    let error = refusal(400, "application/json", &body).await;

    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.plex_code(), Some(1000));
    let message = error.plex_errors()[0].message();
    assert_eq!(message, Some("X-Plex-Client-Identifier is missing"));
}

#[tokio::test]
async fn case_20_a_home_pin_and_a_verification_code_that_are_due_are_told_apart() {
    let pin = refusal(403, "application/json", &plex_error(1041, "PIN", 403)).await;
    let code = refusal(401, "application/json", &plex_error(1029, "code", 401)).await;

    assert!(pin.is_forbidden() && !pin.is_auth() && !pin.is_two_factor_required());
    assert_eq!(pin.plex_code(), Some(1041));
    assert!(code.is_two_factor_required() && code.is_auth());
}

/// A sign-in against replies made by hand.
async fn pin_with(expires_in: Value) -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let pin = json!({"id": 7, "code": "EXAMPLE-CODE", "expiresIn": expires_in, "authToken": null});
    answer_json(&server, "/api/v2/pins", 201, &pin).await;
    let client = anonymous(&server.base_url());
    (server, client)
}

#[tokio::test]
async fn case_21_a_404_on_a_pin_is_an_expired_pin() {
    let (server, client) = pin_with(json!(1800)).await;
    answer(&server, "/api/v2/pins/7", 404, "text/html", "Not found").await;
    let flow = client.pin_login().strong().start().await.unwrap();

    let error = flow.wait().await.unwrap_err();

    assert!(error.is_pin_expired(), "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn case_22_a_pin_without_time_left_is_expired_by_the_clock() {
    for expires_in in [json!(0), json!("0")] {
        let (_server, client) = pin_with(expires_in).await;
        let flow = client.pin_login().strong().start().await.unwrap();

        let error = flow.wait().await.unwrap_err();

        assert!(error.is_pin_expired(), "{error:?}");
    }
}

#[tokio::test]
async fn case_22_a_pin_that_does_not_say_its_time_gets_the_shorter_usual_one() {
    for expires_in in [json!(null), json!(-5)] {
        let (_server, client) = pin_with(expires_in).await;

        let flow = client.pin_login().strong().start().await.unwrap();

        let left = flow.expires_in().as_secs();
        assert!((890..=900).contains(&left), "{left}");
    }
}

/// The error of a 429 with this `Retry-After`.
async fn rate_limited(retry_after: &str) -> Error {
    let header = format!("retry-after: {retry_after}");
    let body = plex_error(1003, "Too many requests", 429);
    let plex = Wire::always(Reply::http("429 Too Many Requests", &[&header], body)).await;
    let error = user(&signed_in(&plex.url)).await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
    error
}

#[tokio::test]
async fn case_23_a_429_says_how_long_to_wait() {
    assert_eq!(rate_limited("2").await.retry_after(), Some(Duration::from_secs(2)));
}

#[tokio::test]
async fn case_24_a_retry_after_that_says_nothing_usable_is_none() {
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    for nothing in [past, "-1", "soon", "", "1.5"] {
        assert_eq!(rate_limited(nothing).await.retry_after(), None, "{nothing}");
    }
}

#[tokio::test]
async fn case_24_a_retry_after_that_is_huge_does_not_overflow() {
    for huge in ["1000000000000", "18446744073709551615"] {
        let error = rate_limited(huge).await;

        assert!(error.retry_after().is_none_or(|wait| wait > Duration::from_secs(3600)));
    }
}

#[tokio::test]
async fn case_25_a_429_for_ever_stays_a_rate_limit_error() {
    let error = rate_limited("30").await;

    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(error.plex_code(), Some(1003));
}

#[tokio::test]
async fn case_28_unknown_members_are_ignored_however_deep() {
    let body = json!({
        "id": 7,
        "newMember": {"deep": [{"deeper": {"deepest": [null, 1.5, "x"]}}]},
        "subscription": {"active": true, "newMember": [[]]},
    });

    let user = user_of(&body.to_string()).await.unwrap();

    let subscription = user.subscription.as_ref().unwrap();
    assert_eq!((user.id, subscription.active), (7, Some(true)));
}

#[tokio::test]
async fn case_29_an_unknown_value_of_an_enum_is_kept_and_goes_out_unchanged() {
    let user = user_of(r#"{"id":7,"subscription":{"status":"On Holiday"}}"#).await.unwrap();

    let subscription = user.subscription.as_ref().unwrap();
    assert_eq!(subscription.status.as_ref().unwrap().as_str(), "On Holiday");
    let out = serde_json::to_value(subscription).unwrap();
    assert_eq!(out["status"], "On Holiday");
}

#[tokio::test]
async fn case_30_missing_null_and_empty_members_decode() {
    let missing = user_of(r#"{"id":7}"#).await.unwrap();
    let null = user_of(r#"{"id":7,"username":null,"subscription":null,"roles":null}"#).await.unwrap();
    let empty = user_of(r#"{"id":7,"username":"","roles":[]}"#).await.unwrap();

    assert_eq!(missing.username, None);
    assert_eq!(null.username, None);
    assert_eq!(empty.username.as_deref(), Some(""));
    for user in [missing, null, empty] {
        assert!(user.roles.is_empty() && user.subscription.is_none());
    }
}

#[tokio::test]
async fn case_31_a_missing_identifier_is_told_with_its_path() {
    let error = user_of(r#"{"username":"someone"}"#).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
    assert!(error.to_string().contains("`id`"), "{error}");

    let server = MockServer::start_async().await;
    let keys = json!({"keys": [{"kid": "a"}, {"kid": "b"}, {"alg": "EdDSA"}]});
    answer_json(&server, "/api/v2/auth/keys", 200, &keys).await;
    let client = signed_in(&server.base_url());

    let error = client.plex_tv().get_auth_keys().send().await.unwrap_err();

    assert_eq!(error.json_path(), Some("keys[2]"));
    assert!(error.to_string().contains("`kid`"), "{error}");
}

#[tokio::test]
async fn case_31_a_home_user_without_an_identifier_is_set_aside_with_its_index() {
    let server = MockServer::start_async().await;
    let home = json!({"id": 1, "users": [{"id": 1}, {"id": 2}, {"title": "Kid"}]});
    answer_json(&server, "/api/v2/home", 200, &home).await;
    let client = signed_in(&server.base_url());

    let home = client.plex_tv().get_home_data().send().await.unwrap().into_inner();

    let users = home.users.unwrap();
    assert_eq!(users.len(), 2);
    assert_eq!(users.rejected()[0].index(), 2);
    assert!(users.rejected()[0].reason().contains("`id`"), "{:?}", users.rejected());
}

#[tokio::test]
async fn case_31_a_resource_without_an_identifier_is_set_aside_with_its_index() {
    let server = MockServer::start_async().await;
    let mut rows = vec![json!({"clientIdentifier": "a"}); 5];
    rows[3] = json!({"name": "no identifier"});
    answer_json(&server, "/api/v2/resources", 200, &json!(rows)).await;
    let client = signed_in(&server.base_url());

    let rows = client.plex_tv().get_devices().send().await.unwrap();

    assert_eq!(rows.len(), 4);
    assert_eq!(rows.rejected().len(), 1);
    let rejected = &rows.rejected()[0];
    assert_eq!(rejected.index(), 3);
    assert!(rejected.reason().contains("clientIdentifier"), "{rejected}");
}

#[tokio::test]
async fn case_32_numbers_as_text_and_booleans_as_numbers_are_read() {
    let user = user_of(r#"{"id":"7","home":1,"guest":"0","homeSize":2.0,"title":42}"#).await.unwrap();

    assert_eq!((user.id, user.home_size), (7, Some(2)));
    assert_eq!((user.home, user.guest), (Some(true), Some(false)));
    assert_eq!(user.title.as_deref(), Some("42"));
}

#[tokio::test]
async fn case_32_what_does_not_convert_is_an_error_with_its_path() {
    let cases = [
        (r#"{"id":"seven"}"#, "id"),
        (r#"{"id":7,"home":2}"#, "home"),
        (r#"{"id":7,"homeSize":1.5}"#, "homeSize"),
        (r#"{"id":7,"title":[]}"#, "title"),
        (r#"{"id":7,"subscription":{"active":"perhaps"}}"#, "subscription.active"),
    ];
    for (body, path) in cases {
        let error = user_of(body).await.unwrap_err();

        assert!(error.is_decode(), "{error:?}");
        assert_eq!(error.json_path(), Some(path), "{body}");
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[tokio::test]
async fn case_33_integers_are_exact_to_their_limits_and_never_wrap() {
    for exact in [i64::MAX, i64::MIN, 8_386_072_425_077_913_282] {
        let number = user_of(&format!(r#"{{"id":{exact}}}"#)).await.unwrap();
        let text = user_of(&format!(r#"{{"id":"{exact}"}}"#)).await.unwrap();

        assert_eq!((number.id, text.id), (exact, exact));
    }
    for beyond in ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e400", "1e19", "-1e19"] {
        let error = user_of(&format!(r#"{{"id":{beyond}}}"#)).await.unwrap_err();

        assert!(error.is_decode(), "{beyond}: {error:?}");
    }
}

/// More than the limit, and nothing that ends it.
fn endless(headers: &[&str], length: Option<usize>) -> Reply {
    Reply::Stream { head: head("200 OK", headers, length), piece: vec![b' '; 64 * 1024], times: 1600 }
}

#[tokio::test]
async fn case_35_a_body_of_100_mib_is_too_large_and_is_not_read_to_its_end() {
    let announced = endless(&["content-type: application/json"], Some(1600 * 64 * 1024));
    let unannounced = endless(&["content-type: application/json"], None);
    for reply in [announced, unannounced] {
        let plex = Wire::always(reply).await;

        let error = user(&signed_in(&plex.url)).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
        assert!(!error.is_retryable());
        assert_names_the_operation(&error);
        // Buffers of the system take some more than was read.
        assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
    }
}

#[tokio::test]
async fn case_35_a_refusal_with_a_body_of_100_mib_is_still_the_refusal() {
    let plex = Wire::always(Reply::Stream {
        head: head("500 Internal Server Error", &[], None),
        piece: vec![b' '; 64 * 1024],
        times: 1600,
    })
    .await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_eq!(error.status().unwrap().as_u16(), 500);
    assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
}

#[tokio::test]
async fn case_35_a_body_just_below_the_limit_is_read() {
    let body = format!("{}{}", " ".repeat(LIMIT - 8), r#"{"id":7}"#);

    let user = user_of(&body).await.unwrap();

    assert_eq!(user.id, 7);
}

#[tokio::test]
async fn case_35_ten_thousand_levels_of_nesting_are_an_error_or_ignored() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let lists = deep("[", "]");
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let unclosed = "[".repeat(10_000);
    for nested in [&lists, &objects, &unclosed] {
        for body in [
            format!(r#"{{"id":7,"newMember":{nested}}}"#),
            format!(r#"{{"id":7,"subscription":{nested}}}"#),
            format!(r#"{{"id":7,"title":{nested}}}"#),
            format!(r#"{{"id":7,"services":[{{"newMember":{nested}}}]}}"#),
            nested.clone(),
        ] {
            match user_of(&body).await {
                Ok(user) => assert_eq!(user.id, 7),
                Err(error) => assert!(error.is_decode(), "{error:?}"),
            }
        }
        let error = refusal(400, "application/json", nested).await;
        assert_eq!(error.status().unwrap().as_u16(), 400);
    }
}

#[tokio::test]
async fn case_35_a_deep_row_does_not_take_the_list() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!(r#"[{{"clientIdentifier":"a","connections":{deep}}},{{"clientIdentifier":"b"}}]"#);
    let plex = Wire::always(Reply::json(&body)).await;

    let servers = signed_in(&plex.url).plex_tv().get_devices().send().await;

    let rows = servers.unwrap();
    assert_eq!(rows.last().unwrap().client_identifier, "b");
}

#[tokio::test]
async fn case_36_text_in_any_script_makes_an_exact_round_trip() {
    for name in ["\u{202e}שלום עולם", "a\u{0}b", "😀\u{feff}é", "\u{200f}\u{2066}"] {
        let body = json!({"id": 7, "title": name}).to_string();

        let user = user_of(&body).await.unwrap();

        assert_eq!(user.title.as_deref(), Some(name));
        let out = serde_json::to_value(&*user).unwrap();
        assert_eq!(out["title"], name);
    }
}

#[tokio::test]
async fn case_36_a_byte_order_mark_is_skipped() {
    let user = user_of("\u{feff}{\"id\":7}").await.unwrap();

    assert_eq!(user.id, 7);
}

#[tokio::test]
async fn case_36_text_that_is_no_unicode_is_a_decode_error() {
    let bodies: [&[u8]; 4] = [
        b"{\"id\":7,\"title\":\"\xff\xfe\"}",
        br#"{"id":7,"title":"\ud800"}"#,
        br#"{"id":7,"title":"\udc00\ud800"}"#,
        b"\xff\xfe{\0\"\0i\0d\0\"\0:\x007\0}\0",
    ];
    for body in bodies {
        let reply = Reply::http("200 OK", &["content-type: application/json"], body);

        let error = user_from(reply).await.unwrap_err();

        assert!(error.is_decode(), "{error:?}");
    }
}

#[test]
fn case_37_tokens_that_no_header_can_carry_are_refused_without_being_shown() {
    let long = "long-token".repeat(1000);
    for bad in ["bad\ntoken", "bad\r\nX-Evil: 1", "bäd-token", "bad token", long.as_str()] {
        let error = Token::new(bad).unwrap_err();

        assert!(error.is_invalid_input());
        let told = format!("{error} {error:?}");
        assert!(told.contains("the token") && !told.contains(bad), "{told}");
    }
}

#[test]
fn case_37_identities_that_no_header_can_carry_are_refused_by_name() {
    let long = "x".repeat(8192);
    for bad in ["bad\nvalue", "bad\r\nX-Evil: 1", "bad\u{0}value", long.as_str()] {
        let product = ClientIdentity::new("desk", bad, "1").unwrap_err();
        let identifier = ClientIdentity::new(bad, "App", "1").unwrap_err();
        let identity = ClientIdentity::new("desk", "App", "1").unwrap().device_name(bad);
        let name = Client::new(identity).unwrap_err();

        for (error, field) in [(product, "product"), (identifier, "client identifier"), (name, "device name")] {
            assert!(error.is_invalid_input(), "{error:?}");
            let told = format!("{error} {error:?}");
            assert!(told.contains(field) && !told.contains(bad), "{told}");
        }
    }
}

#[tokio::test]
async fn case_38_a_path_parameter_stays_one_encoded_segment() {
    let plex = Wire::always(Reply::http("200 OK", &["content-type: image/png"], "x")).await;
    let client = anonymous(&plex.url);
    let cases = [
        ("a/b", "a%2Fb"),
        ("../user", "..%2Fuser"),
        ("50%", "50%25"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("😀", "%F0%9F%98%80"),
        ("%2e%2e", "%252e%252e"),
    ];

    for (code, _) in cases {
        client.plex_tv().get_pin_qr_code().code(code).send().await.unwrap();
    }

    for (request, (code, encoded)) in plex.seen.requests().iter().zip(cases) {
        let path = request.split(' ').nth(1).unwrap();
        let segment = path.strip_prefix("/api/v2/pins/qr/").unwrap();
        assert!(!segment.contains(['/', '?', '#', '\\']), "{segment}");
        let encoded = encoded.replace("%3D", "=");
        assert_eq!(segment.replace("%3D", "="), encoded, "{code}");
    }
}

/// Readers of URLs take a backslash for a slash.
#[tokio::test]
async fn case_38_a_backslash_does_not_reach_another_path() {
    let plex = Wire::always(Reply::http("200 OK", &["content-type: image/png"], "x")).await;
    let client = anonymous(&plex.url);

    for code in ["a\\b", "..\\..\\user"] {
        client.plex_tv().get_pin_qr_code().code(code).send().await.unwrap();
    }

    for request in plex.seen.requests() {
        let path = request.split(' ').nth(1).unwrap();
        let segment = path.strip_prefix("/api/v2/pins/qr/").unwrap_or_else(|| panic!("{path}"));
        assert!(!segment.contains(['/', '\\']), "{path}");
    }
}

#[tokio::test]
async fn case_38_a_path_parameter_that_would_reach_another_path_is_refused_before_sending() {
    let plex = Wire::always(Reply::json("{}")).await;
    let client = anonymous(&plex.url);

    for bad in ["", ".", ".."] {
        let outcome = client.plex_tv().get_pin_qr_code().code(bad).send().await;

        let error = outcome.map(|_| ()).unwrap_err();
        assert!(error.is_invalid_input(), "{error:?}");
        assert_eq!(error.operation(), Some("getPinQrCode"));
    }
    assert_eq!(plex.seen.connections(), 0);
}

#[tokio::test]
async fn case_39_base_urls_keep_their_prefix_and_lose_slashes_at_the_end() {
    let plex = Wire::always(Reply::json(r#"{"id":7}"#)).await;

    for suffix in ["", "/", "//", "/prefix", "/prefix/"] {
        user(&signed_in(&format!("{}{suffix}", plex.url))).await.unwrap();
    }

    let requests = plex.seen.requests();
    let paths: Vec<&str> = requests.iter().map(|request| request.split(' ').nth(1).unwrap()).collect();
    let (plain, prefixed) = ("/api/v2/user", "/prefix/api/v2/user");
    assert_eq!(paths, [plain, plain, plain, prefixed, prefixed]);
    assert!(requests.iter().all(|request| request.contains("x-plex-token: ")));
}

#[test]
fn case_39_what_is_no_base_url_is_refused_without_being_shown() {
    for bad in [
        "plex.tv",
        "",
        "/api",
        "ftp://plex.tv",
        "https://user:EXAMPLE-PASSWORD@plex.tv",
        "https://EXAMPLE-USER@plex.tv",
        "https://plex.tv?X-Plex-Token=EXAMPLE-QUERY",
        "https://plex.tv#x",
        "http://[::1",
        "https://",
    ] {
        for builder in [builder(bad), builder("https://plex.tv").app_url(bad)] {
            let shown = format!("{builder:?}");
            let error = builder.build().unwrap_err();

            assert!(error.is_invalid_input(), "{bad}: {error:?}");
            let told = format!("{shown} {error} {error:?}");
            assert!(!told.contains("EXAMPLE-"), "{told}");
        }
    }
    assert!(builder("http://[::1]:8080").build().is_ok());
}

#[tokio::test]
async fn case_40_a_cancelled_call_leaves_the_client_usable() {
    let plex = Wire::start(|path| match path {
        USER => Reply::Stall(Vec::new()),
        _ => Reply::json(r#"{"pong":true}"#),
    })
    .await;
    let client = signed_in(&plex.url);

    let cancelled = tokio::time::timeout(Duration::from_millis(50), user(&client)).await;

    assert!(cancelled.is_err());
    client.plex_tv().ping().send().await.unwrap();
}

#[tokio::test]
async fn case_40_a_client_dropped_in_the_middle_of_a_call_does_not_end_the_call() {
    let plex = Wire::always(Reply::json(r#"{"id":7}"#)).await;
    let client = signed_in(&plex.url);
    let copy = client.clone();

    let call = tokio::spawn(async move { user(&copy).await });
    drop(client);

    assert_eq!(call.await.unwrap().unwrap().id, 7);
}

#[tokio::test]
async fn case_40_a_stream_dropped_halfway_stops_the_transfer() {
    let plex = Wire::always(endless(&["content-type: image/png"], None)).await;
    let client = anonymous(&plex.url);

    let stream = client.plex_tv().get_pin_qr_code().code("7RQZ").send().await;
    drop(stream.unwrap());

    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
}

#[tokio::test]
async fn case_40_two_hundred_calls_at_once_all_end() {
    let plex = Wire::start(|path| {
        let id = path.rsplit('/').next().unwrap();
        Reply::json(&format!(r#"{{"id":{id},"code":"EXAMPLE-CODE"}}"#))
    })
    .await;
    let client = anonymous(&plex.url);

    let calls: Vec<_> = (0..200_i64)
        .map(|id| {
            let client = client.clone();
            tokio::spawn(async move { client.plex_tv().get_token().pin_id(id).send().await })
        })
        .collect();

    for (wanted, call) in (0..200_i64).zip(calls) {
        let pin: PinInfo = call.await.unwrap().unwrap().into_inner();
        assert_eq!(pin.id, wanted);
    }
    assert_eq!(plex.seen.requests().len(), 200);
}
