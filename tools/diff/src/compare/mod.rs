//! Compares two descriptions by the rules.
//!
//! Each rule that sees a difference consumes the pointers that it speaks of. At the end of every frame, that is of an
//! operation, a component or a reference that was followed, all leaves that differ must be consumed; those that are not
//! are told as `unclassified`. So silence means equal, whatever a rule forgets.

mod align;
mod exchange;
mod operation;
mod rest;
mod schema;
mod security;

use serde_json::Value;

use crate::{
    finding::{Finding, Place, Subject},
    leaves::differences,
    level::{Level, Side},
    predict::predict,
    rule::Rule,
    spec::{Operation, Spec},
};
use plex_tv_openapi::pointer::{is_within, join, split, unescaped};

/// All differences between two descriptions.
pub(crate) fn compare(mut base: Spec<'_>, head: &Spec<'_>) -> Vec<Finding> {
    let renamed = align::renamed_schemas(&mut base, head);
    let root = Frame::new(&Value::Null, &Value::Null, "", "");
    let mut comparer = Comparer {
        base: &base,
        head,
        findings: Vec::new(),
        subject: Subject::Document,
        used_by: Vec::new(),
        referrers: Vec::new(),
        frame: root,
        following: Vec::new(),
    };
    comparer.rest();
    comparer.paths();
    comparer.operations();
    comparer.components(&renamed);
    let mut findings = comparer.findings;
    let (old, new) = (base.document.value(), head.document.value());
    for finding in &mut findings {
        finding.prediction = predict(finding, old, new);
    }
    findings
}

/// A description that came or went as a whole.
pub(crate) fn whole(rule: Rule, spec: &Spec<'_>) -> Finding {
    let place = Some(Place { pointer: String::new(), line: 1 });
    let (base, head, verb) = if rule == Rule::DocRemoved { (place, None, "removed") } else { (None, place, "added") };
    let operations: Vec<_> = spec.operations.iter().map(Operation::label).collect();
    Finding {
        rule,
        level: rule.level(Side::Both),
        side: Side::Both,
        subject: Subject::Document,
        message: format!("the description was {verb}, with {} operations", operations.len()),
        used_by: operations,
        file: spec.document.path().to_owned(),
        base_file: spec.document.path().to_owned(),
        base,
        head,
        waived: None,
        effects: Vec::new(),
        prediction: rule.prediction(),
        key: String::new(),
        related: Vec::new(),
    }
}

/// A pair of values that is compared as one, and what the rules have told of it.
struct Frame<'a> {
    base: &'a Value,
    head: &'a Value,
    base_root: String,
    head_root: String,
    consumed: Vec<String>,
}

impl<'a> Frame<'a> {
    fn new(base: &'a Value, head: &'a Value, base_root: &str, head_root: &str) -> Self {
        let (base_root, head_root) = (base_root.to_owned(), head_root.to_owned());
        Self { base, head, base_root, head_root, consumed: Vec::new() }
    }
}

/// Where the comparison is: the pointer in the frame, and what a reader calls it.
#[derive(Clone, Debug)]
struct Spot {
    at: String,
    /// As in `response 200`; empty in a named schema.
    of: String,
    /// As in `[].connections`.
    path: String,
    side: Side,
    /// Does `default` speak of a parameter?
    is_parameter: bool,
}

impl Spot {
    fn new(of: impl Into<String>, side: Side) -> Self {
        Self { at: String::new(), of: of.into(), path: String::new(), side, is_parameter: false }
    }

    /// One step down that a reader need not see.
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
        if !spot.path.is_empty() && !step.starts_with(['[', '{']) {
            spot.path.push('.');
        }
        spot.path.push_str(step);
        spot
    }

    /// As in ``response 200 `[].id` ``.
    fn told(&self) -> String {
        match (self.of.is_empty(), self.path.is_empty()) {
            (true, true) => "it".to_owned(),
            (true, false) => code(&self.path),
            (false, true) => self.of.clone(),
            (false, false) => format!("{} {}", self.of, code(&self.path)),
        }
    }
}

struct Comparer<'a> {
    base: &'a Spec<'a>,
    head: &'a Spec<'a>,
    findings: Vec<Finding>,
    subject: Subject,
    used_by: Vec<String>,
    /// The components that refer to the one that is compared.
    referrers: Vec<String>,
    frame: Frame<'a>,
    /// Pairs of references that are being followed: schemas come back to themselves.
    following: Vec<(String, String)>,
}

impl<'a> Comparer<'a> {
    /// Tells a finding about `spot`, or about its members `keys`, which are consumed.
    fn tell(&mut self, rule: Rule, spot: &Spot, keys: &[&str], what: impl AsRef<str>) -> &mut Finding {
        let pointers: Vec<String> = match keys {
            [] => vec![spot.at.clone()],
            keys => keys.iter().map(|key| join(&spot.at, key)).collect(),
        };
        self.tell_at(rule, spot, &pointers, what)
    }

    /// The same with pointers of the frame; the first one is the place.
    fn tell_at(&mut self, rule: Rule, spot: &Spot, pointers: &[String], what: impl AsRef<str>) -> &mut Finding {
        let at = pointers.first().cloned().unwrap_or_default();
        // What has another name stands at the old one in the base, and at the new one in the head.
        let place = |spec: &Spec<'_>, root: &str, value: &Value| {
            // A pair of which one side is null is something that came or went.
            let mut found = pointers.iter().filter(|at| !value.is_null() && value.pointer(at).is_some());
            let (pointer, line) = spec.place(&format!("{root}{}", found.next()?));
            Some(Place { pointer, line })
        };
        let (base, head) = (
            place(self.base, &self.frame.base_root, self.frame.base),
            place(self.head, &self.frame.head_root, self.frame.head),
        );
        let root = if head.is_some() { &self.frame.head_root } else { &self.frame.base_root };
        let told = spot.told();
        let what = what.as_ref();
        let message = if told == "it" { what.to_owned() } else { format!("{told} {what}") };
        self.frame.consumed.extend_from_slice(pointers);
        self.findings.push(Finding {
            rule,
            level: rule.level(spot.side),
            side: spot.side,
            subject: self.subject.clone(),
            used_by: self.used_by.clone(),
            message,
            file: self.head.document.path().to_owned(),
            base_file: self.base.document.path().to_owned(),
            key: format!("{root}{at}"),
            base,
            head,
            waived: None,
            effects: Vec::new(),
            prediction: rule.prediction(),
            related: self.referrers.clone(),
        });
        let last = self.findings.len().saturating_sub(1);
        &mut self.findings[last]
    }

    /// Compares a pair of values in a frame of its own, and tells what no rule told.
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
            if !self.frame.consumed.iter().any(|told| is_within(&leaf, told)) {
                self.tell_unclassified(spot, &leaf);
            }
        }
        self.frame = outer;
    }

    /// Tells something about a pair that is no difference of its values, so that it consumes nothing of them.
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
        // What came or went as a whole is told as a whole.
        let mut whole = leaf;
        while let Some((above, _)) = split(whole)
            && base.pointer(above).is_some() != head.pointer(above).is_some()
            && !self.frame.consumed.iter().any(|told| is_within(told, above))
        {
            whole = above;
        }
        let (above, key) = split(whole).unwrap_or(("", ""));
        let key = code(&unescaped(key));
        let change = match (base.pointer(whole), head.pointer(whole)) {
            (None, _) => format!("has a new member {key}"),
            (_, None) => format!("has no member {key} any more"),
            (Some(base), Some(head)) => format!("has another {key}, {} and was {}", brief(head), brief(base)),
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
        self.tell_at(Rule::Unclassified, &spot.on(side), &[whole.to_owned()], format!("{change}{place}"));
    }

    /// Follows a pair of which at least one is a reference, and tells `moved` where only one is.
    fn follow(
        &mut self,
        (base, head): (&'a Value, &'a Value),
        spot: &Spot,
        moved: Rule,
        compare: impl FnOnce(&mut Self, &'a Value, &'a Value, &Spot),
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
        let targets = (
            target(self.base, base, &self.frame.base_root, spot),
            target(self.head, head, &self.frame.head_root, spot),
        );
        let (Some((base_target, base_root)), Some((head_target, head_root))) = targets else {
            self.tell(Rule::RefDangling, spot, &[], "refers to a component that is not there");
            return;
        };
        let name = |reference: Option<&str>| reference.map_or_else(|| "inline".to_owned(), |text| code(last(text)));
        let (rule, what) = match (old, new) {
            (Some(_), Some(_)) => (Rule::RefChanged, format!("refers to {} instead of {}", name(new), name(old))),
            (Some(_), None) => (moved, format!("is inline, and was {}", name(old))),
            _ => (moved, format!("is {}, and was inline", name(new))),
        };
        let related: Vec<_> = [old, new].into_iter().flatten().map(|text| last(text).to_owned()).collect();
        let key = if old.is_some() && new.is_some() { &["$ref"][..] } else { &[] };
        self.tell(rule, spot, key, what).related.extend(related);
        if old.is_some() && new.is_some() {
            self.siblings(base, head, spot);
        }
        let pair = (base_root.clone(), head_root.clone());
        if self.following.contains(&pair) {
            return;
        }
        self.following.push(pair);
        let pair = (base_target, head_target);
        self.within(pair, (&base_root, &head_root), spot, |comparer, spot| compare(comparer, pair.0, pair.1, spot));
        self.following.pop();
    }

    fn siblings(&mut self, base: &Value, head: &Value, spot: &Spot) {
        if base["$ref siblings"] != head["$ref siblings"] {
            self.tell(Rule::RefSiblings, spot, &["$ref siblings"], "has other members beside its `$ref`");
        }
    }

    /// One finding for all that `compare` tells, but for texts.
    fn as_one(&mut self, rule: Rule, spot: &Spot, what: &str, compare: impl FnOnce(&mut Self)) {
        let before = self.findings.len();
        compare(self);
        let (texts, changes): (Vec<_>, Vec<_>) =
            self.findings.split_off(before).into_iter().partition(|finding| finding.level == Level::Docs);
        self.findings.extend(texts);
        if changes.is_empty() {
            return;
        }
        let told = spot.told();
        let parts: Vec<_> = changes
            .iter()
            .map(|finding| finding.message.strip_prefix(&told).unwrap_or(&finding.message).trim().to_owned())
            .collect();
        let related: Vec<_> = changes.into_iter().flat_map(|finding| finding.related).collect();
        self.tell(rule, spot, &[], format!("{what}: {}", parts.join("; "))).related.extend(related);
    }

    /// One finding for all texts that differ.
    fn texts(&mut self, rule: Rule, (base, head): (&Value, &Value), spot: &Spot, keys: &[&str]) {
        let changed: Vec<&str> = keys.iter().copied().filter(|key| base.get(key) != head.get(key)).collect();
        if !changed.is_empty() {
            let names = changed.join(", ");
            self.tell(rule, spot, &changed, format!("has another {names}"));
        }
    }

    /// One finding for each `x-` key that differs and is none of `known`.
    fn extensions(&mut self, rule: Rule, (base, head): (&Value, &Value), spot: &Spot, known: &[&str]) {
        for key in keys(base, head) {
            if key.starts_with("x-") && !known.contains(&key) && base.get(key) != head.get(key) {
                let what = match (base.get(key), head.get(key)) {
                    (None, Some(new)) => format!("has `{key}: {}` now", brief(new)),
                    (Some(_), None) => format!("has no `{key}` any more"),
                    (old, new) => format!(
                        "has `{key}: {}`, and had {}",
                        new.map(brief).unwrap_or_default(),
                        old.map(brief).unwrap_or_default()
                    ),
                };
                self.tell(rule, spot, &[key], what);
            }
        }
    }

    /// One finding where a flag appears or goes.
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

    fn about(&mut self, operation: &Operation) {
        let Operation { id, method, path, .. } = operation;
        self.subject = Subject::Operation { id: id.clone(), method: method.clone(), path: path.clone() };
        self.used_by = vec![operation.label()];
        self.referrers = Vec::new();
    }
}

/// The value that a reference leads to, and its root; an inline value is where it is.
fn target<'a>(spec: &'a Spec<'a>, value: &'a Value, root: &str, spot: &Spot) -> Option<(&'a Value, String)> {
    let mut at = format!("{root}{}", spot.at);
    let mut value = value;
    // A component may itself be a reference.
    for _ in 0..32 {
        let Some(text) = reference(value) else { return Some((value, at)) };
        let ((kind, name), found) = spec.component(text)?;
        at = join(&join("/components", &kind), &name);
        value = found;
    }
    None
}

fn reference(value: &Value) -> Option<&str> {
    value.get("$ref").and_then(Value::as_str)
}

/// The name at the end of a reference.
fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// The keys of both, without repetition.
fn keys<'v>(base: &'v Value, head: &'v Value) -> Vec<&'v str> {
    let of = |value: &'v Value| value.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str));
    let mut keys: Vec<_> = of(base).chain(of(head)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// In backticks, whatever it holds: names come from somebody's document and end in somebody's comment.
fn code(text: &str) -> String {
    let text: String =
        text.chars().map(|each| if each == '`' { '\'' } else { each }).filter(|each| !each.is_control()).collect();
    format!("`{text}`")
}

/// A value short enough for a sentence.
fn brief(value: &Value) -> String {
    const LIMIT: usize = 40;

    let text = value.to_string();
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => code(&format!("{}…", text.get(..end).unwrap_or_default())),
        None => code(&text),
    }
}

/// Names in backticks, separated by commas.
fn listed<'v>(names: impl IntoIterator<Item = &'v str>) -> String {
    names.into_iter().map(code).collect::<Vec<_>>().join(", ")
}
