//! Tests of the whole report: its JSON follows `report.schema.json`, and waived findings require no
//! new version.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

use std::{collections::BTreeMap, path::Path};

use jiff::civil::{Date, date};
use plex_tv_diff::{Bump, CodeSize, Finding, Level, Module, Report, RustReport, Shown, Versions, Waivers, diff};
use plex_tv_openapi::Document;
use semver::Version;
use serde_json::{Value, json};

const TODAY: Date = date(2026, 10, 4);

const BEFORE: &str = "\
openapi: 3.0.3
info: {title: Example, version: 1.0.0}
paths:
  /pins:
    get:
      operationId: getPin
      responses:
        '200':
          description: The PIN.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pin'}
components:
  schemas:
    Pin:
      type: object
      required: [id, code]
      properties:
        id: {type: integer}
        code: {type: string}
";

const CODE: &str = "/components/schemas/Pin/properties/code/nullable";

/// Makes `code` nullable, and with `with_id` also `id`.
fn changed(with_id: bool) -> Vec<Finding> {
    let mut after = BEFORE.replace("code: {type: string}", "code: {type: string, nullable: true}");
    if with_id {
        after = after.replace("id: {type: integer}", "id: {type: integer, nullable: true}");
    }
    let parse = |text: &str| Document::parse("api.yaml", text).unwrap();
    diff(&parse(BEFORE), &parse(&after)).unwrap()
}

fn waive(findings: &mut Vec<Finding>, rule: &str, pointer: &str, expires: &str) {
    let text =
        format!("[[ignore]]\nrule = \"{rule}\"\npointer = \"{pointer}\"\nreason = \"known\"\nexpires = \"{expires}\"");
    Waivers::parse(Path::new("diff-ignore.toml"), &text).unwrap().apply(findings, TODAY);
}

/// Makes a report in which the fields in `moved` have become an `Option`.
fn report(mut findings: Vec<Finding>, moved: &[&str]) -> Report {
    let items = |signature: &str| -> BTreeMap<String, String> {
        moved.iter().map(|field| (format!("types::Pin::{field}"), signature.to_owned())).collect()
    };
    let module = Module { name: "api".to_owned(), base: items("String"), head: items("Option<String>") };
    let mut rust = RustReport::new(&[module]);
    rust.code = vec![CodeSize { file: "api.rs".to_owned(), added: 1, removed: 1, lines: 90 }];
    rust.attribute(&mut findings, |_| "api".to_owned());
    let mut report = Report::new("old".to_owned(), "new".to_owned(), findings, 1);
    report.rust = Some(rust);
    let version = Version::new(0, 1, 0);
    report.versions = Some(Versions { base: version.clone(), head: version });
    report
}

#[test]
fn a_breaking_change_and_its_items_require_a_new_version() {
    let report = report(changed(false), &["code"]);

    assert_eq!(report.worst(), Some(Level::Breaking));
    assert_eq!(report.bump(), Bump::Major);
}

#[test]
fn waived_findings_and_their_items_require_no_new_version() {
    let mut findings = changed(false);
    waive(&mut findings, "nullable-added", CODE, "2026-12-01");

    let report = report(findings, &["code"]);

    assert_eq!(report.worst(), None);
    assert_eq!(report.bump(), Bump::None);
}

#[test]
fn a_waiver_does_not_hide_items_of_other_changes() {
    let mut findings = changed(true);
    waive(&mut findings, "nullable-added", CODE, "2026-12-01");

    let report = report(findings, &["code", "id"]);

    assert_eq!(report.count(Level::Breaking), 1);
    assert_eq!(report.bump(), Bump::Major);
}

#[test]
fn an_item_without_a_finding_requires_a_new_version_even_with_a_waiver() {
    let mut findings = changed(false);
    waive(&mut findings, "nullable-added", CODE, "2026-12-01");

    let report = report(findings, &["code", "id"]);

    assert_eq!(report.bump(), Bump::Major);
}

#[test]
fn an_expired_waiver_waives_nothing() {
    let mut findings = changed(false);
    waive(&mut findings, "nullable-added", CODE, "2026-10-03");

    let report = report(findings, &["code"]);

    assert_eq!(report.bump(), Bump::Major);
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../report.schema.json")).unwrap()
}

fn faults(report: &Value) -> Vec<String> {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    schema.iter_errors(report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn as_json(report: &Report) -> Value {
    serde_json::from_str(&report.json(Shown::default())).unwrap()
}

#[test]
fn the_json_of_a_report_follows_the_schema() {
    let mut waived = changed(true);
    waive(&mut waived, "nullable-added", CODE, "2026-12-01");
    waive(&mut waived, "op-removed", "/paths/~1pins", "2026-12-01");
    let mut unavailable = report(changed(false), &["code"]);
    if let Some(rust) = &mut unavailable.rust {
        rust.unavailable.push("no code can be generated from the old description".to_owned());
    }
    let reports = [
        Report::new("old".to_owned(), "new".to_owned(), Vec::new(), 1),
        Report::new("old".to_owned(), "new".to_owned(), changed(true), 1),
        report(waived, &["code", "id"]),
        report(changed(false), &[]),
        unavailable,
    ];

    for report in &reports {
        let json = as_json(report);
        assert_eq!(faults(&json), Vec::<String>::new(), "{json:#}");
    }
}

#[test]
fn the_schema_refuses_invalid_reports() {
    let good = as_json(&report(changed(false), &["code"]));
    let wrong: [(&str, Value); 9] = [
        ("/schema_version", json!(2)),
        ("/counts/docs", json!(-1)),
        ("/version/needed", json!("0.2")),
        ("/findings/0/level", json!("bad")),
        ("/findings/0/line", json!(0)),
        ("/findings/0/pointer", json!("no/pointer")),
        ("/findings/0/fingerprint", json!("F349A23E4DAD")),
        ("/findings/0/used_by", json!(["getPin", "getPin"])),
        ("/rust/items/0", json!({ "module": "api", "path": "types::Pin", "old": null, "new": null })),
    ];

    for (pointer, value) in wrong {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_ne!(faults(&bad), Vec::<String>::new(), "{pointer}");
    }
}

#[test]
fn the_schema_is_closed_and_describes_each_member() {
    fn visit(at: &str, value: &Value, open: &mut Vec<String>) {
        let Some(object) = value.as_object() else { return };
        let properties = object.get("properties").and_then(Value::as_object);
        if let (Some(properties), Some("object")) = (properties, object.get("type").and_then(Value::as_str)) {
            if object.get("additionalProperties") != Some(&json!(false)) {
                open.push(format!("{at} is open"));
            }
            let silent = properties.iter().filter(|(_, member)| member.get("description").is_none());
            open.extend(silent.map(|(name, _)| format!("{at}/{name} is not described")));
        }
        for (key, inner) in object {
            visit(&format!("{at}/{key}"), inner, open);
        }
    }
    let mut open = Vec::new();

    visit("", &schema(), &mut open);

    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn disagreements_of_rules_and_items_are_reported_in_both_directions() {
    let items = |path: &str, signature: &str| BTreeMap::from([(path.to_owned(), signature.to_owned())]);
    let attributed = |path: &str| {
        let base = items(path, "String");
        let mut rust = RustReport::new(&[Module { name: "api".to_owned(), base, head: items(path, "Option<String>") }]);
        rust.attribute(&mut changed(false), |_| "api".to_owned());
        rust.disagreements
    };

    let agreed = attributed("types::Pin::code");
    let disagreed = attributed("types::Device::name");

    assert_eq!(agreed, [""; 0]);
    assert_eq!(
        disagreed,
        [
            format!("`nullable-added` at {CODE} should change an item of the Rust API, but none changed"),
            "`api::types::Device::name` changed, but no finding explains it".to_owned(),
        ]
    );
}

#[test]
fn items_belong_to_the_operation_that_has_their_name_now() {
    let text = |one: &str, other: &str| {
        format!(
            "openapi: 3.0.3\npaths:\n  /a: {{get: {{operationId: {one}, responses: {{}}}}}}\n  /b: {{get: {{operationId: {other}, responses: {{}}}}}}\n"
        )
    };
    let parse = |text: &str| Document::parse("api.yaml", text).unwrap();
    let mut findings = diff(&parse(&text("getA", "getB")), &parse(&text("getB", "getA"))).unwrap();
    let items = |one: &str, other: &str| {
        [("get_a", one), ("get_b", other)].map(|(name, ty)| (format!("Api::{name}"), format!("fn() -> {ty}"))).into()
    };
    let module = Module { name: "api".to_owned(), base: items("A", "B"), head: items("B", "A") };
    let mut rust = RustReport::new(&[module]);

    rust.attribute(&mut findings, |_| "api".to_owned());

    for finding in &findings {
        let items: Vec<_> = finding.effects.iter().map(|item| rust.changes[*item].path.as_str()).collect();
        let own = if finding.operation().as_deref() == Some("getA") { "Api::get_a" } else { "Api::get_b" };
        assert_eq!(items, [own], "{}", finding.message);
    }
    assert_eq!(findings.len(), 2);
}

#[test]
fn what_makes_the_version_a_breaking_one_is_not_folded() {
    let parse = |text: &str| Document::parse("api.yaml", text).unwrap();
    let findings = diff(
        &parse("openapi: 3.0.3\npaths: {/a: {get: {operationId: getA, responses: {}}}}\n"),
        &parse("openapi: 3.0.3\npaths: {/a: {get: {operationId: readA, responses: {}}}}\n"),
    )
    .unwrap();
    let mut report = Report::new("old".to_owned(), "new".to_owned(), findings, 1);
    let version = Version::new(0, 1, 0);
    report.versions = Some(Versions { base: version.clone(), head: version });

    let markdown = report.markdown(Shown::default());

    assert!(markdown.contains("**needs 0.2.0 (breaking)**"), "{markdown}");
    assert!(markdown.contains("### Breaking\n") && markdown.contains("**breaks callers:** "), "{markdown}");
    assert!(!markdown.contains("<details>"), "{markdown}");
}
