//! Reads descriptions: their values, their lines, and the problems when they cannot be read.

#![allow(clippy::panic, reason = "an unexpected problem is the message of a failed test")]

use std::{fs, path::Path};

use plex_tv_openapi::{Document, Problem, descriptions, lint};
use serde_json::{Value, json};

fn value(text: &str) -> Value {
    Document::parse("a.yaml", text).unwrap_or_else(|problem| panic!("{problem}")).value().clone()
}

fn problem(text: &str) -> Problem {
    match Document::parse("a.yaml", text) {
        Ok(document) => panic!("{text:?} was read as {}", document.value()),
        Err(problem) => problem,
    }
}

/// Returns the rule and the line of the problem.
fn complaint(text: &str) -> (&'static str, usize) {
    let problem = problem(text);
    (problem.rule(), problem.line().unwrap_or(0))
}

#[test]
fn scalars_follow_the_core_schema_of_yaml_1_2() {
    for (text, expected) in [
        ("~", json!(null)),
        ("", json!(null)),
        ("Null", json!(null)),
        ("true", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("'true'", json!("true")),
        ("12", json!(12)),
        ("-7", json!(-7)),
        ("+7", json!(7)),
        ("0o17", json!(15)),
        ("0xff", json!(255)),
        ("18446744073709551615", json!(u64::MAX)),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("1e3", json!(1000.0)),
        ("\"12\"", json!("12")),
        ("1.0.0", json!("1.0.0")),
        ("10:30", json!("10:30")),
        ("2026-10-01", json!("2026-10-01")),
        ("inf", json!("inf")),
        ("nan", json!("nan")),
        ("-", json!([null])),
        ("0x", json!("0x")),
        ("!!str 12", json!("12")),
        ("|\n  two\n  lines\n", json!("two\nlines\n")),
        (">-\n  one\n  line\n", json!("one line")),
    ] {
        let text = if text == "-" { "\n  -".to_owned() } else { format!(" {text}") };
        assert_eq!(value(&format!("a:{text}"))["a"], expected, "{text}");
    }
}

#[test]
fn keys_are_text() {
    assert_eq!(value("200: a\ntrue: b\n~: c"), json!({ "200": "a", "true": "b", "~": "c" }));
}

#[test]
fn json_is_read_too() {
    let text = "{\n\t\"a\": [1, 2.5, null, \"x\\/\\u00e9\"],\n\t\"b\": {\"c\": true}\n}\n";

    assert_eq!(value(text), serde_json::from_str::<Value>(text).unwrap());
}

#[test]
fn every_pointer_has_its_line() {
    let text = "# first\npaths:\n  /pins/{id}:\n    get:\n      tags:\n        - a\n        - b\n  /a~b: {x: 1}\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let document = Document::parse("a.yaml", &text).unwrap();

        for (pointer, line) in [
            ("", 2),
            ("/paths", 2),
            ("/paths/~1pins~1{id}", 3),
            ("/paths/~1pins~1{id}/get/tags", 5),
            ("/paths/~1pins~1{id}/get/tags/1", 7),
            ("/paths/~1pins~1{id}/get/summary", 4),
            ("/paths/~1pins~1{id}/get/tags/9/x", 5),
            ("/paths/~1a~0b/x", 8),
            ("/nothing", 2),
            ("nonsense", 1),
        ] {
            assert_eq!(document.line(pointer), line, "{pointer} in {text:?}");
        }
        assert_eq!(document.text(), text);
    }
}

#[test]
fn aliases_are_written_out() {
    let text = "a: &a { x: [1] }\nb: *a\nc: [*a]";

    assert_eq!(value(text), json!({ "a": { "x": [1] }, "b": { "x": [1] }, "c": [{ "x": [1] }] }));
    assert_eq!(Document::parse("a.yaml", text).unwrap().line("/b/x/0"), 2);
}

#[test]
fn what_cannot_be_read_is_a_problem_with_a_line() {
    for (text, expected) in [
        ("", ("empty-file", 0)),
        ("# only words\n", ("empty-file", 0)),
        ("---\n", ("empty-file", 0)),
        ("a: 1\n---\nb: 2\n", ("several-documents", 2)),
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3)),
        ("200: 1\n'200': 2\n", ("duplicate-key", 2)),
        ("a: &a { x: 1 }\nb:\n  <<: *a\n", ("merge-key", 3)),
        ("? [a]\n: 1\n", ("complex-key", 1)),
        ("a: 1\nb: !secret x\n", ("yaml-tag", 2)),
        ("a: 1\nb: .inf\n", ("yaml-number", 2)),
        ("a: 1e999\n", ("yaml-number", 1)),
        ("a:\n  b: 1\n\tc: 2\n", ("yaml-syntax", 2)),
        ("a:\n  - b: 1\n   - c\n", ("yaml-syntax", 3)),
        ("a: 'never closed\nb: 1\n", ("yaml-syntax", 1)),
        ("a: b: c\n", ("yaml-syntax", 1)),
        ("a: *nobody\n", ("yaml-syntax", 1)),
        ("a: &a [1, *a]\n", ("yaml-syntax", 1)),
        ("a: 1\nb: \0\n", ("yaml-syntax", 2)),
    ] {
        assert_eq!(complaint(text), expected, "{text:?}: {}", problem(text));
    }
    assert_eq!(complaint(&"[".repeat(200)).0, "too-deep");
    assert_eq!(complaint(&"[".repeat(100_000)).0, "yaml-syntax", "the scanner has its own limit");
    assert_eq!(complaint(&"- ".repeat(10_000)).0, "too-deep");
}

#[test]
fn what_is_missing_at_the_end_is_reported_on_the_last_line_that_is_not_blank() {
    for text in ["a: 1\nb: [1, 2\n", "a: 1\nb: {x: 1\n\n  \n", "a: 1\r\nb: [\r\n", "a: 1\rb: [\r"] {
        assert_eq!(complaint(text), ("yaml-syntax", 2), "{text:?}: {}", problem(text));
    }
    for text in ["a: 1\n? \n", "a: 1\n?\n\n", "a: 1\r\n? \r\n"] {
        assert_eq!(Document::parse("a.yaml", text).unwrap().line("/"), 2, "{text:?}");
    }
}

#[test]
fn a_duplicate_key_names_both_lines() {
    let expected = "a.yaml:4: duplicate-key: the key `/pins` is repeated; it first appears on line 2\n  \
                    at:  /paths/~1pins\n  fix: keep one of the two";

    assert_eq!(problem("paths:\n  /pins: {}\n  /users: {}\n  /pins: {}\n").to_string(), expected);
}

#[test]
fn aliases_cannot_blow_up_memory() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }

    assert_eq!(complaint(&text).0, "too-large");

    let deep: String = (1..200).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)).collect();
    assert_eq!(complaint(&format!("a0: &a0 []\n{deep}")).0, "too-deep");
}

// Other systems do not allow such names.
#[cfg(target_os = "linux")]
#[test]
fn a_description_whose_name_is_not_utf_8_is_refused_for_its_name() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"sm\xffll.yaml")), "a: 1\n").unwrap();

    let problem = descriptions(folder.path()).unwrap_err();

    assert_eq!((problem.rule(), problem.line()), ("file-name", None));
    assert!(
        problem.to_string().contains("sm\u{fffd}ll.yaml: file-name: the name of this file is not UTF-8"),
        "{problem}"
    );
}

#[test]
fn files_that_cannot_be_read_are_problems() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    fs::write(&file, b"a: 1\nb: \xff\n").unwrap();

    let not_utf8 = Document::load(&file).unwrap_err();

    assert_eq!((not_utf8.rule(), not_utf8.line()), ("not-utf8", Some(2)));
    assert_eq!(not_utf8.file(), file);
    assert_eq!(Document::load(folder.path()).unwrap_err().rule(), "unreadable");
    let missing = Document::load(Path::new("nowhere/a.yaml")).unwrap_err();
    assert_eq!(missing.rule(), "unreadable");
    assert!(missing.to_string().starts_with("nowhere/a.yaml: unreadable: "), "{missing}");
}

#[test]
fn broken_bytes_never_panic() {
    let base = include_str!("lint/base.yaml").as_bytes();
    let noise = b"{}[]:-?&*!|>'\"%@`#,~<\t\n\r 0a\\\xc3\xa9";
    // A linear congruential generator: the same mutations in every run.
    let mut seed: u64 = 42;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..1_000 {
        let mut bytes = base.to_vec();
        for _ in 0..=random(4) {
            // An earlier mutation may have removed all bytes.
            let at = random(bytes.len().max(1));
            if bytes.is_empty() {
                break;
            }
            match random(4) {
                0 => bytes[at] = noise[random(noise.len())],
                1 => bytes.insert(at, noise[random(noise.len())]),
                2 => drop(bytes.drain(at..bytes.len().min(at + 1 + random(40)))),
                _ => bytes.truncate(at + 1),
            }
        }
        if let Ok(document) = Document::parse("a.yaml", &String::from_utf8_lossy(&bytes)) {
            drop(lint(&document));
        }
    }
}

#[test]
fn json_is_read_as_json() {
    let long = "k".repeat(2_000);
    let text = format!(
        "\u{feff}{{\r\n  \"a\": \"Hello! \\ud83d\\udc4d \\/\",\n\t\"b\": [1,\n  {{\"{long}\": 1.5}}, -7, true, null],\n  \"<<\": {{}}\n}}\n"
    );

    let document = Document::parse("a.json", &text).unwrap_or_else(|problem| panic!("{problem}"));

    let value = document.value();
    assert_eq!(value["a"], "Hello! \u{1f44d} /");
    assert_eq!(value["b"], json!([1, { long.clone(): 1.5 }, -7, true, null]));
    assert_eq!(value["<<"], json!({}));
    let lines = ["/a", "/b", "/b/0", &format!("/b/1/{long}"), "/b/4", "/<<"].map(|pointer| document.line(pointer));
    assert_eq!(lines, [2, 3, 3, 4, 4, 5]);
}

#[test]
fn invalid_json_is_reported_with_its_line() {
    let rule = |path: &str, text: &str| match Document::parse(path, text) {
        Ok(document) => panic!("{text:?} was read as {}", document.value()),
        Err(problem) => (problem.rule(), problem.line().unwrap_or(0)),
    };

    assert_eq!(rule("a.json", "{\n  \"a\": \"\\ud83d\"\n}"), ("json-syntax", 2));
    assert_eq!(rule("a.json", "{\"a\": 1,\n \"b\": 2,\n \"a\": 3}"), ("duplicate-key", 3));
    assert_eq!(rule("a.json", &format!("{{\"a\": {}1{}}}", "[".repeat(200), "]".repeat(200))), ("too-deep", 1));
    assert_eq!(rule("a.json", "{\"a\": 1e999}"), ("yaml-number", 1));
    // YAML may begin with a brace too.
    assert_eq!(value("{a: b, c: [d]}"), json!({ "a": "b", "c": ["d"] }));
}

#[test]
fn aliases_and_pointers_are_charged_by_the_size_of_their_text() {
    let text = "x".repeat(1_000_000);
    let aliases: String = (0..200).map(|number| format!("b{number}: *a\n")).collect();
    assert_eq!(complaint(&format!("a: &a {text}\n{aliases}")).0, "too-large");

    // Each of many values has the long key in its pointer.
    let items = "1,".repeat(10_000);
    assert_eq!(complaint(&format!("? {text}\n: [{items}]\n")).0, "too-large");
    assert_eq!(complaint(&format!("{{\"{text}\": [{}1]}}", items)).0, "too-large");

    // A large description is within the limits.
    let plain: String = (0..3_000).map(|number| format!("k{number}: {}\n", "x".repeat(1_000))).collect();
    assert!(Document::parse("a.yaml", &plain).is_ok());
}
