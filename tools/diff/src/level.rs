//! How bad a change is, who sees it, and what it does to the version.

use std::fmt;

use semver::Version;
use serde::{Serialize, Serializer};

/// How bad a change is for who uses a released crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Text only.
    Docs,
    /// Nothing breaks on the wire.
    Compatible,
    /// The text does not show it.
    Potential,
    /// What worked fails.
    Breaking,
}

impl Level {
    /// All levels, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Potential, Self::Compatible, Self::Docs];

    /// The word for it.
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
    /// Nobody: it is about the document, or about a component that no operation uses.
    #[default]
    None,
    /// Who sends requests.
    Request,
    /// Who reads replies.
    Response,
    /// Both.
    Both,
}

impl Side {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }

    /// Who is left when one side does not see it.
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

    /// Is it this side, or both?
    #[must_use]
    pub fn has(self, side: Self) -> bool {
        self == side || self == Self::Both
    }

    /// Who sees what either of two sides sees.
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
    /// None.
    #[default]
    None,
    /// The last one.
    Patch,
    /// The middle one.
    Minor,
    /// The first one.
    Major,
}

impl Bump {
    /// The word for it.
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
    /// The version that this bump asks for. Before 1.0 a breaking change raises the middle part,
    /// and all else the last.
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
    fn two_sides_are_both() {
        assert_eq!(Side::Request.and(Side::Response), Side::Both);
        assert_eq!(Side::None.and(Side::Response), Side::Response);
        assert_eq!(Side::Request.and(Side::Request), Side::Request);
    }
}
