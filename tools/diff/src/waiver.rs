//! Waivers: findings that were accepted, each until a date.
//!
//! ```toml
//! [[ignore]]
//! rule = "enum-added"
//! pointer = "/components/schemas/Kind/enum/2"
//! file = "plex-tv.yaml"          # optional
//! reason = "plex.tv sends it since June, and our reader keeps unknown words"
//! expires = "2026-12-01"
//! ```

use std::{fs, path::Path, sync::Arc};

use jiff::civil::Date;
use plex_tv_openapi::Problem;
use serde::Deserialize;

use crate::{
    finding::{Finding, Place, Subject},
    level::Side,
    predict::Prediction,
    rule::Rule,
};

/// The waivers of one file.
#[derive(Debug, Default)]
pub struct Waivers {
    file: std::path::PathBuf,
    all: Vec<Waiver>,
}

#[derive(Debug)]
struct Waiver {
    line: usize,
    rule: Rule,
    pointer: String,
    file: Option<String>,
    reason: String,
    expires: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    pointer: String,
    file: Option<String>,
    reason: String,
    expires: String,
}

const MEND: &str = "each [[ignore]] needs rule, pointer, reason and expires (as in \"2026-12-01\"), and may have file";

impl Waivers {
    /// Reads a waiver file.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, or has an incomplete entry.
    pub fn load(path: &Path) -> Result<Self, Problem> {
        let text = fs::read_to_string(path)
            .map_err(|why| Problem::new(path, "unreadable", why.to_string(), "check the path and its permissions"))?;
        Self::parse(path, &text)
    }

    /// Parses the text of a waiver file; `path` is only used in messages.
    ///
    /// # Errors
    /// If it is not TOML, or has an incomplete entry.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Problem> {
        let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let problem = |line: usize, why: String| Problem::new(path, "ignore-file", why, MEND).on_line(line);
        let file: File = toml::from_str(text).map_err(|why| {
            let line = why.span().map_or(0, |span| line_of(span.start));
            problem(line, why.message().to_owned())
        })?;
        let all = file.ignore.into_iter().map(|entry| {
            let line = line_of(entry.span().start);
            let Entry { rule, pointer, file, reason, expires } = entry.into_inner();
            let unknown = || problem(line, format!("there is no rule {rule:?}; --list-rules lists them"));
            let rule = Rule::by_id(&rule).ok_or_else(unknown)?;
            let date = expires.parse().map_err(|_| problem(line, format!("{expires:?} is not a date")))?;
            if reason.trim().is_empty() {
                return Err(problem(line, "a waiver without a reason waives nothing".to_owned()));
            }
            Ok(Waiver { line, rule, pointer, file, reason, expires: date })
        });
        Ok(Self { file: path.to_owned(), all: all.collect::<Result<_, _>>()? })
    }

    /// Marks the waived findings, and adds a finding for each waiver that has expired or matches
    /// nothing.
    pub fn apply(&self, findings: &mut Vec<Finding>, today: Date) {
        let mut own = Vec::new();
        for waiver in &self.all {
            let is_expired = waiver.expires < today;
            let mut is_used = false;
            for finding in findings.iter_mut().filter(|finding| waiver.fits(finding)) {
                is_used = true;
                if !is_expired {
                    finding.waived = Some(format!("{} (until {})", waiver.reason, waiver.expires));
                }
            }
            let rule = waiver.rule;
            match (is_expired, is_used) {
                (true, true) => own.push(self.about(
                    waiver,
                    Rule::IgnoreExpired,
                    format!("the waiver of `{rule}` expired on {}", waiver.expires),
                )),
                (_, false) => {
                    own.push(self.about(waiver, Rule::IgnoreUnused, format!("the waiver of `{rule}` matches nothing")))
                }
                (false, true) => {}
            }
        }
        findings.extend(own);
    }

    fn about(&self, waiver: &Waiver, rule: Rule, message: String) -> Finding {
        Finding {
            rule,
            level: rule.level(Side::Both),
            side: Side::None,
            subject: Subject::Document,
            used_by: Arc::default(),
            message,
            file: self.file.clone(),
            base_file: self.file.clone(),
            base: None,
            head: Some(Place { pointer: waiver.pointer.clone(), line: waiver.line }),
            nearest: None,
            also: None,
            waived: None,
            effects: Vec::new(),
            prediction: Prediction::Nothing,
            key: waiver.pointer.clone(),
            pointers: Vec::new(),
            related: Vec::new(),
        }
    }
}

impl Waiver {
    fn fits(&self, finding: &Finding) -> bool {
        let name = finding.file.file_name().unwrap_or_default().to_string_lossy();
        let places = [&finding.base, &finding.head];
        (finding.rule == self.rule || finding.also == Some(self.rule))
            && self.file.as_ref().is_none_or(|file| *file == name)
            && places.into_iter().flatten().any(|place| place.pointer == self.pointer)
    }
}
