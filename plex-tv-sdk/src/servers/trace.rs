//! With the feature `tracing`, one span per search for a connection: the number of connections, the
//! kind that was chosen, and the duration. Addresses appear only in events at level debug.

use std::time::Duration;

use super::{connection::ServerConnection, progress::ConnectProgress};
use crate::{Clock, Error};

/// The span of a search.
#[cfg(feature = "tracing")]
pub(super) struct Span<'a> {
    span: tracing::Span,
    clock: &'a dyn Clock,
    started: Duration,
}

/// A placeholder without the feature.
#[cfg(not(feature = "tracing"))]
pub(super) struct Span<'a>(std::marker::PhantomData<(&'a dyn Clock, Duration)>);

#[cfg(not(feature = "tracing"))]
impl<'a> Span<'a> {
    pub(super) fn new(_: usize, _: &'a dyn Clock) -> Self {
        Self(std::marker::PhantomData)
    }

    pub(super) fn around<F: Future>(&self, search: F) -> F {
        search
    }

    pub(super) fn progress(&self, _: &ConnectProgress<'_>) {}

    pub(super) fn ended(&self, _: Result<&ServerConnection, &Error>) {}
}

#[cfg(feature = "tracing")]
impl<'a> Span<'a> {
    pub(super) fn new(connections: usize, clock: &'a dyn Clock) -> Self {
        use tracing::field::Empty;

        let span =
            tracing::info_span!("plex_tv_connect", connections, kind = Empty, error = Empty, duration_ms = Empty);
        Self { span, clock, started: clock.now() }
    }

    pub(super) fn around<F: Future>(&self, search: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(search, self.span.clone())
    }

    pub(super) fn progress(&self, progress: &ConnectProgress<'_>) {
        let (kind, pending) = (progress.kind(), progress.pending);
        self.span.in_scope(|| match progress.failure {
            Some(failure) => tracing::debug!(%kind, pending, %failure, "a connection failed"),
            None => tracing::debug!(%kind, pending, "a connection answered"),
        });
    }

    pub(super) fn ended(&self, outcome: Result<&ServerConnection, &Error>) {
        match outcome {
            Ok(connection) => self.span.record("kind", tracing::field::display(connection.kind())),
            Err(error) => self.span.record("error", tracing::field::debug(error.kind())),
        };
        let duration = self.clock.now().saturating_sub(self.started);
        self.span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }
}
