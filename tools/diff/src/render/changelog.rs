//! Lines for the changelog.

use std::fmt::Write as _;

use crate::{
    finding::{Finding, Subject},
    level::{Bump, Level},
    report::Report,
};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::from("### API (description)\n\n");
    let told =
        report.findings.iter().filter(|finding| finding.level > Level::Docs || finding.rule.bump() == Bump::Major);
    let mut is_empty = true;
    for finding in told {
        is_empty = false;
        let mark = match finding.level {
            Level::Breaking => "**Breaking:** ",
            _ if breaks_callers(report, finding) => "**Breaking for callers:** ",
            _ => "",
        };
        let _ = writeln!(text, "- {mark}{}: {}.", subject(finding), finding.message);
    }
    if is_empty {
        text.push_str("Nothing but documentation changed.\n");
    }
    text
}

/// The wire stays compatible, but code that was written against the old crate no longer compiles.
fn breaks_callers(report: &Report, finding: &Finding) -> bool {
    match &report.rust {
        Some(rust) => {
            finding.effects.iter().filter_map(|index| rust.changes.get(*index)).any(|change| change.old.is_some())
        }
        None => finding.rule.bump() == Bump::Major,
    }
}

fn subject(finding: &Finding) -> String {
    match &finding.subject {
        Subject::Operation { id: Some(id), .. } => format!("`{id}`"),
        Subject::Operation { method, path, .. } => format!("`{method} {path}`"),
        Subject::Component { name, .. } => format!("`{name}`"),
        Subject::Document => format!("`{}`", finding.file.file_name().unwrap_or_default().to_string_lossy()),
    }
}
