//! The rule that a value named like a secret is a secret, or says why it is not.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;

use super::{Report, context::Context, grammar::Kind, node::Node};

/// The words that make a name look like that of a secret.
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
            let what = format!("`{REASON}` is not needed here");
            report.add("secret-format", &reason.pointer, what, "remove it");
        }
    }
}

/// Checks one property or parameter with the schema of its value.
fn judge(
    context: &Context<'_>,
    report: &mut Report<'_>,
    needed: &mut BTreeSet<String>,
    name: &str,
    node: &Node<'_>,
    schema: &Node<'_>,
) {
    if !is_named_like_a_secret(name) || !value(context, schema).is_some_and(|value| may_reveal(&value)) {
        return;
    }
    needed.insert(node.pointer.clone());
    if node.text(REASON).is_none_or(|reason| reason.trim().is_empty()) {
        let what = format!("`{name}` is named like a secret, but has no `format: password`");
        let mend =
            format!("give it `type: string` and `format: password`, or say in `{REASON}` why it is not a secret");
        report.add("secret-format", &node.pointer, what, mend);
    }
}

/// Returns whether one of the words in a name is that of a secret, as in `hubKey` and `pinID`, but
/// not in `monkey` or `spinning`.
fn is_named_like_a_secret(name: &str) -> bool {
    let name = name.to_snake_case();
    name.split('_').any(|word| NAMES.contains(&word) || word.strip_suffix('s').is_some_and(|one| NAMES.contains(&one)))
}

/// Returns the schema of the value that is sent, behind references and inside lists.
fn value<'a>(context: &Context<'a>, schema: &Node<'a>) -> Option<Node<'a>> {
    let mut schema = schema.clone();
    // Deeper nesting has its own rule.
    for _ in 0..16 {
        schema = context.resolve(&schema)?;
        match schema.list("allOf").next().or_else(|| schema.get("items")) {
            Some(inner) => schema = inner,
            None => return Some(schema),
        }
    }
    None
}

/// Returns whether a value can hold a secret in plain text. The members of an object are checked
/// separately, and a boolean reveals nothing.
fn may_reveal(value: &Node<'_>) -> bool {
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
