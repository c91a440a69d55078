//! Tests each rule on one base document: `cases/<rule>.<case>.json` is a JSON patch of
//! `cases/base.yaml`, `cases/<rule>.<case>.txt` is the expected report, and `cases/expect.tsv`
//! lists the expected findings. `UPDATE_GOLDENS=1` rewrites the reports.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use plex_tv_diff::{Finding, Level, Report, Rule, Shown, Subject, diff};
use plex_tv_openapi::Document;
use serde_json::Value;

const YAML: &str = include_str!("cases/base.yaml");
const EXPECTED: &str = include_str!("cases/expect.tsv");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

// As JSON, like the patched documents, so that the line numbers agree.
static BASE: LazyLock<Document> = LazyLock::new(|| document(Document::parse("base.yaml", YAML).unwrap().value()));

/// The patched documents, by case.
static CASES: LazyLock<BTreeMap<String, Document>> = LazyLock::new(|| {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let case = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let patch: json_patch::Patch = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let mut value = BASE.value().clone();
            json_patch::patch(&mut value, &patch).unwrap_or_else(|why| panic!("{case}: {why}"));
            assert_ne!(&value, BASE.value(), "{case} changes nothing");
            (case, document(&value))
        })
        .collect()
});

fn document(value: &Value) -> Document {
    Document::parse("base.yaml", &format!("{value:#}")).unwrap()
}

fn findings(base: &Document, head: &Document) -> Vec<Finding> {
    diff(base, head).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The name of the place in `expect.tsv`.
fn place(finding: &Finding) -> String {
    match (&finding.subject, finding.operation()) {
        (_, Some(operation)) => operation,
        (Subject::Component { name, .. }, None) => name.clone(),
        _ => "-".to_owned(),
    }
}

#[test]
fn each_report_matches_its_golden() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = String::new();
    for (case, head) in CASES.iter() {
        let report = Report::new("base".to_owned(), case.clone(), findings(&BASE, head), 0);
        let found = report.text(Shown::default());
        let golden = folder().join(format!("{case}.txt"));
        if update {
            fs::write(golden, &found).unwrap();
        } else if fs::read_to_string(golden).unwrap_or_default() != found {
            write!(wrong, "--- tests/cases/{case}.txt should be\n{found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}fix: UPDATE_GOLDENS=1 cargo test -p plex-tv-diff --test cases");
}

#[test]
fn each_case_has_the_expected_findings() {
    let mut wrong = String::new();
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for line in EXPECTED.lines() {
        let (case, rest) = line.split_once('\t').unwrap();
        let rest = (!rest.starts_with('-')).then(|| rest.to_owned());
        expected.entry(case).or_default().extend(rest);
    }
    let names: BTreeSet<_> = CASES.keys().map(String::as_str).collect();
    assert_eq!(names, expected.keys().copied().collect(), "cases and expect.tsv have the same names");
    for (case, head) in CASES.iter() {
        let found: BTreeSet<String> = findings(&BASE, head)
            .iter()
            .map(|finding| format!("{}\t{}\t{}\t{}", finding.rule, finding.level, finding.side, place(finding)))
            .collect();
        let expected = &expected[case.as_str()];
        if found != *expected {
            let all = |rows: BTreeSet<&String>| {
                rows.into_iter().map(|row| row.replace('\t', " ")).collect::<Vec<_>>().join(", ")
            };
            let missing = all(expected.difference(&found).collect());
            let more = all(found.difference(expected).collect());
            writeln!(wrong, "{case}: missing [{missing}] more [{more}]").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_of_a_document_has_a_case_and_every_case_a_rule() {
    // Added and removed descriptions need two folders, and waivers are not documents.
    let elsewhere = [Rule::DocAdded, Rule::DocRemoved, Rule::IgnoreExpired, Rule::IgnoreUnused];
    // Cases that need more than one document have their own folders.
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let more: Vec<String> = folders
        .flat_map(|folder| {
            fs::read_to_string(folder.join("expect.tsv")).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|line| Some(line.split_once('\t')?.0.split_once('.')?.0.to_owned()))
        .filter(|prefix| Rule::by_id(prefix).is_some())
        .collect();
    let prefixes: BTreeSet<_> = CASES
        .keys()
        .map(|case| case.split('.').next().unwrap())
        .filter(|prefix| *prefix != "silent")
        .chain(more.iter().map(String::as_str))
        .collect();
    let rules: BTreeSet<_> = Rule::ALL.iter().filter(|rule| !elsewhere.contains(rule)).map(|rule| rule.id()).collect();

    assert_eq!(prefixes, rules);
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for (case, document) in CASES.iter() {
        assert!(findings(document, document).is_empty(), "{case}");
    }
}

#[test]
fn swapping_the_documents_reports_the_opposite() {
    let mut wrong = String::new();
    for (case, head) in CASES.iter() {
        let rules = |findings: Vec<Finding>| {
            let mut rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
            rules.sort_unstable();
            rules
        };
        let there = rules(findings(&BASE, head));
        let back = rules(findings(head, &BASE));
        let opposites: Vec<_> = there.iter().map(|rule| opposite(*rule)).collect();
        let fits = there.len() == back.len() && {
            let mut rest = back.clone();
            opposites.iter().all(|opposite| {
                let at = rest.iter().position(|rule| opposite.contains(&rule.id()));
                at.map(|at| rest.remove(at)).is_some()
            })
        };
        if !fits {
            writeln!(wrong, "{case}: {there:?} and back {back:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The rules that may report the reverse of a change.
fn opposite(rule: Rule) -> Vec<&'static str> {
    let pairs: &[(&[&str], &[&str])] = &[
        (&["op-removed", "path-removed", "op-removed-deprecated"], &["op-added"]),
        (&["op-deprecated"], &["op-undeprecated"]),
        (&["server-added"], &["server-removed"]),
        (&["sec-added"], &["sec-removed"]),
        (&["sec-alt-added"], &["sec-alt-removed"]),
        (&["sec-scope-added"], &["sec-scope-removed"]),
        (&["param-required-added", "param-optional-added", "param-cookie"], &["param-removed"]),
        (&["param-required"], &["param-optional"]),
        (&["param-default-added"], &["param-default-changed"]),
        (&["param-default-changed"], &["param-default-changed"]),
        (&["body-required-added", "body-optional-added"], &["body-removed"]),
        (&["body-required"], &["body-optional"]),
        (&["media-added"], &["media-removed"]),
        (&["media-schema-added"], &["media-schema-removed"]),
        (&["status-success-added"], &["status-success-removed"]),
        (&["status-error-added", "status-error-second"], &["status-error-removed"]),
        (&["header-added"], &["header-removed"]),
        (&["prop-required-added"], &["prop-removed-required"]),
        (&["prop-optional-added"], &["prop-removed-optional"]),
        (&["prop-required"], &["prop-optional"]),
        (&["nullable-added"], &["nullable-removed"]),
        (&["type-widened"], &["type-narrowed"]),
        (&["format-added"], &["format-removed"]),
        (&["enum-added"], &["enum-removed"]),
        (&["enum-opened"], &["enum-closed"]),
        (&["open-enum-added"], &["open-enum-removed"]),
        (&["limit-tightened"], &["limit-loosened"]),
        (&["addl-true"], &["addl-true", "addl-false", "addl-schema"]),
        (&["addl-false"], &["addl-true"]),
        (&["addl-schema"], &["addl-schema"]),
        (&["oneof-added"], &["oneof-removed"]),
        (&["schema-added"], &["schema-removed"]),
        (&["component-added"], &["component-removed"]),
        (&["field-deprecated"], &["field-undeprecated"]),
    ];
    let mut found = Vec::new();
    for (one, other) in pairs {
        if one.contains(&rule.id()) {
            found.extend_from_slice(other);
        }
        if other.contains(&rule.id()) {
            found.extend_from_slice(one);
        }
    }
    if found.is_empty() { vec![rule.id()] } else { found }
}

#[test]
fn order_comments_and_anchors_do_not_matter() {
    let yaml = |text: &str| Document::parse("base.yaml", text).unwrap();
    let plain = yaml("openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {type: string}, B: {type: string}}}\n");
    let other = yaml("# a comment\ncomponents: {schemas: {B: &b {type: string}, A: *b}}\npaths: {}\nopenapi: 3.0.3\n");

    assert!(findings(&plain, &other).is_empty());
}

#[test]
fn findings_are_sorted_by_level_the_most_severe_first() {
    for (case, head) in CASES.iter() {
        let report = Report::new(String::new(), String::new(), findings(&BASE, head), 0);
        let levels: Vec<Level> = report.findings.iter().map(|finding| finding.level).collect();

        assert!(levels.is_sorted_by(|one, other| one >= other), "{case}: {levels:?}");
    }
}
