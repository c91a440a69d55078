//! The orders of a watchlist.

/// The order of a watchlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WatchlistSort {
    /// What was added last comes first. This is plex.tv's own order.
    #[default]
    LastAdded,
    /// What was added first comes first.
    FirstAdded,
    /// By title, from A to Z.
    Title,
    /// By title, from Z to A.
    TitleReversed,
    /// What was released last comes first.
    LastReleased,
    /// What was released first comes first.
    FirstReleased,
    /// What critics rate highest comes first.
    BestRated,
    /// What critics rate lowest comes first.
    WorstRated,
}

impl WatchlistSort {
    /// The order as it stands in the query.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::LastAdded => "watchlistedAt:desc",
            Self::FirstAdded => "watchlistedAt:asc",
            Self::Title => "titleSort:asc",
            Self::TitleReversed => "titleSort:desc",
            Self::LastReleased => "originallyAvailableAt:desc",
            Self::FirstReleased => "originallyAvailableAt:asc",
            Self::BestRated => "rating:desc",
            Self::WorstRated => "rating:asc",
        }
    }
}
