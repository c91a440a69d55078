//! How much a description may hold, so that no text of a few lines takes all memory.

/// Far deeper than a description gets; it keeps recursion over a value safe.
pub(crate) const MAX_DEPTH: usize = 128;
/// Aliases multiply, so a few lines may describe billions of values; real descriptions have some
/// ten thousand.
const MAX_VALUES: usize = 1_000_000;
/// Bytes of all texts and of the pointers to all values. A key counts once for each value below it.
const MAX_TEXT: usize = 128 * 1024 * 1024;

/// What has been read so far, with aliases written out.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    values: usize,
    text: usize,
}

impl Budget {
    /// Pays for values and bytes of text before they are made.
    ///
    /// # Errors
    /// What there is too much of.
    pub(crate) fn pay(&mut self, values: usize, text: usize) -> Result<(), String> {
        self.values = self.values.saturating_add(values);
        self.text = self.text.saturating_add(text);
        match () {
            () if self.values > MAX_VALUES => {
                Err(format!("with its aliases written out it has more than {MAX_VALUES} values"))
            }
            () if self.text > MAX_TEXT => {
                Err(format!("with its aliases written out it has more than {MAX_TEXT} bytes of text and of pointers"))
            }
            () => Ok(()),
        }
    }
}
