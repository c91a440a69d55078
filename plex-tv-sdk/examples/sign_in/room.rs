//! Whether a QR code has room on the screen.

/// Rows around a QR code: the sentence above it between two empty rows, an empty row below it, and
/// the spinner.
const AROUND: usize = 5;

/// Are the text and the QR code on the screen at the same time? Half a QR code is of no use, and
/// the address must not scroll away.
pub(crate) fn fits(image: &str, text: &str, rows: usize, columns: usize) -> bool {
    let width = |line: &str| console::measure_text_width(line);
    // A long line takes several rows.
    let text: usize = text.lines().map(|line| width(line).div_ceil(columns.max(1)).max(1)).sum();
    text + image.lines().count() + AROUND <= rows && image.lines().all(|line| width(line) + 2 <= columns)
}
