//! The report as JSON.

use serde_json::{Value, json};

use crate::{
    check::Verdict,
    compare::{Fate, Field},
    report::{Report, Totals},
};

/// Incremented when a member is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

impl Report {
    /// Returns the report for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let Totals { payloads, decoded, failed, skipped, lost, unknown } = self.totals();
        json!({
            "schema_version": SCHEMA_VERSION,
            "payloads": self.payloads.iter().map(|(name, verdict)| payload(name, verdict)).collect::<Vec<_>>(),
            "passed_over": self.passed_over.iter().map(|(name, why)| json!({ "name": name, "why": why })).collect::<Vec<_>>(),
            "totals": {
                "payloads": payloads, "decoded": decoded, "failed": failed, "skipped": skipped,
                "lost_fields": lost, "unknown_fields": unknown,
            },
        })
    }
}

fn payload(name: &str, verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Decoded { fields, is_documented } => {
            let of = |lost: bool| -> Vec<_> {
                fields.iter().filter(|each| each.fate.is_loss() == lost).map(field).collect()
            };
            json!({
                "name": name, "outcome": "decoded", "status_documented": is_documented,
                "lost": of(true), "unknown": of(false),
            })
        }
        Verdict::Refused { errors, is_documented } => {
            let error =
                |error: &plex_tv_sdk::PlexError| json!({ "code": error.code(), "message": error.message().is_some() });
            json!({
                "name": name, "outcome": "decoded", "status_documented": is_documented,
                "errors": errors.iter().map(error).collect::<Vec<_>>(),
            })
        }
        Verdict::Failed { path, message } => {
            json!({ "name": name, "outcome": "failed", "path": path, "message": message })
        }
        Verdict::Skipped(why) => json!({ "name": name, "outcome": "skipped", "why": why }),
    }
}

fn field(Field { fate, path, first, times, kind }: &Field) -> Value {
    let fate = match fate {
        Fate::Missing => "missing",
        Fate::Changed => "changed",
        Fate::Dropped => "dropped",
        Fate::Extra => "extra",
    };
    json!({ "path": path, "first": first, "times": times, "kind": kind, "fate": fate })
}
