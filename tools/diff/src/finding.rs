//! One thing that changed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use crate::{
    level::{Level, Side},
    predict::Prediction,
    rule::Rule,
};

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One operation.
    Operation {
        /// Its `operationId`, where it has one; the new one, if it changed.
        id: Option<String>,
        /// The method, in capitals.
        method: String,
        /// The path template.
        path: String,
    },
    /// A component, which several operations may use.
    Component {
        /// As in `schemas`.
        kind: String,
        /// As in `Pin`.
        name: String,
    },
    /// The description as a whole.
    Document,
}

/// Where something stands in a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The JSON pointer.
    pub pointer: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// One thing that changed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The kind of change.
    pub rule: Rule,
    /// How bad it is.
    pub level: Level,
    /// Who sees it.
    pub side: Side,
    /// What it is about.
    pub subject: Subject,
    /// The operations that see it, by id, sorted.
    pub used_by: Arc<[String]>,
    /// What changed, in one sentence without a full stop.
    pub message: String,
    /// The description; the new one where both sides have it.
    pub file: PathBuf,
    /// The old description.
    pub base_file: PathBuf,
    /// Where it was; `None` when it is new.
    pub base: Option<Place>,
    /// Where it is; `None` when it is gone.
    pub head: Option<Place>,
    /// Of what is gone, the nearest place above it that is still there.
    pub nearest: Option<Place>,
    /// Why it is waived, if it is.
    pub waived: Option<String>,
    /// The items of the Rust API that it moved, by their number in the Rust report.
    pub effects: Vec<usize>,
    /// Another rule that the same edit breaks, reported in the same row.
    pub(crate) also: Option<Rule>,
    /// Whether it should move items of the Rust API.
    pub(crate) prediction: Prediction,
    /// The pointer by names, which stays when lists are reordered.
    pub(crate) key: String,
    /// All pointers that it speaks of, by names.
    pub(crate) pointers: Vec<String>,
    /// Components that it reaches through: renamed, referred to.
    pub(crate) related: Vec<String>,
}

impl Finding {
    /// The one operation it is about, by id or else by method and path; `None` where several see
    /// it.
    #[must_use]
    pub fn operation(&self) -> Option<String> {
        match (&self.subject, &*self.used_by) {
            (Subject::Operation { id, method, path }, _) => {
                Some(id.clone().unwrap_or_else(|| format!("{method} {path}")))
            }
            (_, [only]) => Some(only.clone()),
            _ => None,
        }
    }

    /// Where it is, or was.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.head.as_ref().or(self.base.as_ref())
    }

    /// The description in which the place is.
    #[must_use]
    pub fn place_file(&self) -> &Path {
        if self.head.is_none() && self.base.is_some() { &self.base_file } else { &self.file }
    }

    /// Twelve hexadecimal digits that stay the same while lines move.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{}\n{file}\n{}\n{}", self.rule, self.key, self.message);
        Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The pointer by which a waiver names it.
    #[must_use]
    pub fn pointer(&self) -> &str {
        self.place().map_or("", |place| place.pointer.as_str())
    }
}
