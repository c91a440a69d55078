//! Tests what one base document cannot show: several files, webhooks, OpenAPI 3.1, and references
//! of every kind.
//!
//! Each folder of `cases` has `base.yaml` and the files that it refers to. `<case>.json` is a JSON
//! patch of the base, or a map from file names to patches. `<case>.txt` is the expected report, and
//! `expect.tsv` lists the expected findings. `UPDATE_GOLDENS=1` rewrites the reports.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use plex_tv_diff::{Finding, Report, Shown, Subject, diff};
use plex_tv_openapi::{Document, with_files};
use serde_json::Value;

struct Case {
    name: String,
    folder: PathBuf,
    base: Document,
    head: Document,
}

/// Reads the YAML files of a folder, by their relative path.
fn files(folder: &Path) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, Document::load(&path).unwrap().value().clone());
            }
        }
    }
    found
}

fn document(files: &BTreeMap<String, Value>) -> Document {
    let parse = |name: &str| Document::parse(name, &format!("{:#}", files[name])).unwrap();
    with_files(parse("base.yaml"), |path| Ok(parse(path.to_str().unwrap()))).unwrap()
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases = Vec::new();
    for folder in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let base = files(&folder);
        let patches = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for path in patches.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let patch: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let patches = match patch {
                Value::Array(_) => vec![("base.yaml".to_owned(), patch)],
                patch => patch.as_object().unwrap().clone().into_iter().collect(),
            };
            let mut head = base.clone();
            for (file, patch) in patches {
                let patch: json_patch::Patch = serde_json::from_value(patch).unwrap();
                let value = head.get_mut(&file).unwrap();
                json_patch::patch(value, &patch).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            }
            assert_ne!(base, head, "{} changes nothing", path.display());
            cases.push(Case { name, folder: folder.clone(), base: document(&base), head: document(&head) });
        }
    }
    cases.sort_by(|one, other| (&one.folder, &one.name).cmp(&(&other.folder, &other.name)));
    cases
}

fn findings(base: &Document, head: &Document) -> Vec<Finding> {
    diff(base, head).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The name of the place in `expect.tsv`.
fn place(finding: &Finding) -> String {
    match (&finding.subject, &*finding.used_by) {
        (Subject::Operation { .. }, [only]) => only.clone(),
        (Subject::Operation { .. }, users) => users.join("+"),
        (Subject::Component { name, .. }, users) => format!("{name}:{}", users.join("+")),
        (Subject::Document, _) => "-".to_owned(),
    }
}

#[test]
fn each_report_matches_its_golden() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = String::new();
    for Case { name, folder, base, head } in cases() {
        let found = Report::new("base".to_owned(), name.clone(), findings(&base, &head), 0).text(Shown::default());
        let golden = folder.join(format!("{name}.txt"));
        if update {
            fs::write(golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            write!(wrong, "--- {} should be\n{found}", golden.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}fix: UPDATE_GOLDENS=1 cargo test -p plex-tv-diff --test pairs");
}

#[test]
fn each_pair_has_the_expected_findings() {
    let mut wrong = String::new();
    for Case { name, folder, base, head } in cases() {
        let table = fs::read_to_string(folder.join("expect.tsv")).unwrap();
        let rows = table.lines().filter_map(|line| line.strip_prefix(&format!("{name}\t")));
        let mut wanted: Vec<String> = rows.filter(|row| *row != "silent").map(str::to_owned).collect();
        assert!(table.lines().any(|line| line.starts_with(&format!("{name}\t"))), "{name} is not in expect.tsv");
        let row =
            |finding: &Finding| format!("{}\t{}\t{}\t{}", finding.rule, finding.level, finding.side, place(finding));
        let mut found: Vec<String> = findings(&base, &head).iter().map(row).collect();
        wanted.sort();
        found.sort();
        if wanted != found {
            let folder = folder.file_name().unwrap().display();
            writeln!(wrong, "{folder}/{name}:\n  wanted {wanted:#?}\n  found {found:#?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn documents_do_not_differ_from_themselves_and_changes_are_reported_in_both_directions() {
    let mut wrong = BTreeSet::new();
    for Case { name, base, head, .. } in cases() {
        assert!(findings(&base, &base).is_empty() && findings(&head, &head).is_empty(), "{name}");
        if findings(&base, &head).is_empty() != findings(&head, &base).is_empty() {
            wrong.insert(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_reference_to_a_file_that_was_not_read_is_refused() {
    let text =
        "openapi: 3.0.3\npaths: {/a: {get: {responses: {'200': {content: {a/b: {schema: {$ref: 'x.yaml#/X'}}}}}}}}\n";
    let document = Document::parse("a.yaml", text).unwrap();

    let problem = diff(&document, &document).unwrap_err();

    assert_eq!((problem.rule(), problem.line()), ("outside-ref", Some(2)), "{problem}");
}

#[test]
fn a_reference_to_a_file_is_refused_where_it_cannot_be_followed() {
    let head = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\n";
    let response = |inner: &str| format!("paths: {{/a: {{get: {{responses: {{'200': {{{inner}}}}}}}}}}}");
    for text in [
        "paths: {$ref: f.yaml}".to_owned(),
        "paths: {/a: {get: {$ref: f.yaml}}}".to_owned(),
        "paths: {/a: {get: {responses: {$ref: f.yaml}}}}".to_owned(),
        "paths: {/a: {get: {parameters: {$ref: f.yaml}}}}".to_owned(),
        "paths: {}\ncomponents: {schemas: {$ref: f.yaml}}".to_owned(),
        response("content: {a/b: {$ref: f.yaml}}"),
        response("content: {a/b: {schema: {properties: {$ref: f.yaml}}}}"),
        response("content: {a/b: {schema: {$ref: '#anchor'}}}"),
        response("content: {a/b: {schema: {$dynamicRef: '#anchor'}}}"),
    ] {
        let document = Document::parse("a.yaml", &format!("{head}{text}\n")).unwrap();
        let whole = with_files(document, |path| Document::parse(path, "{type: string}"));

        let problem = whole.and_then(|document| diff(&document, &document)).unwrap_err();

        assert_eq!((problem.rule(), problem.line()), ("outside-ref", Some(text.lines().count() + 2)), "{text}");
    }
}

#[test]
fn examples_and_unused_parts_of_files_may_contain_anything() {
    let text = "openapi: 3.1.0\npaths: {/a: {parameters: [{$ref: 'f.yaml#/P'}]}}\ncomponents: {schemas: {A: {examples: [{$ref: no.yaml}]}, B: {$ref: 'f.yaml#/B'}}}\n";
    let document = Document::parse("a.yaml", text).unwrap();
    let file = "B: {type: string}\nP: {in: query, name: p}\nC: {properties: {$ref: g.yaml}}\n";
    let load = |path: &Path| Document::parse(path, if path.ends_with("f.yaml") { file } else { "{}" });
    let document = with_files(document, load).unwrap();

    assert!(findings(&document, &document).is_empty());
}

#[test]
fn the_member_that_holds_files_cannot_be_a_member_of_the_document() {
    let read = |text: &str| {
        let document = Document::parse("a.yaml", &format!("openapi: 3.0.3\npaths: {{}}\n{text}\n")).unwrap();
        with_files(document, |path| Document::parse(path, "{type: string}"))
    };
    let (one, two) = (read("$files: {a: 1}").unwrap(), read("$files: {a: 2}").unwrap());

    let problem = read("$files: {a: 1}\ncomponents: {schemas: {A: {$ref: f.yaml}}}").unwrap_err();

    assert_eq!(findings(&one, &two).len(), 1);
    assert_eq!((problem.rule(), problem.line()), ("outside-ref", Some(3)));
}
