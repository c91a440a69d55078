//! The ledger of pages: every page that the site ever had. A page keeps its address, or redirects
//! to the page that replaced it.

use std::{collections::BTreeMap, fmt::Write as _};

use plex_tv_openapi::Problem;

const FILE: &str = "tools/docs/pages.txt";
const HEADER: &str = "\
# Every page that the reference ever had, one on a line; kept by `cargo xtask docs`.
# An operation has its method and address beside it, by which a new id is recognised.
# `old -> new` is a page that moved: the site has a page there that leads to the new one.
";

/// All pages that ever existed, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// A page; for an operation, with its method and address.
    Page(Option<String>),
    /// A page that moved to this address.
    Moved(String),
}

/// What differs between the ledger and the site.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Pages that the ledger does not have.
    pub(crate) new: Vec<String>,
    /// Pages that were removed without a redirect.
    pub(crate) lost: Vec<String>,
    /// Pages that were removed, with the new page of the same operation.
    pub(crate) renamed: Vec<(String, String)>,
}

impl Ledger {
    /// Parses the file.
    ///
    /// # Errors
    /// If a line is not in the format, or repeats a page.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let mut entries = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (page, entry) = match (line.split_once(" -> "), line.split_once(' ')) {
                (Some((old, new)), _) => (old, Entry::Moved(new.to_owned())),
                (None, Some((page, call))) => (page, Entry::Page(Some(call.to_owned()))),
                (None, None) => (line, Entry::Page(None)),
            };
            if !page.ends_with(".html") || entries.insert(page.to_owned(), entry).is_some() {
                let mend = "write an address such as operations/ping.html once, or `old -> new`";
                let what = "this is not a page, or the page is listed twice";
                return Err(Problem::new(FILE, "pages", what, mend).on_line(index + 1));
            }
        }
        Ok(Self { entries })
    }

    /// Returns the text of the file.
    pub(crate) fn text(&self) -> String {
        self.entries.iter().fold(HEADER.to_owned(), |mut text, (page, entry)| {
            let _ = match entry {
                Entry::Page(None) => writeln!(text, "{page}"),
                Entry::Page(Some(call)) => writeln!(text, "{page} {call}"),
                Entry::Moved(to) => writeln!(text, "{page} -> {to}"),
            };
            text
        })
    }

    /// Compares the ledger with the pages of a site. Pages of operations have their method and
    /// address.
    pub(crate) fn difference(&self, pages: &BTreeMap<String, Option<String>>) -> Difference {
        let mut difference = Difference::default();
        for page in pages.keys() {
            if !matches!(self.entries.get(page), Some(Entry::Page(_))) {
                difference.new.push(page.clone());
            }
        }
        for (page, entry) in self.entries.iter().filter(|(page, _)| !pages.contains_key(*page)) {
            match entry {
                Entry::Moved(to) if pages.contains_key(self.end(to)) => {}
                Entry::Page(Some(call)) => match pages.iter().find(|(_, other)| other.as_ref() == Some(call)) {
                    Some((new, _)) => difference.renamed.push((page.clone(), new.clone())),
                    None => difference.lost.push(page.clone()),
                },
                _ => difference.lost.push(page.clone()),
            }
        }
        difference
    }

    /// Adds new pages, and records renamed ones as moved.
    pub(crate) fn update(&mut self, pages: &BTreeMap<String, Option<String>>, difference: &Difference) {
        for (page, call) in pages {
            self.entries.insert(page.clone(), Entry::Page(call.clone()));
        }
        for (old, new) in &difference.renamed {
            self.entries.insert(old.clone(), Entry::Moved(new.clone()));
        }
    }

    /// Returns the pages that moved, each with its final address.
    pub(crate) fn redirects(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().filter_map(|(page, entry)| match entry {
            Entry::Moved(to) => Some((page.as_str(), self.end(to))),
            Entry::Page(_) => None,
        })
    }

    fn end<'a>(&'a self, page: &'a str) -> &'a str {
        let mut end = page;
        for _ in 0..self.entries.len() {
            match self.entries.get(end) {
                Some(Entry::Moved(to)) => end = to,
                _ => break,
            }
        }
        end
    }
}

/// Returns a problem for each difference, with what to do about it.
pub(crate) fn faults(difference: &Difference) -> Vec<Problem> {
    let new = difference
        .new
        .iter()
        .map(|page| Problem::new(FILE, "pages", format!("`{page}` is new and not in the ledger"), "cargo xtask docs"));
    let renamed = difference.renamed.iter().map(|(old, new)| {
        Problem::new(
            FILE,
            "pages",
            format!("`{old}` moved to `{new}`, and the ledger does not say so"),
            "cargo xtask docs",
        )
    });
    let lost = difference.lost.iter().map(|page| {
        let mend = format!("write `{page} -> …` with the page that replaced it");
        Problem::new(FILE, "pages", format!("`{page}` was removed, and the ledger has no new address for it"), mend)
    });
    new.chain(renamed).chain(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(list: &[(&str, Option<&str>)]) -> BTreeMap<String, Option<String>> {
        list.iter().map(|(page, call)| ((*page).to_owned(), call.map(str::to_owned))).collect()
    }

    #[test]
    fn a_renamed_operation_leaves_a_redirect_that_outlives_the_next_rename() {
        let mut ledger = Ledger::parse("operations/a.html GET /pins\n").unwrap();

        for name in ["operations/b.html", "operations/c.html"] {
            let now = pages(&[(name, Some("GET /pins"))]);
            let difference = ledger.difference(&now);
            assert_eq!(difference.renamed.len(), 1, "{difference:?}");
            ledger.update(&now, &difference);
            assert_eq!(ledger.difference(&now), Difference::default());
        }

        let redirects: Vec<_> = ledger.redirects().collect();
        let end = "operations/c.html";
        assert_eq!(redirects, [("operations/a.html", end), ("operations/b.html", end)]);
        assert_eq!(Ledger::parse(&ledger.text()).unwrap(), ledger);
    }

    #[test]
    fn a_removed_page_is_a_fault_until_the_ledger_has_its_new_address() {
        let now = pages(&[("index.html", None)]);

        let lost = Ledger::parse("index.html\nguides/old.html\n").unwrap().difference(&now);
        let moved = Ledger::parse("index.html\nguides/old.html -> index.html\n").unwrap().difference(&now);
        let astray = Ledger::parse("index.html\nguides/old.html -> nowhere.html\n").unwrap().difference(&now);

        assert_eq!(lost.lost, ["guides/old.html"]);
        assert_eq!(moved, Difference::default());
        assert_eq!(astray.lost, ["guides/old.html"]);
    }

    #[test]
    fn cycles_end_and_invalid_lines_are_refused() {
        let circle = Ledger::parse("a.html -> b.html\nb.html -> a.html\n").unwrap();

        assert_eq!(circle.difference(&BTreeMap::new()).lost.len(), 2);
        assert!(Ledger::parse("a.html\na.html\n").is_err());
        assert!(Ledger::parse("nothing\n").is_err());
    }
}
