use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::time::Instant;

/// Wall-clock times derived from the monotonic clock, so that a paused tokio clock moves both. A
/// test can advance it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    wall: Timestamp,
    ahead_seconds: AtomicU64,
}

impl Clock {
    /// The most that the clock can be advanced, in seconds: a century, far from any overflow.
    const FURTHEST: u64 = 100 * 365 * 24 * 60 * 60;

    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), wall: Timestamp::now(), ahead_seconds: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::now() + Duration::from_secs(self.ahead_seconds.load(Ordering::Relaxed))
    }

    /// Advances the clock, rounding up to whole seconds. It never goes back.
    pub(crate) fn advance(&self, by: Duration) {
        let seconds = by.as_secs().saturating_add(u64::from(by.subsec_nanos() > 0));
        let turn = |ahead: u64| Some(ahead.saturating_add(seconds).min(Self::FURTHEST));
        let _ = self.ahead_seconds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, turn);
    }

    /// Formats a time as `2026-10-01T10:00:00Z`.
    pub(crate) fn iso(&self, at: Instant) -> String {
        self.at(at).to_string()
    }

    /// Formats a time in epoch seconds as `2026-10-01T10:00:00Z`.
    pub(crate) fn iso_at(&self, seconds: i64) -> String {
        Timestamp::from_second(seconds).unwrap_or(self.wall).to_string()
    }

    /// Returns the start of a day such as `2026-10-01`, in epoch seconds.
    pub(crate) fn day(&self, date: &str) -> Option<i64> {
        format!("{date}T00:00:00Z").parse::<Timestamp>().ok().map(Timestamp::as_second)
    }

    pub(crate) fn epoch_seconds(&self, at: Instant) -> i64 {
        self.at(at).as_second()
    }

    pub(crate) fn system_time(&self) -> SystemTime {
        SystemTime::from(self.at(self.now()))
    }

    /// The current time in the format of the `Date` header.
    pub(crate) fn http_date(&self) -> Option<String> {
        DateTimePrinter::new().timestamp_to_rfc9110_string(&self.at(self.now())).ok()
    }

    fn at(&self, at: Instant) -> Timestamp {
        let elapsed = at.saturating_duration_since(self.started);
        let seconds = self.wall.as_second().saturating_add_unsigned(elapsed.as_secs());
        Timestamp::from_second(seconds).unwrap_or(self.wall)
    }
}

/// Seconds left until `deadline`, rounded up, so that a PIN that still works never shows 0.
pub(crate) fn seconds_until(deadline: Instant, now: Instant) -> u64 {
    let left: Duration = deadline.saturating_duration_since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock { started: Instant::now(), wall: Timestamp::UNIX_EPOCH, ahead_seconds: AtomicU64::new(0) }
    }

    #[test]
    fn remaining_seconds_are_rounded_up() {
        let now = Instant::now();

        assert_eq!(seconds_until(now + Duration::from_millis(1), now), 1);
        assert_eq!(seconds_until(now + Duration::from_secs(900), now), 900);
        assert_eq!(seconds_until(now, now + Duration::from_secs(5)), 0);
    }

    #[test]
    fn times_are_iso_without_fractions() {
        let clock = clock();

        assert_eq!(clock.iso(clock.started + Duration::from_millis(90_500)), "1970-01-01T00:01:30Z");
    }

    #[tokio::test(start_paused = true)]
    async fn advancing_it_moves_every_kind_of_time() {
        let clock = clock();

        clock.advance(Duration::from_millis(6_999_500));

        assert_eq!(clock.now() - clock.started, Duration::from_secs(7000));
        assert_eq!(clock.epoch_seconds(clock.now()), 7000);
        assert_eq!(clock.system_time(), SystemTime::UNIX_EPOCH + Duration::from_secs(7000));
        assert_eq!(clock.http_date().as_deref(), Some("Thu, 01 Jan 1970 01:56:40 GMT"));
    }

    #[tokio::test(start_paused = true)]
    async fn advancing_stops_at_the_limit() {
        let clock = clock();

        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);

        assert_eq!(clock.epoch_seconds(clock.now()), i64::try_from(Clock::FURTHEST).unwrap());
    }
}
