//! plex.tv may leave members out, set them to null, change their types and add new ones. A reply,
//! or a row of it, fails only if a member that the description requires is missing, null or empty.

use std::{collections::BTreeSet, iter};

use plex_tv_sdk::{Error, Reread};
use plex_tv_tests::{
    Payload, Schema, compare, described, example, examples, has_reply, operations, payloads, reread, reread_json, xml,
};
use serde_json::{Map, Value, json};

/// A reply as JSON, even where plex.tv answers with XML: the decoder accepts both.
struct Body {
    name: String,
    operation: String,
    schema: Schema,
    value: Value,
}

impl Body {
    fn reread(&self, value: &Value) -> Result<Reread, Error> {
        reread_json(&self.operation, value).unwrap()
    }

    /// Decodes the value from XML, as plex.tv would send it.
    fn reread_xml(&self, value: &Value) -> Result<Reread, Error> {
        reread(&self.operation, xml(value, self.schema).as_bytes()).unwrap()
    }

    fn is_xml(&self) -> bool {
        described(&self.operation).0.xml.is_some()
    }
}

/// Returns the bodies of the payload files and the examples.
fn bodies() -> Vec<Body> {
    let payloads = successes().into_iter().map(|payload| {
        let schema = payload.schema().unwrap();
        Body { name: payload.name(), value: payload.value(schema), operation: payload.operation, schema }
    });
    let examples = examples().filter(|(_, status)| *status < 300).map(|(operation, status)| Body {
        name: format!("the example of {operation} {status}"),
        operation: operation.to_owned(),
        schema: Schema::of_reply(operation, status).unwrap(),
        value: example(operation, status),
    });
    let mut bodies: Vec<Body> = payloads.chain(examples).collect();
    // Where two statuses of an operation have the same example, one is enough.
    bodies.dedup_by(|one, other| one.operation == other.operation && one.value == other.value);
    bodies
}

/// Returns the payloads of successes, except lists in place of an object. Such a list is read as a
/// member of the object.
fn successes() -> Vec<Payload> {
    let mut payloads = payloads();
    let is_bare = |payload: &Payload| {
        payload.schema().is_some_and(|schema| schema.bare_list().is_some())
            && payload.body.trim_start().starts_with('[')
    };
    payloads.retain(|payload| payload.status < 300 && !is_bare(payload));
    payloads
}

/// What must happen when a changed body is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Decodes,
    /// The list at this JSON pointer loses the row with the change.
    SetsAside(String),
    Fails,
}

/// One change to one member of a body.
struct Mutation {
    what: &'static str,
    /// JSON pointer of the member.
    pointer: String,
    value: Value,
    outcome: Outcome,
    /// Whether the decoded value must be the same as without the change.
    is_same: bool,
}

/// Returns the changes to try on the value of a member. `None` drops the member.
fn changes(value: &Value, schema: Schema) -> Vec<(&'static str, Option<Value>)> {
    let mut changes = vec![("dropped", None), ("nulled", Some(Value::Null))];
    let mut change = |what, value| changes.push((what, Some(value)));
    if !matches!(schema.kind(), "object" | "array") {
        change("emptied", json!(""));
    }
    match value {
        Value::String(_) if schema.is_open_enum() => change("an unknown variant", json!("something-new")),
        Value::String(text) => {
            let number = text.parse::<i64>();
            // A string such as `007` is not only a number.
            if let Some(number) = number.ok().filter(|it| it.to_string() == *text) {
                change("a number", json!(number));
            }
        }
        Value::Number(number) => change("text", json!(number.to_string())),
        Value::Bool(boolean) => {
            let bit = i32::from(*boolean);
            change("0 or 1", json!(bit));
            change("0 or 1 as text", json!(bit.to_string()));
            change("true or false as text", json!(boolean.to_string()));
        }
        _ => {}
    }
    changes
}

/// Whether a value is missing, null or empty where the schema expects a value.
fn is_nothing(value: Option<&Value>, schema: Schema) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty() && (schema.kind() != "string" || schema.is_time()),
        Some(_) => false,
    }
}

/// Returns every mutation of a body: each change to each member, and a new member in each object.
/// A required member is changed wherever it occurs. Any other member is changed once for each
/// schema, since a schema decodes in the same way everywhere.
fn mutations(body: &Body) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let mut done: Vec<(Schema, String)> = Vec::new();
    walk(&body.value, body.schema, |object, schema, place| {
        let changed = |edit: &dyn Fn(&mut Map<String, Value>)| {
            let mut value = body.value.clone();
            edit(value.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap());
            value
        };
        for (name, value) in object {
            let Some(member) = schema.member(name) else { continue };
            let is_done = done.iter().any(|(other, done)| other.is(schema) && done == name);
            if is_done && !schema.requires(name) {
                continue;
            }
            done.push((schema, name.clone()));
            for (what, value) in changes(value, member) {
                let is_nothing = is_nothing(value.as_ref(), member);
                let outcome = match &place.rows {
                    _ if !is_nothing || !schema.requires(name) => Outcome::Decodes,
                    Some(rows) => Outcome::SetsAside(rows.clone()),
                    None => Outcome::Fails,
                };
                mutations.push(Mutation {
                    what,
                    pointer: format!("{}/{name}", place.pointer),
                    value: changed(&|object| match &value {
                        Some(value) => drop(object.insert(name.clone(), value.clone())),
                        None => drop(object.remove(name)),
                    }),
                    outcome,
                    is_same: !is_nothing && what != "emptied" && !member.is_open_enum(),
                });
            }
        }
        if done.iter().any(|(other, done)| other.is(schema) && done == "somethingNew") {
            return;
        }
        done.push((schema, "somethingNew".to_owned()));
        // In a map, a new member is one more entry.
        let new = match schema.member("somethingNew").map(Schema::kind) {
            None => json!({"inside": [1, null, {}]}),
            Some("object") => json!({}),
            Some(_) => json!("something-new"),
        };
        mutations.push(Mutation {
            what: "a new member",
            pointer: format!("{}/somethingNew", place.pointer),
            value: changed(&|object| drop(object.insert("somethingNew".to_owned(), new.clone()))),
            outcome: Outcome::Decodes,
            is_same: false,
        });
    });
    mutations
}

/// The place of an object in a body.
#[derive(Clone, Default)]
struct Place {
    pointer: String,
    /// JSON pointer of the innermost list around it that sets rows aside.
    rows: Option<String>,
    /// The schemas of the objects around it.
    around: Vec<Schema>,
}

/// The callback for each object.
type Visit<'a> = dyn FnMut(&Map<String, Value>, Schema, &Place) + 'a;

/// Calls `visit` with every object that the schema describes.
fn walk(value: &Value, schema: Schema, mut visit: impl FnMut(&Map<String, Value>, Schema, &Place)) {
    fn step(value: &Value, schema: Schema, place: &Place, visit: &mut Visit<'_>) {
        let inside = |step: &str| Place { pointer: format!("{}/{step}", place.pointer), ..place.clone() };
        match value {
            Value::Object(object) => {
                visit(object, schema, place);
                for (name, value) in object {
                    if let Some(member) = schema.member(name) {
                        let mut place = inside(name);
                        place.around.push(schema);
                        step(value, member, &place, visit);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let mut inside = inside(&index.to_string());
                    if schema.is_rows() {
                        inside.rows = Some(place.pointer.clone());
                    }
                    step(item, schema.items().unwrap(), &inside, visit);
                }
            }
            _ => {}
        }
    }

    step(value, schema, &Place::default(), &mut visit);
}

/// Returns what is wrong with the result of a mutation, if anything is.
fn fault(body: &Body, whole: &Value, mutation: &Mutation) -> Option<String> {
    let outcome = body.reread(&mutation.value);
    let length = |value: &Value, list: &str| value.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
    match (&mutation.outcome, outcome) {
        (Outcome::Fails, Ok(_)) => Some("decoded, but should have failed".to_owned()),
        (Outcome::Fails, Err(_)) => None,
        (_, Err(error)) => Some(error.to_string()),
        (Outcome::SetsAside(rows), Ok(back)) => {
            let (sent, back) = (length(&mutation.value, rows), length(back.value(), rows));
            (back + 1 != sent).then(|| format!("kept {back} of {sent} rows"))
        }
        (Outcome::Decodes, Ok(back)) => {
            let lost = compare(&mutation.value, back.value(), body.schema).lost;
            let is_changed = mutation.is_same && back.value() != whole;
            (is_changed || !lost.is_empty()).then(|| format!("changed {is_changed}, lost {lost:?}"))
        }
    }
}

#[test]
fn a_mutation_fails_or_sets_a_row_aside_only_for_a_required_member() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for body in bodies() {
        let whole = body.reread(&body.value).unwrap_or_else(|error| panic!("{}: {error}", body.name));
        for mutation in mutations(&body) {
            tried += 1;
            if let Some(fault) = fault(&body, whole.value(), &mutation) {
                faults.push(format!("{}: {} {}: {fault}", body.name, mutation.pointer, mutation.what));
            }
        }
    }
    assert!(tried > 10_000, "only {tried} mutations");
    assert!(faults.is_empty(), "{} of {tried}: {faults:#?}", faults.len());
}

#[test]
fn a_required_member_that_is_gone_is_a_decode_error_with_its_path() {
    let mut tried = 0;
    for body in bodies() {
        for mutation in mutations(&body).iter().filter(|mutation| mutation.outcome == Outcome::Fails) {
            tried += 1;

            let error = body.reread(&mutation.value).unwrap_err();

            let (parent, name) = mutation.pointer.rsplit_once('/').unwrap();
            let place = match mutation.what {
                "dropped" => dotted(parent),
                _ => dotted(&mutation.pointer),
            };
            let what = format!("{}: {} {}", body.name, mutation.pointer, mutation.what);
            assert!(error.is_decode(), "{what}: {error}");
            assert_eq!(error.json_path(), place.as_deref(), "{what}");
            assert!(error.to_string().contains(name) || mutation.what != "dropped", "{what}: {error}");
        }
    }
    assert!(tried > 100, "only {tried} mutations");
}

/// Turns `/keys/0/kid` into `keys[0].kid`, and the pointer of the root into `None`.
fn dotted(pointer: &str) -> Option<String> {
    let steps = pointer.split('/').skip(1);
    let path = steps.fold(String::new(), |path, step| match step.parse::<usize>() {
        Ok(index) => format!("{path}[{index}]"),
        Err(_) if path.is_empty() => step.to_owned(),
        Err(_) => format!("{path}.{step}"),
    });
    (!path.is_empty()).then_some(path)
}

/// Returns mutations for XML: lists of another length, and members that are missing or empty. The
/// last member of an object is kept, and only attributes are emptied: an element with neither
/// attributes nor children, and an element with an empty text, have no value.
fn xml_mutations(body: &Body) -> Vec<(String, Value)> {
    let mut mutations = Vec::new();
    walk(&body.value, body.schema, |object, schema, place| {
        for (name, value) in object {
            let Some(member) = schema.member(name) else { continue };
            let mut change = |what: &str, new: Option<Value>| {
                let mut changed = body.value.clone();
                let object = changed.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap();
                match new {
                    Some(new) => drop(object.insert(name.clone(), new)),
                    None => drop(object.remove(name)),
                }
                mutations.push((format!("{}/{name} {what}", place.pointer), changed));
            };
            if object.len() > 1 {
                change("missing", None);
            }
            match value {
                Value::Array(items) => {
                    let times = |count| Some(iter::repeat_n(items.first(), count).flatten().cloned().collect());
                    change("with one child", times(1));
                    change("with three children", times(3));
                }
                _ if member.is_attribute() => change("empty", Some(json!(""))),
                _ => {}
            }
        }
    });
    mutations
}

/// Removes nulls, empty lists and empty strings. XML cannot distinguish an empty list, or an empty
/// string in an element, from a missing member.
fn compact(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            *members = std::mem::take(members).into_iter().map(|(name, value)| (name, compact(value))).collect();
            members.retain(|_, value| !matches!(value, Value::Null) && *value != json!([]) && *value != json!(""));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = compact(item.take())),
        _ => {}
    }
    value
}

#[test]
fn xml_decodes_to_the_same_value_as_its_json() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for body in bodies().into_iter().filter(Body::is_xml) {
        for (what, value) in xml_mutations(&body) {
            tried += 1;
            let (from_xml, from_json) = (body.reread_xml(&value), body.reread(&value));
            let is_same = match (&from_xml, &from_json) {
                (Ok(from_xml), Ok(from_json)) => {
                    compact(from_xml.value().clone()) == compact(from_json.value().clone())
                }
                (Err(from_xml), Err(_)) => from_xml.is_decode(),
                _ => false,
            };
            if !is_same {
                faults.push(format!("{}: {what}: {from_xml:?} instead of {from_json:?}", body.name));
            }
        }
    }
    assert!(tried > 1000, "only {tried} mutations");
    assert!(faults.is_empty(), "{} of {tried}: {faults:#?}", faults.len());
}

#[test]
fn one_row_of_xml_is_a_list_of_one_and_no_row_is_an_empty_list() {
    let cases = [
        ("getLegacyUsers", "User"),
        ("getLegacyResources", "Device"),
        ("getLegacyDevices", "Device"),
        ("getLegacyHomeUsers", "User"),
    ];
    for (operation, row) in cases {
        let rows = |inside: &str| {
            let xml = format!("<MediaContainer>{inside}</MediaContainer>");
            let back = reread(operation, xml.as_bytes()).unwrap().unwrap();
            back.value()[row].as_array().map_or(0, Vec::len)
        };
        // The attributes that these kinds of rows require.
        let one = format!(r#"<{row} id="7" clientIdentifier="a" name="b"/>"#);

        assert_eq!([rows(""), rows(&one), rows(&format!("{one}<{row}/>{one}"))], [0, 1, 2], "{operation}");
    }
}

#[test]
fn a_row_without_its_identifier_is_set_aside() {
    let body = br#"[{"clientIdentifier":"a","id":1},null,{"clientIdentifier":null,"id":3},{"id":4}]"#;
    for operation in ["getDevices", "listAccountDevices"] {
        let back = reread(operation, body).unwrap().unwrap();

        assert_eq!(back.value().as_array().unwrap().len(), 1);
    }
}

#[test]
fn every_payload_survives_a_round_trip() {
    for payload in successes() {
        let back = reread(&payload.operation, payload.body.as_bytes()).unwrap();

        let back = back.unwrap_or_else(|error| panic!("{}: {error}", payload.name()));
        let schema = payload.schema().unwrap();
        let comparison = compare(&payload.value(schema), back.value(), schema);
        assert_eq!(comparison.lost, [""; 0], "{}", payload.name());
    }
}

#[test]
fn full_payloads_name_every_member_and_sparse_ones_only_what_is_required() {
    let payloads = successes();
    let mut faults = Vec::new();
    for operation in operations().filter(|operation| has_reply(&operation.id)) {
        let case = |case: &str| {
            let mut own = payloads.iter().filter(|payload| payload.operation == operation.id);
            own.find(|payload| payload.case == case && (payload.format == "xml") == operation.xml.is_some())
        };
        let (Some(full), Some(sparse)) = (case("full"), case("sparse")) else {
            faults.push(format!("{}: the full or the sparse payload is missing", operation.id));
            continue;
        };
        let missing: Vec<_> = described_in(full).difference(&named_in(full)).cloned().collect();
        if !missing.is_empty() {
            faults.push(format!("{} lacks {missing:?}", full.name()));
        }
        let schema = sparse.schema().unwrap();
        walk(&sparse.value(schema), schema, |object, schema, place| {
            // A list or an object may be present because a member inside is required.
            let is_spare = |name: &&String| {
                let member = schema.member(name).filter(|_| !schema.requires(name));
                schema.members().any(|it| it == *name)
                    && member.is_some_and(|it| !["array", "object"].contains(&it.kind()))
            };
            let spare: Vec<_> = object.keys().filter(is_spare).collect();
            if !spare.is_empty() {
                faults.push(format!("{} has the optional {spare:?} at {}", sparse.name(), place.pointer));
            }
        });
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Returns the members that the schemas of a payload's objects describe, as
/// `(place without indices, name)`. A schema inside itself is skipped, since it would have no end.
fn described_in(payload: &Payload) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    let schema = payload.schema().unwrap();
    walk(&payload.value(schema), schema, |_, schema, place| {
        if !place.around.iter().any(|around| around.is(schema)) {
            names.extend(schema.members().map(|name| (without_indices(&place.pointer), name.to_owned())));
        }
    });
    names
}

fn named_in(payload: &Payload) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    let schema = payload.schema().unwrap();
    walk(&payload.value(schema), schema, |object, _, place| {
        names.extend(object.keys().map(|name| (without_indices(&place.pointer), name.clone())));
    });
    names
}

fn without_indices(pointer: &str) -> String {
    let steps = pointer.split('/').filter(|step| step.parse::<usize>().is_err());
    steps.collect::<Vec<_>>().join("/")
}
