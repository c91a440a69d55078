//! Quotes names and values of a description in messages.
//!
//! They appear in backticks, in the same form in all output formats: without terminal escapes, line
//! breaks or backticks. Anything else that is special in one format is escaped by that format.

use serde_json::Value;

use plex_tv_openapi::printable;

/// How many characters of a value are shown.
const LIMIT: usize = 40;

/// Returns the text in backticks, with unsafe characters replaced: names come from untrusted
/// documents and end up in comments on pull requests.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", printable(text).replace('`', "'"))
}

/// Returns the value in backticks, shortened to fit into a sentence.
pub(crate) fn brief(value: &Value) -> String {
    code(&cut(&plain(value), 0))
}

/// Like [`brief`], for two values. Long ones start shortly before they differ.
pub(crate) fn brief_pair(old: &Value, new: &Value) -> (String, String) {
    let (old, new) = (plain(old), plain(new));
    let same = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    // A few characters before the difference give context.
    let start = if old.chars().count().max(new.chars().count()) > LIMIT { same.saturating_sub(10) } else { 0 };
    (code(&cut(&old, start)), code(&cut(&new, start)))
}

/// Returns `changed from A to B`, `A was added` or `A was removed`.
pub(crate) fn change(old: Option<&Value>, new: Option<&Value>) -> String {
    match (old, new) {
        (None, Some(new)) => format!("{} was added", brief(new)),
        (Some(old), None) => format!("{} was removed", brief(old)),
        (Some(old), Some(new)) => {
            let (old, new) = brief_pair(old, new);
            format!("changed from {old} to {new}")
        }
        (None, None) => "is the same".to_owned(),
    }
}

/// Returns the first 20 names in backticks, separated by commas, and the number of the others.
pub(crate) fn listed<'v>(names: impl IntoIterator<Item = &'v str>) -> String {
    const MOST: usize = 20;

    let names: Vec<_> = names.into_iter().collect();
    let told = names.iter().take(MOST).map(|name| code(name)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// Returns a string as it is, and anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cut(text: &str, start: usize) -> String {
    let head = if start > 0 { "…" } else { "" };
    let kept: String = text.chars().skip(start).take(LIMIT).collect();
    let tail = if text.chars().count() > start + LIMIT { "…" } else { "" };
    format!("{head}{kept}{tail}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_contain_no_terminal_escapes_or_backticks() {
        assert_eq!(code("a`b\n\u{1b}[31m\u{202e}"), "`a'b\\n\\u{1b}[31m\\u{202e}`");
    }

    #[test]
    fn long_values_start_shortly_before_they_differ() {
        let long = |end: &str| json!(format!("{}{end}", "x".repeat(60)));

        let (old, new) = brief_pair(&long("old"), &long("new"));

        assert_eq!((old.as_str(), new.as_str()), ("`…xxxxxxxxxxold`", "`…xxxxxxxxxxnew`"));
        assert_eq!(brief_pair(&json!(1), &json!("")), ("`1`".to_owned(), "`\"\"`".to_owned()));
    }
}
