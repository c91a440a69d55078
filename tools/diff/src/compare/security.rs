//! Compares the security requirements of operations.

use serde_json::Value;

use super::{Comparer, Spot, keys};
use crate::{
    rule::Rule,
    told::{code, listed},
};

impl Comparer<'_> {
    pub(super) fn security(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let only = |one: &Value, other: &Value| -> Vec<String> {
            keys(one, one).into_iter().filter(|key| other.get(key).is_none()).map(str::to_owned).collect()
        };
        let (mut gone, mut new) = (only(base, head), only(head, base));
        let told = |keys: &[String]| listed(keys.iter().map(String::as_str));
        let pointers = |names: &[&[String]]| -> Vec<String> {
            names.iter().copied().flatten().map(|name| spot.key(name).at).collect()
        };
        // A requirement where there was none, a larger set of schemes, or the reverse.
        if let Some((rule, what)) = asks_more_or_less(base, head, &gone, &new) {
            self.tell_at(rule, spot, &pointers(&[&new, &gone]), what);
            (gone, new) = (Vec::new(), Vec::new());
        }
        if !new.is_empty() {
            self.tell_at(Rule::SecAltAdded, spot, &pointers(&[&new]), format!("also accepts {}", told(&new)));
        }
        if !gone.is_empty() {
            self.tell_at(Rule::SecAltRemoved, spot, &pointers(&[&gone]), format!("no longer accepts {}", told(&gone)));
        }
        for alternative in keys(base, head) {
            let (Some(old), Some(new)) = (base.get(alternative), head.get(alternative)) else { continue };
            for scheme in keys(old, new) {
                self.scopes(&old[scheme], &new[scheme], &spot.keys(&[alternative, scheme]), scheme);
            }
        }
    }

    fn scopes(&mut self, base: &Value, head: &Value, spot: &Spot, scheme: &str) {
        let sides =
            [(head, base, Rule::SecScopeAdded, "needs"), (base, head, Rule::SecScopeRemoved, "no longer needs")];
        for (one, other, rule, verb) in sides {
            let scopes: Vec<&str> = keys(one, one).into_iter().filter(|scope| other.get(scope).is_none()).collect();
            if !scopes.is_empty() {
                let what = format!("{verb} the scope {} of {}", listed(scopes.iter().copied()), code(scheme));
                self.tell(rule, spot, &scopes, what);
            }
        }
    }
}

fn asks_more_or_less(base: &Value, head: &Value, gone: &[String], new: &[String]) -> Option<(Rule, String)> {
    let told = |keys: &[String]| listed(keys.iter().map(String::as_str));
    let is_free = |security: &Value| security.get("none").is_some();
    match (is_free(base), is_free(head)) {
        (true, false) if new.is_empty() => {
            return Some((Rule::SecAdded, format!("always needs {}", listed(keys(head, head)))));
        }
        (true, false) => return Some((Rule::SecAdded, format!("needs {}", told(new)))),
        (false, true) => return Some((Rule::SecRemoved, "can be called without signing in".to_owned())),
        _ => {}
    }
    let ([gone], [new]) = (gone, new) else { return None };
    let set = |key: &str| key.split(" + ").map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (old_set, new_set) = (set(gone), set(new));
    let names = |more: &std::collections::BTreeSet<String>, less: &std::collections::BTreeSet<String>| {
        listed(more.difference(less).map(String::as_str))
    };
    if old_set.is_subset(&new_set) {
        Some((Rule::SecAdded, format!("needs {} too", names(&new_set, &old_set))))
    } else if new_set.is_subset(&old_set) {
        Some((Rule::SecRemoved, format!("no longer needs {}", names(&old_set, &new_set))))
    } else {
        None
    }
}
