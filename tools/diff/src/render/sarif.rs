//! The report as SARIF 2.1.0, for code scanning.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Shown, slashed};
use crate::{level::Level, report::Report, rule::Rule};

/// Percent-encodes a path as a relative URI.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |uri, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            uri + char::from(byte).encode_utf8(&mut [0; 4])
        }
        other => format!("{uri}%{other:02X}"),
    })
}

pub(super) fn render(report: &Report, shown: Shown) -> String {
    let shown: Vec<_> = report.findings.iter().filter(|finding| finding.level >= shown.min_level).collect();
    let rules: BTreeSet<Rule> = shown.iter().map(|finding| finding.rule).collect();
    let level = |level: Level| match level {
        Level::Breaking => "error",
        Level::Potential => "warning",
        Level::Compatible => "note",
        Level::Docs => "none",
    };
    let results = shown.iter().map(|finding| {
        // Something removed is reported at what contained it.
        let line = finding.head.as_ref().or(finding.nearest.as_ref()).map_or(1, |place| place.line);
        let message = format!("{}: {}", finding.about().replace('`', ""), finding.message);
        let mut result = json!({
            "ruleId": finding.rule.id(),
            "level": level(report.severity(finding)),
            // SARIF reads `[text](target)` as a link.
            "message": { "text": message.replace("](", "] (") },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": encoded(&slashed(&finding.file)) },
                "region": { "startLine": line, "startColumn": 1 },
            } }],
            "partialFingerprints": { "specDiff/v1": finding.fingerprint() },
        });
        if let Some(reason) = &finding.waived {
            result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
        }
        result
    });
    let results: Vec<_> = results.collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo xtask diff",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| json!({
                    "id": rule.id(),
                    "shortDescription": { "text": rule.title() },
                    "fullDescription": { "text": rule.why() },
                })).collect::<Vec<_>>(),
            } },
            "results": results,
        }],
    });
    format!("{document:#}\n")
}
