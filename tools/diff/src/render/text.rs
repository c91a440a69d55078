//! The report as plain text, for terminals and screen readers.

use std::fmt::Write as _;

use plex_tv_openapi::printable;

use super::{Shown, item_lines, slashed};
use crate::{finding::Finding, level::Level, report::Report};

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let mut text =
        format!("spec diff: {} -> {}\n{}\n", printable(&report.base), printable(&report.head), report.numbers());
    if let Some((needs, has)) = report.verdict_line() {
        let _ = writeln!(text, "{needs}; {has}");
    }
    for why in report.rust.iter().flat_map(|rust| &rust.unavailable) {
        let _ = writeln!(text, "no Rust effect: {}", printable(why));
    }
    let (rows, cut) = report.rows(shown);
    if !rows.is_empty() {
        text.push('\n');
    }
    for finding in rows {
        row(&mut text, report, finding);
    }
    if cut > 0 {
        let _ = writeln!(text, "\n… and {cut} more; --max-rows shows them");
    }
    for finding in report.waived() {
        let reason = finding.waived.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "\nwaived: {}: {} ({})\n   {}",
            finding.about().replace('`', ""),
            finding.message,
            finding.rule,
            printable(reason)
        );
    }
    rust(&mut text, report);
    text
}

fn row(text: &mut String, report: &Report, finding: &Finding) {
    let (marker, level) = match finding.level {
        Level::Breaking => ("!!", "breaking"),
        level if report.breaks(finding) => match level {
            Level::Potential => ("!!", "breaks callers, potential on the wire"),
            _ => ("!!", "breaks callers, compatible on the wire"),
        },
        Level::Potential => ("! ", "potential"),
        Level::Compatible => ("+ ", "compatible"),
        Level::Docs => (". ", "docs"),
    };
    let line = finding.place().map(|place| format!(":{}", place.line)).unwrap_or_default();
    let side = match finding.side {
        crate::Side::None => String::new(),
        crate::Side::Both => ", both sides".to_owned(),
        side => format!(", {side}"),
    };
    // Without the Rust report, the rules decide whether callers break.
    let is_told = report.breaks(finding) || !report.breaks_callers(finding);
    let callers = if is_told { "" } else { ", breaks callers" };
    let _ = writeln!(
        text,
        "{marker} {level}: {}: {} ({}{side}, {}{line}{callers})",
        finding.about().replace('`', ""),
        finding.message,
        finding.rule,
        printable(&slashed(finding.place_file())),
    );
    for item in item_lines(&report.items(finding)) {
        let _ = writeln!(text, "   Rust: {item}");
    }
}

fn rust(text: &mut String, report: &Report) {
    let Some(rust) = report.rust.as_ref().filter(|rust| rust.unavailable.is_empty() || !rust.changes.is_empty()) else {
        return;
    };
    text.push('\n');
    for item in item_lines(&report.unattributed()) {
        let _ = writeln!(text, "Rust: {item}");
    }
    let (added, removed, changed) = rust.counts();
    let _ = writeln!(text, "Rust surface: +{added} items, -{removed} items, ~{changed} changed");
    for code in &rust.code {
        let _ = writeln!(
            text,
            "generated code: {} +{} -{} of {} lines",
            printable(&code.file),
            code.added,
            code.removed,
            code.lines
        );
    }
    for disagreement in &rust.disagreements {
        let _ = writeln!(text, "bug in these tools: {}", printable(disagreement));
    }
}
