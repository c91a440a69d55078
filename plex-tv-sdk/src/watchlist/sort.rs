//! The orders of a watchlist.

/// The order of a watchlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WatchlistSort {
    /// Last added first. This is plex.tv's default order.
    #[default]
    LastAdded,
    /// First added first.
    FirstAdded,
    /// By title, from A to Z.
    Title,
    /// By title, from Z to A.
    TitleReversed,
    /// Last released first.
    LastReleased,
    /// First released first.
    FirstReleased,
    /// Highest rated by critics first.
    BestRated,
    /// Lowest rated by critics first.
    WorstRated,
}

impl WatchlistSort {
    /// The value of the order in the query.
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
