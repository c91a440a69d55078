//! Measures how long a comparison takes, including reading: for the real descriptions, and for a
//! very large document.
//!
//! `cargo bench -p plex-tv-diff` prints the best of five runs of each.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and a failed unwrap is its message")]

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use plex_tv_diff::{Report, Shown, diff};
use plex_tv_openapi::{Document, descriptions};
use serde_json::{Map, Value, json};

const RUNS: usize = 5;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let ours: Vec<_> =
        descriptions(&folder).unwrap().iter().map(|path| text(Document::load(path).unwrap().value())).collect();
    tell("the descriptions of this repository", &ours);
    tell("400 operations", &[large(400)]);
}

fn tell(name: &str, bases: &[String]) {
    let heads: Vec<_> =
        bases.iter().map(|base| text(&changed(Document::parse("a.json", base).unwrap().value().clone()))).collect();
    let mut best = Duration::MAX;
    let mut findings = 0;
    for _ in 0..RUNS {
        let started = Instant::now();
        let found: Vec<_> = bases
            .iter()
            .zip(&heads)
            .flat_map(|(base, head)| {
                diff(&Document::parse("a.json", base).unwrap(), &Document::parse("a.json", head).unwrap()).unwrap()
            })
            .collect();
        findings = found.len();
        black_box(Report::new(String::new(), String::new(), found, 0).markdown(Shown::default()));
        best = best.min(started.elapsed());
    }
    let bytes: usize = bases.iter().map(String::len).sum();
    println!(
        "{name}: {:.1} MB against a changed copy, {findings} findings: {:.3} s",
        bytes as f64 / 1e6,
        best.as_secs_f64()
    );
}

fn text(value: &Value) -> String {
    format!("{value:#}")
}

/// Makes every third property nullable, and renames the operations of every fifth path.
fn changed(mut document: Value) -> Value {
    let mut number = 0;
    nullable(&mut document["components"]["schemas"], &mut number);
    for item in document["paths"].as_object_mut().unwrap().values_mut().step_by(5) {
        for operation in
            item.as_object_mut().unwrap().values_mut().filter(|operation| operation["operationId"].is_string())
        {
            operation["operationId"] = json!(format!("{}Again", operation["operationId"].as_str().unwrap()));
        }
    }
    document
}

fn nullable(value: &mut Value, number: &mut usize) {
    if let Some(properties) = value.get_mut("properties").and_then(Value::as_object_mut) {
        for property in properties.values_mut().filter(|property| property["type"].is_string()) {
            *number += 1;
            if number.is_multiple_of(3) {
                property["nullable"] = json!(true);
            }
        }
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| nullable(value, number)),
        Value::Array(items) => items.iter_mut().for_each(|value| nullable(value, number)),
        _ => {}
    }
}

fn large(operations: usize) -> String {
    let property = |number: usize| {
        let description =
            format!("The value number {number}, with a sentence about it that is as long as such sentences are.");
        (
            format!("property{number}"),
            json!({ "type": "string", "description": description, "example": "a value of it" }),
        )
    };
    let schema = |number: usize| {
        let mut properties: Map<_, _> = (0..24).map(property).collect();
        properties.insert(
            "next".to_owned(),
            json!({ "$ref": format!("#/components/schemas/Schema{}", (number + 7) % operations) }),
        );
        (format!("Schema{number}"), json!({ "type": "object", "required": ["property0"], "properties": properties }))
    };
    let operation = |number: usize| {
        let body =
            json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/Schema{number}") } } });
        let operation = json!({
            "operationId": format!("operation{number}"), "tags": ["All"], "summary": "Does something",
            "parameters": (0..6).map(|each| json!({ "in": "query", "name": format!("query{each}"), "schema": { "type": "string" } })).collect::<Vec<_>>(),
            "requestBody": { "content": body },
            "responses": { "200": { "description": "Done.", "content": body } },
        });
        (format!("/things{number}/{{id}}"), json!({ "post": operation }))
    };
    text(&json!({
        "openapi": "3.0.3",
        "info": { "title": "Large", "version": "1" },
        "paths": (0..operations).map(operation).collect::<Map<_, _>>(),
        "components": { "schemas": (0..operations).map(schema).collect::<Map<_, _>>() },
    }))
}
