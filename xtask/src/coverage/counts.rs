//! Counts the operations by tag, confidence and deprecation.

use std::fmt::Write as _;

use plex_tv_openapi::{Document, Operation, operations};
use serde_json::{Value, json};

/// Incremented when a member is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// The counts of some operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    operations: usize,
    high: usize,
    medium: usize,
    low: usize,
    deprecated: usize,
}

impl Counts {
    fn of<'a>(document: &Document, operations: impl Iterator<Item = &'a Operation>) -> Self {
        let mut counts = Self::default();
        for operation in operations {
            counts.operations += 1;
            counts.deprecated += usize::from(operation.deprecated);
            match confidence(document, operation) {
                "high" => counts.high += 1,
                "medium" => counts.medium += 1,
                "low" => counts.low += 1,
                _ => {}
            }
        }
        counts
    }

    fn row(&self, name: &str) -> String {
        let Self { operations, high, medium, low, deprecated } = self;
        format!("  {name:<20} {operations:>10} {high:>6} {medium:>6} {low:>6} {deprecated:>10}")
    }

    fn json(&self) -> Value {
        let Self { operations, high, medium, low, deprecated } = self;
        json!({ "operations": operations, "high": high, "medium": medium, "low": low, "deprecated": deprecated })
    }
}

pub(super) fn confidence<'a>(document: &'a Document, operation: &Operation) -> &'a str {
    let operation = document.value().pointer(&operation.pointer);
    operation.and_then(|operation| operation["x-plex-confidence"].as_str()).unwrap_or_default()
}

/// Returns the number of operations in all descriptions.
pub(super) fn all(documents: &[Document]) -> usize {
    documents.iter().map(|document| operations(document.value()).len()).sum()
}

/// Returns the tags in the order of the description.
fn tags(document: &Document) -> impl Iterator<Item = &str> {
    let tags = document.value()["tags"].as_array();
    tags.into_iter().flatten().filter_map(|tag| tag["name"].as_str())
}

pub(super) fn text(documents: &[Document]) -> String {
    let mut text = String::new();
    for document in documents {
        let operations = operations(document.value());
        let _ = writeln!(text, "{}", document.path().display());
        let _ = writeln!(text, "  {:<20} operations   high medium    low deprecated", "tag");
        for tag in tags(document) {
            let counts = Counts::of(document, operations.iter().filter(|operation| operation.tag == tag));
            let _ = writeln!(text, "{}", counts.row(tag));
        }
        let _ = writeln!(text, "{}\n", Counts::of(document, operations.iter()).row("all"));
    }
    let _ = writeln!(text, "{} operations", all(documents));
    text
}

pub(super) fn json(documents: &[Document]) -> Value {
    let descriptions = documents.iter().map(|document| {
        let operations = operations(document.value());
        let tag = |name: &str| {
            let counts = Counts::of(document, operations.iter().filter(|operation| operation.tag == name));
            json!({ "name": name, "counts": counts.json() })
        };
        json!({
            "file": document.path().to_string_lossy(),
            "tags": tags(document).map(tag).collect::<Vec<_>>(),
            "counts": Counts::of(document, operations.iter()).json(),
        })
    });
    json!({
        "schema_version": SCHEMA_VERSION,
        "descriptions": descriptions.collect::<Vec<_>>(),
        "operations": all(documents),
    })
}
