//! The effect of a change on the Rust API: compares the items of the generated code before and
//! after, and checks them against what the rules predict.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::{
    finding::{Finding, Subject},
    level::Bump,
    predict::Prediction,
    rule::Rule,
};
use plex_tv_openapi::pointer::unescaped;

/// The public items of one generated module, before and after, as a map from the path below the
/// module to the signature.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The name of the module, such as `plex_tv`.
    pub name: String,
    /// The items of the old code.
    pub base: BTreeMap<String, String>,
    /// The items of the new code.
    pub head: BTreeMap<String, String>,
}

/// One item that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// The name of the module, such as `plex_tv`.
    pub module: String,
    /// The path below the module, such as `types::Device::access_token`.
    pub path: String,
    /// Its old signature; `None` if it is new.
    pub old: Option<String>,
    /// Its new signature; `None` if it was removed.
    pub new: Option<String>,
}

/// How the generated code of a file changed in size.
#[derive(Clone, Debug)]
pub struct CodeSize {
    /// The name of the file, such as `plex_tv.rs`.
    pub file: String,
    /// The number of lines that were added.
    pub added: usize,
    /// The number of lines that were removed.
    pub removed: usize,
    /// The number of lines of the new file.
    pub lines: usize,
}

/// The effect on the Rust API.
#[derive(Clone, Debug, Default)]
pub struct RustReport {
    /// The changed items, by module and path. If an item was added or removed together with its
    /// parent, only the parent is listed.
    pub changes: Vec<ItemChange>,
    /// How the generated files changed in size; unchanged ones are left out.
    pub code: Vec<CodeSize>,
    /// Why the code of a description could not be compared.
    pub unavailable: Vec<String>,
    /// Where rules and items disagree, which is a bug in these tools.
    pub disagreements: Vec<String>,
}

impl RustReport {
    /// Compares the items of these modules.
    #[must_use]
    pub fn new(modules: &[Module]) -> Self {
        let mut changes = Vec::new();
        for Module { name, base, head } in modules {
            let paths: BTreeSet<_> = base.keys().chain(head.keys()).collect();
            let moved = paths.into_iter().filter(|path| base.get(*path) != head.get(*path));
            let is_told = |path: &str| {
                whole(path).is_some_and(|of| match (base.get(path), head.get(path)) {
                    (None, _) => !base.contains_key(of) && head.contains_key(of),
                    (_, None) => base.contains_key(of) && !head.contains_key(of),
                    _ => false,
                })
            };
            changes.extend(moved.filter(|path| !is_told(path)).map(|path| ItemChange {
                module: name.clone(),
                path: path.clone(),
                old: base.get(path).cloned(),
                new: head.get(path).cloned(),
            }));
        }
        Self { changes, ..Self::default() }
    }

    /// Returns how many items are new, removed and changed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&ItemChange) -> bool| self.changes.iter().filter(|change| is(change)).count();
        (
            count(|change| change.old.is_none()),
            count(|change| change.new.is_none()),
            count(|change| change.old.is_some() && change.new.is_some()),
        )
    }

    /// Returns the part of the version that the items require, without those whose index
    /// `is_waived`.
    pub(crate) fn bump(&self, is_waived: impl Fn(usize) -> bool) -> Bump {
        let counted = self.changes.iter().enumerate().filter(|(index, _)| !is_waived(*index));
        counted.map(|(_, change)| change.bump()).max().unwrap_or_default()
    }

    /// Assigns each item to the one finding that changed it, and notes where rules and items
    /// disagree. `module_of` returns the module of a description's file.
    pub fn attribute(&mut self, findings: &mut [Finding], module_of: impl Fn(&Path) -> String) {
        let reaches: Vec<Reach> = findings.iter().map(|finding| Reach::of(finding, module_of(&finding.file))).collect();
        let index = Index::new(&reaches);
        let mut is_explained = vec![false; findings.len()];
        for (number, change) in self.changes.iter().enumerate() {
            let owner = Owner::of(change);
            let fits = index.candidates(&owner).into_iter().filter_map(|at| {
                let score = reaches.get(at)?.score(&owner)?;
                Some((score, at))
            });
            let fits: Vec<_> = fits.collect();
            for (_, at) in &fits {
                if let Some(explained) = is_explained.get_mut(*at) {
                    *explained = true;
                }
            }
            // The closest finding wins; then the more severe one, then the first one.
            let weight =
                |(score, at): &(u32, usize)| (*score, findings.get(*at).map(|finding| finding.level), Reverse(*at));
            match fits.iter().max_by_key(|fit| weight(fit)) {
                Some((FAR, _)) => {}
                Some((_, at)) => findings.get_mut(*at).into_iter().for_each(|finding| finding.effects.push(number)),
                None => self
                    .disagreements
                    .push(format!("`{}::{}` changed, but no finding explains it", change.module, change.path)),
            }
        }
        let silent = findings.iter().zip(is_explained).filter(|(finding, explained)| {
            finding.prediction == Prediction::Items && !explained && self.unavailable.is_empty()
        });
        let silent = silent.map(|(finding, _)| {
            format!(
                "`{}` at {} should change an item of the Rust API, but none changed",
                finding.rule,
                finding.pointer()
            )
        });
        let silent: Vec<_> = silent.collect();
        self.disagreements.splice(0..0, silent);
    }
}

impl ItemChange {
    /// Returns the part of the version that it requires.
    pub(crate) fn bump(&self) -> Bump {
        match (&self.old, &self.new) {
            (None, _) => Bump::Minor,
            (Some(old), Some(new)) if without_marks(old) == without_marks(new) => Bump::Minor,
            (Some(old), Some(new)) if has_other_names_only(old, new) => Bump::Minor,
            _ => Bump::Major,
        }
    }

    /// Returns the change in one line: what it was and what it is.
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

/// Returns the parent of an item: `types::Pin` for `types::Pin::id` and for `types::Pin as
/// Default`.
fn whole(path: &str) -> Option<&str> {
    path.split_once(" as ").or_else(|| path.rsplit_once("::")).map(|(of, _)| of)
}

/// Returns a signature without attributes that cause warnings but do not break code.
fn without_marks(signature: &str) -> String {
    signature.replace("#[deprecated] ", "").replace("#[must_use] ", "")
}

/// Returns whether two methods differ only in the names of their arguments. The same names in
/// another order do not count.
fn has_other_names_only(old: &str, new: &str) -> bool {
    let names_and_rest = |signature: &str| -> (BTreeSet<String>, String) {
        let (mut names, mut rest) = (BTreeSet::new(), String::new());
        let Some((head, arguments)) = signature.split_once('(') else { return (names, signature.to_owned()) };
        for part in arguments.split_inclusive([',', '(', '<']) {
            match part.split_once(": ") {
                Some((name, ty)) => {
                    names.insert(name.trim().to_owned());
                    rest.push_str(ty);
                }
                None => rest.push_str(part),
            }
        }
        (names, format!("{head}({rest}"))
    };
    let ((old_names, old), (new_names, new)) = (names_and_rest(old), names_and_rest(new));
    old == new && old_names != new_names
}

/// The type or operation that an item belongs to.
#[derive(Debug)]
struct Owner {
    module: String,
    /// The type, in camel case.
    of_type: Option<String>,
    /// The operation, in snake case.
    of_operation: Option<String>,
    /// The field, variant, setter or method; `None` for the type or operation itself.
    member: Option<String>,
}

impl Owner {
    fn of(change: &ItemChange) -> Self {
        let (path, implemented) = change.path.split_once(" as ").unwrap_or((&change.path, ""));
        let steps: Vec<&str> = path.split("::").collect();
        let (of_type, of_operation, member) = match steps.as_slice() {
            // These exist if any type needs them.
            ["types", "error" | "defaults", ..] => (None, None, None),
            ["types", name, rest @ ..] => (Some((*name).to_owned()), None, rest.first()),
            ["builder" | "calls", name, rest @ ..] => (None, Some(name.to_snake_case()), rest.first()),
            // `Api`, or the trait of a tag.
            [_, method] => (None, Some((*method).to_owned()), None),
            _ => (None, None, None),
        };
        // Setters are named after their field, with a prefix.
        let plain = |name: &str| {
            let setter = ["maybe_", "clear_"].iter().find_map(|prefix| name.strip_prefix(prefix));
            setter.unwrap_or(name).to_owned()
        };
        let member = member.filter(|_| implemented.is_empty()).map(|name| plain(name));
        Self { module: change.module.clone(), of_type, of_operation, member }
    }
}

/// The findings that may change an item, by the names that they involve.
struct Index<'a> {
    /// By prefixes of type names, since inline types are named after what contains them.
    types: HashMap<&'a str, Vec<usize>>,
    operations: HashMap<&'a str, Vec<usize>>,
    everything: Vec<usize>,
    all: Vec<usize>,
}

impl<'a> Index<'a> {
    fn new(reaches: &'a [Reach]) -> Self {
        let mut index =
            Self { types: HashMap::new(), operations: HashMap::new(), everything: Vec::new(), all: Vec::new() };
        for (at, reach) in reaches.iter().enumerate().filter(|(_, reach)| reach.moves) {
            index.all.push(at);
            if reach.everything || reach.may_send {
                index.everything.push(at);
            }
            for name in reach.types.iter().chain(&reach.more_types).chain(&reach.old_types) {
                index.types.entry(name).or_default().push(at);
            }
            for name in reach.operations.iter().chain(&reach.more_operations).chain(&reach.old_operations) {
                index.operations.entry(name).or_default().push(at);
            }
        }
        index
    }

    fn candidates(&self, owner: &Owner) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.everything.iter().copied().collect();
        if let Some(name) = &owner.of_type {
            let beginnings = name.char_indices().map(|(at, each)| &name[..at + each.len_utf8()]);
            found.extend(beginnings.filter_map(|name| self.types.get(name)).flatten());
        }
        if let Some(name) = &owner.of_operation {
            found.extend(self.operations.get(name.as_str()).into_iter().flatten());
        }
        if owner.of_type.is_none() && owner.of_operation.is_none() {
            found.extend(&self.all);
        }
        found
    }
}

/// The types and operations that a finding may change.
struct Reach {
    module: String,
    moves: bool,
    /// The types and operations that it is about.
    types: Vec<String>,
    operations: Vec<String>,
    /// The names that they had before. Another operation may have taken them.
    old_types: Vec<String>,
    old_operations: Vec<String>,
    /// Types and operations that refer to those, or use them.
    more_types: Vec<String>,
    more_operations: Vec<String>,
    /// The possible Rust names of the property, value or parameter that changed.
    members: Vec<String>,
    /// Whether the changed item may have a name that is not in `members`.
    is_loose: bool,
    everything: bool,
    /// Whether it may add or remove setters of types, because an operation starts or stops sending
    /// them.
    may_send: bool,
}

/// The score of an item that a finding may change, but that it is not about.
const FAR: u32 = 0;

impl Reach {
    fn of(finding: &Finding, module: String) -> Self {
        let snake = |names: &[String]| names.iter().map(|name| name.to_snake_case()).collect::<Vec<_>>();
        let camel = |names: &[String]| names.iter().map(|name| name.to_upper_camel_case()).collect::<Vec<_>>();
        let mut reach = Self {
            module,
            moves: finding.prediction != Prediction::Nothing,
            types: Vec::new(),
            operations: Vec::new(),
            old_types: Vec::new(),
            old_operations: Vec::new(),
            more_types: camel(&finding.related),
            more_operations: snake(&finding.used_by),
            members: finding.pointers.iter().chain([&finding.key]).flat_map(|pointer| member_names(pointer)).collect(),
            is_loose: finding.rule == Rule::SchemaExtension,
            everything: finding.subject == Subject::Document,
            may_send: matches!(finding.rule, Rule::OpAdded | Rule::OpRemoved),
        };
        reach.more_operations.extend(snake(&finding.related));
        match &finding.subject {
            Subject::Operation { id, .. } => {
                reach.operations = id.iter().map(|id| id.to_snake_case()).collect();
                if finding.key.ends_with("/operationId") {
                    reach.old_operations = snake(&finding.related);
                    reach.old_types = camel(&finding.related);
                }
            }
            Subject::Component { kind, name } if kind == "schemas" => {
                reach.types = vec![name.to_upper_camel_case()];
                if finding.rule == Rule::SchemaRenamed {
                    reach.types.extend(camel(&finding.related));
                }
            }
            Subject::Component { name, .. } => reach.more_types.push(name.to_upper_camel_case()),
            Subject::Document => {}
        }
        // Inline bodies are named after their operation.
        let bodies: Vec<_> = reach.operations.iter().map(|name| name.to_upper_camel_case()).collect();
        reach.types.extend(bodies);
        let bodies: Vec<_> = reach.more_operations.iter().map(|name| name.to_upper_camel_case()).collect();
        reach.more_types.extend(bodies);
        reach
    }

    /// Returns how close an item is to the finding; `None` if they are unrelated.
    fn score(&self, owner: &Owner) -> Option<u32> {
        if self.module != owner.module {
            return None;
        }
        let begins = |names: &[String], name: &String| names.iter().any(|other| name.starts_with(other.as_str()));
        let of_type = owner.of_type.as_ref();
        let of_operation = owner.of_operation.as_ref();
        let is_exact = of_type.is_some_and(|name| self.types.contains(name));
        let closeness = if is_exact || of_operation.is_some_and(|name| self.operations.contains(name)) {
            60
        } else if of_operation.is_some_and(|name| self.old_operations.contains(name)) {
            55
        } else if of_type.is_some_and(|name| begins(&self.types, name)) {
            50
        } else if of_type.is_some_and(|name| begins(&self.old_types, name)) {
            45
        } else if of_operation.is_some_and(|name| self.more_operations.contains(name)) {
            30
        } else if of_type.is_some_and(|name| self.more_types.contains(name)) {
            25
        } else if of_type.is_some_and(|name| begins(&self.more_types, name)) {
            20
        } else if self.everything {
            5
        } else if self.may_send && of_type.is_some() {
            2
        } else if of_type.is_none() && of_operation.is_none() {
            1
        } else {
            return None;
        };
        // An item with the name of the property belongs to it; one with another name hardly depends
        // on it.
        let named = match &owner.member {
            Some(member) if self.members.contains(member) => 100,
            // The name of a variant may differ from its value by more than the case.
            Some(member) if !self.members.is_empty() && !member.starts_with(char::is_uppercase) && !self.is_loose => {
                return Some(FAR);
            }
            Some(_) if !self.members.is_empty() => 0,
            // An item that is a whole type fits a finding about a whole type.
            None if self.members.is_empty() => 15,
            _ => 10,
        };
        Some(closeness + named)
    }
}

/// Returns the possible Rust names of the last property, value or parameter of a pointer.
fn member_names(pointer: &str) -> Vec<String> {
    let steps: Vec<String> = pointer.split('/').map(unescaped).collect();
    let pairs = steps.iter().zip(steps.iter().skip(1));
    let named = pairs.rev().find(|(key, _)| {
        matches!(key.as_str(), "properties" | "required" | "parameters" | "enum" | "x-extensible-enum")
    });
    let Some((_, name)) = named else { return Vec::new() };
    let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
    // Path parameters are identified by their position, which is not a name.
    if name.chars().all(|each| each.is_ascii_digit()) {
        return Vec::new();
    }
    let snake = name.to_snake_case();
    vec![format!("{snake}_"), format!("r#{snake}"), snake, name.to_upper_camel_case()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renaming_arguments_breaks_nothing_but_reordering_them_does() {
        let is = |old: &str, new: &str| has_other_names_only(old, new);

        assert!(is("fn get(&self, pin_id: i64) -> A", "fn get(&self, id: i64) -> A"));
        assert!(!is("fn both(&self, a: String, b: String) -> A", "fn both(&self, b: String, a: String) -> A"));
        assert!(!is("fn get(&self, id: i64) -> A", "fn get(&self, id: String) -> A"));
    }

    #[test]
    fn items_that_were_added_with_their_type_are_not_listed() {
        let items = |paths: &[&str]| paths.iter().map(|path| ((*path).to_owned(), String::new())).collect();
        let module = Module {
            name: "api".to_owned(),
            base: items(&["types::A", "types::A::x"]),
            head: items(&["types::A", "types::A::y", "types::B", "types::B as Default", "types::B::x"]),
        };

        let report = RustReport::new(&[module]);

        let told: Vec<_> = report.changes.iter().map(ItemChange::told).collect();
        assert_eq!(told, ["- types::A::x", "+ types::A::y", "+ types::B"]);
    }
}
