//! What a change does to the Rust API: the items of the generated code before and after, beside what the rules predict.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::{
    finding::{Finding, Subject},
    level::Bump,
    predict::Prediction,
};
use plex_tv_openapi::pointer::unescaped;

/// The public items of one generated module, before and after: path below the module and signature.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// As in `plex_tv`.
    pub name: String,
    /// The items of the old code.
    pub base: BTreeMap<String, String>,
    /// The items of the new code.
    pub head: BTreeMap<String, String>,
}

/// One item that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// As in `plex_tv`.
    pub module: String,
    /// As in `types::Device::access_token`.
    pub path: String,
    /// Its signature; none when it is new.
    pub old: Option<String>,
    /// Its signature; none when it is gone.
    pub new: Option<String>,
}

/// How the generated code of a file grew and shrank.
#[derive(Clone, Debug)]
pub struct CodeSize {
    /// As in `plex_tv.rs`.
    pub file: String,
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
    /// Lines of the new file.
    pub lines: usize,
}

/// The effect on the Rust API.
#[derive(Clone, Debug, Default)]
pub struct RustReport {
    /// Items that moved, by module and path.
    pub changes: Vec<ItemChange>,
    /// How the generated files changed; unchanged ones are left out.
    pub code: Vec<CodeSize>,
    /// Why the code of a description could not be compared.
    pub unavailable: Vec<String>,
    /// Where rules and items disagree: bugs of these tools.
    pub disagreements: Vec<String>,
}

impl RustReport {
    /// The items that moved in these modules.
    #[must_use]
    pub fn new(modules: &[Module]) -> Self {
        let mut changes = Vec::new();
        for Module { name, base, head } in modules {
            let paths: BTreeSet<_> = base.keys().chain(head.keys()).collect();
            let moved = paths.into_iter().filter(|path| base.get(*path) != head.get(*path));
            changes.extend(moved.map(|path| ItemChange {
                module: name.clone(),
                path: path.clone(),
                old: base.get(path).cloned(),
                new: head.get(path).cloned(),
            }));
        }
        Self { changes, ..Self::default() }
    }

    /// Items that are new, gone, and changed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&ItemChange) -> bool| self.changes.iter().filter(|change| is(change)).count();
        (
            count(|change| change.old.is_none()),
            count(|change| change.new.is_none()),
            count(|change| change.old.is_some() && change.new.is_some()),
        )
    }

    /// The part of the version that the items ask for, but for those whose number `is_waived`.
    pub(crate) fn bump(&self, is_waived: impl Fn(usize) -> bool) -> Bump {
        let bump = |change: &ItemChange| match (&change.old, &change.new) {
            (None, _) => Bump::Minor,
            (Some(old), Some(new)) if without_marks(old) == without_marks(new) => Bump::Minor,
            _ => Bump::Major,
        };
        let counted = self.changes.iter().enumerate().filter(|(index, _)| !is_waived(*index));
        counted.map(|(_, change)| bump(change)).max().unwrap_or_default()
    }

    /// Puts items beside the findings that moved them, and notes where rules and items disagree.
    pub fn attribute(&mut self, findings: &mut [Finding]) {
        let owners: Vec<Owner> = self.changes.iter().map(Owner::of).collect();
        let mut is_explained = vec![false; owners.len()];
        for finding in findings.iter_mut() {
            let reach = Reach::of(finding);
            let related: Vec<usize> =
                (0..owners.len()).filter(|index| owners.get(*index).is_some_and(|owner| reach.has(owner))).collect();
            match finding.prediction {
                Prediction::Nothing => continue,
                Prediction::Items if related.is_empty() && self.unavailable.is_empty() => {
                    self.disagreements.push(format!(
                        "`{}` at {} should move an item of the Rust API, but none moved",
                        finding.rule,
                        finding.pointer()
                    ));
                }
                Prediction::Items | Prediction::Open => {}
            }
            for index in &related {
                if let Some(explained) = is_explained.get_mut(*index) {
                    *explained = true;
                }
            }
            finding.effects = narrowed(finding, &related, &self.changes);
        }
        for (change, _) in self.changes.iter().zip(is_explained).filter(|(_, explained)| !explained) {
            self.disagreements.push(format!("`{}::{}` moved, but no rule says why", change.module, change.path));
        }
    }
}

/// A signature without what warns but does not break.
fn without_marks(signature: &str) -> String {
    signature.replace("#[deprecated] ", "").replace("#[must_use] ", "")
}

/// What an item belongs to.
#[derive(Debug)]
struct Owner {
    module: String,
    /// The type, in camel case.
    of_type: Option<String>,
    /// The operation, in snake case.
    of_operation: Option<String>,
}

impl Owner {
    fn of(change: &ItemChange) -> Self {
        let path = owner_path(&change.path);
        let steps: Vec<&str> = path.split("::").collect();
        let (of_type, of_operation) = match steps.as_slice() {
            // These are there when any type needs them.
            ["types", "builder" | "error"] | ["types", "defaults", ..] => (None, None),
            ["types", "builder" | "error", name, ..] | ["types", name, ..] => (Some((*name).to_owned()), None),
            ["builder", name, ..] => (None, Some(name.to_snake_case())),
            // A trait of a tag, and its methods.
            [_, method, ..] => (None, Some((*method).to_owned())),
            _ => (None, None),
        };
        Self { module: change.module.clone(), of_type, of_operation }
    }
}

/// The path of what an item is a part of: `types::Pin` of `types::Pin as Clone`, of `Vec<types::Item> as From<types::Pin>`, and
/// of `types::text_traits!(Pin)`.
fn owner_path(path: &str) -> String {
    let (of, implemented) = path.split_once(" as ").unwrap_or((path, ""));
    let is_ours = |text: &str| text.starts_with("types::") || text.starts_with("builder::");
    if let Some((_, name)) = of.split_once("!(") {
        return format!("types::{}", name.trim_end_matches(')'));
    }
    if is_ours(of) || implemented.is_empty() {
        return of.to_owned();
    }
    implemented.split(['<', '>', ',', ' ', '&']).find(|part| is_ours(part)).unwrap_or(of).to_owned()
}

/// The types and operations that a finding may move.
struct Reach {
    module: String,
    types: Vec<String>,
    operations: Vec<String>,
    everything: bool,
}

impl Reach {
    fn of(finding: &Finding) -> Self {
        let mut types: Vec<String> = finding.related.iter().map(|name| name.to_upper_camel_case()).collect();
        let mut operations: Vec<String> =
            finding.used_by.iter().chain(&finding.related).map(|name| name.to_snake_case()).collect();
        match &finding.subject {
            Subject::Operation { id: Some(id), .. } => operations.push(id.to_snake_case()),
            Subject::Component { name, .. } => types.push(name.to_upper_camel_case()),
            Subject::Operation { id: None, .. } | Subject::Document => {}
        }
        // Inline bodies are named after their operation.
        types.extend(operations.iter().map(|name| name.to_upper_camel_case()));
        let module = finding.file.file_stem().map(|stem| stem.to_string_lossy().replace('-', "_")).unwrap_or_default();
        Self { module, types, operations, everything: finding.subject == Subject::Document }
    }

    fn has(&self, owner: &Owner) -> bool {
        if self.module != owner.module {
            return false;
        }
        // What is inline is named after what it stands in.
        let has_type = |name: &String| self.types.iter().any(|other| name.starts_with(other.as_str()));
        let has_operation = |name: &String| self.operations.contains(name);
        self.everything
            || owner.of_type.as_ref().is_some_and(has_type)
            || owner.of_operation.as_ref().is_some_and(has_operation)
            || owner.of_type.is_none() && owner.of_operation.is_none()
    }
}

/// The items that bear the name of the property or parameter, where any does; else all.
fn narrowed(finding: &Finding, related: &[usize], changes: &[ItemChange]) -> Vec<usize> {
    let names = field_names(&finding.key);
    let bears = |index: &&usize| {
        changes.get(**index).is_some_and(|change| {
            let path = change.path.split(" as ").next().unwrap_or_default();
            path.rsplit("::").next().is_some_and(|last| names.iter().any(|name| last == name))
        })
    };
    if names.is_empty() {
        return related.to_vec();
    }
    related.iter().filter(bears).copied().collect()
}

/// The last property, value or parameter of a pointer, as Rust may call it.
fn field_names(pointer: &str) -> Vec<String> {
    let steps: Vec<String> = pointer.split('/').map(unescaped).collect();
    let pairs = steps.iter().zip(steps.iter().skip(1));
    let named = pairs.rev().find(|(key, _)| {
        matches!(key.as_str(), "properties" | "required" | "parameters" | "enum" | "x-extensible-enum")
    });
    let Some((_, name)) = named else { return Vec::new() };
    let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
    // A path parameter is known by its place.
    if name.chars().all(|each| each.is_ascii_digit()) {
        return Vec::new();
    }
    let snake = name.to_snake_case();
    vec![format!("{snake}_"), snake, name.to_upper_camel_case()]
}

impl ItemChange {
    /// The change in one line: what it was and what it is.
    #[must_use]
    pub fn told(&self) -> String {
        match (&self.old, &self.new) {
            (None, Some(_)) => format!("+ {}", self.path),
            (Some(_), None) => format!("- {}", self.path),
            (Some(old), Some(new)) => format!("{}: {old} -> {new}", self.path),
            (None, None) => self.path.clone(),
        }
    }
}
