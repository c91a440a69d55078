//! The report as Markdown, for a comment on a pull request.
//!
//! All text from descriptions, waivers and generated code is put into code spans, where tags,
//! entities and mentions have no effect.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Shown, item_lines, slashed};
use crate::{finding::Finding, level::Level, report::Report, told::code};

/// Characters of a report. GitHub accepts 65,536 in a comment.
const LIMIT: usize = 60_000;
/// Characters of the shortest possible row.
const SHORT: usize = 60;
/// How many operations are listed for one component.
const USERS: usize = 8;
/// Characters of a waiver's reason, or of an item, that are shown.
const REASON: usize = 500;

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let mut rows = shown.max_rows.min(report.findings.len()).min(LIMIT / SHORT);
    loop {
        let text = with_rows(report, Shown { max_rows: rows, ..shown });
        if text.chars().count() <= LIMIT || rows == 0 {
            return text;
        }
        rows /= 2;
    }
}

fn with_rows(report: &Report, shown: Shown) -> String {
    let verdict = report.verdict_line().map(|(needs, has)| format!("\n\n**{needs}**; {has}.")).unwrap_or_default();
    let mut text =
        format!("### Spec diff: {} → {}{verdict}\n\n{}.\n", code(&report.base), code(&report.head), report.numbers());
    for why in report.rust.iter().flat_map(|rust| &rust.unavailable) {
        let _ = writeln!(text, "\nThe Rust effect is not known: {}", code(&cut(why)));
    }
    let (rows, more) = report.rows(shown);
    // Everything that makes the version a breaking one, also if only the rules say so.
    let (breaking, rest): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|finding| report.breaks(finding) || report.breaks_callers(finding));
    table(&mut text, report, "Breaking", &breaking, true);
    for level in Level::ALL {
        let rows: Vec<_> = rest.iter().copied().filter(|finding| finding.level == level).collect();
        match level {
            Level::Breaking | Level::Potential => table(&mut text, report, "Potentially breaking", &rows, false),
            Level::Compatible => table(&mut text, report, "Compatible", &rows, false),
            Level::Docs => list(&mut text, &rows),
        }
    }
    if more > 0 {
        let _ = writeln!(
            text,
            "\n{more} more rows are cut off; the full report is in the artifact `spec-diff` of this run (`spec-diff.json`)."
        );
    }
    waived(&mut text, report, shown.max_rows);
    rust(&mut text, report);
    let digest: String = Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let _ = write!(text, "\n<!-- plex-tv-sdk-spec-diff v1 sha256:{digest} -->\n");
    text
}

fn table(text: &mut String, report: &Report, title: &str, rows: &[&Finding], is_open: bool) {
    if rows.is_empty() {
        return;
    }
    if is_open {
        let _ = writeln!(text, "\n### {title}\n");
    } else {
        let _ = writeln!(text, "\n<details><summary>{title}: {}</summary>\n", rows.len());
    }
    text.push_str("| operation | change | where | Rust effect |\n|---|---|---|---|\n");
    for finding in rows {
        // A finding in this table may be harmless on the wire.
        let mark = if is_open && finding.level < Level::Breaking { "**breaks callers:** " } else { "" };
        let _ = writeln!(
            text,
            "| {} | {mark}{} `{}` | {} | {} |",
            cell(&finding.about()),
            cell(&finding.message),
            finding.rule,
            cell(&place(finding)),
            effects(report, finding)
        );
    }
    shared(text, rows);
    if !is_open {
        text.push_str("\n</details>\n");
    }
}

/// Changes of texts have no effect on the code, so each gets one line.
fn list(text: &mut String, rows: &[&Finding]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n<details><summary>Docs only: {}</summary>\n", rows.len());
    for finding in rows {
        let _ = writeln!(text, "- {}: {} ({})", finding.about(), finding.message, place(finding));
    }
    text.push_str("\n</details>\n");
}

fn place(finding: &Finding) -> String {
    let line = finding.place().map(|place| format!(":{}", place.line)).unwrap_or_default();
    let file = slashed(finding.place_file());
    code(&format!("{}{line}", file.rsplit('/').next().unwrap_or_default()))
}

/// Lists the users of each component in the rows, once.
fn shared(text: &mut String, rows: &[&Finding]) {
    let mut told: Vec<String> = rows
        .iter()
        .filter(|finding| finding.used_by.len() > 1 && matches!(finding.subject, crate::Subject::Component { .. }))
        .map(|finding| {
            let users: Vec<_> = finding.used_by.iter().take(USERS).map(|user| code(user)).collect();
            let more = match finding.used_by.len().saturating_sub(USERS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("- {}: {}{more}", finding.about(), users.join(", "))
        })
        .collect();
    told.dedup();
    if !told.is_empty() {
        let _ = writeln!(text, "\n<details><summary>used by</summary>\n\n{}\n\n</details>", told.join("\n"));
    }
}

fn effects(report: &Report, finding: &Finding) -> String {
    if report.rust.as_ref().is_none_or(|rust| !rust.unavailable.is_empty() && rust.changes.is_empty()) {
        return "not known".to_owned();
    }
    let shown: Vec<String> = item_lines(&report.items(finding)).iter().map(|line| cell(&code(&cut(line)))).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join("<br>") }
}

fn waived(text: &mut String, report: &Report, rows: usize) {
    let waived: Vec<_> = report.waived().collect();
    if waived.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n<details><summary>Waived: {}</summary>\n", waived.len());
    for finding in waived.iter().take(rows) {
        let reason = finding.waived.as_deref().unwrap_or_default();
        let _ = writeln!(text, "- {}: {} `{}`: {}", finding.about(), finding.message, finding.rule, code(&cut(reason)));
    }
    if waived.len() > rows {
        let _ = writeln!(text, "- and {} more", waived.len() - rows);
    }
    text.push_str("\n</details>\n");
}

fn rust(text: &mut String, report: &Report) {
    let Some(rust) = &report.rust else { return };
    let (added, removed, changed) = rust.counts();
    if added + removed + changed > 0 {
        let plural = |count: usize| if count == 1 { "item" } else { "items" };
        let _ = writeln!(
            text,
            "\nRust surface: +{added} {}, -{removed} {}, ~{changed} changed.",
            plural(added),
            plural(removed)
        );
    }
    let rest = report.unattributed();
    if !rest.is_empty() {
        let lines: Vec<_> = item_lines(&rest).iter().take(20).map(|line| format!("- {}", code(&cut(line)))).collect();
        let _ = writeln!(text, "\nChanged without a finding above:\n\n{}", lines.join("\n"));
    }
    if !rust.code.is_empty() {
        let code: Vec<_> = rust
            .code
            .iter()
            .map(|size| {
                let share = (size.added.max(size.removed) * 1000).checked_div(size.lines).unwrap_or_default();
                format!("{} +{} -{} ({}.{} %)", code(&size.file), size.added, size.removed, share / 10, share % 10)
            })
            .collect();
        let _ = writeln!(text, "\nGenerated code: {}.", code.join(", "));
    }
    for disagreement in rust.disagreements.iter().take(3) {
        let _ = writeln!(text, "\n**A bug in these tools:** {}", code(&cut(disagreement)));
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Escapes `|`, which ends a table cell even inside a code span.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
