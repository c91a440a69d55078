//! Malicious descriptions: names with control sequences for a terminal, a log, a comment or a
//! changelog, and documents that could take very long to compare.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use plex_tv_diff::{Module, Report, RustReport, Shown, diff};
use plex_tv_openapi::Document;
use serde_json::{Map, Value, json};

const NAMES: [&str; 9] = [
    "back`tick",
    "<img src=x onerror=alert(1)>",
    "@somebody",
    "&#64;somebody &lt;b&gt;",
    "esc\u{1b}[31m\u{9b}31m",
    "line\n::error::forged",
    "##[error]forged",
    "turned\u{202e}around\u{200b}",
    "a|b](https://evil.example) **bold** # heading",
];

fn document(value: &Value) -> Document {
    Document::parse("api.json", &value.to_string()).unwrap()
}

/// Makes a document in which everything has this name.
fn named(name: &str, kind: &str) -> Value {
    let schema = json!({ "type": "object", "properties": { name: { "type": kind, "enum": [name], "default": kind } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": name, "version": kind },
        "servers": [{ "url": format!("https://{kind}.example/{name}") }],
        "tags": [{ "name": name, "description": kind }],
        "paths": { format!("/{name}"): { "get": {
            "operationId": name, "tags": [kind, name], "description": kind,
            "parameters": [{ "name": name, "in": "query", "description": kind, "schema": { "type": kind } }],
            "responses": { "200": { "description": kind, "headers": { name: { "schema": { "type": kind } } },
                "content": { name: { "schema": { "$ref": format!("#/components/schemas/{}", name.replace('/', "~1")) } } } } },
        } } },
        "components": { "schemas": { name: schema } },
    })
}

fn report(name: &str) -> Report {
    let (base, head) = (document(&named(name, "string")), document(&named(name, "integer")));
    let mut findings = diff(&base, &head).unwrap();
    assert!(findings.len() > 5, "{name:?}");
    let items = |ty: &str| BTreeMap::from([("types::A::b".to_owned(), ty.to_owned())]);
    let mut rust = RustReport::new(&[Module { name: "api".to_owned(), base: items("u8"), head: items("u16") }]);
    rust.attribute(&mut findings, |_| "api".to_owned());
    rust.unavailable = vec![format!("`{name}` stopped it")];
    let mut report = Report::new(name.to_owned(), name.to_owned(), findings, 1);
    report.rust = Some(rust);
    report
}

/// Returns the text outside of code spans.
fn prose(markdown: &str) -> String {
    markdown
        .lines()
        .map(|line| {
            assert_eq!(line.matches('`').count() % 2, 0, "a code span is open: {line}");
            line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn names_have_no_effect_on_terminals_logs_and_markdown() {
    for name in NAMES {
        let report = report(name);
        let (text, markdown) = (report.text(Shown::default()), report.markdown(Shown::default()));
        let (github, changelog) = (report.github(Shown::default()), report.changelog());

        for form in [&text, &markdown, &github, &changelog] {
            let odd = |each: char| each.is_control() && each != '\n' || "\u{202e}\u{200b}".contains(each);
            assert!(!form.contains(odd), "{name:?}\n{form}");
            assert!(!form.contains("##["), "{form}");
        }
        for form in [&text, &markdown, &changelog] {
            assert!(!form.lines().any(|line| line.trim_start().starts_with("::")), "{form}");
        }
        let commands = ["::error title=", "::warning title=", "::notice title="];
        assert!(github.lines().all(|line| commands.iter().any(|start| line.starts_with(start))), "{github}");
        for form in [&markdown, &changelog] {
            let prose = prose(form);
            for odd in ["<img", "@", "&#64;", "&lt;", "](https", "**bold**", "forged"] {
                assert!(!prose.contains(odd), "{odd}: {prose}");
            }
        }
        // An unescaped bar ends a cell, even inside a code span.
        for row in markdown.lines().filter(|line| line.starts_with("| ")) {
            assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
        }
    }
}

fn best_of_three(work: impl Fn()) -> Duration {
    let run = || {
        let started = Instant::now();
        work();
        started.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

/// Asserts that four times the input takes about four times as long, and not sixteen times.
#[track_caller]
fn assert_linear(name: &str, of: impl Fn(usize) -> (Value, Value)) {
    let time = |count: usize| {
        let (base, head) = of(count);
        let (base, head) = (document(&base), document(&head));
        best_of_three(|| drop(diff(&base, &head).unwrap()))
    };
    let (few, many) = (time(4_000), time(16_000));
    assert!(many < few * 9 + Duration::from_millis(50), "{name}: {few:?} for a quarter, {many:?} for all");
}

#[test]
fn removing_many_keys_takes_linear_time() {
    let with = |schema: Value| {
        json!({ "openapi": "3.0.3", "info": {}, "components": { "schemas": { "A": schema } }, "paths": {
            "/a": { "get": { "responses": { "200": { "content": { "a/b": { "schema": { "$ref": "#/components/schemas/A" } } } } } } },
        } })
    };
    let map = |count: usize, value: &Value| -> Map<String, Value> {
        (0..count).map(|number| (format!("key{number}"), value.clone())).collect()
    };
    let text = json!({ "type": "string" });
    assert_linear("properties", |count| {
        (
            with(json!({ "properties": map(count, &text), "required": map(count, &text).keys().collect::<Vec<_>>() })),
            with(json!({ "properties": {} })),
        )
    });
    assert_linear("unknown members", |count| {
        (with(json!({ "other": map(count, &text) })), with(json!({ "other": { "one": 1 } })))
    });
    assert_linear("values", |count| {
        let values: Vec<_> = map(count, &text).keys().cloned().collect();
        (with(json!({ "enum": values })), with(json!({ "enum": ["a"] })))
    });
    assert_linear("parts", |count| {
        let parts: Vec<_> =
            (0..count).map(|number| json!({ "type": "string", "pattern": format!("{number}") })).collect();
        (with(json!({ "oneOf": parts })), with(json!({ "oneOf": [text] })))
    });
    assert_linear("components", |count| {
        let whole = |schemas: Map<String, Value>| json!({ "openapi": "3.0.3", "paths": {}, "components": { "schemas": schemas } });
        (whole(map(count, &text)), whole(Map::new()))
    });
    assert_linear("operations", |count| {
        let whole = |paths: Map<String, Value>| json!({ "openapi": "3.0.3", "paths": paths });
        let paths =
            (0..count).map(|number| (format!("/a{number}"), json!({ "get": { "operationId": format!("a{number}") } })));
        (whole(paths.collect()), whole(Map::new()))
    });
    assert_linear("media types", |count| {
        let whole = |parameter: &str| {
            let content: Map<_, _> =
                (0..count).map(|number| (format!("a/b; {parameter}={number}"), json!({ "schema": text }))).collect();
            json!({ "openapi": "3.0.3", "paths": { "/a": { "get": { "responses": { "200": { "content": content } } } } } })
        };
        (whole("v"), whole("w"))
    });
    assert_linear("a chain of parts", |count| {
        let count = count / 16;
        let whole = |more: Option<Value>| {
            let part = |number: usize| {
                let own = json!({ "properties": { format!("x{number}"): text } });
                let next = json!({ "$ref": format!("#/components/schemas/A{}", number + 1) });
                let parts: Vec<_> = [next, own].into_iter().chain(more.clone()).collect();
                (format!("A{number}"), json!({ "allOf": parts }))
            };
            let schemas: Map<_, _> = (0..count).map(part).collect();
            json!({ "openapi": "3.0.3", "paths": {}, "components": { "schemas": schemas } })
        };
        (whole(None), whole(Some(json!({ "properties": { "y": text } }))))
    });
}

/// Makes a schema that contains another one.
type Wrap = fn(Value) -> Value;

/// Makes components `A0`, `A1` and so on, and others with `B`: each refers to the next one from
/// each of `properties`, through a schema that `wrap` makes. The operation refers to the first of
/// `start`.
fn chained(start: char, length: usize, properties: &[&str], wrap: Wrap) -> Document {
    let reference = |name: String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let mut schemas = Map::new();
    for (letter, kind) in [('A', "integer"), ('B', "string")] {
        for number in 0..length {
            let inner = if number + 1 == length {
                json!({ "type": kind })
            } else {
                wrap(reference(format!("{letter}{}", number + 1)))
            };
            let members: Map<_, _> = properties.iter().map(|name| ((*name).to_owned(), inner.clone())).collect();
            schemas.insert(format!("{letter}{number}"), json!({ "type": "object", "properties": members }));
        }
    }
    let content = json!({ "a/b": { "schema": reference(format!("{start}0")) } });
    document(&json!({
        "openapi": "3.0.3",
        "paths": { "/a": { "get": { "operationId": "getA", "responses": { "200": { "content": content } } } } },
        "components": { "schemas": schemas },
    }))
}

#[test]
fn long_chains_of_references_are_compared_to_their_end() {
    let wraps: [(&str, Wrap); 3] = [
        ("plain", |next| next),
        ("map", |next| json!({ "type": "object", "additionalProperties": next })),
        ("list", |next| json!({ "type": "array", "items": next })),
    ];
    for (name, wrap) in wraps {
        let length = if name == "plain" { 6_000 } else { 1_000 };
        let findings = diff(&chained('A', length, &["next"], wrap), &chained('B', length, &["next"], wrap)).unwrap();

        let is_told = findings.iter().any(|finding| finding.message.contains("is now `string`, was `integer`"));
        assert!(is_told, "{name}");
    }
}

#[test]
fn a_pair_of_components_is_reported_once_even_if_many_references_lead_to_it() {
    let findings =
        diff(&chained('A', 24, &["one", "other"], |next| next), &chained('B', 24, &["one", "other"], |next| next))
            .unwrap();

    // The reference of the reply, those of each pair of components but the last, and the types.
    assert_eq!(findings.len(), 1 + 2 * 23 + 2);
}
