//! Rules on names that become Rust items.

use heck::ToUpperCamelCase as _;

use super::{Report, context::Context, grammar::Kind};

/// The Rust keywords, including reserved ones. No item can have such a name.
#[rustfmt::skip]
const KEYWORDS: [&str; 53] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    "union",
];

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// `rust-keyword` and `schema-order`. Properties and parameters are not checked for keywords,
/// because the generator renames them.
pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut schemas = Vec::new();
    for schema in context.all(Kind::Schema) {
        if let Some(name) = schema.schema_name() {
            schemas.push((context.document.line(&schema.pointer), name));
            if is_keyword(&name.to_upper_camel_case()) {
                let what = format!("the schema `{name}` becomes a type with a Rust keyword as its name");
                report.add("rust-keyword", &schema.pointer, what, "rename the schema");
            }
        }
        if let Some(name) = schema.get("x-rust-name").filter(|name| name.value.as_str().is_some_and(is_keyword)) {
            let what = format!("`{}` is a Rust keyword", name.value.as_str().unwrap_or_default());
            report.add("rust-keyword", &name.pointer, what, "choose another name");
        }
    }
    schemas.sort_unstable();
    for pair in schemas.windows(2) {
        // In a document on a single line, line numbers do not show the order.
        if let [(above, before), (below, after)] = pair
            && above < below
            && before > after
        {
            let what = format!("`{after}` must come before `{before}`");
            let pointer = crate::pointer::join("/components/schemas", after);
            report.add("schema-order", &pointer, what, "sort the schemas by name");
        }
    }
}
