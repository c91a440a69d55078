//! A finding: one thing that changed.

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
        /// Its `operationId`, if it has one; if it changed, the new one.
        id: Option<String>,
        /// The method, in upper case.
        method: String,
        /// The path template.
        path: String,
    },
    /// A component, which several operations may use.
    Component {
        /// The section of `components`, such as `schemas`.
        kind: String,
        /// Its name, such as `Pin`.
        name: String,
    },
    /// The whole description.
    Document,
}

/// A position in a description.
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
    /// How severe it is.
    pub level: Level,
    /// Who sees it.
    pub side: Side,
    /// What it is about.
    pub subject: Subject,
    /// The ids of the affected operations, sorted.
    pub used_by: Arc<[String]>,
    /// What changed, in one sentence without a full stop.
    pub message: String,
    /// The description; the new one if both sides have it.
    pub file: PathBuf,
    /// The old description.
    pub base_file: PathBuf,
    /// Where it was; `None` if it is new.
    pub base: Option<Place>,
    /// Where it is; `None` if it was removed.
    pub head: Option<Place>,
    /// If it was removed, the nearest enclosing place that still exists.
    pub nearest: Option<Place>,
    /// Why it is waived; `None` if it is not.
    pub waived: Option<String>,
    /// The items of the Rust API that it changed, as indexes into [`RustReport::changes`].
    ///
    /// [`RustReport::changes`]: crate::RustReport::changes
    pub effects: Vec<usize>,
    /// Another rule that matches the same edit, reported in the same row.
    pub(crate) also: Option<Rule>,
    /// Whether it should change items of the Rust API.
    pub(crate) prediction: Prediction,
    /// The canonical pointer, which uses names and so stays the same when lists are reordered.
    pub(crate) key: String,
    /// All canonical pointers that it covers.
    pub(crate) pointers: Vec<String>,
    /// Names of other components that it involves, such as the old name or a reference's target.
    pub(crate) related: Vec<String>,
}

impl Finding {
    /// The only operation that it affects, by id, or by method and path if it has no id; `None` if
    /// it affects several or none.
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

    /// Where it is, or where it was if it was removed.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.head.as_ref().or(self.base.as_ref())
    }

    /// The description that contains [`place`](Self::place).
    #[must_use]
    pub fn place_file(&self) -> &Path {
        if self.head.is_none() && self.base.is_some() { &self.base_file } else { &self.file }
    }

    /// Twelve hexadecimal digits that identify the finding and do not change when lines move.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{}\n{file}\n{}\n{}", self.rule, self.key, self.message);
        Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The JSON pointer by which a waiver names it.
    #[must_use]
    pub fn pointer(&self) -> &str {
        self.place().map_or("", |place| place.pointer.as_str())
    }
}
