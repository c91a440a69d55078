use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Wall-clock times derived from the monotonic clock, so that a paused tokio clock moves both.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    wall: Timestamp,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), wall: Timestamp::now() }
    }

    /// `2026-10-01T10:00:00Z`.
    pub(crate) fn iso(&self, at: Instant) -> String {
        self.at(at).to_string()
    }

    pub(crate) fn epoch_seconds(&self, at: Instant) -> i64 {
        self.at(at).as_second()
    }

    fn at(&self, at: Instant) -> Timestamp {
        let elapsed = at.saturating_duration_since(self.started);
        let seconds = self.wall.as_second().saturating_add_unsigned(elapsed.as_secs());
        Timestamp::from_second(seconds).unwrap_or(self.wall)
    }
}

/// Seconds left until `deadline`, rounded up: a PIN that still works never says 0.
pub(crate) fn seconds_until(deadline: Instant, now: Instant) -> u64 {
    let left: Duration = deadline.saturating_duration_since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_seconds_are_rounded_up() {
        let now = Instant::now();

        assert_eq!(seconds_until(now + Duration::from_millis(1), now), 1);
        assert_eq!(seconds_until(now + Duration::from_secs(900), now), 900);
        assert_eq!(seconds_until(now, now + Duration::from_secs(5)), 0);
    }

    #[test]
    fn times_are_iso_without_fractions() {
        let clock = Clock { started: Instant::now(), wall: Timestamp::UNIX_EPOCH };

        assert_eq!(clock.iso(clock.started + Duration::from_millis(90_500)), "1970-01-01T00:01:30Z");
    }
}
