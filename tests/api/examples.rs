//! The examples of the description decode, and nothing of them is lost on the way back out.

use std::collections::BTreeSet;

use plex_tv_sdk::plex_tv::types;
use plex_tv_tests::{
    Recorder, Reply, Schema, call, compare, described, example, examples, harness, has_json_reply, operations,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[tokio::test]
async fn every_success_example_comes_back_out_whole() {
    let (client, server) = harness().await;
    let successes = examples().filter(|(_, status)| *status < 300);
    for (operation, status) in successes {
        server.reset_async().await;
        let sent = example(operation, status);
        Recorder::mount(&server, &Reply::json(status, &sent)).await;

        let back = call(client.plex_tv(), operation).await.unwrap();

        let schema = Schema::of_reply(operation, status).unwrap();
        let comparison = compare(&sent, &back, schema);
        let what = format!("{operation} {status}");
        assert_eq!(comparison.lost, [""; 0], "{what}");
        assert_eq!(comparison.unknown, [""; 0], "{what}: not in the schema");
    }
}

#[tokio::test]
async fn every_error_example_tells_its_code_and_message() {
    let (client, server) = harness().await;
    let errors = examples().filter(|(operation, status)| *status >= 400 && has_json_reply(operation));
    for (operation, status) in errors {
        server.reset_async().await;
        let sent = example(operation, status);
        Recorder::mount(&server, &Reply::json(status, &sent)).await;

        let error = call(client.plex_tv(), operation).await.unwrap_err();

        let (said, sent) = (&error.plex_errors()[0], &sent["errors"][0]);
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(said.code(), sent["code"].as_i64());
        assert_eq!(said.message(), sent["message"].as_str());
        assert_eq!(said.status(), sent["status"].as_i64());
        assert_eq!(said.field(), sent["field"].as_str());
    }
}

#[test]
fn every_operation_with_a_json_reply_is_in_the_table() {
    let with_content = examples().filter(|(_, status)| *status < 300);
    let with_content: BTreeSet<_> = with_content.map(|(operation, _)| operation).collect();
    let in_table = operations().iter().map(|operation| &*operation.id);
    let in_table: BTreeSet<_> = in_table.filter(|id| has_json_reply(id)).collect();

    assert_eq!(in_table, with_content);
}

#[test]
fn every_request_example_is_what_its_type_sends() {
    let examples = [
        ("exchangeJwtToken", sends::<types::ExchangeJwtTokenBody>),
        ("getPin", sends::<types::GetPinBody>),
        ("linkPin", sends::<types::LinkPinBody>),
        ("registerDeviceJwk", sends::<types::RegisterDeviceJwkBody>),
        ("signIn", sends::<types::SignInBody>),
        ("updatePrivacySettings", sends::<types::UpdatePrivacySettingsBody>),
    ] as [(&str, fn(&Value) -> Value); 6];
    for (operation, sends) in examples {
        let content = described(operation).1["requestBody"]["content"].as_object();
        let example = &content.unwrap().values().next().unwrap()["example"];

        assert_eq!(sends(example), *example, "{operation}");
    }
    let with_body = operations().iter().filter(|operation| !described(&operation.id).1["requestBody"].is_null());
    assert_eq!(with_body.count(), examples.len());
}

fn sends<T: DeserializeOwned + Serialize>(example: &Value) -> Value {
    serde_json::to_value(T::deserialize(example).unwrap()).unwrap()
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
