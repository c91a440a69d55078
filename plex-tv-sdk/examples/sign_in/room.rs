//! Whether a QR code fits on the screen.

/// The number of rows around a QR code: the sentence above it between two empty rows, an empty row
/// below it, and the spinner.
const AROUND: usize = 5;

/// Whether the text and the whole QR code fit on the screen together: half a QR code is useless,
/// and the address must not scroll away.
pub(crate) fn fits(image: &str, text: &str, rows: usize, columns: usize) -> bool {
    let width = |line: &str| console::measure_text_width(line);
    // Long lines wrap.
    let text: usize = text.lines().map(|line| width(line).div_ceil(columns.max(1)).max(1)).sum();
    text + image.lines().count() + AROUND <= rows && image.lines().all(|line| width(line) + 2 <= columns)
}
