//! Documentation of generated code.

use std::collections::BTreeMap;

use plex_tv_openapi::Auth;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::model::{Call, Model};

/// The most columns of a documentation line. It leaves room for indentation and `/// `.
const WIDTH: usize = 88;

/// Wraps a text and returns one doc attribute for each line.
pub(super) fn docs(text: &str) -> TokenStream {
    let lines = wrapped(text).into_iter().map(|line| {
        let line = if line.is_empty() { line } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Splits a text into lines. Paragraphs and list items are wrapped; code and tables are not.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut is_code = false;
    for line in text.trim_end().lines() {
        let line = line.trim_end();
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if is_code || is_fence || line.starts_with(['|', '#', ' ', '\t']) {
            lines.push(line.to_owned());
            continue;
        }
        let indent = if line.starts_with("- ") { "  " } else { "" };
        let mut current = String::new();
        for word in words(line) {
            let is_full = current.chars().count() + 1 + word.chars().count() > WIDTH;
            if current.is_empty() {
                current = word.to_owned();
            } else if is_full && is_plain(word) {
                lines.push(std::mem::replace(&mut current, format!("{indent}{word}")));
            } else {
                current.push(' ');
                current.push_str(word);
            }
        }
        lines.push(current);
    }
    lines
}

/// Splits a line into words. Text between backticks is one word, so that it is not wrapped.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut is_code) = (0, false);
    for (at, character) in line.char_indices() {
        match character {
            '`' => is_code = !is_code,
            ' ' if !is_code => {
                words.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[start..]);
    words.retain(|word| !word.is_empty());
    words
}

/// Returns whether a line may begin with a word. Some words would be Markdown syntax there.
fn is_plain(word: &str) -> bool {
    let is_number = word.trim_end_matches(['.', ')']).chars().all(|character| character.is_ascii_digit());
    let is_mark = word.starts_with(['-', '+', '*', '#', '>', '|', '=']);
    !(is_mark || is_number && word.ends_with(['.', ')']))
}

/// Returns the description of a member, a parameter or a type.
pub(super) fn sentence(node: &Value, name: &str) -> String {
    let text = node["description"].as_str().map(str::trim).filter(|text| !text.is_empty());
    text.map_or_else(|| format!("`{name}` on the wire."), str::to_owned)
}

/// Returns the table of all calls by tag, for the docs of the API.
pub(super) fn table(model: &Model<'_>) -> String {
    use std::fmt::Write as _;

    let mut text = String::new();
    for (tag, calls) in by_tag(model) {
        // Writing to a string cannot fail.
        let _ = write!(text, "## {tag}\n\n| call | what it does |\n|---|---|\n");
        for call in calls {
            let name = &call.operation.rust_name;
            let summary = call.node["summary"].as_str().unwrap_or_default();
            let gate = if call.operation.unstable { " (feature `unstable`)" } else { "" };
            // A link to an item that is not compiled would be broken.
            let link = if call.operation.unstable { format!("`{name}`") } else { format!("[`{name}`](Self::{name})") };
            let _ = writeln!(text, "| {link} | {summary}{gate} |");
        }
        text.push('\n');
    }
    text
}

/// Returns the calls of each tag, in the order of the description.
pub(super) fn by_tag<'m, 'a>(model: &'m Model<'a>) -> Vec<(String, Vec<&'m Call<'a>>)> {
    let mut found: Vec<(String, Vec<&Call<'a>>)> = Vec::new();
    let listed = model.description["tags"].as_array().into_iter().flatten();
    for tag in listed.filter_map(|tag| tag["name"].as_str()) {
        found.push((tag.to_owned(), Vec::new()));
    }
    for call in &model.calls {
        match found.iter_mut().find(|(tag, _)| *tag == call.operation.tag) {
            Some((_, calls)) => calls.push(call),
            None => found.push((call.operation.tag.clone(), vec![call])),
        }
    }
    found.retain(|(_, calls)| !calls.is_empty());
    found
}

/// Returns the heading and the description of a tag.
pub(super) fn about_tag(model: &Model<'_>, tag: &str) -> String {
    let listed = model.description["tags"].as_array().into_iter().flatten();
    let found = listed.filter(|listed| listed["name"] == tag).find_map(|listed| listed["description"].as_str());
    format!("# {tag}\n\n{}", found.unwrap_or_default())
}

/// Returns the documentation of a method.
pub(super) fn method(model: &Model<'_>, call: &Call<'_>) -> String {
    let Call { operation, node, .. } = call;
    let summary = full_stop(node["summary"].as_str().unwrap_or(&operation.id));
    let description = linked(model, call, node["description"].as_str().unwrap_or_default());
    let auth = match operation.auth {
        Auth::None => "It needs no sign-in.",
        Auth::ClientIdentifier => "It needs no sign-in, only the client identifier.",
        Auth::Token => "It needs a signed-in client.",
    };
    let confidence = node["x-plex-confidence"].as_str().unwrap_or("unknown");
    let text = format!(
        "{summary}\n\n{}\n\nCalls `{} {}`. {auth} Confidence of the description: {confidence}.\n\n# Errors\n\n{}",
        description.trim(),
        operation.method,
        address(model, call),
        errors(call)
    );
    text.replace("\n\n\n\n", "\n\n")
}

fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}

/// Returns the path with its host. The host is left out if it is plex.tv and the first host.
fn address(model: &Model<'_>, call: &Call<'_>) -> String {
    let host = model.hosts.get(call.host).map(String::as_str).unwrap_or_default();
    let origin_ends = host.find("://").and_then(|at| host[at + 3..].find('/').map(|end| at + 3 + end));
    let (origin, base) = host.split_at(origin_ends.unwrap_or(host.len()));
    let origin = if call.host == 0 && origin == "https://plex.tv" { "" } else { origin };
    format!("{origin}{base}{}", call.operation.path)
}

/// Lists each documented failure with the predicate that recognises it.
fn errors(call: &Call<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for error in call.node["x-plex-errors"].as_array().into_iter().flatten() {
        let (status, code) = (error["status"].as_u64().unwrap_or_default(), error["code"].as_u64());
        let predicate = plex_tv_openapi::predicate(call.node, status, code);
        let predicate = predicate.map(|name| format!("[`{name}`](runtime::Error::{name}), ")).unwrap_or_default();
        let code = code.map(|code| format!(" with code {code}")).unwrap_or_default();
        let when = error["when"].as_str().unwrap_or("See the code.");
        lines.push(format!("- {predicate}{status}{code}: {when}"));
    }
    lines.push("- the errors of any call: see [`Error`](runtime::Error)".to_owned());
    lines.join("\n")
}

/// Returns the text with a link wherever it names another operation.
fn linked(model: &Model<'_>, call: &Call<'_>, text: &str) -> String {
    let by_id: BTreeMap<&str, &Call<'_>> = model
        .calls
        .iter()
        .filter(|other| !other.operation.unstable && other.operation.id != call.operation.id)
        .map(|other| (other.operation.id.as_str(), other))
        .collect();
    let mut linked = String::new();
    for (index, part) in text.split('`').enumerate() {
        match by_id.get(part) {
            Some(other) if index % 2 == 1 => {
                linked.push_str(&format!("[`{0}`](Self::{0})", other.operation.rust_name));
            }
            _ if index % 2 == 1 => linked.push_str(&format!("`{part}`")),
            _ => linked.push_str(part),
        }
    }
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_code_and_tables_are_not() {
        let long = "word ".repeat(40);
        let text = format!("{long}\n\n- {long}\n```\n{long}\n```\n| {long}|");

        let lines = wrapped(&text);

        assert!(lines[0].len() <= WIDTH && lines.len() > 8, "{lines:?}");
        assert!(lines.iter().filter(|line| line.chars().count() > WIDTH).count() == 2, "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("  word")), "{lines:?}");
    }

    #[test]
    fn no_line_begins_with_markdown_syntax_and_code_is_not_split() {
        let text = format!("{} - 1. `a b c` {}", "x".repeat(84), "y".repeat(20));

        let lines = wrapped(&text);

        assert_eq!(lines, [format!("{} - 1.", "x".repeat(84)), format!("`a b c` {}", "y".repeat(20))]);
    }
}
