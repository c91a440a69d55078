//! The report for a comment on a pull request.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Shown, slashed};
use crate::{finding::Finding, level::Level, report::Report};

/// GitHub takes 65,536 characters.
const LIMIT: usize = 60_000;
/// No row and no item is shorter.
const SHORT: usize = 60;
/// Operations told of one component.
const USERS: usize = 40;
/// Items shown beside one finding.
const EFFECTS: usize = 3;
/// Characters of a reason that is not ours.
const REASON: usize = 500;

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let mut rows = shown.max_rows.min(report.findings.len()).min(LIMIT / SHORT);
    let mut items = LIMIT / SHORT;
    let numbers = report.numbers();
    loop {
        let text = with_rows(report, &numbers, Shown { max_rows: rows, ..shown }, items);
        if text.chars().count() <= LIMIT || rows == 0 && items == 0 {
            return text;
        }
        // The list of items is the longer one, and the table tells the same.
        match items {
            0 => rows /= 2,
            _ => items /= 2,
        }
    }
}

fn with_rows(report: &Report, numbers: &str, shown: Shown, items: usize) -> String {
    let verdict = report.verdict_line().map(|(needs, has)| format!("\n\n**{needs}**; {has}.")).unwrap_or_default();
    let mut text = format!("### Spec diff: {} → {}{verdict}\n\n{}.\n", code(&report.base), code(&report.head), numbers);
    let (rows, cut) = report.rows(shown);
    for level in Level::ALL {
        let rows: Vec<_> = rows.iter().copied().filter(|finding| finding.level == level).collect();
        section(&mut text, report, level, &rows);
    }
    if cut > 0 {
        let _ = writeln!(
            text,
            "\n{cut} more rows are cut off; the full report is in the artifact `spec-diff` of this run (`spec-diff.json`)."
        );
    }
    waived(&mut text, report, shown.max_rows);
    rust(&mut text, report, items);
    let digest: String = Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let _ = write!(text, "\n<!-- plex-tv-sdk-spec-diff v1 sha256:{digest} -->\n");
    text
}

fn section(text: &mut String, report: &Report, level: Level, rows: &[&Finding]) {
    if rows.is_empty() {
        return;
    }
    let title = match level {
        Level::Breaking => "Breaking",
        Level::Potential => "Potentially breaking",
        Level::Compatible => "Compatible",
        Level::Docs => "Docs only",
    };
    let is_open = level == Level::Breaking;
    if is_open {
        let _ = writeln!(text, "\n### {title}\n");
    } else {
        let _ = writeln!(text, "\n<details><summary>{}: {}</summary>\n", title, rows.len());
    }
    text.push_str("| operation | change | where | Rust effect |\n|---|---|---|---|\n");
    for finding in rows {
        let line = finding.place().map(|place| format!(":{}", place.line)).unwrap_or_default();
        let file = slashed(finding.place_file());
        let name = file.rsplit('/').next().unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} `{}` | {name}{line} | {} |",
            cell(&finding.about()),
            cell(&finding.message),
            finding.rule,
            effects(report, finding)
        );
    }
    shared(text, rows);
    if !is_open {
        text.push_str("\n</details>\n");
    }
}

/// Who uses the components of the rows, each once.
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
    let effects = report.effects(finding);
    let mut shown: Vec<String> = effects.iter().take(EFFECTS).map(|effect| cell(&code(effect))).collect();
    if effects.len() > EFFECTS {
        shown.push(format!("and {} more", effects.len() - EFFECTS));
    }
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
        let _ = writeln!(text, "- {}: {} `{}`: {}", finding.about(), finding.message, finding.rule, plain(reason));
    }
    if waived.len() > rows {
        let _ = writeln!(text, "- and {} more", waived.len() - rows);
    }
    text.push_str("\n</details>\n");
}

fn rust(text: &mut String, report: &Report, items: usize) {
    let Some(rust) = &report.rust else { return };
    for why in &rust.unavailable {
        let why: String = why.chars().take(REASON).collect();
        let _ = writeln!(text, "\nThe Rust effect is not known: {}", code(&why));
    }
    if !rust.changes.is_empty() {
        let (added, removed, changed) = rust.counts();
        let plural = |count: usize| if count == 1 { "item" } else { "items" };
        let _ = writeln!(
            text,
            "\n<details><summary>Rust surface: +{added} {}, -{removed} {}, ~{changed} changed</summary>\n\n```diff",
            plural(added),
            plural(removed)
        );
        for change in rust.changes.iter().take(items) {
            let line = |text: &mut String, sign: char, signature: &Option<String>| {
                if let Some(signature) = signature {
                    let _ = writeln!(
                        text,
                        "{sign} {}::{}: {}",
                        change.module,
                        change.path,
                        signature.replace("```", "'''")
                    );
                }
            };
            line(text, '-', &change.old);
            line(text, '+', &change.new);
        }
        if rust.changes.len() > items {
            let _ = writeln!(text, "# … and {} more items", rust.changes.len() - items);
        }
        text.push_str("```\n\n</details>\n");
    }
    if !rust.code.is_empty() {
        let code: Vec<_> = rust
            .code
            .iter()
            .map(|code| {
                let share = (code.added.max(code.removed) * 1000).checked_div(code.lines).unwrap_or_default();
                format!("`{}` +{} -{} ({}.{} %)", code.file, code.added, code.removed, share / 10, share % 10)
            })
            .collect();
        let _ = writeln!(text, "\nGenerated code: {}.", code.join(", "));
    }
    for disagreement in rust.disagreements.iter().take(EFFECTS) {
        let _ = writeln!(text, "\n**A bug of these tools:** {}", cell(disagreement));
    }
}

/// In backticks, whatever it holds.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace(['\r', '\n'], " "))
}

/// A sentence of our own, in which names stand in backticks: only what ends a cell is dangerous.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}

/// Somebody's words, shown as they are.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|each| match each {
            '<' => "&lt;".chars().collect::<Vec<_>>(),
            '@' | '`' | '*' | '_' | '[' | ']' | '#' | '|' => vec!['\\', each],
            '\r' | '\n' => vec![' '],
            other => vec![other],
        })
        .collect()
}
