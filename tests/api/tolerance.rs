//! plex.tv may leave out, null, retype and add; only what the description requires can fail a reply.

use std::collections::BTreeSet;

use plex_tv_tests::{
    Payload, Recorder, Reply, Schema, call, compare, decode, harness, has_json_reply, operations, payloads, rejected,
};
use serde_json::{Value, json};

/// One change to one member of a payload.
struct Mutation {
    what: &'static str,
    /// JSON pointer of the member.
    pointer: String,
    body: Value,
    /// Must the decode fail?
    fails: bool,
    /// Must the value come out the same as without the change?
    is_same: bool,
}

/// What may happen to the value of a member: `None` drops it.
fn changes(value: &Value, schema: Schema) -> Vec<(&'static str, Option<Value>)> {
    let mut changes = vec![("dropped", None), ("nulled", Some(Value::Null))];
    let mut change = |what, value| changes.push((what, Some(value)));
    match value {
        Value::String(_) if schema.is_open_enum() => change("a new word", json!("something-new")),
        Value::String(text) => {
            let number = text.parse::<i64>();
            // A text such as `007` says more than its number.
            if let Some(number) = number.ok().filter(|it| it.to_string() == *text) {
                change("a number", json!(number));
            }
        }
        Value::Number(number) => change("text", json!(number.to_string())),
        Value::Bool(boolean) => {
            let bit = i32::from(*boolean);
            change("0 or 1", json!(bit));
            change("0 or 1 as text", json!(bit.to_string()));
            change("a word", json!(boolean.to_string()));
        }
        _ => {}
    }
    changes
}

/// Every mutation of a payload: each member in each way, and a new member in each object.
fn mutations(payload: &Value, schema: Schema) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    walk(payload, schema, String::new(), &mut |object, schema, pointer| {
        let changed = |edit: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut body = payload.clone();
            edit(body.pointer_mut(pointer).unwrap().as_object_mut().unwrap());
            body
        };
        for (name, value) in object {
            let Some(member) = schema.member(name) else { continue };
            for (what, value) in changes(value, member) {
                let is_gone = value.as_ref().is_none_or(Value::is_null);
                mutations.push(Mutation {
                    what,
                    pointer: format!("{pointer}/{name}"),
                    body: changed(&|object| match &value {
                        Some(value) => drop(object.insert(name.clone(), value.clone())),
                        None => drop(object.remove(name)),
                    }),
                    fails: is_gone && schema.requires(name),
                    is_same: !is_gone && !member.is_open_enum(),
                });
            }
        }
        // A new member of a map by name is one more entry of it.
        let new = if schema.member("somethingNew").is_some() {
            json!("something-new")
        } else {
            json!({"inside": [1, null, {}]})
        };
        mutations.push(Mutation {
            what: "a new member",
            pointer: format!("{pointer}/somethingNew"),
            body: changed(&|object| drop(object.insert("somethingNew".to_owned(), new.clone()))),
            fails: false,
            is_same: false,
        });
    });
    mutations
}

/// Visits every object.
fn walk(
    value: &Value,
    schema: Schema,
    pointer: String,
    visit: &mut impl FnMut(&serde_json::Map<String, Value>, Schema, &str),
) {
    match value {
        Value::Object(object) => {
            visit(object, schema, &pointer);
            for (name, value) in object {
                if let Some(schema) = schema.member(name) {
                    walk(value, schema, format!("{pointer}/{name}"), visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let schema = schema.items().unwrap();
                walk(item, schema, format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

fn schema_of(payload: &Payload) -> Schema {
    Schema::of_reply(&payload.operation, payload.status).unwrap()
}

fn successes() -> Vec<Payload> {
    let mut payloads = payloads();
    payloads.retain(|payload| payload.status < 300);
    payloads
}

#[test]
fn a_mutation_fails_only_where_the_description_requires() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for payload in successes() {
        let schema = schema_of(&payload);
        let whole = decode(&payload.operation, &payload.body).unwrap();
        for mutation in mutations(&payload.json(), schema) {
            tried += 1;
            let body = mutation.body.to_string();
            let outcome = decode(&payload.operation, &body);
            let is_fault = match &outcome {
                Ok(_) if schema.is_rows() => rejected(&payload.operation, &body).len() != usize::from(mutation.fails),
                Ok(_) => mutation.fails,
                Err(_) => !mutation.fails,
            };
            let is_changed = mutation.is_same && outcome.as_ref().is_ok_and(|back| *back != whole);
            let lost = match &outcome {
                Ok(back) if !mutation.fails => compare(&mutation.body, back, schema).lost,
                _ => Vec::new(),
            };
            if is_fault || is_changed || !lost.is_empty() {
                let Mutation { what, pointer, .. } = &mutation;
                let why = outcome.err().map(|error| error.to_string());
                faults.push(format!(
                    "{}: {pointer} {what}: changed {is_changed}, lost {lost:?}, error {why:?}",
                    payload.name()
                ));
            }
        }
    }
    assert!(tried > 1000, "only {tried} mutations");
    assert!(faults.is_empty(), "{} of {tried}: {faults:#?}", faults.len());
}

#[tokio::test]
async fn a_required_member_that_is_gone_is_a_decode_error_with_its_path() {
    let (client, server) = harness().await;
    let mut tried = 0;
    for payload in successes() {
        let schema = schema_of(&payload);
        let required = mutations(&payload.json(), schema).into_iter();
        for mutation in required.filter(|mutation| mutation.fails && !schema.is_rows()) {
            tried += 1;
            server.reset_async().await;
            Recorder::mount(&server, &Reply::json(payload.status, &mutation.body)).await;

            let error = call(client.plex_tv(), &payload.operation).await.unwrap_err();

            let (parent, name) = mutation.pointer.rsplit_once('/').unwrap();
            let place = match mutation.what {
                "dropped" => dotted(parent),
                _ => dotted(&mutation.pointer),
            };
            let what = format!("{}: {} {}", payload.name(), mutation.pointer, mutation.what);
            assert!(error.is_decode(), "{what}: {error}");
            assert_eq!(error.json_path(), place.as_deref(), "{what}");
            assert!(error.to_string().contains(name) || mutation.what != "dropped", "{what}: {error}");
        }
    }
    assert!(tried > 50, "only {tried} mutations");
}

/// `/keys/0/kid` as `keys[0].kid`; nothing for the top.
fn dotted(pointer: &str) -> Option<String> {
    let steps = pointer.split('/').skip(1);
    let path = steps.fold(String::new(), |path, step| match step.parse::<usize>() {
        Ok(index) => format!("{path}[{index}]"),
        Err(_) if path.is_empty() => step.to_owned(),
        Err(_) => format!("{path}.{step}"),
    });
    (!path.is_empty()).then_some(path)
}

#[test]
fn a_row_without_its_identifier_is_set_aside_with_its_place() {
    let body = r#"[{"clientIdentifier":"a","id":1},null,{"clientIdentifier":null,"id":3},{"id":4}]"#;
    for operation in ["getDevices", "listAccountDevices"] {
        let rejected = rejected(operation, body);

        let places: Vec<_> = rejected.iter().map(|row| row.index()).collect();
        assert_eq!(places, [1, 2, 3]);
        assert!(rejected[1].reason().ends_with("at clientIdentifier"));
    }
}

#[test]
fn every_payload_comes_back_out_whole() {
    for payload in successes() {
        let back = decode(&payload.operation, &payload.body).unwrap();

        let comparison = compare(&payload.json(), &back, schema_of(&payload));
        assert_eq!(comparison.lost, [""; 0], "{}", payload.name());
    }
}

#[test]
fn full_payloads_name_every_member_and_sparse_ones_only_what_is_required() {
    let payloads = successes();
    let with_reply = operations().iter().filter(|each| has_json_reply(&each.id));
    for operation in with_reply {
        let case = |case: &str| {
            let mut payloads = payloads.iter();
            payloads
                .find(|payload| payload.operation == operation.id && payload.case == case)
                .unwrap_or_else(|| panic!("no {case} payload of {}", operation.id))
        };

        let (full, sparse) = (case("full"), case("sparse"));

        let mut missing = described_in(full);
        for name in named_in(full) {
            missing.remove(&name);
        }
        assert!(missing.is_empty(), "{}: {missing:?}", full.name());
        walk(&sparse.json(), schema_of(sparse), String::new(), &mut |object, schema, _| {
            let mut names = object.keys().filter(|name| schema.members().any(|it| it == *name));
            assert!(names.all(|name| schema.requires(name)), "{}", sparse.name());
        });
    }
}

/// The members of the schemas that a payload has values of, as `(place without indices, name)`.
fn described_in(payload: &Payload) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    walk(&payload.json(), schema_of(payload), String::new(), &mut |_, schema, pointer| {
        names.extend(schema.members().map(|name| (place(pointer), name.to_owned())));
    });
    names
}

fn named_in(payload: &Payload) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    walk(&payload.json(), schema_of(payload), String::new(), &mut |object, _, pointer| {
        names.extend(object.keys().map(|name| (place(pointer), name.clone())));
    });
    names
}

fn place(pointer: &str) -> String {
    let steps = pointer.split('/').filter(|step| step.parse::<usize>().is_err());
    steps.collect::<Vec<_>>().join("/")
}
