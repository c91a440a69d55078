//! Tests that each rule says what is wrong, where, and how to fix it. `lint/<rule>.txt` has what it
//! reports for `lint/base.yaml` with the edits in `lint/cases.rs`. `UPDATE_GOLDENS=1` rewrites
//! these files.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of a failed test")]

#[path = "lint/cases.rs"]
mod cases;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use cases::CASES;
use plex_tv_openapi::{Document, Problem, RULES, lint};
use serde_json::Value;

const BASE: &str = include_str!("lint/base.yaml");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn problems(text: &str) -> Vec<Problem> {
    lint(&Document::parse("base.yaml", text).unwrap())
}

/// Returns the base description with `from` replaced by `to`. `from` must occur exactly once.
fn edited(rule: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{rule}: must occur exactly once in base.yaml: {from}");
        text.replace(from, to)
    })
}

#[test]
fn the_base_description_is_clean() {
    let problems: Vec<_> = problems(BASE).iter().map(ToString::to_string).collect();

    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn each_rule_says_what_is_wrong_and_how_to_fix_it() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = String::new();
    for (rule, _) in RULES {
        let mut found = String::new();
        for (_, title, edits) in CASES.iter().filter(|(id, ..)| id == rule) {
            let problems = problems(&edited(rule, edits));
            assert!(problems.iter().any(|problem| problem.rule() == *rule), "{rule} does not report: {title}");
            writeln!(found, "## {title}").unwrap();
            problems.iter().for_each(|problem| writeln!(found, "{problem}").unwrap());
            found.push('\n');
        }
        let golden = folder().join(format!("{rule}.txt"));
        if update {
            fs::write(golden, &found).unwrap();
        } else if fs::read_to_string(golden).unwrap_or_default() != found {
            write!(wrong, "--- tests/lint/{rule}.txt should be\n{found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}fix: UPDATE_GOLDENS=1 cargo test -p plex-tv-openapi --test lint");
}

#[test]
fn every_rule_has_a_golden_and_every_golden_a_rule() {
    let rules: BTreeSet<_> = RULES.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    let cases: BTreeSet<_> = CASES.iter().map(|(rule, ..)| (*rule).to_owned()).collect();
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let goldens = files.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let goldens: BTreeSet<_> = goldens.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();

    assert_eq!(rules.len(), RULES.len(), "an id is listed twice");
    assert_eq!(cases, rules);
    assert_eq!(goldens, rules);
}

#[test]
fn only_known_rules_are_reported() {
    let known: BTreeSet<_> = RULES.iter().map(|(rule, _)| *rule).collect();
    for (rule, _, edits) in CASES {
        for problem in problems(&edited(rule, edits)) {
            assert!(known.contains(problem.rule()), "{problem}");
        }
    }
}

#[test]
fn malformed_values_hide_no_other_problem_and_never_panic() {
    let base = Document::parse("base.yaml", BASE).unwrap();
    for junk in ["7", "null", "text", "[[7]]", "{$ref: 7}"] {
        let malformed = Document::parse("junk.yaml", &format!("junk: {junk}")).unwrap();
        for pointer in pointers(base.value()).into_iter().skip(1) {
            let mut value = base.value().clone();
            *value.pointer_mut(&pointer).unwrap() = malformed.value()["junk"].clone();
            let text = value.to_string().replace("\"ping\"", "\"Ping\"");

            let problems = lint(&Document::parse("junk.json", &text).unwrap());

            let affected = "/paths/~1ping/get/operationId".starts_with(pointer.as_str())
                || problems.iter().any(|problem| problem.rule() == "openapi-version");
            let seen = problems.iter().any(|problem| problem.message().contains("lowerCamel"));
            assert!(affected || seen, "{junk} at {pointer} hides an operationId that is not lowerCamel");
        }
    }
}

/// Returns every pointer in a value.
fn pointers(value: &Value) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let inner = below
        .into_iter()
        .flat_map(|(key, value)| pointers(value).into_iter().map(move |pointer| format!("/{key}{pointer}")));
    std::iter::once(String::new()).chain(inner).collect()
}

#[test]
fn the_descriptions_of_the_sdk_are_clean() {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    // The package is also tested outside the workspace, where there are none.
    for path in plex_tv_openapi::descriptions(&openapi).unwrap_or_default() {
        let document = Document::load(&path).unwrap_or_else(|problem| panic!("{problem}"));

        let problems: Vec<_> = lint(&document).iter().map(ToString::to_string).collect();

        assert!(problems.is_empty(), "{}\n{} problems", problems.join("\n"), problems.len());
    }
}

#[test]
fn operation_ids_are_unique_over_all_descriptions() {
    let document = |name: &str| Document::parse(name, BASE).unwrap();

    let problems = plex_tv_openapi::lint_all(&[document("a.yaml"), document("b.yaml")]);

    assert!(problems.len() > 2);
    for problem in &problems {
        assert_eq!((problem.rule(), problem.file()), ("operation-id", Path::new("b.yaml")), "{problem}");
        assert!(problem.message().contains("is also in a.yaml, line "), "{problem}");
    }
    assert_eq!(plex_tv_openapi::lint_all(&[document("a.yaml")]), []);
}

#[test]
fn what_the_generator_cannot_read_is_reported_without_the_rules_of_this_project() {
    let rules = |edits: &[(&str, &str)]| -> BTreeSet<&str> {
        let document = Document::parse("base.yaml", &edited("", edits)).unwrap();
        plex_tv_openapi::unreadable(&document).iter().map(Problem::rule).collect()
    };

    assert_eq!(rules(&[("summary: Download a picture", "summary: Download a picture.")]), BTreeSet::new());
    assert_eq!(rules(&[("version: 1.0.0", "version: 1.0")]), BTreeSet::from(["wrong-type"]));
}
