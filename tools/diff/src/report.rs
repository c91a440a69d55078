//! All that changed between two sets of descriptions, and the verdict.

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

/// All that changed, and the verdict.
#[derive(Debug)]
pub struct Report {
    /// What a reader calls the old state.
    pub base: String,
    /// What a reader calls the new state.
    pub head: String,
    /// What changed, the worst first.
    pub findings: Vec<Finding>,
    /// How many operations the descriptions have, on either side.
    pub operations: usize,
    /// The effect on the Rust API; `None` when nobody asked for it.
    pub rust: Option<RustReport>,
    /// The versions of the crate; `None` where no `Cargo.toml` has one.
    pub versions: Option<Versions>,
}

/// The versions of the crate on either side.
#[derive(Clone, Debug)]
pub struct Versions {
    /// Where the change starts from.
    pub base: Version,
    /// What the change says.
    pub head: Version,
}

/// What the change needs of the version.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The part that is to be raised.
    pub bump: Bump,
    /// The lowest version that is enough.
    pub needed: Version,
    /// The version that the change says.
    pub current: Version,
}

impl Verdict {
    /// Does the version announce the change?
    #[must_use]
    pub fn is_bumped(&self) -> bool {
        self.current >= self.needed
    }
}

impl Report {
    /// A report with its findings in order.
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

    /// Findings of a level that nobody waived.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.level == level && finding.waived.is_none())
    }

    /// How many findings of a level nobody waived.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.of_level(level).count()
    }

    /// The findings that are waived.
    pub fn waived(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_some())
    }

    /// How many operations see any of it.
    #[must_use]
    pub fn touched(&self) -> usize {
        // Findings about one thing stand together and share the list.
        let lists = self.findings.chunk_by(|one, next| Arc::ptr_eq(&one.used_by, &next.used_by));
        let lists = lists.filter_map(<[Finding]>::first).map(|finding| &finding.used_by);
        lists.flat_map(|list| list.iter()).collect::<HashSet<_>>().len()
    }

    /// The worst level that nobody waived.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().filter(|finding| finding.waived.is_none()).map(|finding| finding.level).max()
    }

    /// The part of the version to raise: what the items of the Rust API prove where they are known,
    /// what the rules say where they are not. What is waived asks for nothing, and neither do the
    /// items that nothing else moved.
    #[must_use]
    pub fn bump(&self) -> Bump {
        let findings = self.findings.iter().filter(|finding| finding.waived.is_none());
        let wire = findings.clone().map(|finding| match finding.level {
            // A released crate fails, whether or not an item moved.
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

    /// Does a finding make the change a breaking one, on the wire or, where somebody asked for
    /// that, for callers?
    #[must_use]
    pub fn breaks(&self, finding: &Finding) -> bool {
        let breaks_callers = self.rust.is_some() && self.breaks_callers(finding);
        finding.waived.is_none() && (finding.level == Level::Breaking || breaks_callers)
    }

    /// Does code that was written against the old crate no longer compile, or mean the same? The
    /// items prove it where they are known.
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

    /// The items that moved and stand beside no finding.
    pub(crate) fn unattributed(&self) -> Vec<&crate::ItemChange> {
        let told: HashSet<usize> = self.findings.iter().flat_map(|finding| finding.effects.iter().copied()).collect();
        let changes = self.rust.iter().flat_map(|rust| rust.changes.iter().enumerate());
        changes.filter(|(index, _)| !told.contains(index)).map(|(_, change)| change).collect()
    }

    /// What the change needs of the version; `None` where the version is not known.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let Versions { base, head } = self.versions.clone()?;
        let bump = self.bump();
        Some(Verdict { bump, needed: bump.applied_to(&base), current: head })
    }

    /// Keeps the findings that one of these operations sees.
    pub fn keep_operations(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.findings.retain(|finding| finding.used_by.iter().any(|operation| is_kept(operation)));
    }
}

impl Finding {
    /// The part of the version that callers need, as far as the rules know without the items.
    fn bump_of_callers(&self) -> Bump {
        match self.rule {
            _ if self.level == Level::Docs || self.prediction == Prediction::Nothing => Bump::None,
            // These break callers where they are not harmless.
            Rule::ParamOrder | Rule::OpIdCollision if self.level == Level::Compatible => Bump::None,
            rule => rule.bump(),
        }
    }

    /// What a reader calls the thing it is about, with names in backticks: `` `GET /user` `getUser`
    /// ``, `` `Device`, used by 9 operations ``.
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

    /// The same in short, for the changelog.
    pub(crate) fn subject_name(&self) -> String {
        match &self.subject {
            Subject::Operation { id: Some(id), .. } => code(id),
            Subject::Operation { method, path, .. } => code(&format!("{method} {path}")),
            Subject::Component { kind, name } => component(kind, name),
            Subject::Document => code(&self.file.file_name().unwrap_or_default().to_string_lossy()),
        }
    }
}

/// As in `` `Pin` ``, or in `` response `Failure` ``.
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
