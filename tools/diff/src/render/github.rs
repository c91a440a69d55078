//! The report as annotations for GitHub.

use std::fmt::Write as _;

use super::{Shown, slashed};
use crate::{level::Level, report::Report};

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let mut text = String::new();
    let (rows, cut) = report.rows(shown);
    for finding in rows {
        let kind = match report.severity(finding) {
            Level::Breaking => "error",
            Level::Potential => "warning",
            Level::Compatible | Level::Docs => "notice",
        };
        // Annotations refer to lines of the new files. Something removed is annotated at what
        // contained it.
        let line = finding.head.as_ref().or(finding.nearest.as_ref()).map_or(1, |place| place.line);
        let message = format!("{}: {}", finding.about().replace('`', ""), finding.message);
        let _ = writeln!(
            text,
            "::{kind} title={},file={},line={line}::{}",
            property(finding.rule.id()),
            property(&slashed(&finding.file)),
            data(&message)
        );
    }
    if cut > 0 {
        let _ = writeln!(text, "::notice::{cut} more findings are not annotated");
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
