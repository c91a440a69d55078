//! `Debug` of everything generated, driven by the description: a secret that is added there is covered here, or a test says
//! that it is not.

use std::{collections::BTreeSet, fmt::Debug, path::Path};

use plex_tv_codegen::{Document, operations};
use plex_tv_sdk::{
    Client, Flag, Secret,
    plex_tv::{OPERATIONS, types},
    prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{CANARIES, DEVICE_JWT, PIN_CODE, TOKEN, UNKNOWN, assert_clean};
use crate::{
    harness::signed_in,
    wire::{Reply, Wire},
};

fn document() -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/plex-tv.yaml");
    Document::load(&path).unwrap()
}

/// Puts secrets into examples, and remembers where.
struct Planter<'a> {
    description: &'a Value,
    /// `(schema, member)` of every secret.
    covered: BTreeSet<(String, String)>,
    /// `(schema, value)` of every named schema met, secrets planted.
    values: Vec<(String, Value)>,
}

impl<'a> Planter<'a> {
    fn new(description: &'a Value) -> Self {
        Self { description, covered: BTreeSet::new(), values: Vec::new() }
    }

    /// The example with a canary for each secret, present or not, and an unknown member in each object.
    fn plant(&mut self, name: &str, schema: &Value, example: &Value) -> Value {
        if let Some(pointer) = schema["$ref"].as_str() {
            let target = self.description.pointer(pointer.trim_start_matches('#')).unwrap();
            let name = pointer.rsplit('/').next().unwrap();
            let planted = self.plant(name, target, example);
            self.values.push((name.to_owned(), planted.clone()));
            return planted;
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().fold(example.clone(), |value, part| self.plant(name, part, &value));
        }
        match example {
            Value::Array(items) => items.iter().map(|item| self.plant(name, &schema["items"], item)).collect(),
            Value::Object(members) => self.plant_members(name, schema, members),
            other => other.clone(),
        }
    }

    fn has_secrets(&self, schema: &Value) -> bool {
        let Some(pointer) = schema["$ref"].as_str() else { return false };
        let target = self.description.pointer(pointer.trim_start_matches('#')).unwrap();
        let members = target["properties"].as_object();
        members.into_iter().flatten().any(|(_, property)| property["format"] == "password")
    }

    fn plant_members(&mut self, name: &str, schema: &Value, members: &Map<String, Value>) -> Value {
        let mut members = members.clone();
        let Some(properties) = schema["properties"].as_object() else {
            return members.into();
        };
        for (member, property) in properties {
            if property["format"] == "password" {
                let number = self.covered.len();
                self.covered.insert((name.to_owned(), member.clone()));
                members.insert(member.clone(), CANARIES[number % CANARIES.len()].into());
            } else if let Some(value) = members.get(member) {
                let planted = self.plant(name, property, value);
                members.insert(member.clone(), planted);
            } else if self.has_secrets(&property["items"]) {
                let planted = self.plant(name, property, &json!([{}]));
                members.insert(member.clone(), planted);
            }
        }
        members.insert("newToken".to_owned(), UNKNOWN.into());
        members.into()
    }
}

/// `(operation, planted success reply)`, and what was covered on the way, request bodies included.
fn planted<'a>(description: &'a Value) -> (Vec<(String, Value)>, Planter<'a>) {
    let mut planter = Planter::new(description);
    let mut replies = Vec::new();
    for operation in operations(description) {
        let value = description.pointer(&operation.pointer).unwrap();
        for (_, content) in contents(&value["requestBody"]) {
            planter.plant(&operation.id, &content["schema"], &example(content));
        }
        let successes = value["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        for (_, response) in successes {
            for (_, content) in contents(response).filter(|(kind, _)| kind.contains("json")) {
                let reply = planter.plant(&operation.id, &content["schema"], &example(content));
                replies.push((operation.id.clone(), reply));
            }
        }
    }
    (replies, planter)
}

fn contents(holder: &Value) -> impl Iterator<Item = (&String, &Value)> {
    holder["content"].as_object().into_iter().flatten()
}

fn example(content: &Value) -> Value {
    let first = || content["examples"].as_object()?.values().next().map(|one| one["value"].clone());
    content.get("example").cloned().or_else(first).unwrap()
}

#[track_caller]
fn assert_debug_is_clean(what: &str, value: &dyn Debug) {
    assert_clean(what, &format!("{value:?}\n{value:#?}"));
}

/// The type itself, and its builder where it has one.
macro_rules! schemas_with_secrets {
    ($($name:ident),* $(,)?) => {
        const SCHEMAS: &[&str] = &[$(stringify!($name)),*];

        fn assert_schema_is_clean(schema: &str, value: &Value) {
            match schema {
                $(stringify!($name) => {
                    let typed: types::$name = decoded(schema, value);
                    assert_debug_is_clean(schema, &typed);
                    assert_debug_is_clean(schema, &types::builder::$name::from(typed));
                })*
                _ => {}
            }
        }
    };
}

schemas_with_secrets!(
    AccountDevice,
    AuthNonce,
    Companion,
    ExchangeJwtTokenBody,
    ExchangedToken,
    HomeUser,
    LinkPinBody,
    PinInfo,
    Resource,
    SignInBody,
    User,
    UserService,
);

/// Decodes, and proves that the secrets did arrive: what they are not in cannot leak.
fn decoded<T: DeserializeOwned + Serialize>(schema: &str, value: &Value) -> T {
    let typed = T::deserialize(value).unwrap_or_else(|error| panic!("{schema}: {error}: {value}"));
    let out = serde_json::to_value(&typed).unwrap();
    for (name, member) in value.as_object().unwrap() {
        let is_canary = member.as_str().is_some_and(|text| CANARIES.contains(&text));
        if is_canary && name != "newToken" {
            assert_eq!(out.get(name), Some(member), "{schema}.{name}");
        }
    }
    typed
}

#[test]
fn no_generated_type_and_no_builder_of_one_shows_a_secret() {
    let document = document();
    let (_, planter) = planted(document.value());

    for (schema, value) in &planter.values {
        assert_schema_is_clean(schema, value);
    }
    let met: BTreeSet<&str> = planter.values.iter().map(|(schema, _)| schema.as_str()).collect();
    assert!(SCHEMAS.iter().all(|schema| met.contains(schema)), "{met:?}");
}

/// `format: password` of the components, as `(schema, member)`.
fn secrets_of_the_schemas(description: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        for (member, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["format"] == "password" {
                found.insert((name.clone(), member.clone()));
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
fn every_secret_of_the_description_is_planted_somewhere() {
    let document = document();
    let description = document.value();
    let wanted = secrets_of_the_schemas(description);
    let (_, planter) = planted(description);

    let missing: Vec<_> = wanted.difference(&planter.covered).collect();
    assert!(missing.is_empty(), "no example reaches these: {missing:?}");
    let unlisted: Vec<_> = wanted.iter().filter(|(schema, _)| !SCHEMAS.contains(&schema.as_str())).collect();
    assert!(unlisted.is_empty(), "add these to `schemas_with_secrets!`: {unlisted:?}");
    assert_eq!(
        count_of_passwords(&description["components"]),
        wanted.len(),
        "a secret of the components stands where this test does not look"
    );
}

#[test]
fn every_secret_parameter_is_one_that_the_test_of_the_builders_sets() {
    let document = document();
    let description = document.value();
    let mut found = BTreeSet::new();
    for operation in operations(description) {
        let value = description.pointer(&operation.pointer).unwrap();
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            if parameter["schema"]["format"] == "password" {
                found.insert(format!("{}.{}", operation.id, parameter["name"].as_str().unwrap()));
            }
        }
    }

    assert_eq!(Vec::from_iter(found), ["getToken.code", "getToken.deviceJWT"]);
}

/// Sends the call and takes its reply as `Debug` shows it.
macro_rules! calls_with_replies {
    ($($id:literal: |$plex_tv:ident| $call:expr),* $(,)?) => {
        async fn assert_reply_is_clean(client: &Client, id: &str) {
            match id {
                $($id => {
                    let $plex_tv = client.plex_tv();
                    let reply = $call.send().await.unwrap();
                    assert_debug_is_clean($id, &reply);
                    assert_debug_is_clean($id, &reply.into_inner());
                })*
                _ => panic!("add {id} to `calls_with_replies!`"),
            }
        }
    };
}

calls_with_replies!(
    "createAnonymousUser": |plex_tv| plex_tv.create_anonymous_user(),
    "exchangeJwtToken": |plex_tv| plex_tv.exchange_jwt_token().body_map(|body| body.jwt(DEVICE_JWT)),
    "getAuthKeys": |plex_tv| plex_tv.get_auth_keys(),
    "getAuthNonce": |plex_tv| plex_tv.get_auth_nonce(),
    "getCompanionsData": |plex_tv| plex_tv.get_companions_data(),
    "getDevices": |plex_tv| plex_tv.get_devices(),
    "getFeatures": |plex_tv| plex_tv.get_features(),
    "getGeoData": |plex_tv| plex_tv.get_geo_data(),
    "getHomeData": |plex_tv| plex_tv.get_home_data(),
    "getPin": |plex_tv| plex_tv.get_pin(),
    "getPrivacySettings": |plex_tv| plex_tv.get_privacy_settings(),
    "getToken": |plex_tv| plex_tv.get_token().pin_id(7),
    "getUserDetails": |plex_tv| plex_tv.get_user_details(),
    "getUserOptOutSettings": |plex_tv| plex_tv.get_user_opt_out_settings(),
    "getUserOptOuts": |plex_tv| plex_tv.get_user_opt_outs().uuid("0123456789abcdef"),
    "getUserSettings": |plex_tv| plex_tv.get_user_settings(),
    "getViewStateSync": |plex_tv| plex_tv.get_view_state_sync(),
    "listAccountDevices": |plex_tv| plex_tv.list_account_devices(),
    "ping": |plex_tv| plex_tv.ping(),
    "signIn": |plex_tv| plex_tv.sign_in().body_map(|body| body.login("user").password(TOKEN)),
);

#[tokio::test]
async fn no_reply_of_any_call_shows_a_secret() {
    let document = document();
    let (replies, _) = planted(document.value());

    for (id, reply) in replies {
        let plex = Wire::always(Reply::json(&reply.to_string())).await;
        assert_reply_is_clean(&signed_in(&plex.url), &id).await;
    }
}

/// `Debug` of a reply shows its headers too.
#[tokio::test]
async fn no_reply_shows_a_secret_that_came_in_a_header() {
    let headers = [
        "content-type: application/json".to_owned(),
        format!("set-cookie: session={UNKNOWN}; HttpOnly"),
        format!("x-plex-token: {TOKEN}"),
    ];
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let plex = Wire::always(Reply::http("200 OK", &headers, r#"{"id":7}"#)).await;

    let reply = signed_in(&plex.url).plex_tv().get_user_details().send().await.unwrap();

    assert_debug_is_clean("ResponseValue", &reply);
}

#[tokio::test]
async fn no_builder_of_a_call_shows_a_secret() {
    let client = signed_in("http://localhost");
    let plex_tv = client.plex_tv();
    let secret = || Secret::from(TOKEN);

    let builders: Vec<Box<dyn Debug + '_>> = vec![
        Box::new(plex_tv.create_anonymous_user()),
        Box::new(plex_tv.exchange_jwt_token().body_map(|body| body.jwt(DEVICE_JWT))),
        Box::new(plex_tv.get_auth_keys()),
        Box::new(plex_tv.get_auth_nonce()),
        Box::new(plex_tv.get_companions_data()),
        Box::new(plex_tv.get_devices().include_https(Flag(true))),
        Box::new(plex_tv.get_features()),
        Box::new(plex_tv.get_geo_data()),
        Box::new(plex_tv.get_home_data()),
        Box::new(plex_tv.get_pin().strong(true)),
        Box::new(plex_tv.get_pin_qr_code().code(PIN_CODE)),
        Box::new(plex_tv.get_privacy_settings()),
        Box::new(plex_tv.get_token().pin_id(7).code(PIN_CODE).device_jwt(DEVICE_JWT)),
        Box::new(plex_tv.get_user_details()),
        Box::new(plex_tv.get_user_opt_out_settings()),
        Box::new(plex_tv.get_user_opt_outs()),
        Box::new(plex_tv.get_user_settings()),
        Box::new(plex_tv.get_view_state_sync()),
        Box::new(plex_tv.link_pin().body_map(|body| body.code(PIN_CODE))),
        Box::new(plex_tv.list_account_devices()),
        Box::new(plex_tv.ping()),
        Box::new(plex_tv.register_device_jwk()),
        Box::new(plex_tv.sign_in().body_map(|body| body.password(secret()).verification_code(Some(secret())))),
        Box::new(plex_tv.sign_out()),
        Box::new(plex_tv.update_privacy_settings()),
        Box::new(plex_tv.update_user_opt_out()),
        Box::new(plex_tv.update_view_state_sync()),
    ];

    assert_eq!(builders.len(), OPERATIONS.len(), "the description has operations that are not built here");
    for builder in &builders {
        assert_debug_is_clean("a builder", builder);
    }
}
