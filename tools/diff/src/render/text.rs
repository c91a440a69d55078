//! The report for a terminal: plain enough for a screen reader.

use std::fmt::Write as _;

use super::{Shown, slashed};
use crate::{finding::Finding, level::Level, report::Report};

/// Items shown beside one finding; the list of all items is below.
const EFFECTS: usize = 4;

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let mut text = format!("spec diff: {} -> {}\n{}\n", report.base, report.head, report.numbers());
    if let Some((needs, has)) = report.verdict_line() {
        let _ = writeln!(text, "{needs}; {has}");
    }
    let (rows, cut) = report.rows(shown);
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
            "\nwaived: {}: {} ({})\n   {reason}",
            finding.about().replace('`', ""),
            finding.message,
            finding.rule
        );
    }
    rust(&mut text, report);
    text
}

fn row(text: &mut String, report: &Report, finding: &Finding) {
    let marker = match finding.level {
        Level::Breaking => "!!",
        Level::Potential => "! ",
        Level::Compatible => "+ ",
        Level::Docs => ". ",
    };
    let line = finding.place().map(|place| format!(":{}", place.line)).unwrap_or_default();
    let side = match finding.side {
        crate::Side::None => String::new(),
        crate::Side::Both => ", both sides".to_owned(),
        side => format!(", {side}"),
    };
    let _ = writeln!(
        text,
        "\n{marker} {}: {}: {}\n   {}{side}, {}{line}",
        finding.level,
        finding.about().replace('`', ""),
        finding.message,
        finding.rule,
        slashed(finding.place_file()),
    );
    let effects = report.effects(finding);
    for effect in effects.iter().take(EFFECTS) {
        let _ = writeln!(text, "   Rust: {effect}");
    }
    if effects.len() > EFFECTS {
        let _ = writeln!(text, "   Rust: … and {} more items", effects.len() - EFFECTS);
    }
}

fn rust(text: &mut String, report: &Report) {
    let Some(rust) = &report.rust else { return };
    text.push('\n');
    for why in &rust.unavailable {
        let _ = writeln!(text, "no Rust effect: {why}");
    }
    if !rust.unavailable.is_empty() && rust.changes.is_empty() {
        return;
    }
    let (added, removed, changed) = rust.counts();
    let _ = writeln!(text, "Rust surface: +{added} items, -{removed} items, ~{changed} changed");
    for code in &rust.code {
        let _ =
            writeln!(text, "generated code: {} +{} -{} of {} lines", code.file, code.added, code.removed, code.lines);
    }
    for disagreement in &rust.disagreements {
        let _ = writeln!(text, "bug of these tools: {disagreement}");
    }
}
