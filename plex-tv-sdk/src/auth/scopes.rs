//! The claims about the user that a Plex JWT may contain.

use std::{collections::BTreeSet, fmt};

/// A claim about the user that a Plex JWT contains on request. Scopes grant no rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// The user name.
    Username,
    /// The e-mail address.
    Email,
    /// The display name.
    FriendlyName,
    /// Whether the user is a managed user.
    Restricted,
    /// Whether the user is anonymous.
    Anonymous,
    /// When the account was created.
    JoinedAt,
}

impl Scope {
    const ALL: [Self; 6] =
        [Self::Username, Self::Email, Self::FriendlyName, Self::Restricted, Self::Anonymous, Self::JoinedAt];

    /// The name at plex.tv.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::FriendlyName => "friendly_name",
            Self::Restricted => "restricted",
            Self::Anonymous => "anonymous",
            Self::JoinedAt => "joinedAt",
        }
    }
}

/// A set of [`Scope`]s.
///
/// ```
/// use plex_tv_sdk::{Scope, Scopes};
///
/// let scopes = Scopes::from([Scope::Email, Scope::Username]);
///
/// assert_eq!(scopes.to_string(), "username,email");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// No claim about the user. This is the default.
    pub fn none() -> Self {
        Self::default()
    }

    /// All known scopes.
    pub fn all() -> Self {
        Self::from(Scope::ALL)
    }

    /// The scopes, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl<const N: usize> From<[Scope; N]> for Scopes {
    fn from(scopes: [Scope; N]) -> Self {
        Self(BTreeSet::from(scopes))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

/// Writes the scopes separated by commas, as plex.tv expects them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(Scope::as_str).collect::<Vec<_>>().join(","))
    }
}
