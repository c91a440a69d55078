//! `Debug` of everything generated, driven by the descriptions. A secret that is added there is
//! covered here, or a test fails.

use plex_tv_sdk::together::types::{InviteToWatchTogetherRoomBody, UpdateWatchTogetherRoomBody};
use plex_tv_sdk::v1::types::LegacySignInBody;
use plex_tv_sdk::v2::types::{ExchangeJwtTokenBody, LinkPinBody, SignInBody};
use std::{collections::BTreeSet, fmt::Debug};

use plex_tv_sdk::{Secret, discover, epg, notifications, together, v1, v2};
use plex_tv_tests::{
    Description, Schema, described, descriptions, has_reply, members_of, reread, reread_json, reread_request, xml,
};
use serde_json::{Map, Value, json};

use super::{CANARIES, DEVICE_JWT, PASSWORD, PIN_CODE, TOKEN, UNKNOWN, assert_clean, generated_code::Code};
use crate::{
    harness::signed_in,
    wire::{Reply, Wire},
};

/// Puts secrets into examples and remembers where.
struct Planter<'a> {
    root: &'a Value,
    /// `(schema, member)` of every secret.
    covered: BTreeSet<(String, String)>,
    /// The names of the schemas that enclose the current one.
    around: Vec<String>,
}

impl<'a> Planter<'a> {
    fn new(description: &'a Description) -> Self {
        Self { root: &description.value, covered: BTreeSet::new(), around: Vec::new() }
    }

    /// Follows references, and returns the schema with the name of the last reference.
    fn resolved(&self, name: &str, schema: &'a Value) -> (String, &'a Value) {
        match (schema["$ref"].as_str(), &schema["allOf"][0]) {
            (Some(pointer), _) => {
                let target = self.root.pointer(pointer.trim_start_matches('#')).unwrap();
                self.resolved(pointer.rsplit('/').next().unwrap(), target)
            }
            (None, Value::Null) => (name.to_owned(), schema),
            (None, inner) => self.resolved(name, inner),
        }
    }

    /// Returns the example with a canary for each secret, even if the example lacks it, and an
    /// unknown member in each object.
    fn plant(&mut self, name: &str, schema: &'a Value, example: &Value) -> Value {
        let (name, schema) = self.resolved(name, schema);
        match example {
            Value::Array(items) => items.iter().map(|item| self.plant(&name, &schema["items"], item)).collect(),
            Value::Object(members) => self.plant_members(&name, schema, members),
            other => other.clone(),
        }
    }

    fn plant_members(&mut self, name: &str, schema: &'a Value, members: &Map<String, Value>) -> Value {
        let mut members = members.clone();
        self.around.push(name.to_owned());
        for (member, property) in schema["properties"].as_object().into_iter().flatten() {
            let value = members.get(member).filter(|value| !value.is_null() && **value != json!([])).cloned();
            if property["format"] == "password" {
                members.insert(member.clone(), self.canary(name, member));
            } else if property["items"]["format"] == "password" {
                members.insert(member.clone(), json!([self.canary(name, member)]));
            } else if let Some(value) = value {
                let planted = self.plant(name, property, &value);
                members.insert(member.clone(), planted);
            } else if self.holds_secrets(property, &mut self.around.clone()) {
                let least = self.least(property);
                let planted = self.plant(name, property, &least);
                members.insert(member.clone(), planted);
            }
        }
        let others = &schema["additionalProperties"];
        let is_named = |name: &String| schema["properties"].get(name).is_some();
        if others["format"] == "password" {
            members.values_mut().for_each(|value| *value = self.canary(name, "*"));
        } else if others.as_object().is_some_and(|others| !others.is_empty()) {
            for (_, value) in members.iter_mut().filter(|(name, _)| !is_named(name)) {
                *value = self.plant(name, others, value);
            }
        } else {
            members.insert("newToken".to_owned(), UNKNOWN.into());
        }
        self.around.pop();
        members.into()
    }

    fn canary(&mut self, schema: &str, member: &str) -> Value {
        self.covered.insert((schema.to_owned(), member.to_owned()));
        CANARIES[self.covered.len() % CANARIES.len()].into()
    }

    fn holds_secrets(&self, schema: &'a Value, around: &mut Vec<String>) -> bool {
        let (name, schema) = self.resolved("", schema);
        // In a schema that contains itself, the secrets are planted in the outer one.
        if schema["type"] == "array" {
            return self.holds_secrets(&schema["items"], around);
        }
        if around.contains(&name) {
            return false;
        }
        around.push(name);
        let mut properties = schema["properties"].as_object().into_iter().flatten();
        let found = properties.any(|(_, property)| is_secret(property) || self.holds_secrets(property, around));
        around.pop();
        found
    }

    /// Returns a minimal value, with the required members and one row in each list.
    fn least(&self, schema: &'a Value) -> Value {
        let (_, schema) = self.resolved("", schema);
        match schema["type"].as_str() {
            Some("array") => json!([self.least(&schema["items"])]),
            Some("object") => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                required.map(|name| (name.to_owned(), self.least(&schema["properties"][name]))).collect()
            }
            _ => json!("7"),
        }
    }
}

/// Returns whether it is a secret or a list of secrets.
fn is_secret(property: &Value) -> bool {
    property["format"] == "password" || property["items"]["format"] == "password"
}

/// A body with secrets in it.
struct Planted {
    operation: &'static str,
    status: Option<u16>,
    value: Value,
}

/// Returns all replies and request bodies of a description, and the planter that knows which
/// secrets they cover.
fn planted(description: &'static Description) -> (Vec<Planted>, Planter<'static>) {
    let mut planter = Planter::new(description);
    let mut bodies = Vec::new();
    for operation in &description.operations {
        let (_, value) = described(&operation.id);
        let requests = contents(&value["requestBody"]).map(|media| (None, media));
        let responses = value["responses"].as_object().unwrap().iter();
        let replies = responses.flat_map(|(status, reply)| contents(reply).map(|media| (status.parse().ok(), media)));
        for (status, media) in requests.chain(replies) {
            if status.is_none_or(|status: u16| status < 300) && !media["example"].is_null() {
                let value = planter.plant(&operation.id, &media["schema"], &media["example"]);
                bodies.push(Planted { operation: &operation.id, status, value });
            }
        }
    }
    (bodies, planter)
}

fn contents(holder: &Value) -> impl Iterator<Item = &Value> {
    holder["content"].as_object().into_iter().flatten().map(|(_, media)| media)
}

/// Asserts that every planted secret was decoded. A type that lost its secrets would pass any
/// check.
fn assert_arrived(what: &str, sent: &Value, back: Option<&Value>) {
    match sent {
        Value::Object(members) => {
            let members = members.iter().filter(|(name, _)| *name != "newToken");
            members.for_each(|(name, value)| assert_arrived(what, value, back.and_then(|back| back.get(name))));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| assert_arrived(what, value, back.and_then(|back| back.get(index))));
        }
        Value::String(text) if CANARIES.contains(&&**text) => assert_eq!(back, Some(sent), "{what}"),
        _ => {}
    }
}

#[track_caller]
fn assert_debug_is_clean(what: &str, value: &dyn Debug) {
    assert_clean(what, &format!("{value:?}\n{value:#?}"));
}

#[test]
fn no_generated_type_shows_a_secret() {
    let mut shown = BTreeSet::new();
    for Planted { operation, status, value } in descriptions().iter().flat_map(|each| planted(each).0) {
        let Some(status) = status else {
            let body = reread_request(operation, &value).unwrap().unwrap();
            let back = if value.is_array() { body.value().clone() } else { members_of(body.value()) };
            assert_arrived(operation, &value, Some(&back));
            assert_clean(operation, body.shown());
            continue;
        };
        let json = reread_json(operation, &value).unwrap();
        let json = json.unwrap_or_else(|error| panic!("{operation} {status}: {error}: {value}"));
        assert_arrived(operation, &value, Some(json.value()));
        assert_clean(operation, json.shown());
        if described(operation).0.xml.is_some() {
            let xml = xml(&value, Schema::of_reply(operation, status).unwrap());
            let read = reread(operation, xml.as_bytes()).unwrap().unwrap();
            assert_arrived(operation, &value, Some(read.value()));
            assert_clean(operation, read.shown());
        }
        shown.insert(operation);
    }
    let with_reply = descriptions().iter().flat_map(|each| &each.operations).filter(|each| has_reply(&each.id));
    assert_eq!(shown, with_reply.map(|each| &*each.id).collect());
}

/// Returns the members with `format: password` in the components, as `(schema, member)`.
fn secrets_of_the_schemas(description: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let others = schema.get("additionalProperties").map(|schema| ("*".to_owned(), schema));
        for (member, property) in properties.map(|(member, property)| (member.clone(), property)).chain(others) {
            if is_secret(property) {
                found.insert((name.clone(), member));
            }
        }
    }
    found
}

fn count_of_passwords(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            usize::from(members.get("format").is_some_and(|format| format == "password"))
                + members.values().map(count_of_passwords).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(count_of_passwords).sum(),
        _ => 0,
    }
}

#[test]
fn every_secret_of_the_descriptions_is_planted_somewhere() {
    for description in descriptions() {
        let wanted = secrets_of_the_schemas(&description.value);

        let (_, planter) = planted(description);

        let missing: Vec<_> = wanted.difference(&planter.covered).collect();
        assert!(missing.is_empty(), "no example of {} reaches these secrets: {missing:?}", description.module);
        assert_eq!(
            count_of_passwords(&description.value["components"]),
            wanted.len(),
            "the components of {} have a secret where this test does not look",
            description.module
        );
    }
}

#[test]
fn every_secret_has_the_type_secret() {
    for description in descriptions() {
        let code = Code::of(description.module);
        for (schema, member) in secrets_of_the_schemas(&description.value) {
            assert!(code.is_secret(&schema, &member), "{}: {schema}.{member} is not a Secret", description.module);
        }
    }
    assert!(!Code::of("v2").is_secret("User", "email"));
}

/// Any argument of a call may be a secret, whatever the description says.
#[test]
fn every_call_shows_only_its_name() {
    let modules = [
        ("v2", v2::OPERATIONS),
        ("v1", v1::OPERATIONS),
        ("discover", discover::OPERATIONS),
        ("epg", epg::OPERATIONS),
        ("together", together::OPERATIONS),
        ("notifications", notifications::OPERATIONS),
    ];
    for (module, operations) in modules {
        let calls = Code::of(module).calls();

        assert_eq!(calls.iter().filter(|call| !call.name.ends_with("Arguments")).count(), operations.len(), "{module}");
        for call in calls {
            assert!(!call.derives_debug, "{module}: {} derives Debug", call.name);
            assert!(call.shows_only_its_name, "{module}: {} shows more than its name", call.name);
        }
    }
}

#[test]
fn the_list_of_secret_parameters_is_complete() {
    let mut found = BTreeSet::new();
    for operation in descriptions().iter().flat_map(|each| &each.operations) {
        for parameter in described(&operation.id).1["parameters"].as_array().into_iter().flatten() {
            if parameter["schema"]["format"] == "password" {
                found.insert(format!("{}.{}", operation.id, parameter["name"].as_str().unwrap()));
            }
        }
    }

    assert_eq!(Vec::from_iter(found), SECRET_PARAMETERS);
}

/// `Debug` of a reply shows its headers too.
#[tokio::test]
async fn no_reply_shows_a_secret_from_a_header() {
    let headers = [
        "content-type: application/json".to_owned(),
        format!("set-cookie: session={UNKNOWN}; HttpOnly"),
        format!("x-plex-token: {TOKEN}"),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let plex = Wire::always(Reply::http("200 OK", &headers, r#"{"id":7}"#)).await;

    let reply = signed_in(&plex.url).v2().get_user_details().send_with_response().await.unwrap();

    assert_debug_is_clean("Response", &reply);
}

const SECRET_PARAMETERS: [&str; 16] = [
    "getDiscoverRssFeed.feedUuid",
    "getPinQrCode.code",
    "getRssFeed.feedUuid",
    "getServerAccessTokens.auth_token",
    "getToken.code",
    "getToken.deviceJWT",
    "getUserWebhooks.pin",
    "getWatchTogetherRoom.roomId",
    "inviteToWatchTogetherRoom.roomId",
    "leaveWatchTogetherRoom.roomId",
    "switchHomeUser.pin",
    "switchLegacyHomeUser.pin",
    "updateLegacyHomeUser.currentPin",
    "updateLegacyHomeUser.pin",
    "updateManagedUser.pin",
    "updateWatchTogetherRoom.roomId",
];

#[tokio::test]
async fn no_call_shows_a_secret() {
    let client = signed_in("http://localhost");
    let (v2, v1, discover) = (client.v2(), client.v1(), client.discover());
    let secret = || Secret::from(TOKEN);

    let calls: [Box<dyn Debug>; 20] = [
        Box::new(v2.exchange_jwt_token(ExchangeJwtTokenBody::new(DEVICE_JWT))),
        Box::new(v2.get_devices().include_https(true)),
        Box::new(v2.get_pin_qr_code(PIN_CODE)),
        Box::new(v2.get_server_access_tokens().auth_token(TOKEN)),
        Box::new(v2.get_token(7).code(PIN_CODE).device_jwt(DEVICE_JWT)),
        Box::new(v2.get_user_webhooks().pin(PIN_CODE)),
        Box::new(v2.link_pin(LinkPinBody::new(PIN_CODE))),
        Box::new(v2.sign_in(SignInBody::new("a", secret()).verification_code(secret()))),
        Box::new(v2.switch_home_user("a").pin(PIN_CODE)),
        Box::new(v2.update_managed_user(7).pin(PIN_CODE)),
        Box::new(v1.legacy_sign_in(LegacySignInBody::new("a", PASSWORD))),
        Box::new(v1.switch_legacy_home_user(7).pin(PIN_CODE)),
        Box::new(v1.update_legacy_home_user(7).pin(PIN_CODE).current_pin(PIN_CODE)),
        Box::new(v1.get_user_avatar(UNKNOWN)),
        Box::new(discover.get_discover_rss_feed(UNKNOWN, "json")),
        Box::new(discover.search_discover(UNKNOWN, "discover")),
        Box::new(client.together().get_watch_together_room(TOKEN)),
        Box::new(client.together().invite_to_watch_together_room(TOKEN, InviteToWatchTogetherRoomBody::new([7]))),
        Box::new(client.together().leave_watch_together_room(TOKEN)),
        Box::new(client.together().update_watch_together_room(TOKEN, UpdateWatchTogetherRoomBody::new())),
    ];

    for call in &calls {
        assert_debug_is_clean("a call", call);
    }
}

#[test]
fn no_request_body_shows_a_secret() {
    assert_debug_is_clean("SignInBody", &SignInBody::new("a", TOKEN).verification_code(TOKEN));
    assert_debug_is_clean("LinkPinBody", &LinkPinBody::new(TOKEN));
}
