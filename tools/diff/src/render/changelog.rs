//! The report as lines for the changelog.

use std::fmt::Write as _;

use crate::{level::Level, report::Report};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::from("### API (description)\n\n");
    let told = report.findings.iter().filter(|finding| finding.level > Level::Docs || report.breaks(finding));
    let mut is_empty = true;
    for finding in told {
        is_empty = false;
        let mark = match finding.level {
            _ if finding.waived.is_some() => "",
            Level::Breaking => "**Breaking:** ",
            _ if report.breaks_callers(finding) => "**Breaking for callers:** ",
            _ => "",
        };
        let _ = writeln!(text, "- {mark}{}: {}.", finding.subject_name(), finding.message);
    }
    if is_empty {
        text.push_str("Nothing but documentation changed.\n");
    }
    text
}
