//! Turns the unreleased part of `CHANGELOG.md` into a release.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use semver::Version;

const UNRELEASED: &str = "## Unreleased";

/// Returns the changelog with its unreleased part under the heading of a version.
pub(super) fn cut(text: &str, version: &Version, date: &Date) -> Result<String, String> {
    let (before, after) =
        text.split_once(&format!("{UNRELEASED}\n")).ok_or(format!("there is no heading {UNRELEASED:?}"))?;
    let unreleased = after.split("\n## ").next().unwrap_or_default();
    if !unreleased.lines().any(|line| line.starts_with("- ")) {
        return Err(format!("there are no entries under {UNRELEASED:?}, so there is nothing to release"));
    }
    if has(text, version) {
        return Err(format!("{version} already has a heading"));
    }
    Ok(format!("{before}{UNRELEASED}\n\n## {version} - {date}\n{after}"))
}

/// Returns whether a version has a heading.
pub(super) fn has(text: &str, version: &Version) -> bool {
    let heading = format!("## {version} - ");
    text.lines().any(|line| line.starts_with(&heading))
}

/// Returns the current date in UTC.
pub(super) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Changelog\n\n## Unreleased\n\n### SDK\n\n- A new call.\n\n## 0.1.0 - 2026-01-01\n\n- All of it.\n";

    fn date() -> Date {
        jiff::civil::date(2026, 12, 1)
    }

    #[test]
    fn the_unreleased_part_gets_the_heading_of_the_version() {
        let cut = cut(TEXT, &Version::new(0, 2, 0), &date()).unwrap();

        let wanted = "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### SDK\n\n- A new call.\n\n## 0.1.0 - 2026-01-01\n\n- All of it.\n";
        assert_eq!(cut, wanted);
        assert!(has(&cut, &Version::new(0, 2, 0)) && has(&cut, &Version::new(0, 1, 0)));
        assert!(!has(&cut, &Version::new(0, 2, 1)) && !has(&cut, &Version::new(0, 20, 0)));
    }

    #[test]
    fn a_changelog_without_news_is_refused() {
        let version = Version::new(0, 2, 0);
        for text in
            ["# Changelog\n", "## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n- All of it.\n", "## Unreleased\n\n### SDK\n"]
        {
            assert!(cut(text, &version, &date()).is_err(), "{text}");
        }
        assert!(cut(TEXT, &Version::new(0, 1, 0), &date()).unwrap_err().contains("already"));
    }
}
