//! Counts the lines of the generated code.

use std::fs;

use plex_tv_openapi::operations;

use super::table::Table;
use crate::files::{self, workspace_path};

/// The line counts of some code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    /// Neither blank nor documentation.
    code: usize,
    docs: usize,
}

pub(super) fn table() -> Result<Table, String> {
    let error = |problems: Vec<plex_tv_openapi::Problem>| {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let descriptions = files::table(&workspace_path("openapi")).map_err(|problem| problem.to_string())?;
    let documents = descriptions.documents().map_err(error)?;
    let mut counted = Vec::new();
    for (description, document) in &documents {
        let path = workspace_path("plex-tv-sdk/src/generated").join(&description.module).with_extension("rs");
        let text = fs::read_to_string(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
        counted.push((description.module.clone(), operations(document.value()).len(), Lines::of(&text)));
    }
    Ok(report(&counted))
}

fn report(counted: &[(String, usize, Lines)]) -> Table {
    let head = ["module", "operations", "code", "docs", "code/operation", "code and docs/operation"];
    let mut table = Table::new("Generated lines", 1, &head);
    let all = counted.iter().fold((0, Lines::default()), |(operations, all), (_, more, lines)| {
        (operations + more, Lines { code: all.code + lines.code, docs: all.docs + lines.docs })
    });
    let rows = counted.iter().map(|(name, operations, lines)| (name.as_str(), *operations, *lines));
    for (name, operations, Lines { code, docs }) in rows.chain([("all", all.0, all.1)]) {
        let each = |lines: usize| lines.checked_div(operations).map_or_else(|| "-".to_owned(), |each| each.to_string());
        let numbers = [operations, code, docs].map(|number| number.to_string());
        table.row([name.to_owned()].into_iter().chain(numbers).chain([each(code), each(code + docs)]));
    }
    table
}

impl Lines {
    fn of(code: &str) -> Self {
        let mut lines = Self::default();
        for line in code.lines().map(str::trim) {
            let is_doc = line.starts_with("///") && !line.starts_with("////")
                || line.starts_with("//!")
                || line.starts_with("#[doc")
                || line.starts_with("#![doc");
            match line {
                "" => {}
                _ if is_doc => lines.docs += 1,
                _ => lines.code += 1,
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_neither_code_nor_docs() {
        let code = "// @generated\n//! About.\n\n    /// One.\n    ///\n#[doc(hidden)]\n    fn one() {\n\n        1 // why\n    }\n//// no doc\n";

        assert_eq!(Lines::of(code), Lines { code: 5, docs: 4 });
        assert_eq!(Lines::of(""), Lines::default());
    }

    #[test]
    fn lines_are_shown_in_total_and_for_each_operation() {
        let one = Lines { code: 100, docs: 51 };
        let table = report(&[("a".to_owned(), 2, one), ("b".to_owned(), 1, one), ("c".to_owned(), 0, one)]);

        let rows: Vec<_> =
            table.text().lines().skip(2).map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(rows, ["a 2 100 51 50 75", "b 1 100 51 100 151", "c 0 100 51 - -", "all 3 300 153 100 151"]);
    }
}
