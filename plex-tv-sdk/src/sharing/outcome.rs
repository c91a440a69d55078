//! The outcome for one share among many.

use super::Invitee;
use crate::Error;

/// The outcome for one share, when many are changed: see
/// [`Server::share_with_everyone`](crate::Server::share_with_everyone) and
/// [`Server::restore_shares`](crate::Server::restore_shares).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ShareOutcome {
    /// The name of the person. It may be empty, and two people may have the same one.
    pub person: String,
    /// The person, as calls take them, if plex.tv or the backup says who they are.
    pub invitee: Option<Invitee>,
    /// What happened. A failure does not stop the others.
    pub result: Result<ShareChange, Error>,
}

/// What happened to a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShareChange {
    /// The share was created.
    Created,
    /// The share existed and was changed.
    Changed,
    /// The share existed and was already as requested.
    Unchanged,
}

impl ShareChange {
    pub(super) fn of(is_changed: bool) -> Self {
        if is_changed { Self::Changed } else { Self::Unchanged }
    }
}
