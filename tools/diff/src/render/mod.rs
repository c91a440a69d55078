//! The output formats of a report.

mod changelog;
mod github;
mod json;
mod markdown;
mod sarif;
mod text;

use crate::{
    effects::ItemChange,
    finding::Finding,
    level::{Bump, Level},
    report::Report,
};

pub use json::SCHEMA_VERSION;

/// Which findings of a report are shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Findings below this level are counted but not shown.
    pub min_level: Level,
    /// The most findings that are shown; the others are counted.
    pub max_rows: usize,
}

impl Default for Shown {
    fn default() -> Self {
        Self { min_level: Level::Docs, max_rows: usize::MAX }
    }
}

impl Report {
    /// Returns the report as plain text, for a terminal.
    #[must_use]
    pub fn text(&self, shown: Shown) -> String {
        text::render(self, shown)
    }

    /// Returns the report as Markdown, for a comment on a pull request: at most 60,000 characters,
    /// with a marker in the last line.
    #[must_use]
    pub fn markdown(&self, shown: Shown) -> String {
        markdown::render(self, shown)
    }

    /// Returns the report as JSON, for programs; `report.schema.json` describes it. It ignores
    /// [`Shown::max_rows`]: only findings below the level are left out.
    #[must_use]
    pub fn json(&self, shown: Shown) -> String {
        json::render(self, shown)
    }

    /// Returns annotations for GitHub, one per line.
    #[must_use]
    pub fn github(&self, shown: Shown) -> String {
        github::render(self, shown)
    }

    /// Returns the report as SARIF 2.1.0.
    #[must_use]
    pub fn sarif(&self, shown: Shown) -> String {
        sarif::render(self, shown)
    }

    /// Returns lines for the changelog, under "API (description)".
    #[must_use]
    pub fn changelog(&self) -> String {
        changelog::render(self)
    }

    /// Returns the counts, as in `2 breaking, 3 potentially breaking, 11 compatible, 6 docs-only,
    /// in 7 of 52 operations; 1 waived`.
    fn numbers(&self) -> String {
        let [breaking, potential, compatible, docs] = Level::ALL.map(|level| self.count(level));
        let waived = match self.waived().count() {
            0 => String::new(),
            waived => format!("; {waived} waived"),
        };
        let callers = self
            .findings
            .iter()
            .filter(|each| each.waived.is_none() && each.level != Level::Breaking && self.breaks_callers(each))
            .count();
        let callers = match callers {
            0 => String::new(),
            1 => "; 1 more breaks callers".to_owned(),
            more => format!("; {more} more break callers"),
        };
        format!(
            "{breaking} breaking, {potential} potentially breaking, {compatible} compatible, {docs} docs-only, in {} of {} operations{callers}{waived}",
            self.touched(),
            self.operations
        )
    }

    /// Returns the two halves of the verdict: `needs 0.4.0 (breaking)` and `Cargo.toml says 0.3.2`.
    fn verdict_line(&self) -> Option<(String, String)> {
        let verdict = self.verdict()?;
        let why = match verdict.bump {
            Bump::None => {
                return Some(("needs no new version".to_owned(), format!("Cargo.toml says {}", verdict.current)));
            }
            Bump::Patch => "a patch",
            Bump::Minor => "additions",
            Bump::Major => "breaking",
        };
        let enough = if verdict.is_bumped() { ", which is enough" } else { "" };
        Some((format!("needs {} ({why})", verdict.needed), format!("Cargo.toml says {}{enough}", verdict.current)))
    }

    /// Returns the findings that are shown, and how many are cut off.
    fn rows(&self, shown: Shown) -> (Vec<&Finding>, usize) {
        let all = self.findings.iter().filter(|finding| finding.waived.is_none() && finding.level >= shown.min_level);
        let mut rows: Vec<_> = all.collect();
        // Breaking findings come first, whether they break the wire or callers.
        rows.sort_by_key(|finding| std::cmp::Reverse((self.breaks(finding), finding.level)));
        let cut = rows.len().saturating_sub(shown.max_rows);
        rows.truncate(shown.max_rows);
        (rows, cut)
    }

    /// Returns how severe a finding is. If the items prove that it breaks callers, it counts as
    /// breaking, even if it is harmless on the wire.
    fn severity(&self, finding: &Finding) -> Level {
        let is_proved = self.rust.as_ref().is_some_and(|rust| rust.unavailable.is_empty());
        match self.breaks(finding) {
            true if is_proved => Level::Breaking,
            true => finding.level.max(Level::Potential),
            false => finding.level,
        }
    }

    /// Returns the items that a finding changed.
    fn items(&self, finding: &Finding) -> Vec<&ItemChange> {
        let changes = self.rust.as_ref().map(|rust| rust.changes.as_slice()).unwrap_or_default();
        finding.effects.iter().filter_map(|index| changes.get(*index)).collect()
    }
}

/// Returns the items as lines. Added and removed items share lines; each changed item has its own.
fn item_lines(items: &[&ItemChange]) -> Vec<String> {
    const WIDTH: usize = 100;

    let mut lines: Vec<String> = Vec::new();
    let mut is_open = false;
    for item in items {
        let told = item.told();
        let is_short = item.old.is_none() || item.new.is_none();
        match lines.last_mut() {
            Some(line) if is_open && is_short && line.len() + told.len() < WIDTH => {
                line.push_str(", ");
                line.push_str(&told);
            }
            _ => lines.push(told),
        }
        is_open = is_short;
    }
    lines
}

/// Returns the path with `/` as the separator on every system.
fn slashed(path: &std::path::Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
