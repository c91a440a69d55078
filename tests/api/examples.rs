//! The examples in the descriptions decode, and nothing is lost when they are encoded again.

use std::collections::BTreeSet;

use plex_tv_sdk::{Client, Error};
use plex_tv_tests::{
    Recorder, Reply, Schema, compare, described, descriptions, example, examples, from_xml, harness, has_reply,
    members_of, operations, reread, reread_request, xml,
};
use serde_json::{Value, json};

#[test]
fn every_success_example_survives_a_round_trip() {
    for (operation, status) in examples().filter(|(_, status)| *status < 300) {
        let reply = Reply::example(operation, status);

        let back = reread(operation, reply.body.as_bytes()).unwrap();

        let back = back.unwrap_or_else(|error| panic!("{operation} {status}: {error}"));
        let schema = Schema::of_reply(operation, status).unwrap();
        let comparison = compare(&example(operation, status), back.value(), schema);
        assert_eq!(comparison.lost, [""; 0], "{operation} {status}");
        assert_eq!(comparison.unknown, [""; 0], "{operation} {status}: not in the schema");
    }
}

/// Calls one operation of a description. All its operations read an error in the same way.
async fn refused(client: &Client, module: &str) -> Error {
    let outcome = match module {
        "v2" => client.v2().get_user_details().send_with_response().await.map(drop),
        "v1" => client.v1().get_legacy_resources().send_with_response().await.map(drop),
        "discover" => client.discover().get_vod_hubs().send_with_response().await.map(drop),
        _ => panic!("no operation chosen for {module}"),
    };
    outcome.unwrap_err()
}

/// Descriptions of hosts that refuse in plain text. They have no error examples.
const PLAIN_TEXT: [&str; 3] = ["epg", "together", "notifications"];

#[tokio::test]
async fn every_error_example_yields_its_code_and_message() {
    let (client, server) = harness().await;
    for description in descriptions() {
        let is_own = |id: &str| description.operations.iter().any(|operation| operation.id == id);
        let errors = examples().filter(|(operation, status)| *status >= 400 && is_own(operation));
        // Many operations share most of them.
        let errors: BTreeSet<_> = errors.map(|(id, status)| (status, example(id, status).to_string())).collect();
        assert_eq!(errors.is_empty(), PLAIN_TEXT.contains(&description.module), "{}", description.module);
        for (status, sent) in errors {
            server.reset_async().await;
            Recorder::mount(&server, &Reply::new(status, "application/json", &*sent)).await;

            let error = refused(&client, description.module).await;

            let sent: Value = serde_json::from_str(&sent).unwrap();
            let (said, sent) = (&error.plex_errors()[0], &sent["errors"][0]);
            assert_eq!(error.status().unwrap().as_u16(), status);
            assert_eq!(said.code(), sent["code"].as_i64());
            assert_eq!(said.message(), sent["message"].as_str());
            assert_eq!(said.status(), sent["status"].as_i64());
            assert_eq!(said.field(), sent["field"].as_str());
        }
    }
}

#[test]
fn every_described_reply_is_decoded_and_has_an_example() {
    let with_example: BTreeSet<_> =
        examples().filter(|(_, status)| *status < 300).map(|(operation, _)| operation).collect();
    let decoded: BTreeSet<_> = operations().map(|operation| &*operation.id).filter(|id| has_reply(id)).collect();
    let with_schema = |id: &&str| (200..300).any(|status| Schema::of_reply(id, status).is_some());
    let described: BTreeSet<_> = operations().map(|operation| &*operation.id).filter(with_schema).collect();

    assert_eq!(decoded, described);
    assert_eq!(decoded, with_example);
}

#[test]
fn every_request_example_is_what_its_type_sends() {
    for operation in operations() {
        let content = described(&operation.id).1["requestBody"]["content"].as_object();
        for example in content.into_iter().flatten().map(|(_, media)| &media["example"]) {
            let sent = reread_request(&operation.id, example).unwrap();

            let sent = sent.unwrap_or_else(|error| panic!("{}: {error}", operation.id));
            assert!(!example.is_null());
            let is_list = example.is_array();
            let sent = if is_list { sent.value().clone() } else { members_of(sent.value()) };
            assert_eq!(sent, *example, "{}", operation.id);
        }
        assert_eq!(reread_request(&operation.id, &json!({})).is_some(), content.is_some(), "{}", operation.id);
    }
}

#[test]
fn xml_is_made_from_an_example_and_read_back() {
    let schema = Schema::of_reply("listLegacyReceivedInvites", 200).unwrap();
    let value = json!({
        "size": 1,
        "Invite": [{ "id": "7", "friend": true, "username": "a \"b\" & <c>", "Server": [{ "name": "x" }, { "name": "y" }] }],
        "new": { "$text": "text" },
    });

    let xml = xml(&value, schema);

    assert_eq!(
        xml,
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><MediaContainer size="1"><Invite friend="1" id="7" "#,
            r#"username="a &quot;b&quot; &amp; &lt;c&gt;"><Server name="x"></Server><Server name="y"></Server></Invite>"#,
            "<new>text</new></MediaContainer>",
        )
    );
    assert_eq!(
        from_xml(&xml, schema),
        json!({
            "size": "1",
            "Invite": [
                { "id": "7", "friend": "1", "username": "a \"b\" & <c>", "Server": [{ "name": "x" }, { "name": "y" }] },
            ],
            "new": "text",
        })
    );
}

#[test]
fn the_comparison_finds_what_is_lost_and_changed() {
    let schema = Schema::of_reply("getUserDetails", 200).unwrap();
    let sent = json!({
        "id": 7, "title": "a", "joinedAt": 0, "home": true, "roles": ["x"], "country": null, "new": {"a": 1},
        "subscription": {"active": true, "features": ["x"], "newer": 1},
    });
    let paths = |back: Value| {
        let comparison = compare(&sent, &back, schema);
        (comparison.lost, comparison.unknown, comparison.extra)
    };

    let (lost, unknown, extra) = paths(json!({
        "id": "7", "title": "a", "joinedAt": "1970-01-01T00:00:00Z", "home": 1, "roles": ["x"], "new": {"a": 1},
        "subscription": {"active": true, "features": ["x"]},
    }));
    assert_eq!((lost.len(), extra), (0, vec![".new".to_owned()]));
    assert_eq!(unknown, [".subscription.newer"]);

    let (mut lost, ..) = paths(json!({
        "id": 8, "joinedAt": "1970-01-01T00:00:01Z", "home": false, "roles": ["y"], "new": {"a": 2},
        "subscription": {"features": []},
    }));
    lost.sort();
    let wanted =
        [".home", ".id", ".joinedAt", ".new", ".roles[0]", ".subscription.active", ".subscription.features", ".title"];
    assert_eq!(lost, wanted);
}
