//! The rule that what is named like a secret is one, or says why it is not.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;

use super::{Report, context::Context, grammar::Kind, node::Node};

const NAMES: [&str; 6] = ["jwt", "key", "password", "pin", "secret", "token"];

const REASON: &str = "x-plex-not-secret";

/// `secret-format`.
pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut needed = BTreeSet::new();
    for parameter in context.all(Kind::Parameter) {
        let name = parameter.text("name").unwrap_or_default();
        if let Some(schema) = parameter.get("schema") {
            judge(context, report, &mut needed, name, parameter, &schema);
        }
    }
    for schema in context.all(Kind::Schema) {
        for (name, property) in schema.map("properties") {
            judge(context, report, &mut needed, name, &property, &property);
        }
    }
    for node in context.all(Kind::Parameter).chain(context.all(Kind::Schema)) {
        if let Some(reason) = node.get(REASON).filter(|_| !needed.contains(&node.pointer)) {
            let what = format!("nothing here needs `{REASON}`");
            report.add("secret-format", &reason.pointer, what, "remove it");
        }
    }
}

/// Looks at one property or parameter, and at the schema of its value.
fn judge(
    context: &Context<'_>,
    report: &mut Report<'_>,
    needed: &mut BTreeSet<String>,
    name: &str,
    node: &Node<'_>,
    schema: &Node<'_>,
) {
    if !is_named_like_a_secret(name) || !value(context, schema).is_some_and(|value| may_tell(&value)) {
        return;
    }
    needed.insert(node.pointer.clone());
    if node.text(REASON).is_none_or(|reason| reason.trim().is_empty()) {
        let what = format!("`{name}` is named like a secret, and has no `format: password`");
        let mend =
            format!("give it `type: string` and `format: password`, or say in `{REASON}` why it is not a secret");
        report.add("secret-format", &node.pointer, what, mend);
    }
}

/// Whether one of its words is that of a secret: `hubKey` and `pinID`, but not `monkey` or
/// `spinning`.
fn is_named_like_a_secret(name: &str) -> bool {
    let name = name.to_snake_case();
    name.split('_').any(|word| NAMES.contains(&word) || word.strip_suffix('s').is_some_and(|one| NAMES.contains(&one)))
}

/// The schema of what is sent in the end: behind references, and inside lists.
fn value<'a>(context: &Context<'a>, schema: &Node<'a>) -> Option<Node<'a>> {
    let mut schema = schema.clone();
    // What is nested deeper than this has a rule of its own.
    for _ in 0..16 {
        schema = context.resolve(&schema)?;
        match schema.list("allOf").next().or_else(|| schema.get("items")) {
            Some(inner) => schema = inner,
            None => return Some(schema),
        }
    }
    None
}

/// Whether it can hold a secret in clear. The members of an object are looked at by themselves, and
/// a yes or no tells nothing.
fn may_tell(value: &Node<'_>) -> bool {
    match value.text("type") {
        Some("string") => value.text("format") != Some("password"),
        Some("integer" | "number") => !value.has("enum"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for name in ["token", "authToken", "auth_token", "deviceJWT", "pinID", "user[password]", "keys", "Secret"] {
            assert!(is_named_like_a_secret(name), "{name}");
        }
        for name in ["monkey", "spinning", "tokenized", "keyboard", "pinned", "passwordless", ""] {
            assert!(!is_named_like_a_secret(name), "{name}");
        }
    }
}
