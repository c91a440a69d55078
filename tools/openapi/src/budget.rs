//! Limits on the size of a description, so that a few lines of text cannot exhaust memory.

/// The deepest nesting of values that is accepted. Real descriptions stay far below it. The limit
/// keeps recursion over a value safe.
pub(crate) const MAX_DEPTH: usize = 128;
/// The most values in a description with its aliases expanded. Nested aliases multiply, so a few
/// lines may describe billions of values. Real descriptions have about ten thousand.
const MAX_VALUES: usize = 1_000_000;
/// The most bytes of all texts and of the pointers to all values. A key counts once for each value
/// below it.
const MAX_TEXT: usize = 128 * 1024 * 1024;

/// The amount read so far, with aliases expanded.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    values: usize,
    text: usize,
}

impl Budget {
    /// Charges the budget for values and bytes of text before they are allocated.
    ///
    /// # Errors
    /// A message that names the exceeded limit.
    pub(crate) fn pay(&mut self, values: usize, text: usize) -> Result<(), String> {
        self.values = self.values.saturating_add(values);
        self.text = self.text.saturating_add(text);
        match () {
            () if self.values > MAX_VALUES => {
                Err(format!("it has more than {MAX_VALUES} values, with aliases expanded"))
            }
            () if self.text > MAX_TEXT => {
                Err(format!("it has more than {MAX_TEXT} bytes of text and pointers, with aliases expanded"))
            }
            () => Ok(()),
        }
    }
}
