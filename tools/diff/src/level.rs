//! How severe a change is, who sees it, and which version it requires.

use std::fmt;

use semver::Version;
use serde::{Serialize, Serializer};

/// How severe a change is for users of a released crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Text only.
    Docs,
    /// Nothing breaks on the wire.
    Compatible,
    /// The description does not show whether anything breaks.
    Potential,
    /// Something that worked fails.
    Breaking,
}

impl Level {
    /// All levels, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Potential, Self::Compatible, Self::Docs];

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Docs => "docs",
            Self::Compatible => "compatible",
            Self::Potential => "potential",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Who sees a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Nobody: it concerns the document, or a component that no operation uses.
    #[default]
    None,
    /// Senders of requests.
    Request,
    /// Readers of replies.
    Response,
    /// Both.
    Both,
}

impl Side {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }

    /// Returns this side without `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        match (self, other) {
            (side, Self::None) => side,
            (Self::Both, Self::Request) => Self::Response,
            (Self::Both, Self::Response) => Self::Request,
            (_, Self::Both) => Self::None,
            (one, two) if one == two => Self::None,
            (side, _) => side,
        }
    }

    /// Returns whether this is `side` or [`Both`](Self::Both).
    #[must_use]
    pub fn has(self, side: Self) -> bool {
        self == side || self == Self::Both
    }

    /// Returns the union of two sides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, side) | (side, Self::None) => side,
            (one, two) if one == two => one,
            _ => Self::Both,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The part of a version that is raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// No part.
    #[default]
    None,
    /// The last part.
    Patch,
    /// The middle part.
    Minor,
    /// The first part.
    Major,
}

impl Bump {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl Bump {
    /// Returns the version after this bump. Before 1.0, a breaking change raises the middle part,
    /// and every other change the last one.
    #[must_use]
    pub fn applied_to(self, version: &Version) -> Version {
        let Version { major, minor, patch, .. } = *version;
        match self {
            Self::None => version.clone(),
            Self::Major if major > 0 => Version::new(major.saturating_add(1), 0, 0),
            Self::Major => Version::new(0, minor.saturating_add(1), 0),
            Self::Minor if major > 0 => Version::new(major, minor.saturating_add(1), 0),
            Self::Minor | Self::Patch => Version::new(major, minor, patch.saturating_add(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_1_0_a_breaking_change_raises_the_middle_part() {
        let after = |text: &str, bump: Bump| bump.applied_to(&Version::parse(text).unwrap()).to_string();

        assert_eq!(after("0.3.2", Bump::Major), "0.4.0");
        assert_eq!(after("0.3.2", Bump::Minor), "0.3.3");
        assert_eq!(after("1.3.2", Bump::Major), "2.0.0");
        assert_eq!(after("1.3.2", Bump::Minor), "1.4.0");
        assert_eq!(after("1.3.2", Bump::Patch), "1.3.3");
    }

    #[test]
    fn the_union_of_two_sides_is_both() {
        assert_eq!(Side::Request.and(Side::Response), Side::Both);
        assert_eq!(Side::None.and(Side::Response), Side::Response);
        assert_eq!(Side::Request.and(Side::Request), Side::Request);
    }
}
