//! The names of members that are in a reply but not in the description.

/// The members of a reply that are not in the tables. Values are never kept, because one may be a
/// new token.
#[derive(Debug, Default)]
pub(crate) struct Names {
    may_be_errors: bool,
    #[cfg(feature = "trace-unknown")]
    names: std::collections::BTreeSet<String>,
}

impl Names {
    /// Whether a member has a name that is used for the errors of a refusal.
    pub(super) fn is_errors(name: &str) -> bool {
        matches!(name, "errors" | "error" | "Error")
    }

    /// Checks a name that was found at a depth, counted from 1.
    pub(super) fn look(&mut self, name: &str, depth: u32) {
        self.may_be_errors |= depth <= 2 && Self::is_errors(name);
    }

    /// Keeps a name with its path.
    #[cfg(feature = "trace-unknown")]
    pub(super) fn add(&mut self, path: String) {
        self.names.insert(path);
    }

    /// Whether the reply may be an error object in place of a value.
    pub(crate) fn may_be_errors(&self) -> bool {
        self.may_be_errors
    }

    /// Reports the names to `tracing`, with feature `trace-unknown`.
    #[cfg_attr(not(feature = "trace-unknown"), allow(clippy::unused_self))]
    pub(crate) fn trace(self, _operation: &'static str) {
        #[cfg(feature = "trace-unknown")]
        if !self.names.is_empty() {
            tracing::debug!(operation = _operation, names = ?self.names, "members that the description does not name");
        }
    }
}
