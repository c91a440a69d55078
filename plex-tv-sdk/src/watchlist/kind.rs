//! The kinds of items that can be requested.

/// A kind of item, for calls that take one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A film.
    Movie,
    /// A show as a whole.
    Show,
    /// A season of a show.
    Season,
    /// An episode of a show.
    Episode,
}

impl Kind {
    /// The name of the kind, as in a `plex://` guid.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Movie => "movie",
            Self::Show => "show",
            Self::Season => "season",
            Self::Episode => "episode",
        }
    }

    /// The number of the kind in queries.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Movie => 1,
            Self::Show => 2,
            Self::Season => 3,
            Self::Episode => 4,
        }
    }
}
