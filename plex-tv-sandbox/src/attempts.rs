use std::time::Duration;

use tokio::time::Instant;

/// Failed password sign-ins. All callers of a sandbox have one address, so there is one count.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failed: u32,
    blocked_until: Option<Instant>,
}

impl Attempts {
    /// Failed sign-ins before a block. plex.tv's own number is not known.
    const ALLOWED: u32 = 10;
    const BLOCKED_FOR: Duration = Duration::from_secs(15 * 60);

    pub(crate) fn are_blocked(&self, now: Instant) -> bool {
        self.blocked_until.is_some_and(|until| now < until)
    }

    pub(crate) fn failed(&mut self, now: Instant) {
        self.failed += 1;
        if self.failed >= Self::ALLOWED {
            *self = Self { failed: 0, blocked_until: Some(now + Self::BLOCKED_FOR) };
        }
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }
}
