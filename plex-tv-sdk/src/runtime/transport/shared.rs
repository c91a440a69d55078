//! State of each host that all clones of a client share: the retry budget and the spacing of
//! requests.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::Url;

use crate::runtime::clock::Clock;

/// The most that may be spent on retries before calls must succeed again.
const BUDGET: u32 = 100;

/// The state of each host that was called. There are few: only those that a client is configured
/// for.
#[derive(Debug, Default)]
pub(crate) struct Shared(Mutex<Vec<Host>>);

#[derive(Debug)]
struct Host {
    name: String,
    port: Option<u16>,
    budget: Budget,
    spacing: Spacing,
}

impl Shared {
    /// Pays for a retry. Returns `false` if the budget of the host is too small.
    pub(super) fn spend(&self, url: &Url, cost: u32) -> bool {
        self.with(url, |host| host.budget.spend(cost))
    }

    /// Gives something back to the budget after a success.
    pub(super) fn refund(&self, url: &Url) {
        self.with(url, |host| host.budget.refund());
    }

    /// Takes the next free slot of the host, or returns `None` if there is none within `left`.
    pub(super) fn next_slot<'a>(
        &'a self,
        url: &'a Url,
        clock: &dyn Clock,
        spacing: Duration,
        left: Duration,
    ) -> Option<Slot<'a>> {
        if spacing.is_zero() {
            return (!left.is_zero()).then_some(Slot { pause: Duration::ZERO, taken: None });
        }
        let now = clock.now();
        let due = self.with(url, |host| host.spacing.take(now, spacing, left))?;
        Some(Slot { pause: due.saturating_sub(now), taken: Some((self, url, due)) })
    }

    fn with<T>(&self, url: &Url, act: impl FnOnce(&mut Host) -> T) -> T {
        let (name, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default());
        // A panic elsewhere does not invalidate counters.
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.iter_mut().find(|host| host.port == port && host.name == name) {
            return act(host);
        }
        let mut host = Host { name: name.to_owned(), port, budget: Budget::default(), spacing: Spacing::default() };
        let done = act(&mut host);
        hosts.push(host);
        done
    }
}

/// A retry budget. Retries cost some of it, and successes give some back.
#[derive(Debug)]
struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(BUDGET)
    }
}

impl Budget {
    fn spend(&mut self, cost: u32) -> bool {
        let left = self.0.checked_sub(cost);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    fn refund(&mut self) {
        self.0 = (self.0 + 1).min(BUDGET);
    }
}

/// The time at which one request may be sent. It is given back if it is dropped unused.
pub(super) struct Slot<'a> {
    /// How long to wait until then.
    pub(super) pause: Duration,
    taken: Option<(&'a Shared, &'a Url, Duration)>,
}

impl Slot<'_> {
    /// Marks the slot as used.
    pub(super) fn used(mut self) {
        self.taken = None;
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some((shared, url, due)) = self.taken.take() {
            shared.with(url, |host| host.spacing.0.remove(&due));
        }
    }
}

/// The times at which recent requests were sent and at which future ones are due.
#[derive(Debug, Default)]
struct Spacing(BTreeSet<Duration>);

impl Spacing {
    /// Takes the first time that is `spacing` away from all others, if it is within `left`.
    fn take(&mut self, now: Duration, spacing: Duration, left: Duration) -> Option<Duration> {
        self.0 = self.0.split_off(&now.saturating_sub(spacing));
        let mut due = now;
        for taken in &self.0 {
            if due.saturating_add(spacing) <= *taken {
                break;
            }
            due = due.max(taken.saturating_add(spacing));
        }
        let is_in_time = due.saturating_sub(now) < left;
        is_in_time.then(|| {
            self.0.insert(due);
            due
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_host_has_ten_retries_until_calls_succeed_again() {
        let (shared, plex) = (Shared::default(), url("https://plex.tv/x"));

        let paid = (0..20).filter(|_| shared.spend(&plex, 10)).count();
        assert_eq!(paid, 10);
        assert!(!shared.spend(&plex, 5));

        for _ in 0..5 {
            shared.refund(&plex);
        }
        assert!(!shared.spend(&plex, 10));
        assert!(shared.spend(&plex, 5));
        assert!(shared.spend(&url("https://discover.provider.plex.tv/"), 10));
        assert!(shared.spend(&url("https://plex.tv:444/"), 10));
    }

    #[test]
    fn successes_do_not_raise_the_budget_above_its_size() {
        let mut budget = Budget::default();

        budget.refund();

        assert_eq!(budget.0, BUDGET);
    }

    #[test]
    fn requests_to_a_host_are_spaced_and_time_that_passed_counts() {
        let mut spacing = Spacing::default();
        let mut wait = |at: u64| {
            let now = Duration::from_secs(at);
            let due = spacing.take(now, Duration::from_secs(2), Duration::MAX).unwrap();
            (due - now).as_secs()
        };

        assert_eq!([wait(10), wait(10), wait(11), wait(30), wait(31)], [0, 2, 3, 0, 1]);
    }

    #[test]
    fn a_slot_that_is_too_late_is_not_taken_and_one_that_is_dropped_is_free_again() {
        let (shared, plex, clock) = (Shared::default(), url("https://plex.tv/x"), Standing);
        let second = Duration::from_secs(1);
        let take = |left: Duration| shared.next_slot(&plex, &clock, second, left);

        take(Duration::MAX).unwrap().used();
        for _ in 0..100 {
            assert!(take(second / 2).is_none());
        }
        let (next, third) = (take(Duration::MAX).unwrap(), take(Duration::MAX).unwrap());
        assert_eq!((next.pause, third.pause), (second, 2 * second));
        drop(next);
        assert_eq!(take(Duration::MAX).unwrap().pause, second);
    }

    #[derive(Debug)]
    struct Standing;

    impl Clock for Standing {
        fn now(&self) -> Duration {
            Duration::from_secs(100)
        }

        fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(std::future::pending())
        }
    }
}
