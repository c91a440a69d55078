//! Makes random changes to the real descriptions. Every change is reported without a panic, each
//! report names the right operations, and what `drift` calls backward-incompatible is not harmless
//! here.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed unwrap is a test's message")]

mod expanded;
mod mutate;
mod oracle;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
    sync::LazyLock,
};

use mutate::{Mutation, mutated, mutated_structure};
use plex_tv_diff::{Finding, Level, Rule, diff};
use plex_tv_openapi::{Document, descriptions};
use serde_json::Value;

const MUTATIONS: u64 = 100;

/// The real descriptions, as JSON.
static DESCRIPTIONS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let load = |path: std::path::PathBuf| document(Document::load(&path).unwrap().value());
    descriptions(&folder).unwrap().into_iter().map(load).collect()
});

/// The seeded mutations, each with the index of its description.
static MUTATED: LazyLock<Vec<(usize, Mutation, Document)>> = LazyLock::new(|| {
    (0..MUTATIONS)
        .map(|seed| {
            let number = seed as usize % DESCRIPTIONS.len();
            let mutation = mutated(DESCRIPTIONS[number].value(), seed);
            let document = document(&mutation.value);
            (number, mutation, document)
        })
        .collect()
});

fn document(value: &Value) -> Document {
    Document::parse("description.json", &format!("{value:#}")).unwrap()
}

fn findings(base: &Document, head: &Document) -> Vec<Finding> {
    diff(base, head).unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn every_change_is_reported_with_the_affected_operations() {
    let mut wrong = String::new();
    for (number, mutation, head) in MUTATED.iter() {
        let base = &DESCRIPTIONS[*number];

        let findings = findings(base, head);

        if findings.is_empty() {
            writeln!(wrong, "{mutation}: not reported").unwrap();
        }
        let named: BTreeSet<_> = findings.iter().flat_map(|finding| finding.used_by.iter().cloned()).collect();
        let seen = expanded::changed_operations(base.value(), head.value());
        if named != seen {
            let missing: Vec<_> = seen.difference(&named).collect();
            let more: Vec<_> = named.difference(&seen).collect();
            writeln!(wrong, "{mutation}: not named {missing:?}, named without reason {more:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Documents about references, compositions and webhooks.
const STRUCTURES: [&str; 6] = ["composed", "discriminator", "gone", "inner", "sides", "webhooks"];

#[test]
fn every_change_of_references_compositions_and_webhooks_is_reported() {
    let mut wrong = String::new();
    for name in STRUCTURES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join("base.yaml");
        let base = document(Document::load(&path).unwrap().value());
        for seed in 0..150 {
            let (mutation, may_be_silent) = mutated_structure(base.value(), seed);
            let head = document(&mutation.value);

            let found = findings(&base, &head);

            assert!(findings(&head, &head).is_empty(), "{name}: {mutation}");
            if found.is_empty() && !may_be_silent {
                writeln!(wrong, "{name}: {mutation}: not reported").unwrap();
            }
            let named: BTreeSet<_> = found.iter().flat_map(|finding| finding.used_by.iter().cloned()).collect();
            let seen =
                if may_be_silent { BTreeSet::new() } else { expanded::changed_operations(base.value(), head.value()) };
            let missing: Vec<_> = seen.difference(&named).collect();
            if !missing.is_empty() {
                writeln!(wrong, "{name}: {mutation}: not named {missing:?}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn descriptions_do_not_differ_from_themselves_and_reversed_changes_have_as_many_findings() {
    let mut wrong = String::new();
    for (number, mutation, head) in MUTATED.iter() {
        let base = &DESCRIPTIONS[*number];

        let (there, back) = (findings(base, head), findings(head, base));

        assert!(findings(head, head).is_empty(), "{mutation}");
        let places = |findings: &[Finding], is_back: bool| -> BTreeMap<String, usize> {
            findings.iter().fold(BTreeMap::new(), |mut places, finding| {
                let sides = if is_back { (&finding.head, &finding.base) } else { (&finding.base, &finding.head) };
                let pointer = |place: &Option<plex_tv_diff::Place>| {
                    place.as_ref().map_or("", |place| place.pointer.as_str()).to_owned()
                };
                *places.entry(format!("{} | {}", pointer(sides.0), pointer(sides.1))).or_default() += 1;
                places
            })
        };
        let (there, back) = (places(&there, false), places(&back, true));
        if there != back {
            writeln!(wrong, "{mutation}:\n  there {there:?}\n  back  {back:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_drift_calls_backward_incompatible_is_breaking_or_potential_here() {
    let mut wrong = String::new();
    let mut compared = 0;
    for (number, mutation, head) in MUTATED.iter() {
        let base = &DESCRIPTIONS[*number];
        let Some(theirs) = oracle::backward_incompatible(base.value(), head.value()) else { continue };
        compared += 1;
        let ours = findings(base, head);
        if theirs.is_empty() || ours.iter().any(|finding| finding.level >= Level::Potential) {
            continue;
        }
        let rules: BTreeSet<Rule> = ours.iter().map(|finding| finding.rule).collect();
        if !oracle::DISAGREEMENTS.iter().any(|(rule, _)| rules.contains(rule)) {
            writeln!(wrong, "{mutation}: {theirs:?}, here {rules:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // drift gives up on constructs that it does not know. Most documents must get through, or the
    // test would prove nothing.
    assert!(compared * 2 > MUTATED.len(), "drift compared only {compared} of {}", MUTATED.len());
}
