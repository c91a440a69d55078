//! Compares operations: which ones exist, and their own members.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::{Comparer, Spot, align};
use crate::{
    level::{Level, Side},
    rule::Rule,
    spec::Operation,
    told::{code, listed},
};

const NOTHING: &Value = &Value::Null;

impl<'a> Comparer<'a> {
    pub(super) fn operations(&mut self) {
        let (base, head) = (self.base, self.head);
        let aligned = align::operations(base, head);
        let shapes: HashSet<&str> = head.operations.iter().map(|operation| operation.shape.as_str()).collect();
        for operation in aligned.removed.iter().filter_map(|index| base.operations.get(*index)) {
            self.removed(operation, shapes.contains(operation.shape.as_str()));
        }
        for operation in aligned.added.iter().filter_map(|index| head.operations.get(*index)) {
            self.about(operation);
            let pair = (NOTHING, &operation.value);
            self.within(
                pair,
                (&operation.pointer, &operation.pointer),
                &Spot::new("", Side::Both),
                |comparer, spot| {
                    let (rule, side) = if operation.is_webhook {
                        (Rule::WebhookAdded, Side::Response)
                    } else {
                        (Rule::OpAdded, Side::Both)
                    };
                    comparer.tell(rule, &spot.on(side), &[], "was added");
                },
            );
        }
        let owners = Owners::new(&base.operations);
        let takers = Owners::new(aligned.added.iter().filter_map(|index| head.operations.get(*index)));
        let names = folded(&head.operations);
        for (old, new) in aligned.pairs {
            if let (Some(old), Some(new)) = (base.operations.get(old), head.operations.get(new)) {
                let of = |owners: &Owners<'a>, id: &Option<String>| owners.get(id.as_deref()?);
                let ids = (new.id != old.id).then(|| Ids {
                    owner: of(&owners, &new.id).filter(|owner| {
                        // If several have the name now, they clash, which is reported on its own.
                        let is_only = |id: &String| names.get(&name_of(id)).is_some_and(|all| all.len() == 1);
                        owner.pointer != old.pointer && (owner.id == new.id || new.id.as_ref().is_some_and(is_only))
                    }),
                    taker: of(&takers, &old.id),
                });
                self.operation(old, new, ids.unwrap_or_default());
            }
        }
        self.collisions();
    }

    fn removed(&mut self, operation: &'a Operation, path_is_left: bool) {
        self.about(operation);
        let rule = match () {
            () if operation.is_webhook => Rule::WebhookRemoved,
            () if operation.value["deprecated"] == Value::Bool(true) => Rule::OpRemovedDeprecated,
            () if path_is_left => Rule::OpRemoved,
            () => Rule::PathRemoved,
        };
        let pair = (&operation.value, NOTHING);
        let side = if operation.is_webhook { Side::Response } else { Side::Both };
        self.within(pair, (&operation.pointer, &operation.pointer), &Spot::new("", side), |comparer, spot| {
            comparer.tell(rule, spot, &[], "was removed");
        });
    }

    fn operation(&mut self, old: &'a Operation, new: &'a Operation, ids: Ids<'_>) {
        self.about(new);
        // Items that were generated under the old name belong to it too.
        self.referrers = old.id.iter().cloned().collect();
        let spot = Spot::new("", Side::Both);
        let (pair, roots) = ((&old.value, &new.value), (old.pointer.as_str(), new.pointer.as_str()));
        if (&old.method, &old.shape) != (&new.method, &new.shape) {
            let what = {
                let address = |operation: &Operation| code(&format!("{} {}", operation.method, operation.path));
                format!("is now {}, was {}", address(new), address(old))
            };
            self.beside(pair, roots, |comparer| {
                comparer.tell(Rule::OpMoved, &spot, &[], what);
            });
        }
        if is_reordered(&old.order, &new.order) {
            let [asked, _] = new.sides();
            let spot = spot.on(asked).named("parameters");
            let at = ["/parameters".to_owned()];
            // Required parameters are positional arguments. Those of the path follow its order, not
            // the order of the list.
            let arguments = |operation: &'a Operation, target: fn(&Self, &'a Value) -> &'a Value| -> Vec<String> {
                let of =
                    |key: &&String| operation.value["parameters"].get(key.as_str()).map(|value| target(self, value));
                let is_argument = |key: &&String| {
                    of(key).is_some_and(|parameter| parameter["required"] == true && parameter["in"] != "path")
                };
                operation.order.iter().filter(is_argument).cloned().collect()
            };
            let moves = is_reordered(&arguments(old, Self::base_target), &arguments(new, Self::head_target));
            self.beside(pair, roots, |comparer| {
                let found = comparer.tell_at(Rule::ParamOrder, &spot, &at, "changed their order");
                if !moves || new.is_webhook {
                    found.level = Level::Compatible;
                }
            });
        }
        self.within(pair, roots, &spot, |comparer, spot| {
            let (base, head) = pair;
            let [asked, answered] = new.sides();
            comparer.about_itself(base, head, spot, ids);
            comparer.parameters(&base["parameters"], &head["parameters"], &spot.key("parameters").on(asked));
            comparer.body(base.get("requestBody"), head.get("requestBody"), &spot.key("requestBody").on(asked));
            comparer.responses(&base["responses"], &head["responses"], &spot.key("responses").on(answered));
            comparer.callbacks(&base["callbacks"], &head["callbacks"], &spot.key("callbacks"));
            if old.inherits_security && new.inherits_security {
                // It is reported once, for the document.
                comparer.frame.consumed.insert("/security".to_owned());
            } else {
                comparer.security(&base["security"], &head["security"], &spot.key("security").on(asked));
            }
            if base.get("servers") != head.get("servers") {
                let content = |value: &Value| {
                    let mut servers = value["servers"].clone();
                    align::without_texts(&mut servers);
                    servers
                };
                let (rule, what) = match (base.get("servers"), head.get("servers")) {
                    (None, _) => (Rule::ServerOpOverride, "its own servers were added"),
                    (_, None) => (Rule::ServerOpOverride, "its own servers were removed"),
                    _ if content(base) == content(head) => (Rule::Docs, "descriptions of its own servers changed"),
                    _ => (Rule::ServerOpOverride, "its own servers changed"),
                };
                comparer.tell(rule, spot, &["servers"], what);
            }
        });
        self.finish(0);
    }

    fn about_itself(&mut self, base: &Value, head: &Value, spot: &Spot, ids: Ids<'_>) {
        let pair = (base, head);
        if base.get("operationId") != head.get("operationId") {
            let name = |value: &Value| value["operationId"].as_str().map_or("without an id".to_owned(), code);
            let mut what = format!("is now called {}, was {}", name(head), name(base));
            let Ids { owner, taker } = ids;
            for (other, verb) in [(owner, "that was the id of"), (taker, "the old id is now that of")] {
                if let Some(Operation { method, path, .. }) = other {
                    what.push_str(&format!("; {verb} {}", code(&format!("{method} {path}"))));
                }
            }
            let found = self.tell(Rule::OpIdRenamed, spot, &["operationId"], what);
            // Old code still compiles, but calls another operation.
            if owner.or(taker).is_some() {
                found.level = Level::Breaking;
            }
        }
        if base.get("tags") != head.get("tags") {
            let tags = |value: &Value| match value["tags"].as_object() {
                Some(tags) if !tags.is_empty() => listed(tags.keys().map(String::as_str)),
                _ => "none".to_owned(),
            };
            let what = format!("tag changed from {} to {}", tags(base), tags(head));
            self.tell(Rule::OpTagChanged, spot, &["tags"], what);
        }
        let rules = [Rule::OpDeprecated, Rule::OpUndeprecated];
        self.flag(pair, spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        self.texts(Rule::OpSummary, pair, spot, &["summary", "description"]);
        self.texts(Rule::Docs, pair, spot, &["externalDocs"]);
        self.extensions(Rule::OpExtension, pair, spot, &[]);
    }

    /// Reports ids that differ only by case or separators on one side and not on the other.
    fn collisions(&mut self) {
        let (base, head) = (self.base, self.head);
        let (before, after) = (folded(&base.operations), folded(&head.operations));
        let sides = [
            (&after, &before, "now clashes with", Level::Breaking),
            (&before, &after, "no longer clashes with", Level::Compatible),
        ];
        for (one, other, verb, level) in sides {
            for (name, operations) in one.iter().filter(|(_, operations)| operations.len() > 1) {
                let others = other.get(name).map(Vec::as_slice).unwrap_or_default();
                if others.len() >= operations.len() {
                    continue;
                }
                // The operation that causes or caused the clash.
                let is_new = |each: &&&Operation| !others.iter().any(|other| other.id == each.id);
                let Some(subject) = operations.iter().find(is_new).or(operations.first()) else { continue };
                self.about(subject);
                let rest = operations.iter().filter(|each| each.pointer != subject.pointer);
                let ids = listed(rest.map(|operation| operation.id.as_deref().unwrap_or_default()));
                let pair = (&subject.value, &subject.value);
                self.beside(pair, (&subject.pointer, &subject.pointer), |comparer| {
                    let spot = Spot::new("its id", Side::Both);
                    let at = ["/operationId".to_owned()];
                    comparer.tell_at(Rule::OpIdCollision, &spot, &at, format!("{verb} {ids}")).level = level;
                });
            }
        }
    }
}

/// Operations that are called by an old or a new id of a renamed operation.
#[derive(Clone, Copy, Default)]
struct Ids<'a> {
    /// The operation that had the new id before.
    owner: Option<&'a Operation>,
    /// The new operation that has the old id now.
    taker: Option<&'a Operation>,
}

/// Operations by their id, and by the name that is generated from it.
struct Owners<'a> {
    by_id: HashMap<&'a str, &'a Operation>,
    by_name: HashMap<String, &'a Operation>,
}

impl<'a> Owners<'a> {
    fn new(operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        let mut owners = Self { by_id: HashMap::new(), by_name: HashMap::new() };
        for (operation, id) in operations.into_iter().filter_map(|each| Some((each, each.id.as_deref()?))) {
            owners.by_id.insert(id, operation);
            owners.by_name.insert(name_of(id), operation);
        }
        owners
    }

    fn get(&self, id: &str) -> Option<&'a Operation> {
        self.by_id.get(id).or_else(|| self.by_name.get(&name_of(id))).copied()
    }
}

/// Returns an id without case and separators, which the generated names do not keep.
fn name_of(id: &str) -> String {
    id.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Groups operations by id, ignoring case and separators.
fn folded(operations: &[Operation]) -> BTreeMap<String, Vec<&Operation>> {
    let mut found: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for (operation, id) in operations.iter().filter_map(|operation| Some((operation, operation.id.as_ref()?))) {
        found.entry(name_of(id)).or_default().push(operation);
    }
    found
}

/// Returns whether the parameters that both lists have are in another order.
fn is_reordered(old: &[String], new: &[String]) -> bool {
    let (olds, news): (HashSet<&String>, HashSet<&String>) = (old.iter().collect(), new.iter().collect());
    let kept = old.iter().filter(|key| news.contains(key));
    !kept.eq(new.iter().filter(|key| olds.contains(key)))
}
