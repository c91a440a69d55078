//! A table, for a terminal or as Markdown.

/// Rows of cells below a heading. Columns after the first few are numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    title: String,
    /// The number of columns on the left that are names.
    names: usize,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(title: &str, names: usize, head: &[&str]) -> Self {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Self { title: title.to_owned(), names, head, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<_> = cells.into_iter().collect();
        cells.resize(self.head.len(), String::new());
        self.rows.push(cells);
    }

    pub(super) fn text(&self) -> String {
        let widths = self.widths();
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).enumerate().map(|(at, (cell, width))| self.padded(at, cell, *width));
            format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}\n{}{rows}", self.title, line(&self.head))
    }

    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
        };
        let sides = (0..self.head.len()).map(|at| if at < self.names { "---" } else { "---:" });
        let sides = format!("|{}|\n", sides.collect::<Vec<_>>().join("|"));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("### {}\n\n{}{sides}{rows}", self.title, line(&self.head))
    }

    fn widths(&self) -> Vec<usize> {
        let width = |at: usize| {
            let cells = self.rows.iter().chain([&self.head]).filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        (0..self.head.len()).map(width).collect()
    }

    fn padded(&self, at: usize, cell: &str, width: usize) -> String {
        if at < self.names { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
    }
}

/// Formats a ratio with two decimals, if both numbers are known.
pub(super) fn ratio(one: Option<f64>, other: Option<f64>) -> String {
    match (one, other) {
        (Some(one), Some(other)) if other > 0.0 => format!("{:.2}x", one / other),
        _ => "-".to_owned(),
    }
}

/// Formats a number with one decimal.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "not known here".to_owned(), |value| format!("{value:.1}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_aligned_left_and_numbers_right() {
        let mut table = Table::new("Title", 1, &["name", "s"]);
        table.row(["a|b".to_owned(), "10.5".to_owned()]);
        table.row(["longer".to_owned()]);

        assert_eq!(table.text(), "Title\n  name       s\n  a|b     10.5\n  longer\n");
        assert_eq!(table.markdown(), "### Title\n\n| name | s |\n|---|---:|\n| a\\|b | 10.5 |\n| longer |  |\n");
    }

    #[test]
    fn unknown_numbers_are_shown_as_unknown() {
        assert_eq!((ratio(Some(3.0), Some(2.0)), ratio(Some(1.0), None)), ("1.50x".to_owned(), "-".to_owned()));
        assert_eq!(ratio(Some(1.0), Some(0.0)), "-");
        assert_eq!((number(Some(1.25)), number(None)), ("1.2".to_owned(), "not known here".to_owned()));
    }
}
