//! Replies that break other clients of plex.tv, with one test for each. None of them may break
//! this client.

use plex_tv_sdk::{PlexCode, reread_error};
use plex_tv_tests::{NO_BODY, Recorder, Reply, harness, reread, success};
use serde_json::{Value, json};

/// Decodes a body as the reply of an operation, and encodes it again.
fn read(operation: &str, body: &Value) -> Value {
    reread(operation, body.to_string().as_bytes()).unwrap().unwrap().value().clone()
}

#[tokio::test]
async fn a_created_pin_is_a_success() {
    let pin = success("getPin", 201)
        .sends("POST /pins", NO_BODY)
        .call(async |api| api.get_pin().send_with_response().await)
        .await;

    assert_eq!(pin.id, 308667304);
}

#[test]
fn a_user_without_service_secrets_and_with_new_indicators_decodes() {
    let user = read(
        "getUserDetails",
        &json!({"id": 7, "mailingListStatus": null, "services": [{"identifier": "a", "status": "brand-new"}], "hasPassword": 1}),
    );

    assert_eq!(user["services"][0]["identifier"], "a");
    assert_eq!(user["services"][0]["status"], "brand-new");
}

#[test]
fn one_null_access_token_does_not_lose_the_resources() {
    let rows = read("getDevices", &json!([{"clientIdentifier": "a", "accessToken": null}, {"clientIdentifier": "b"}]));

    assert_eq!(rows.as_array().unwrap().len(), 2);
}

#[test]
fn managed_users_without_name_and_address_do_not_lose_the_friends() {
    let rows = read("getFriends", &json!([{"id": 1, "email": null, "username": null, "title": "Kid"}, {"id": 2}]));

    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(rows[0]["title"], "Kid");
}

#[test]
fn bare_lists_are_read_as_lists() {
    assert_eq!(read("getFeatures", &json!([{"id": "webhooks"}]))[0]["id"], "webhooks");
    assert_eq!(read("getFriends", &json!([{"id": 1}]))[0]["id"], 1);
    assert_eq!(read("getUserWebhooks", &json!([{"url": "https://example.com/"}]))[0]["url"], "https://example.com/");
}

#[test]
fn nothing_is_silently_empty() {
    let opt_outs = read("getUserOptOutSettings", &json!({"tv.plex.provider.vod": "opt_out"}));
    let home = read("listHomeUsers", &json!({"id": 7, "users": [{"id": 1, "title": "Kid"}]}));
    let switched = read("switchHomeUser", &json!({"id": 1, "authToken": "EXAMPLE-TOKEN"}));
    let found =
        json!({"MediaContainer": {"SearchResults": [{"id": "a", "SearchResult": [{"Metadata": {"ratingKey": "1"}}]}]}});
    let found = read("searchDiscover", &found);

    assert_eq!(opt_outs["tv.plex.provider.vod"], "opt_out");
    assert_eq!(home["users"][0]["title"], "Kid");
    assert_eq!(switched["authToken"], "EXAMPLE-TOKEN");
    let result = &found["MediaContainer"]["SearchResults"][0]["SearchResult"][0];
    assert_eq!(result["Metadata"]["ratingKey"], "1");
}

#[test]
fn missing_values_stay_missing() {
    let user = read("getUserDetails", &json!({"id": 7, "title": null, "joinedAt": null}));

    assert_eq!(user, json!({"id": 7}));
}

#[test]
fn a_new_kind_of_picture_does_not_lose_the_watchlist() {
    let item = json!({"ratingKey": "1", "Image": [{"type": "hologram", "url": "https://example.com/a.jpg"}]});
    let list = read("getWatchlist", &json!({"MediaContainer": {"Metadata": [item]}}));

    assert_eq!(list["MediaContainer"]["Metadata"][0]["Image"][0]["type"], "hologram");
}

#[test]
fn missing_keys_are_not_an_error() {
    read("getPin", &json!({"id": 1, "code": "EXAMPLE"}));
    read("getPin", &json!({"id": 1, "code": "EXAMPLE", "location": {"code": "CA"}}));
    read("switchHomeUser", &json!({"id": 1}));
    read("getUserDetails", &json!({"id": 1, "subscription": {"active": true}}));
}

#[test]
fn an_address_as_the_id_of_an_invite_is_kept() {
    let xml = r#"<MediaContainer size="1"><Invite id="friend@example.com" server="1"/></MediaContainer>"#;

    let invites = reread("listLegacySentInvites", xml.as_bytes()).unwrap().unwrap();

    assert_eq!(invites.value()["Invite"][0]["id"], "friend@example.com");
}

#[test]
fn an_error_keeps_its_code_in_every_form() {
    let forms = [
        r#"{"errors":[{"code":1029,"message":"Verification code required"}]}"#,
        r#"{"errors":[{"code":"1029"}]}"#,
        r#"<errors><error code="1029" message="Verification code required"/></errors>"#,
    ];

    for form in forms {
        let code = reread_error(form.as_bytes())[0].code().map(PlexCode::from);
        assert_eq!(code, Some(PlexCode::VerificationCodeRequired), "{form}");
    }
}

#[tokio::test]
async fn one_call_is_one_request_with_one_accept_header() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &json!({"MediaContainer": {}}))).await;

    client.discover().get_watchlist("all").send_with_response().await.unwrap();

    let request = recorder.only();
    let accepting: Vec<_> = request.headers.iter().filter(|header| header.starts_with("accept")).collect();
    assert_eq!(accepting, ["accept: application/json", "accept-encoding: gzip"]);
}
