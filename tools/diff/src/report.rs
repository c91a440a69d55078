//! The report: everything that changed between two sets of descriptions, and the verdict.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use semver::Version;

use crate::{
    effects::RustReport,
    finding::{Finding, Subject},
    level::{Bump, Level},
    predict::Prediction,
    rule::Rule,
    told::code,
};

/// Everything that changed, and the verdict.
#[derive(Debug)]
pub struct Report {
    /// The name of the old state, for readers.
    pub base: String,
    /// The name of the new state, for readers.
    pub head: String,
    /// What changed, the most severe first.
    pub findings: Vec<Finding>,
    /// The number of operations in the old or the new descriptions; one of both counts once.
    pub operations: usize,
    /// The effect on the Rust API; `None` if it was not requested.
    pub rust: Option<RustReport>,
    /// The versions of the crate; `None` if no `Cargo.toml` has one.
    pub versions: Option<Versions>,
}

/// The versions of the crate on either side.
#[derive(Clone, Debug)]
pub struct Versions {
    /// The version before the change.
    pub base: Version,
    /// The version after the change.
    pub head: Version,
}

/// The version that the change requires.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The part of the version that must be raised.
    pub bump: Bump,
    /// The lowest version that is high enough.
    pub needed: Version,
    /// The version after the change.
    pub current: Version,
}

impl Verdict {
    /// Returns whether the version is high enough for the change.
    #[must_use]
    pub fn is_bumped(&self) -> bool {
        self.current >= self.needed
    }
}

impl Report {
    /// Makes a report, and sorts its findings.
    #[must_use]
    pub fn new(base: String, head: String, mut findings: Vec<Finding>, operations: usize) -> Self {
        findings.sort_by(|one, other| {
            let order = |finding: &Finding| (std::cmp::Reverse(finding.level), finding.file.clone());
            order(one)
                .cmp(&order(other))
                .then_with(|| {
                    (&one.subject, one.place().map(|place| place.line))
                        .cmp(&(&other.subject, other.place().map(|place| place.line)))
                })
                .then_with(|| (one.rule, &one.key).cmp(&(other.rule, &other.key)))
        });
        Self { base, head, findings, operations, rust: None, versions: None }
    }

    /// Returns the findings of a level that are not waived.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.level == level && finding.waived.is_none())
    }

    /// Returns the number of findings of a level that are not waived.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.of_level(level).count()
    }

    /// Returns the findings that are waived.
    pub fn waived(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_some())
    }

    /// Returns the number of operations that at least one finding affects.
    #[must_use]
    pub fn touched(&self) -> usize {
        // Findings about the same subject are adjacent and share the list.
        let lists = self.findings.chunk_by(|one, next| Arc::ptr_eq(&one.used_by, &next.used_by));
        let lists = lists.filter_map(<[Finding]>::first).map(|finding| &finding.used_by);
        lists.flat_map(|list| list.iter()).collect::<HashSet<_>>().len()
    }

    /// Returns the most severe level among the findings that are not waived.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().filter(|finding| finding.waived.is_none()).map(|finding| finding.level).max()
    }

    /// Returns the part of the version to raise. Findings on the wire always count. The effect on
    /// callers comes from the items of the Rust API if they are known, and from the rules if not.
    /// Waived findings do not count, and neither do items that only waived findings changed.
    #[must_use]
    pub fn bump(&self) -> Bump {
        let findings = self.findings.iter().filter(|finding| finding.waived.is_none());
        let wire = findings.clone().map(|finding| match finding.level {
            // Released crates fail, whether or not an item changed.
            Level::Breaking => finding.rule.bump(),
            Level::Potential => finding.rule.bump().min(Bump::Minor),
            Level::Compatible | Level::Docs => finding.rule.bump().min(Bump::Patch),
        });
        let Some(rust) = self.rust.as_ref().filter(|rust| rust.unavailable.is_empty()) else {
            return wire.chain(findings.map(Finding::bump_of_callers)).max().unwrap_or_default();
        };
        let moved_by = |is_waived: bool| -> BTreeSet<usize> {
            let findings = self.findings.iter().filter(|finding| finding.waived.is_some() == is_waived);
            findings.flat_map(|finding| finding.effects.iter().copied()).collect()
        };
        let (waived, counted) = (moved_by(true), moved_by(false));
        wire.chain([rust.bump(|item| waived.contains(&item) && !counted.contains(&item))]).max().unwrap_or_default()
    }

    /// Returns whether a finding makes the change a breaking one: on the wire or, if the Rust
    /// report was requested, for callers.
    #[must_use]
    pub fn breaks(&self, finding: &Finding) -> bool {
        let breaks_callers = self.rust.is_some() && self.breaks_callers(finding);
        finding.waived.is_none() && (finding.level == Level::Breaking || breaks_callers)
    }

    /// Returns whether code that was written for the old crate no longer compiles, or changes its
    /// meaning. If the items are known, they decide.
    #[must_use]
    pub fn breaks_callers(&self, finding: &Finding) -> bool {
        match self.rust.as_ref().filter(|rust| rust.unavailable.is_empty()) {
            Some(rust) => {
                let items = finding.effects.iter().filter_map(|index| rust.changes.get(*index));
                items.map(crate::ItemChange::bump).max() == Some(Bump::Major)
            }
            None => finding.bump_of_callers() == Bump::Major,
        }
    }

    /// Returns the changed items that no finding explains.
    pub(crate) fn unattributed(&self) -> Vec<&crate::ItemChange> {
        let told: HashSet<usize> = self.findings.iter().flat_map(|finding| finding.effects.iter().copied()).collect();
        let changes = self.rust.iter().flat_map(|rust| rust.changes.iter().enumerate());
        changes.filter(|(index, _)| !told.contains(index)).map(|(_, change)| change).collect()
    }

    /// Returns the version that the change requires; `None` if the versions are not known.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let Versions { base, head } = self.versions.clone()?;
        let bump = self.bump();
        Some(Verdict { bump, needed: bump.applied_to(&base), current: head })
    }

    /// Keeps the findings that affect one of these operations.
    pub fn keep_operations(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.findings.retain(|finding| finding.used_by.iter().any(|operation| is_kept(operation)));
    }
}

impl Finding {
    /// Returns the part of the version that must be raised for callers, judged by the rules alone.
    fn bump_of_callers(&self) -> Bump {
        match self.rule {
            _ if self.level == Level::Docs || self.prediction == Prediction::Nothing => Bump::None,
            // These break callers unless they are compatible.
            Rule::ParamOrder | Rule::OpIdCollision if self.level == Level::Compatible => Bump::None,
            rule => rule.bump(),
        }
    }

    /// Returns the name of its subject for readers, as in `` `GET /user` `getUser` `` or
    /// `` `Device`, used by 9 operations ``.
    #[must_use]
    pub fn about(&self) -> String {
        let users = |name: String| match &*self.used_by {
            [] => format!("{name}, used by no operation"),
            [only] => format!("{name}, used by {}", code(only)),
            users => format!("{name}, used by {} operations", users.len()),
        };
        match &self.subject {
            Subject::Operation { id, method, path } => {
                let address = code(&format!("{method} {path}"));
                match id {
                    Some(id) => format!("{address} {}", code(id)),
                    None => address,
                }
            }
            Subject::Component { kind, name } => users(component(kind, name)),
            Subject::Document => code(&self.file.file_name().unwrap_or_default().to_string_lossy()),
        }
    }

    /// Returns the short name of its subject, for the changelog.
    pub(crate) fn subject_name(&self) -> String {
        match &self.subject {
            Subject::Operation { id: Some(id), .. } => code(id),
            Subject::Operation { method, path, .. } => code(&format!("{method} {path}")),
            Subject::Component { kind, name } => component(kind, name),
            Subject::Document => code(&self.file.file_name().unwrap_or_default().to_string_lossy()),
        }
    }
}

/// Returns the name of a component, as in `` `Pin` `` or `` response `Failure` ``.
fn component(kind: &str, name: &str) -> String {
    match kind {
        "schemas" => code(name),
        "requestBodies" => format!("request body {}", code(name)),
        "securitySchemes" => format!("security scheme {}", code(name)),
        "pathItems" => format!("path item {}", code(name)),
        "parameters" | "headers" | "responses" | "examples" | "links" | "callbacks" => {
            format!("{} {}", kind.trim_end_matches('s'), code(name))
        }
        other => format!("{} {}", code(other), code(name)),
    }
}
