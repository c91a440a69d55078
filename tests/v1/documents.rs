//! The forms of XML replies: how elements become values, and which documents are errors.

use plex_tv_sdk::{Error, ErrorKind, Response, v1};
use plex_tv_tests::{NO_BODY, Recorder, Reply, harness, unexpected};

/// Makes a call to a mock server that answers with `reply`.
async fn answered<T>(reply: Reply, call: impl AsyncFnOnce(&v1::Api) -> Result<Response<T>, Error>) -> Result<T, Error> {
    let (client, server) = harness().await;
    Recorder::mount(&server, &reply).await;
    call(client.v1()).await.map(Response::into_value)
}

async fn users(body: &str) -> Result<v1::types::UsersReply, Error> {
    answered(Reply::new(200, "application/xml", body), async |api| api.get_legacy_users().send_with_response().await)
        .await
}

async fn devices(body: &str) -> Result<v1::types::DevicesReply, Error> {
    answered(Reply::new(200, "text/xml; charset=utf-8", body), async |api| {
        api.get_legacy_devices().send_with_response().await
    })
    .await
}

#[allow(deprecated, reason = "only this reply consists of elements with text")]
async fn pin(body: &str) -> Result<v1::types::Pin, Error> {
    answered(Reply::new(200, "application/xml", body), async |api| api.get_legacy_pin(1).send_with_response().await)
        .await
}

#[tokio::test]
async fn children_are_a_list_however_many_there_are() {
    let body = r#"<MediaContainer size="3">
        <User id="1"><Server id="11"/><Server id="12"/></User>
        <User id="2"><Server id="21"/></User>
        <User id="3"/>
    </MediaContainer>"#;

    let many = users(body).await.unwrap().user;
    let one = users(r#"<MediaContainer><User id="1"></User></MediaContainer>"#).await.unwrap().user;
    let none = users(r#"<MediaContainer friendlyName="myPlex" size="0"/>"#).await.unwrap();

    let servers: Vec<Vec<_>> = many.iter().map(|user| user.server.iter().map(|each| each.id).collect()).collect();
    assert_eq!(servers, [vec![Some(11), Some(12)], vec![Some(21)], vec![]]);
    assert_eq!(one.len(), 1);
    assert_eq!(none.size, Some(0));
    assert_eq!(none.user.len(), 0);
    assert_eq!(many.rejected().len() + one.rejected().len(), 0);
}

#[tokio::test]
async fn attributes_are_numbers_booleans_and_times() {
    let body = r#"<MediaContainer totalSize="1">
        <User id=" 7 " home="1" restricted='true' protected="0" allowTuners="2">
            <Server id="8" owned="false" lastSeenAt="1700000000"/><Server lastSeenAt="2023-11-14T22:13:20Z"/>
        </User>
    </MediaContainer>"#;

    let reply = users(body).await.unwrap();

    let user = &reply.user[0];
    assert_eq!((user.id, user.allow_tuners, reply.total_size), (7, Some(2), Some(1)));
    assert_eq!((user.home, user.restricted, user.protected), (Some(true), Some(true), Some(false)));
    assert_eq!(user.server[0].owned, Some(false));
    let seen: Vec<_> = user.server.iter().map(|server| server.last_seen_at.unwrap().as_second()).collect();
    assert_eq!(seen, [1700000000; 2]);
}

#[tokio::test]
async fn an_empty_attribute_is_an_empty_string_or_no_value() {
    let body = r#"<MediaContainer size="">
        <User id="7" title="" home="" allowTuners=""><Server id="" owned="" lastSeenAt="" name=""/></User>
    </MediaContainer>"#;

    let reply = users(body).await.unwrap();

    let user = &reply.user[0];
    assert_eq!((reply.size, user.home, user.allow_tuners, user.title.as_deref()), (None, None, None, Some("")));
    let server = &user.server[0];
    assert_eq!((server.id, server.owned, server.last_seen_at), (None, None, None));
    assert_eq!(server.name.as_deref(), Some(""));
}

#[tokio::test]
async fn undescribed_attributes_and_children_are_kept_or_skipped() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?><!-- new -->
        <MediaContainer size="1" new="x"><New/><Device clientIdentifier="a" id="7" newer="y"><Newest z="1"/></Device></MediaContainer>"#;

    let device = &devices(body).await.unwrap().device[0];

    assert_eq!(device.extra["newer"], "y");
    assert_eq!(device.extra["Newest"], serde_json::json!({ "z": "1" }));
}

#[tokio::test]
async fn text_is_unescaped_in_elements_and_attributes() {
    let body = "\u{feff}<pin><id>7</id><code><![CDATA[A&B]]></code><client-identifier>&#69;&quot;x&quot; &lt;é&gt;</client-identifier></pin>";

    let pin = pin(body).await.unwrap();
    let users = users(r#"<MediaContainer><User id="7" title="&lt;Kid&gt; &amp; &#67;o"/></MediaContainer>"#).await;

    assert_eq!(pin.code.expose(), "A&B");
    assert_eq!(pin.client_identifier.as_deref(), Some(r#"E"x" <é>"#));
    assert_eq!(users.unwrap().user[0].title.as_deref(), Some("<Kid> & Co"));
}

#[tokio::test]
async fn an_element_may_have_a_type_attribute() {
    let body = r#"<pin>
        <id type="integer">1</id><code>EXAMPLE-7RQZ</code>
        <expires-at type="datetime">2026-10-01T10:15:00Z</expires-at><trusted type="boolean">true</trusted>
        <auth_token type="string">EXAMPLE-TOKEN</auth_token>
    </pin>"#;

    let pin = pin(body).await.unwrap();

    assert_eq!((pin.id, pin.trusted), (1, Some(true)));
    assert_eq!(pin.expires_at.unwrap().to_string(), "2026-10-01T10:15:00Z");
    assert_eq!(pin.auth_token.unwrap().expose(), "EXAMPLE-TOKEN");
}

#[tokio::test]
async fn an_empty_element_has_no_value() {
    for empty in ["<auth_token/>", "<auth_token></auth_token>", "<auth_token>\n</auth_token>", ""] {
        let pin = pin(&format!("<pin><id>1</id><code>EXAMPLE-7RQZ</code><trusted/>{empty}</pin>")).await.unwrap();

        assert_eq!((pin.auth_token, pin.trusted), (None, None), "{empty}");
    }
}

#[tokio::test]
async fn an_element_that_is_nil_has_no_value() {
    let body = r#"<pin><id type="integer">1</id><code>EXAMPLE-7RQZ</code>
        <expires-at nil="true"/><trusted type="boolean" nil="true"></trusted>
        <client-identifier nil="true"/><auth_token nil="true"/></pin>"#;

    let pin = pin(body).await.unwrap();

    assert_eq!((pin.expires_at, pin.trusted), (None, None));
    assert_eq!((pin.auth_token, pin.client_identifier), (None, None));
}

#[tokio::test]
async fn an_element_with_only_a_type_attribute_has_no_value() {
    let body =
        r#"<pin><id>1</id><code>EXAMPLE-7RQZ</code><expires-at type="datetime"/><trusted type="boolean"/></pin>"#;

    let pin = pin(body).await.unwrap();

    assert_eq!((pin.expires_at, pin.trusted), (None, None));
}

#[tokio::test]
#[allow(deprecated, reason = "this reply repeats attributes as children")]
async fn an_attribute_wins_over_a_child_of_the_same_name() {
    let body = r#"<user id="7" username="exampleuser" email="">
        <username>other</username><username/><email>other@example.com</email><id type="integer">8</id>
        <authentication-token>EXAMPLE-TOKEN</authentication-token>
    </user>"#;

    let user = answered(Reply::new(200, "application/xml", body), async |api| {
        api.get_account_xml().send_with_response().await
    });
    let user = user.await.unwrap();

    assert_eq!((user.id, user.username.as_deref(), user.email.as_deref()), (7, Some("exampleuser"), Some("")));
    assert_eq!(user.extra["authentication-token"], "EXAMPLE-TOKEN");
    assert!(!format!("{user:?}").contains("EXAMPLE-TOKEN"));
}

#[tokio::test]
async fn a_row_without_its_id_is_set_aside_inside_its_container() {
    let body = r#"<MediaContainer publicAddress="203.0.113.7">
        <Device clientIdentifier="a" id="1"/>
        <Device clientIdentifier="b" token="CANARY"/>
        <Device clientIdentifier="c" id="CANARY"/>
        <Device clientIdentifier="d" id="4"/>
    </MediaContainer>"#;

    let reply = devices(body).await.unwrap();

    let devices = reply.device;
    let ids: Vec<_> = devices.iter().map(|device| device.id).collect();
    assert_eq!(ids, [1, 4]);
    let reasons: Vec<_> = devices.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 1: missing field `id`", "row 2: invalid type: text, expected integer at id"]);
    assert_eq!(reply.public_address.as_deref(), Some("203.0.113.7"));
}

#[tokio::test]
async fn a_single_row_can_be_set_aside_too() {
    let devices = devices(r#"<MediaContainer><Device name="x"/></MediaContainer>"#).await.unwrap().device;

    assert_eq!((devices.len(), devices.rejected()[0].index()), (0, 0));
    assert!(devices.rejected()[0].reason().starts_with("missing field"));
}

#[tokio::test]
async fn a_document_that_is_not_xml_is_a_decode_error_with_its_line() {
    let cases = [
        ("<MediaContainer>\n  <Device id=\"1\">\n</MediaContainer>", "on line 3"),
        ("<MediaContainer>\n  <Device id=1/>\n</MediaContainer>", "on line 2"),
        ("<MediaContainer>\n\n", "on line 3"),
        ("<MediaContainer/>\n<MediaContainer/>", "on line 2"),
        ("Bad gateway: CANARY", "on line 1"),
    ];
    for (body, line) in cases {
        let error = devices(body).await.unwrap_err();

        assert!(error.is_decode(), "{body}: {error}");
        assert_eq!((error.status().unwrap().as_u16(), error.operation()), (200, Some("getLegacyDevices")));
        let message = error.to_string();
        assert!(message.contains(line) && !message.contains("CANARY"), "{body}: {message}");
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_a_decode_error_with_its_path() {
    let error = pin("<pin><id>1</id><code>EXAMPLE-7RQZ</code><trusted>CANARY</trusted></pin>").await.unwrap_err();

    assert!(error.is_decode());
    assert_eq!(error.json_path(), Some("trusted"));
    assert!(!format!("{error} {error:?}").contains("CANARY"));
}

#[tokio::test]
async fn another_document_in_place_of_the_list_is_not_an_empty_list() {
    let pages = [
        "<!DOCTYPE html><html><body>Sign in to the network</body></html>",
        "<html><body><p>Sign in to the network</p></body></html>",
        r#"<Response code="401" status="Invalid token"/>"#,
    ];
    for page in pages {
        let outcome = users(page).await;

        assert!(outcome.is_err(), "{page}: {outcome:?}");
    }
}

#[tokio::test]
async fn json_in_place_of_the_document_is_read_or_refused() {
    let container = r#"{"size":1,"User":[{"id":7,"home":true}]}"#;
    let read = users(container).await.unwrap().user;
    assert_eq!((read[0].id, read[0].home), (7, Some(true)));

    let wrapped = users(&format!(r#"{{"MediaContainer":{container}}}"#)).await;
    let refused = users(r#"{"error":"Invalid token"}"#).await;

    // The wrapper that other Plex calls use may be unwrapped or be an error, but it must not become
    // an empty list.
    assert!(wrapped.is_err() || wrapped.is_ok_and(|users| users.user.len() == 1));
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn an_update_may_be_answered_with_an_empty_body() {
    for body in ["", "\n"] {
        let reply = answered(Reply::new(200, "application/xml", body), async |api| {
            api.update_announcement(101, true).send_with_response().await
        });
        let reply = reply.await.unwrap();

        assert_eq!((reply.code, reply.status), (None, None));
    }
}

#[tokio::test]
async fn an_empty_body_where_an_id_is_required_is_a_decode_error() {
    let user =
        answered(Reply::empty(201), async |api| api.create_legacy_home_user().title("Kid").send_with_response().await);
    let error = user.await.unwrap_err();

    assert!(error.is_decode(), "{error}");
    assert!(error.to_string().contains("`id`"), "{error}");
}

#[tokio::test]
async fn a_refusal_as_a_response_element_yields_its_status_and_message() {
    for status in [401, 404, 410, 500] {
        let body =
            format!("<?xml version=\"1.0\"?>\n<Response code=\"{status}\" status=\"It was &quot;removed&quot;\"/>");

        let error = unexpected("getLegacyUsers", Reply::new(status, "application/xml", body))
            .sends("GET /api/users", NO_BODY)
            .call_v1(async |api| api.get_legacy_users().send_with_response().await)
            .await;

        assert_eq!(error.plex_errors()[0].status(), Some(status.into()));
        assert_eq!(error.plex_errors()[0].message(), Some("It was \"removed\""));
        assert_eq!((error.is_auth(), error.is_gone()), (status == 401, status == 410));
    }
}

#[tokio::test]
async fn a_refusal_as_an_errors_element_yields_its_codes() {
    let body = r#"<errors><error code="1041" message="A PIN is needed" status="401"/><error code="1000"/></errors>"#;

    let error = answered(Reply::new(401, "application/xml", body), async |api| {
        api.switch_legacy_home_user(7654321).send_with_response().await
    });
    let error = error.await.unwrap_err();

    assert_eq!((error.kind(), error.plex_code()), (ErrorKind::Refused, Some(1041)));
    assert!(error.is_auth() && error.is_home_pin_required());
    let codes: Vec<_> = error.plex_errors().iter().map(|each| each.code()).collect();
    assert_eq!(codes, [Some(1041), Some(1000)]);
}

#[test]
fn a_single_described_member_of_json_is_not_unwrapped() {
    let body = br#"{"SyncItems": {"SyncItem": [{"id": 7}]}}"#;

    let back = plex_tv_tests::reread("listSyncItems", body).unwrap().unwrap();

    assert_eq!(back.value()["SyncItems"]["SyncItem"][0]["id"], 7);
}
