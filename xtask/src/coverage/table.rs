//! The table of operations in `openapi/README.md`, between its two markers.

use std::{fmt::Write as _, path::Path};

use plex_tv_openapi::{Auth, Document, Operation, Server, operations};

use super::counts::confidence;

const BEGIN: &str = "<!-- operations:begin -->";
const END: &str = "<!-- operations:end -->";
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A text with the markers of the table.
#[derive(Debug)]
pub(super) struct Readme<'a> {
    before: &'a str,
    after: &'a str,
    /// A checkout may have changed the line endings.
    line_end: &'static str,
}

impl<'a> Readme<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, String> {
        let begin = only(text, BEGIN)? + BEGIN.len();
        let end = only(text, END)?;
        if end < begin {
            return Err(format!("`{END}` comes before `{BEGIN}`"));
        }
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Ok(Self { before: &text[..begin], after: &text[end..], line_end })
    }

    pub(super) fn with(&self, table: &str) -> String {
        let table = format!("\n{table}").replace('\n', self.line_end);
        format!("{}{table}{}", self.before, self.after)
    }
}

/// Returns the offset at which the line of the marker starts.
fn only(text: &str, marker: &str) -> Result<usize, String> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim_end() == marker {
            found.push(start);
        }
        start += line.len();
    }
    match found[..] {
        [at] => Ok(at),
        [] => Err(format!("there is no line `{marker}`; add it where the table of operations belongs")),
        _ => Err(format!("there is more than one line `{marker}`; keep one")),
    }
}

/// Returns one table for each description.
pub(super) fn of(documents: &[Document]) -> String {
    let mut text = String::new();
    for document in documents {
        let operations = sorted(document);
        let file = document.path().file_name().unwrap_or_default().to_string_lossy();
        let server = document.value()["servers"][0]["url"].as_str().unwrap_or_default();
        let _ = writeln!(text, "\n### `{file}`: {} operations below `{server}`\n", operations.len());
        text.push_str(
            "| tag | method | path | operationId | host | auth | confidence |\n|---|---|---|---|---|---|---|\n",
        );
        for operation in operations {
            let host = Server::parse(operation.server.as_deref().unwrap_or(server)).host;
            let cells = [
                cell(&operation.tag),
                cell(&operation.method),
                format!("`{}`", cell(&operation.path)),
                format!("`{}`", cell(&operation.id)),
                cell(host.as_deref().unwrap_or_default()),
                auth(operation.auth).to_owned(),
                cell(confidence(document, &operation)),
            ];
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    text.push('\n');
    text
}

/// Returns the operations in the order of the description: tag, path, method.
fn sorted(document: &Document) -> Vec<Operation> {
    let tags: Vec<_> = document.value()["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
    let mut operations = operations(document.value());
    operations.sort_by_cached_key(|operation| {
        let tag = tags.iter().position(|name| **name == *operation.tag).unwrap_or(tags.len());
        let method = METHODS.iter().position(|method| *method == operation.method);
        (tag, operation.tag.clone(), operation.path.clone(), method)
    });
    operations
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}

fn auth(auth: Auth) -> &'static str {
    match auth {
        Auth::None => "none",
        Auth::ClientIdentifier => "client identifier",
        Auth::Token => "token",
    }
}

/// Returns a message with the first outdated line of the table and the command that fixes it.
pub(super) fn tell_stale(path: &Path, found: &str, wanted: &str, command: &str) -> String {
    let mut lines = (found.lines(), wanted.lines());
    let mut number = 1;
    let (is, should) = loop {
        match (lines.0.next(), lines.1.next()) {
            (Some(is), Some(should)) if is == should => number += 1,
            (is, should) => break (is, should),
        }
    };
    let mut text = String::new();
    let _ = writeln!(text, "error: {} is out of date, first at line {number}", path.display());
    for (sign, line) in [('-', is), ('+', should)] {
        if let Some(line) = line {
            let _ = writeln!(text, "  {sign}{line}");
        }
    }
    let _ = writeln!(text, "  why: the descriptions changed after the table was written");
    let _ = writeln!(text, "  fix: {command}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_goes_between_the_markers_and_leaves_the_rest() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb\n");

        assert_eq!(Readme::new(&text).unwrap().with("new\n"), format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let text = format!("a\r\n{BEGIN}\r\n{END}\r\n");

        assert_eq!(Readme::new(&text).unwrap().with("new\n"), format!("a\r\n{BEGIN}\r\nnew\r\n{END}\r\n"));
    }

    #[test]
    fn each_marker_must_be_there_once_and_in_order() {
        let cases = [
            (format!("{END}\n"), "there is no line `<!-- operations:begin -->`"),
            (format!("{BEGIN}\n"), "there is no line `<!-- operations:end -->`"),
            (format!("{BEGIN}\n{BEGIN}\n{END}\n"), "there is more than one line `<!-- operations:begin -->`"),
            (format!("{END}\n{BEGIN}\n"), "`<!-- operations:end -->` comes before"),
            (format!("as in {BEGIN}\n{END}\n"), "there is no line `<!-- operations:begin -->`"),
        ];

        for (text, wanted) in cases {
            let why = Readme::new(&text).unwrap_err();
            assert!(why.starts_with(wanted), "{why}");
        }
    }
}
