//! The report of a fault in a description.

use std::{
    fmt,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

/// One thing wrong with a description: where it is, which rule it breaks, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    file: PathBuf,
    line: Option<NonZeroUsize>,
    pointer: String,
    rule: &'static str,
    message: String,
    mend: String,
}

impl Problem {
    /// Creates a problem with `file` as a whole. Narrow it down with [`Problem::on_line`] and
    /// [`Problem::at`].
    pub fn new(
        file: impl Into<PathBuf>,
        rule: &'static str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), line: None, pointer: String::new(), rule, message: message.into(), mend: mend.into() }
    }

    /// Returns the problem with a line, counted from 1. A line of 0 means no line.
    #[must_use]
    pub fn on_line(mut self, line: usize) -> Self {
        self.line = NonZeroUsize::new(line);
        self
    }

    /// Returns the problem with a JSON pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// Returns the file that has the problem.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the line, counted from 1, or `None` for a problem with the file as a whole.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line.map(NonZeroUsize::get)
    }

    /// Returns the JSON pointer of the wrong value. It is empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the stable id of the broken rule.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Returns what is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns how to fix it.
    #[must_use]
    pub fn mend(&self) -> &str {
        &self.mend
    }
}

/// Returns text of a description in a form that is safe for a terminal and a log. Characters that
/// control either of them, or that hide or reverse text, are escaped.
#[must_use]
pub fn printable(text: &str) -> String {
    let is_hidden = |each: char| {
        each.is_control()
            || matches!(each, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(each, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let mut found = String::with_capacity(text.len());
    for each in text.chars() {
        if is_hidden(each) { found.extend(each.escape_default()) } else { found.push(each) }
    }
    // GitHub reads this as a log command anywhere in a line.
    found.replace("##[", "## [")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", printable(&self.file.display().to_string()))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}: {}", self.rule, printable(&self.message))?;
        if !self.pointer.is_empty() {
            write!(f, "\n  at:  {}", printable(&self.pointer))?;
        }
        write!(f, "\n  fix: {}", printable(&self.mend))
    }
}

impl std::error::Error for Problem {}
