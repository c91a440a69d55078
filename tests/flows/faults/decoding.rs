//! Cases 28 to 34 and 36: replies with less, more or other data than described.

use httpmock::MockServer;
use serde_json::json;

use super::{user_from, user_of};
use crate::{
    harness::{answer_json, builder, signed_in},
    wire::{Reply, Wire},
};

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
async fn case_29_an_unknown_value_of_an_enum_is_kept_and_encoded_unchanged() {
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
async fn case_31_a_missing_identifier_is_reported_with_its_path() {
    let error = user_of(r#"{"username":"someone"}"#).await.unwrap_err();

    assert!(error.is_decode(), "{error:?}");
    assert!(error.to_string().contains("`id`"), "{error}");

    let server = MockServer::start_async().await;
    let keys = json!({"keys": [{"kid": "a"}, {"kid": "b"}, {"alg": "EdDSA"}]});
    answer_json(&server, "/api/v2/auth/keys", 200, &keys).await;
    let client = signed_in(&server.base_url());

    let error = client.v2().get_auth_keys().send().await.unwrap_err();

    assert_eq!(error.json_path(), Some("keys[2]"));
    assert!(error.to_string().contains("`kid`"), "{error}");
}

#[tokio::test]
async fn case_31_a_home_user_without_an_identifier_is_set_aside_with_its_index() {
    let server = MockServer::start_async().await;
    let home = json!({"id": 1, "users": [{"id": 1}, {"id": 2}, {"title": "Kid"}]});
    answer_json(&server, "/api/v2/home", 200, &home).await;
    let client = signed_in(&server.base_url());

    let home = client.v2().get_home_data().send().await.unwrap();

    let users = home.users;
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

    let rows = client.v2().get_devices().send().await.unwrap();

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
async fn case_32_a_value_that_does_not_convert_is_an_error_with_its_path() {
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

#[tokio::test]
async fn case_34_one_bad_row_of_five_hundred_is_reported_and_the_others_arrive_unless_the_client_is_strict() {
    let mut rows = vec![json!({"clientIdentifier": "a", "provides": "server"}); 500];
    rows[321] = json!({"clientIdentifier": ["a"]});
    let plex = Wire::always(Reply::json(&json!(rows).to_string())).await;
    let strict = builder(&plex.url).strict_rows(true).build().unwrap();

    let lenient = signed_in(&plex.url).v2().get_devices().send().await.unwrap();
    let error = strict.v2().get_devices().send().await.unwrap_err();

    assert_eq!((lenient.len(), lenient.rejected().len()), (499, 1));
    assert_eq!(lenient.rejected()[0].index(), 321);
    assert!(error.is_decode() && error.json_path() == Some("[321].clientIdentifier"), "{error}");
}

#[tokio::test]
async fn case_36_text_in_any_script_makes_an_exact_round_trip() {
    for name in ["\u{202e}שלום עולם", "a\u{0}b", "😀\u{feff}é", "\u{200f}\u{2066}"] {
        let body = json!({"id": 7, "title": name}).to_string();

        let user = user_of(&body).await.unwrap();

        assert_eq!(user.title.as_deref(), Some(name));
        let out = serde_json::to_value(&user).unwrap();
        assert_eq!(out["title"], name);
    }
}

#[tokio::test]
async fn case_36_a_byte_order_mark_is_skipped() {
    let user = user_of("\u{feff}{\"id\":7}").await.unwrap();

    assert_eq!(user.id, 7);
}

#[tokio::test]
async fn case_36_text_that_is_not_unicode_is_a_decode_error() {
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
