//! The report as text.

use std::fmt::Write as _;

use plex_tv_openapi::printable;
use plex_tv_sdk::PlexError;

use crate::{check::Verdict, compare::Field};

/// The result for every payload in a folder.
#[derive(Debug)]
pub struct Report {
    pub(crate) payloads: Vec<(String, Verdict)>,
    pub(crate) passed_over: Vec<(String, &'static str)>,
}

/// The numbers in the last line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) payloads: usize,
    pub(crate) decoded: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    pub(crate) lost: usize,
    pub(crate) unknown: usize,
}

impl Report {
    pub(crate) fn new(payloads: Vec<(String, Verdict)>, passed_over: Vec<(String, &'static str)>) -> Self {
        Self { payloads, passed_over }
    }

    /// Returns whether a payload failed or, if `strict`, lost a field.
    #[must_use]
    pub fn is_faulty(&self, strict: bool) -> bool {
        let totals = self.totals();
        totals.failed > 0 || strict && totals.lost > 0
    }

    /// Returns the report for people. Its last line has the numbers.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, verdict) in &self.payloads {
            let _ = writeln!(text, "{}: {}", printable(name), summary(verdict));
            details(&mut text, verdict);
        }
        for (name, why) in &self.passed_over {
            let _ = writeln!(text, "{}: ignored: {why}", printable(name));
        }
        let Totals { payloads, decoded, failed, skipped, lost, unknown } = self.totals();
        if skipped > 0 {
            let _ = writeln!(text, "{skipped} skipped, neither decoded nor failed");
        }
        let _ = writeln!(
            text,
            "{payloads} payloads: {decoded} decoded, {failed} failed, {lost} lost fields, {unknown} unknown fields"
        );
        text
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals { payloads: self.payloads.len(), ..Totals::default() };
        for (_, verdict) in &self.payloads {
            match verdict {
                Verdict::Decoded { fields, .. } => {
                    let lost = fields.iter().filter(|field| field.fate.is_loss()).count();
                    totals.decoded += 1;
                    totals.lost += lost;
                    totals.unknown += fields.len() - lost;
                }
                Verdict::Refused { .. } => totals.decoded += 1,
                Verdict::Failed { .. } => totals.failed += 1,
                Verdict::Skipped(_) => totals.skipped += 1,
            }
        }
        totals
    }
}

fn summary(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Decoded { .. } => "decoded".to_owned(),
        Verdict::Refused { errors, .. } if errors.is_empty() => "decoded, status only".to_owned(),
        Verdict::Refused { errors, .. } => {
            let lines: Vec<_> = errors.iter().map(refusal).collect();
            format!("decoded, {}", lines.join("; "))
        }
        Verdict::Failed { path: Some(path), message } => {
            format!("failed at {}: {}", printable(path), printable(message))
        }
        Verdict::Failed { path: None, message } => format!("failed: {}", printable(message)),
        Verdict::Skipped(why) => format!("skipped: {why}"),
    }
}

fn refusal(error: &PlexError) -> String {
    let code = error.code().map_or("no code".to_owned(), |code| format!("code {code}"));
    format!("{code}, {} message", if error.message().is_some() { "with a" } else { "no" })
}

fn details(text: &mut String, verdict: &Verdict) {
    let (fields, is_documented) = match verdict {
        Verdict::Decoded { fields, is_documented } => (fields.as_slice(), *is_documented),
        Verdict::Refused { is_documented, .. } => (&[][..], *is_documented),
        Verdict::Failed { .. } | Verdict::Skipped(_) => return,
    };
    if !is_documented {
        let _ = writeln!(text, "  note: the description does not name this status");
    }
    for Field { fate, path, first, times, kind } in fields {
        let what = if fate.is_loss() { "lost" } else { "unknown" };
        let again = match times {
            1 => String::new(),
            times => format!(", {times} times, first at {}", printable(first)),
        };
        let path = if path.is_empty() { "the whole body".to_owned() } else { printable(path) };
        let _ = writeln!(text, "  {what}: {path} ({kind}, {fate}{again})");
    }
}
