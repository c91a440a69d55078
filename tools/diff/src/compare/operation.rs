//! Operations: which are there, and what each one says of itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Comparer, Spot, align, listed};
use crate::{level::Side, rule::Rule, spec::Operation};

const NOTHING: &Value = &Value::Null;

impl<'a> Comparer<'a> {
    pub(super) fn operations(&mut self) {
        let (base, head) = (self.base, self.head);
        let aligned = align::operations(base, head);
        for operation in aligned.removed.iter().filter_map(|index| base.operations.get(*index)) {
            self.removed(operation);
        }
        for operation in aligned.added.iter().filter_map(|index| head.operations.get(*index)) {
            self.about(operation);
            let pair = (NOTHING, &operation.value);
            self.within(
                pair,
                (&operation.pointer, &operation.pointer),
                &Spot::new("", Side::Both),
                |comparer, spot| {
                    comparer.tell(Rule::OpAdded, spot, &[], "was added");
                },
            );
        }
        for (old, new) in aligned.pairs {
            if let (Some(old), Some(new)) = (base.operations.get(old), head.operations.get(new)) {
                self.operation(old, new);
            }
        }
        self.collisions();
    }

    fn removed(&mut self, operation: &'a Operation) {
        self.about(operation);
        let path_is_left = self.head.operations.iter().any(|other| other.shape == operation.shape);
        let rule = match () {
            () if operation.value["deprecated"] == Value::Bool(true) => Rule::OpRemovedDeprecated,
            () if path_is_left => Rule::OpRemoved,
            () => Rule::PathRemoved,
        };
        let pair = (&operation.value, NOTHING);
        self.within(pair, (&operation.pointer, &operation.pointer), &Spot::new("", Side::Both), |comparer, spot| {
            comparer.tell(rule, spot, &[], "was removed");
        });
    }

    fn operation(&mut self, old: &'a Operation, new: &'a Operation) {
        self.about(new);
        // What was generated under the old name belongs to it too.
        self.referrers = old.id.iter().cloned().collect();
        let spot = Spot::new("", Side::Both);
        let (pair, roots) = ((&old.value, &new.value), (old.pointer.as_str(), new.pointer.as_str()));
        if (&old.method, &old.shape) != (&new.method, &new.shape) {
            let what = format!("is `{} {}`, and was `{} {}`", new.method, new.path, old.method, old.path);
            self.beside(pair, roots, |comparer| {
                comparer.tell(Rule::OpMoved, &spot, &[], what);
            });
        }
        if is_reordered(&old.order, &new.order) {
            let spot = spot.on(Side::Request).named("parameters");
            let at = ["/parameters".to_owned()];
            self.beside(pair, roots, |comparer| {
                comparer.tell_at(Rule::ParamOrder, &spot, &at, "are listed in another order");
            });
        }
        self.within(pair, roots, &spot, |comparer, spot| {
            let (base, head) = pair;
            comparer.about_itself(base, head, spot);
            comparer.parameters(&base["parameters"], &head["parameters"], &spot.key("parameters").on(Side::Request));
            comparer.body(base.get("requestBody"), head.get("requestBody"), &spot.key("requestBody").on(Side::Request));
            comparer.responses(&base["responses"], &head["responses"], &spot.key("responses").on(Side::Response));
            if old.inherits_security && new.inherits_security {
                // The document tells it once for all.
                comparer.frame.consumed.push("/security".to_owned());
            } else {
                comparer.security(&base["security"], &head["security"], &spot.key("security").on(Side::Request));
            }
            if base.get("servers") != head.get("servers") {
                let what = match (base.get("servers"), head.get("servers")) {
                    (None, _) => "has servers of its own",
                    (_, None) => "has no servers of its own any more",
                    _ => "has other servers of its own",
                };
                comparer.tell(Rule::ServerOpOverride, spot, &["servers"], what);
            }
        });
    }

    fn about_itself(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let pair = (base, head);
        if base.get("operationId") != head.get("operationId") {
            let name = |value: &Value| {
                value["operationId"].as_str().map_or("without an id".to_owned(), |id| format!("`{id}`"))
            };
            let what = format!("is called {}, and was {}", name(head), name(base));
            self.tell(Rule::OpIdRenamed, spot, &["operationId"], what);
        }
        if base.get("tags") != head.get("tags") {
            let tags = |value: &Value| match value["tags"].as_object() {
                Some(tags) if !tags.is_empty() => listed(tags.keys().map(String::as_str)),
                _ => "none".to_owned(),
            };
            let what = format!("has the tag {}, and had {}", tags(head), tags(base));
            self.tell(Rule::OpTagChanged, spot, &["tags"], what);
        }
        let rules = [Rule::OpDeprecated, Rule::OpUndeprecated];
        self.flag(pair, spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        self.texts(Rule::OpSummary, pair, spot, &["summary", "description"]);
        self.texts(Rule::Docs, pair, spot, &["externalDocs"]);
        self.extensions(Rule::OpExtension, pair, spot, &[]);
    }

    /// Ids that differ by case only, on one side and not on the other.
    fn collisions(&mut self) {
        let (base, head) = (self.base, self.head);
        let (before, after) = (folded(&base.operations), folded(&head.operations));
        let sides = [
            (&after, &before, "is also, but for case, that of"),
            (&before, &after, "is no longer, but for case, that of"),
        ];
        for (one, other, verb) in sides {
            for (name, operations) in one.iter().filter(|(_, operations)| operations.len() > 1) {
                let others = other.get(name).map(Vec::as_slice).unwrap_or_default();
                if others.len() >= operations.len() {
                    continue;
                }
                // The one that makes or made it so.
                let is_new = |each: &&&Operation| !others.iter().any(|other| other.id == each.id);
                let Some(subject) = operations.iter().find(is_new).or(operations.first()) else { continue };
                self.about(subject);
                let rest = operations.iter().filter(|each| each.pointer != subject.pointer);
                let ids = listed(rest.map(|operation| operation.id.as_deref().unwrap_or_default()));
                let pair = (&subject.value, &subject.value);
                self.beside(pair, (&subject.pointer, &subject.pointer), |comparer| {
                    let spot = Spot::new("its id", Side::Both);
                    comparer.tell_at(Rule::OpIdCollision, &spot, &["/operationId".to_owned()], format!("{verb} {ids}"));
                });
            }
        }
    }
}

/// Operations by id, without case and separators.
fn folded(operations: &[Operation]) -> BTreeMap<String, Vec<&Operation>> {
    let mut found: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for (operation, id) in operations.iter().filter_map(|operation| Some((operation, operation.id.as_ref()?))) {
        let name = id.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        found.entry(name).or_default().push(operation);
    }
    found
}

/// Do the parameters that both have stand in another order?
fn is_reordered(old: &[String], new: &[String]) -> bool {
    let kept =
        |one: &[String], other: &[String]| one.iter().filter(|key| other.contains(key)).cloned().collect::<Vec<_>>();
    kept(old, new) != kept(new, old)
}
