//! Compares two descriptions by the rules.
//!
//! Each rule that reports a difference consumes the pointers that it covers. A frame is an
//! operation, a component, or a reference that was followed. At its end, every differing leaf that
//! is not consumed is reported as `unclassified`. So no difference is missed, even if the rules
//! miss it.

mod align;
mod callbacks;
mod exchange;
mod operation;
mod parts;
mod rest;
mod schema;
mod security;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    finding::{Finding, Place, Subject},
    leaves::differences,
    level::{Level, Side},
    predict::predict,
    rule::Rule,
    spec::{Key, Operation, Spec, name_of},
    told::{change, code},
};
use plex_tv_openapi::pointer::{join, split, target as pointer_of, unescaped};

/// Returns all differences between two descriptions.
pub(crate) fn compare(mut base: Spec<'_>, head: &Spec<'_>) -> Vec<Finding> {
    let renamed = align::renamed_components(&mut base, head);
    align::rename_users(&mut base, head);
    let root = Frame::new(&Value::Null, &Value::Null, "", "");
    let mut comparer = Comparer {
        base: &base,
        head,
        findings: Vec::new(),
        subject: Subject::Document,
        used_by: Arc::default(),
        referrers: Vec::new(),
        frame: root,
        open: Vec::new(),
        told: HashSet::new(),
        nested: 0,
        is_one: false,
    };
    comparer.rest();
    comparer.paths();
    comparer.operations();
    comparer.components(&renamed);
    comparer.dangling();
    let mut findings = merged(comparer.findings);
    let (before, after) = (align::tags(&base), align::tags(head));
    let is_tag = |(old, new): &&(Key, Key)| (before.contains(old) || before.contains(new)) && after.contains(new);
    let tags: HashSet<&Key> = renamed.iter().filter(is_tag).map(|(_, new)| new).collect();
    for finding in findings.iter_mut().filter(|finding| finding.rule == Rule::SchemaRenamed) {
        if tags.contains(&finding.key) {
            finding.message.push_str("; a discriminator uses the name as a value");
            // Nobody sends or reads what no operation uses.
            if finding.side != Side::None {
                finding.level = Level::Breaking;
            }
        }
    }
    let (old, new) = (base.document.value(), head.document.value());
    for finding in &mut findings {
        finding.prediction = predict(finding, old, new);
    }
    findings
}

/// Returns the finding for a description that was added or removed.
pub(crate) fn whole(rule: Rule, spec: &Spec<'_>) -> Finding {
    let place = Some(Place { pointer: String::new(), line: 1 });
    let (base, head, verb) = if rule == Rule::DocRemoved { (place, None, "removed") } else { (None, place, "added") };
    let operations: Vec<_> = spec.operations.iter().map(Operation::label).collect();
    Finding {
        rule,
        level: rule.level(Side::Both),
        side: Side::Both,
        subject: Subject::Document,
        message: match operations.len() {
            1 => format!("the description was {verb}, with 1 operation"),
            count => format!("the description was {verb}, with {count} operations"),
        },
        used_by: operations.into(),
        file: spec.document.path().to_owned(),
        base_file: spec.document.path().to_owned(),
        base,
        head,
        nearest: None,
        waived: None,
        effects: Vec::new(),
        also: None,
        prediction: rule.prediction(),
        key: String::new(),
        pointers: Vec::new(),
        related: Vec::new(),
    }
}

/// Merges two findings about one property: that it became optional and nullable, or required and
/// not nullable.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let twin = |finding: &Finding| {
        let other = match finding.rule {
            Rule::PropOptional => Rule::NullableAdded,
            Rule::PropRequired => Rule::NullableRemoved,
            _ => return None,
        };
        let (above, name) = split(&finding.key)?;
        let (above, _) = split(above)?;
        Some((other, format!("{above}/properties/{name}/nullable")))
    };
    let places: HashMap<(Rule, String), usize> =
        findings.iter().enumerate().map(|(index, finding)| ((finding.rule, finding.key.clone()), index)).collect();
    let twins: HashMap<usize, usize> = findings
        .iter()
        .enumerate()
        .filter_map(|(index, finding)| Some((index, *places.get(&twin(finding)?)?)))
        .collect();
    let told: HashSet<usize> = twins.values().copied().collect();
    let mut merged = findings;
    for (one, other) in twins {
        let Ok([finding, nullable]) = merged.get_disjoint_mut([one, other]) else { continue };
        let what = if finding.rule == Rule::PropOptional { ", and may be null" } else { ", and may not be null" };
        finding.message.push_str(what);
        finding.also = Some(nullable.rule);
        finding.level = finding.level.max(nullable.level);
        finding.side = finding.side.and(nullable.side);
        // A waiver may name the place of either finding.
        finding.head = finding.head.take().or_else(|| nullable.head.clone());
        finding.base = finding.base.take().or_else(|| nullable.base.clone());
    }
    merged.into_iter().enumerate().filter(|(index, _)| !told.contains(index)).map(|(_, finding)| finding).collect()
}

/// A pair of values that is compared as a unit, with the pointers that the rules have reported.
struct Frame<'a> {
    base: &'a Value,
    head: &'a Value,
    base_root: String,
    head_root: String,
    consumed: BTreeSet<String>,
}

impl<'a> Frame<'a> {
    fn new(base: &'a Value, head: &'a Value, base_root: &str, head_root: &str) -> Self {
        let (base_root, head_root) = (base_root.to_owned(), head_root.to_owned());
        Self { base, head, base_root, head_root, consumed: BTreeSet::new() }
    }

    /// Returns whether a rule has reported this pointer, or one above it.
    fn is_told(&self, pointer: &str) -> bool {
        let mut above = pointer;
        loop {
            if self.consumed.contains(above) {
                return true;
            }
            match split(above) {
                Some((next, _)) => above = next,
                None => return false,
            }
        }
    }

    /// Returns whether a rule has reported this pointer, or one below it.
    fn is_told_below(&self, pointer: &str) -> bool {
        let inner = format!("{pointer}/");
        self.consumed.contains(pointer)
            || self.consumed.range(inner.clone()..).next().is_some_and(|told| told.starts_with(&inner))
    }
}

/// The position of the comparison: the pointer in the frame, and its name for readers.
#[derive(Clone, Debug)]
struct Spot {
    at: String,
    /// The name of the part, such as `response 200`; empty in a named schema.
    of: String,
    /// The path inside the part, such as `[].connections`.
    path: String,
    side: Side,
    /// Whether `default` is the default of a parameter.
    is_parameter: bool,
    /// Whether this is a part of a schema that refuses what no part has, on both sides.
    closed: [bool; 2],
}

impl Spot {
    fn new(of: impl Into<String>, side: Side) -> Self {
        Self { at: String::new(), of: of.into(), path: String::new(), side, is_parameter: false, closed: [false; 2] }
    }

    /// Goes down one step that does not appear in the name.
    fn key(&self, key: &str) -> Self {
        Self { at: join(&self.at, key), ..self.clone() }
    }

    fn keys(&self, keys: &[&str]) -> Self {
        keys.iter().fold(self.clone(), |spot, key| spot.key(key))
    }

    fn named(&self, of: impl Into<String>) -> Self {
        Self { of: of.into(), ..self.clone() }
    }

    fn on(&self, side: Side) -> Self {
        Self { side, ..self.clone() }
    }

    fn below(&self, keys: &[&str], step: &str) -> Self {
        let mut spot = self.keys(keys);
        spot.is_parameter = false;
        spot.closed = [false; 2];
        if !spot.path.is_empty() && !step.starts_with(['[', '{']) {
            spot.path.push('.');
        }
        spot.path.push_str(step);
        if let Some((cut, _)) = spot.path.char_indices().rev().nth(MAX_PATH) {
            spot.path = format!("…{}", spot.path.get(cut..).unwrap_or_default());
        }
        spot
    }

    /// Returns the name for readers, as in ``response 200 `[].id` ``; `None` for the subject
    /// itself.
    fn told(&self) -> Option<String> {
        match (self.of.is_empty(), self.path.is_empty()) {
            (true, true) => None,
            (true, false) => Some(code(&self.path)),
            (false, true) => Some(self.of.clone()),
            (false, false) => Some(format!("{} {}", self.of, code(&self.path))),
        }
    }
}

struct Comparer<'a> {
    base: &'a Spec<'a>,
    head: &'a Spec<'a>,
    findings: Vec<Finding>,
    subject: Subject,
    used_by: Arc<[String]>,
    /// Components that refer to the one that is compared.
    referrers: Vec<String>,
    frame: Frame<'a>,
    /// Targets of references that are still to be compared. They are not compared where they are
    /// found, because a long chain of references would exhaust the stack.
    open: Vec<Followed<'a>>,
    /// Pairs of targets that were compared for each part of the current subject, and on which side:
    /// they are reported once, even if many references lead there, or if the schemas are recursive.
    told: HashSet<(String, String, Side, String)>,
    /// How many [`as_one`](Self::as_one) and [`with_copies`](Self::with_copies) are running.
    nested: usize,
    /// Whether all findings are combined into one.
    is_one: bool,
}

/// How many comparisons may run inside one another. Only hostile documents need more.
const MAX_NESTED: usize = 8;
/// The most characters of a path in a schema; chains of references make endless ones.
const MAX_PATH: usize = 400;

/// Targets of a pair of references that are still to be compared.
struct Followed<'a> {
    pair: (&'a Value, &'a Value),
    roots: (String, String),
    spot: Spot,
    referrers: Vec<String>,
    compare: Box<Compare<'a>>,
}

type Compare<'a> = dyn FnOnce(&mut Comparer<'a>, &'a Value, &'a Value, &Spot) + 'a;

impl<'a> Comparer<'a> {
    /// Reports a finding about `spot`, or about its members `keys`, and consumes those pointers.
    fn tell(&mut self, rule: Rule, spot: &Spot, keys: &[&str], what: impl AsRef<str>) -> &mut Finding {
        let pointers: Vec<String> = match keys {
            [] => vec![spot.at.clone()],
            keys => keys.iter().map(|key| join(&spot.at, key)).collect(),
        };
        self.tell_at(rule, spot, &pointers, what)
    }

    /// Like [`tell`](Self::tell), with `of` between the name of the place and what changed.
    fn tell_of(&mut self, rule: Rule, spot: &Spot, keys: &[&str], of: &str, what: String) -> &mut Finding {
        let named = spot.told().map_or_else(String::new, |told| format!("{told}{of}"));
        let finding = self.tell(rule, spot, keys, "");
        finding.message = format!("{named}{what}");
        finding
    }

    /// Like [`tell`](Self::tell), with pointers in the frame. The first one is the place.
    fn tell_at(&mut self, rule: Rule, spot: &Spot, pointers: &[String], what: impl AsRef<str>) -> &mut Finding {
        let at = pointers.first().cloned().unwrap_or_default();
        // A renamed value is at the old pointer in the base, and at the new one in the head.
        let place = |spec: &Spec<'_>, root: &str, value: &Value| {
            // One side of a pair is null if something was added or removed.
            let mut found = pointers.iter().filter(|at| !value.is_null() && value.pointer(at).is_some());
            Some(spec.places.original(&format!("{root}{}", found.next()?)))
        };
        let (base, head) = (
            place(self.base, &self.frame.base_root, self.frame.base),
            place(self.head, &self.frame.head_root, self.frame.head),
        );
        let root = if head.is_some() { &self.frame.head_root } else { &self.frame.base_root };
        let nearest = if head.is_none() { self.nearest(&format!("{}{at}", self.frame.head_root)) } else { None };
        let (used_by, side) = self.users(spot.side, base.as_deref(), head.as_deref());
        let message = match spot.told() {
            Some(told) => format!("{told} {}", what.as_ref()),
            None => what.as_ref().to_owned(),
        };
        let (base_file, base) = located(self.base, base);
        let (file, head) = located(self.head, head.or(nearest.clone()));
        let key = format!("{root}{at}");
        self.frame.consumed.extend(pointers.iter().cloned());
        let (head, nearest) = if nearest.is_some() { (None, head) } else { (head, None) };
        let level = match rule {
            // The receiver of a webhook may ignore what it gets more often than before.
            Rule::ParamRequiredAdded | Rule::ParamRequired | Rule::BodyRequiredAdded | Rule::BodyRequired
                if side == Side::Response =>
            {
                Level::Compatible
            }
            _ => rule.level(side),
        };
        self.findings.push(Finding {
            rule,
            level,
            side,
            subject: self.subject.clone(),
            used_by,
            message,
            file,
            base_file,
            key,
            pointers: pointers.to_vec(),
            base,
            head,
            nearest,
            waived: None,
            effects: Vec::new(),
            also: None,
            prediction: rule.prediction(),
            related: self.referrers.clone(),
        });
        let last = self.findings.len().saturating_sub(1);
        &mut self.findings[last]
    }

    /// Returns the pointer of the nearest value at or above a canonical pointer that still exists
    /// in the new document.
    fn nearest(&self, canonical: &str) -> Option<String> {
        let mut at = canonical;
        loop {
            let original = self.head.places.original(at);
            if self.head.document.value().pointer(&original).is_some() {
                return Some(original);
            }
            at = split(at)?.0;
        }
    }

    /// Returns who sees a change: the users of the subject, and those who refer directly to the
    /// changed part.
    fn users(&self, side: Side, base: Option<&str>, head: Option<&str>) -> (Arc<[String]>, Side) {
        let mut side = side;
        let mut more = BTreeSet::new();
        for (spec, pointer) in [(self.base, base), (self.head, head)] {
            let mut above = pointer.filter(|_| !spec.inner_uses.is_empty());
            while let Some(pointer) = above {
                if let Some(uses) = spec.inner_uses.get(pointer) {
                    side = side.and(uses.side);
                    more.extend(uses.operations.iter().cloned());
                }
                above = split(pointer).map(|(above, _)| above);
            }
        }
        if more.is_empty() {
            return (Arc::clone(&self.used_by), side);
        }
        more.extend(self.used_by.iter().cloned());
        (more.into_iter().collect(), side)
    }

    /// Compares a pair of values in a new frame, and reports every difference that no rule
    /// reported.
    fn within(
        &mut self,
        (base, head): (&'a Value, &'a Value),
        (base_root, head_root): (&str, &str),
        spot: &Spot,
        compare: impl FnOnce(&mut Self, &Spot),
    ) {
        if base == head {
            return;
        }
        let outer = std::mem::replace(&mut self.frame, Frame::new(base, head, base_root, head_root));
        compare(self, &Spot { at: String::new(), ..spot.clone() });
        for leaf in differences(base, head) {
            if !self.frame.is_told(&leaf) {
                self.tell_unclassified(spot, &leaf);
            }
        }
        self.frame = outer;
    }

    /// Reports something about a pair that is not a difference between its values, so that none of
    /// their pointers are consumed.
    fn beside(
        &mut self,
        (base, head): (&'a Value, &'a Value),
        (base_root, head_root): (&str, &str),
        tell: impl FnOnce(&mut Self),
    ) {
        let outer = std::mem::replace(&mut self.frame, Frame::new(base, head, base_root, head_root));
        tell(self);
        self.frame = outer;
    }

    fn tell_unclassified(&mut self, spot: &Spot, leaf: &str) {
        let (base, head) = (self.frame.base, self.frame.head);
        // A subtree that was added or removed is reported once.
        let mut whole = leaf;
        while let Some((above, _)) = split(whole)
            && base.pointer(above).is_some() != head.pointer(above).is_some()
            && !self.frame.is_told_below(above)
        {
            whole = above;
        }
        let (above, key) = split(whole).unwrap_or(("", ""));
        let key = code(&unescaped(key));
        let what = match (base.pointer(whole), head.pointer(whole)) {
            (None, _) => format!("{key} was added"),
            (_, None) => format!("{key} was removed"),
            (old, new) => format!("{key} {}", change(old, new)),
        };
        let above: Vec<_> = above.split('/').skip(1).map(unescaped).collect();
        let place = if above.is_empty() { String::new() } else { format!(" in {}", code(&above.join(" "))) };
        let side = match above.first().map(String::as_str) {
            Some("responses") if spot.side == Side::Both && spot.of.is_empty() && spot.path.is_empty() => {
                Side::Response
            }
            Some("parameters" | "requestBody") if spot.side == Side::Both => Side::Request,
            _ => spot.side,
        };
        let what = if spot.told().is_some() { format!("changed: {what}{place}") } else { format!("{what}{place}") };
        self.tell_at(Rule::Unclassified, &spot.on(side), &[whole.to_owned()], what);
    }

    /// Follows the references of a pair. Reports `moved` if only one side is a reference.
    fn follow(
        &mut self,
        (base, head): (&'a Value, &'a Value),
        spot: &Spot,
        moved: Rule,
        compare: impl FnOnce(&mut Self, &'a Value, &'a Value, &Spot) + 'a,
    ) {
        let (old, new) = (reference(base), reference(head));
        if old.is_none() && new.is_none() {
            return compare(self, base, head, spot);
        }
        if old == new {
            if base != head {
                self.siblings(base, head, spot);
            }
            return;
        }
        let name = |reference: Option<&str>| reference.map_or_else(|| "inline".to_owned(), |text| code(&name_of(text)));
        let targets = (
            target(self.base, base, &self.frame.base_root, spot),
            target(self.head, head, &self.frame.head_root, spot),
        );
        let (Some((base_target, base_root)), Some((head_target, head_root))) = targets else {
            let lost = if target(self.head, head, "", spot).is_none() { new } else { old };
            let verb = if lost == new { "which is missing" } else { "which was missing" };
            let what = format!("refers to {}, {verb}", name(new.or(old)));
            self.tell(Rule::RefDangling, spot, &[], what);
            return;
        };
        let (rule, what) = match (old, new) {
            (Some(_), Some(_)) => (Rule::RefChanged, format!("refers to {} instead of {}", name(new), name(old))),
            (Some(_), None) => (moved, format!("is now inline, was {}", name(old))),
            _ => (moved, format!("is now {}, was inline", name(new))),
        };
        let related: Vec<_> = [old, new].into_iter().flatten().map(name_of).collect();
        let key = if old.is_some() && new.is_some() { &["$ref"][..] } else { &[] };
        self.tell(rule, spot, key, what).related.extend(related);
        if old.is_some() && new.is_some() {
            self.siblings(base, head, spot);
        }
        if self.told.insert((base_root.clone(), head_root.clone(), spot.side, spot.of.clone())) {
            self.open.push(Followed {
                pair: (base_target, head_target),
                roots: (base_root, head_root),
                spot: spot.clone(),
                referrers: self.referrers.clone(),
                compare: Box::new(compare),
            });
        }
    }

    /// Compares the targets that were found, except the first `kept`, and those found on the way.
    fn finish(&mut self, kept: usize) {
        while self.open.len() > kept {
            let Some(Followed { pair, roots, spot, referrers, compare }) = self.open.pop() else { return };
            let outer = std::mem::replace(&mut self.referrers, referrers);
            self.within(pair, (&roots.0, &roots.1), &spot, |comparer, spot| compare(comparer, pair.0, pair.1, spot));
            self.referrers = outer;
        }
    }

    fn siblings(&mut self, base: &Value, head: &Value, spot: &Spot) {
        if base["$ref siblings"] != head["$ref siblings"] {
            self.tell(Rule::RefSiblings, spot, &["$ref siblings"], "has members beside its `$ref` that changed");
        }
    }

    /// Combines everything that `compare` reports, except texts, into one finding.
    fn as_one(&mut self, rule: Rule, spot: &Spot, what: &str, compare: impl FnOnce(&mut Self)) {
        if self.nested >= MAX_NESTED {
            // The outer one combines them.
            return compare(self);
        }
        let (before, open) = (self.findings.len(), self.open.len());
        // A pair that is reported here may also have findings of its own, of another level.
        let outer = (!self.is_one).then(|| std::mem::take(&mut self.told));
        let was_one = std::mem::replace(&mut self.is_one, true);
        self.nested += 1;
        compare(self);
        self.finish(open);
        self.nested -= 1;
        self.is_one = was_one;
        if let Some(outer) = outer {
            self.told = outer;
        }
        let (texts, changes): (Vec<_>, Vec<_>) =
            self.findings.split_off(before).into_iter().partition(|finding| finding.level == Level::Docs);
        self.findings.extend(texts);
        if changes.is_empty() {
            return;
        }
        let told = spot.told().unwrap_or_default();
        let parts: Vec<_> = changes
            .iter()
            .map(|finding| finding.message.strip_prefix(&told).unwrap_or(&finding.message))
            .map(|message| message.trim_start_matches(':').trim().to_owned())
            .collect();
        let level = changes.iter().map(|finding| finding.level).max();
        let related: Vec<_> = changes.into_iter().flat_map(|finding| finding.related).collect();
        let found = self.tell(rule, spot, &[], format!("{what}: {}", parts.join("; ")));
        found.related.extend(related);
        // The whole breaks no more than its parts.
        found.level = level.map_or(found.level, |level| level.min(found.level));
    }

    /// Reports all texts that differ in one finding.
    fn texts(&mut self, rule: Rule, (base, head): (&Value, &Value), spot: &Spot, keys: &[&str]) {
        let changed: Vec<&str> = keys.iter().copied().filter(|key| base.get(key) != head.get(key)).collect();
        if !changed.is_empty() {
            let told: Vec<_> = changed
                .iter()
                .map(|key| match (base.get(key), head.get(key)) {
                    (None, _) => format!("{key} was added"),
                    (_, None) => format!("{key} was removed"),
                    _ => format!("{key} changed"),
                })
                .collect();
            let of = if spot.told().is_some() { ": " } else { "" };
            self.tell_of(rule, spot, &changed, of, told.join(", "));
        }
    }

    /// Reports each `x-` key that differs and is not in `known`.
    fn extensions(&mut self, rule: Rule, (base, head): (&Value, &Value), spot: &Spot, known: &[&str]) {
        for key in keys(base, head) {
            if key.starts_with("x-") && !known.contains(&key) && base.get(key) != head.get(key) {
                let of = if spot.told().is_some() { ": " } else { "" };
                let what = format!("{} {}", code(key), change(base.get(key), head.get(key)));
                self.tell_of(rule, spot, &[key], of, what);
            }
        }
    }

    /// Reports a flag that was set or cleared.
    fn flag(&mut self, (base, head): (&Value, &Value), spot: &Spot, key: &str, rules: [Rule; 2], what: [&str; 2]) {
        let is = |value: &Value| value[key] == Value::Bool(true);
        match (is(base), is(head)) {
            (false, true) => {
                self.tell(rules[0], spot, &[key], what[0]);
            }
            (true, false) => {
                self.tell(rules[1], spot, &[key], what[1]);
            }
            _ => {}
        }
    }

    /// Reports unchanged references whose target was removed or added.
    fn dangling(&mut self) {
        let (base, head) = (self.base, self.head);
        let told: HashSet<String> = self
            .findings
            .iter()
            .filter(|finding| finding.rule == Rule::RefDangling)
            .map(|finding| finding.key.clone())
            .collect();
        let lost = head.dangling.iter().filter(|(at, text)| base.dangling.get(*at) != Some(text));
        let lost = lost.map(|(at, text)| (at, text, "which is missing"));
        let found = base.dangling.iter().filter(|(at, text)| {
            let pointer = head.places.original(at);
            let is_there = |value: &Value| value["$ref"].as_str().is_none_or(|other| other == text.as_str());
            let leads = pointer_of(text).is_some_and(|pointer| head.document.value().pointer(&pointer).is_some());
            let now = head.document.value().pointer(&pointer);
            // The key of a security requirement is the name of its scheme, so another name is
            // another place.
            let is_renamed = now.is_none() && text.starts_with("#/components/securitySchemes/");
            is_renamed || leads && now.is_some_and(is_there)
        });
        let found = found.map(|(at, text)| (at, text, "which was missing"));
        let operations: HashMap<&str, &Operation> =
            base.operations.iter().chain(&head.operations).map(|each| (each.pointer.as_str(), each)).collect();
        for (at, text, verb) in lost.chain(found).filter(|(at, ..)| !told.contains(*at)) {
            self.dangling_at(at, text, verb, &operations);
        }
    }

    fn dangling_at(&mut self, at: &str, text: &str, verb: &str, operations: &HashMap<&str, &Operation>) {
        let (base, head) = (self.base, self.head);
        // This is the length of `/paths/x/get` as well as of `/components/schemas/X`.
        let end = at.match_indices('/').nth(3).map_or(at.len(), |(end, _)| end);
        let (root, below) = at.split_at(end);
        let mut side = Side::Both;
        let operation = operations.get(root).copied();
        let mut above = Some(at);
        let key = loop {
            match above {
                Some(key) if head.components.contains_key(key) || base.components.contains_key(key) => break above,
                Some(key) => above = split(key).map(|(above, _)| above),
                None => break None,
            }
        };
        self.subject = Subject::Document;
        self.used_by = Arc::default();
        self.referrers = Vec::new();
        let mut place = at;
        if let Some(operation) = operation {
            self.about(operation);
            let [asked, answered] = operation.sides();
            side = if below.starts_with("/responses") { answered } else { asked };
            place = below;
        } else if let Some(key) = key {
            side = self.about_component(&key.to_owned(), &key.to_owned());
            place = at.get(key.len()..).unwrap_or_default();
        }
        let place: Vec<_> = place.split('/').skip(1).map(unescaped).collect();
        let place = if place.is_empty() { String::new() } else { format!("{}: ", code(&place.join(" "))) };
        let what = format!("{place}refers to {}, {verb}", code(&name_of(text)));
        let pair = (base.document.value(), head.document.value());
        let (base_at, head_at) = (base.places.original(at), head.places.original(at));
        self.beside(pair, ("", ""), |comparer| {
            let pointers = [head_at, base_at];
            let finding = comparer.tell_at(Rule::RefDangling, &Spot::new("", side), &pointers, what);
            at.clone_into(&mut finding.key);
        });
    }

    fn about(&mut self, operation: &Operation) {
        let Operation { id, method, path, .. } = operation;
        self.subject = Subject::Operation { id: id.clone(), method: method.clone(), path: path.clone() };
        self.used_by = [operation.label()].into();
        self.referrers = Vec::new();
        self.told = HashSet::new();
    }
}

/// Returns the target of a reference and its pointer; for an inline value, the value itself.
fn target<'a>(spec: &'a Spec<'a>, value: &'a Value, root: &str, spot: &Spot) -> Option<(&'a Value, String)> {
    let mut at = format!("{root}{}", spot.at);
    let mut value = value;
    // A component may itself be a reference.
    for _ in 0..32 {
        let Some(text) = reference(value) else { return Some((value, at)) };
        (at, value) = spec.component(text)?;
    }
    None
}

/// Returns the file and the place of a pointer; without a pointer, the file of the document.
fn located(spec: &Spec<'_>, pointer: Option<String>) -> (std::path::PathBuf, Option<Place>) {
    let Some(pointer) = pointer else { return (spec.document.path().to_owned(), None) };
    let (file, pointer, line) = spec.document.place(&pointer);
    (file.to_owned(), Some(Place { pointer: pointer.to_owned(), line }))
}

fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

/// Returns the keys of both values, sorted and without duplicates.
fn keys<'v>(base: &'v Value, head: &'v Value) -> Vec<&'v str> {
    let of = |value: &'v Value| value.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str));
    let mut keys: Vec<_> = of(base).chain(of(head)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
