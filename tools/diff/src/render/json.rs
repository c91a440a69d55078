//! The report as JSON, for programs.

use serde_json::{Value, json};

use super::{Shown, slashed};
use crate::{
    finding::{Finding, Place},
    level::Level,
    report::Report,
};

/// The version of the report's format. It is raised when a member changes its meaning or is
/// removed.
pub const SCHEMA_VERSION: u32 = 1;

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let findings = report.findings.iter().filter(|finding| finding.level >= shown.min_level);
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "base": report.base,
        "head": report.head,
        "operations": report.operations,
        "operations_touched": report.touched(),
        "counts": {
            "breaking": report.count(Level::Breaking),
            "potential": report.count(Level::Potential),
            "compatible": report.count(Level::Compatible),
            "docs": report.count(Level::Docs),
            "waived": report.waived().count(),
        },
        "version": report.verdict().map(|verdict| json!({
            "bump": verdict.bump.name(),
            "needed": verdict.needed.to_string(),
            "current": verdict.current.to_string(),
            "is_bumped": verdict.is_bumped(),
        })),
        "findings": findings.map(|finding| row(report, finding)).collect::<Vec<_>>(),
        "rust": report.rust.as_ref().map(|rust| json!({
            "items": rust.changes.iter().map(|change| json!({
                "module": change.module,
                "path": change.path,
                "old": change.old,
                "new": change.new,
            })).collect::<Vec<_>>(),
            "code": rust.code.iter().map(|code| json!({
                "file": code.file,
                "added": code.added,
                "removed": code.removed,
                "lines": code.lines,
            })).collect::<Vec<_>>(),
            "unavailable": rust.unavailable,
            "disagreements": rust.disagreements,
        })),
    });
    format!("{document:#}\n")
}

fn row(report: &Report, finding: &Finding) -> Value {
    let place =
        |place: &Option<Place>| place.as_ref().map(|place| json!({ "pointer": place.pointer, "line": place.line }));
    let component = match &finding.subject {
        crate::Subject::Component { kind, name } => Some(format!("{kind}/{name}")),
        _ => None,
    };
    json!({
        "rule": finding.rule.id(),
        "level": finding.level,
        "side": finding.side.name(),
        "operation": finding.operation(),
        "component": component,
        "used_by": &*finding.used_by,
        "file": slashed(finding.place_file()),
        "pointer": finding.pointer(),
        "line": finding.place().map(|place| place.line),
        "message": finding.message,
        "fingerprint": finding.fingerprint(),
        "base": place(&finding.base),
        "head": place(&finding.head),
        "waived": finding.waived,
        "rust": report.items(finding).into_iter().map(crate::ItemChange::told).collect::<Vec<_>>(),
    })
}
