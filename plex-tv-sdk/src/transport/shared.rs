//! What all clones of a client share about a host: the retry budget, and the next free moment for a request.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::Url;

use crate::Clock;

/// So much may be spent on repeats before calls must succeed again.
const BUDGET: u32 = 100;

/// The state of each host that was called. These are the few that a client is configured for.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Vec<Host>>);

#[derive(Debug)]
struct Host {
    name: String,
    port: Option<u16>,
    budget: Budget,
    spacing: Spacing,
}

impl Shared {
    /// Pays for a repeat, if the budget of the host has it.
    pub(super) fn spend(&self, url: &Url, cost: u32) -> bool {
        self.with(url, |host| host.budget.spend(cost))
    }

    /// A call succeeded.
    pub(super) fn refund(&self, url: &Url) {
        self.with(url, |host| host.budget.refund());
    }

    /// Takes the next free moment of the host, and says how long it is until then.
    pub(super) fn next_slot(&self, url: &Url, clock: &dyn Clock, spacing: Duration) -> Duration {
        if spacing.is_zero() {
            return Duration::ZERO;
        }
        self.with(url, |host| host.spacing.take(clock.now(), spacing))
    }

    fn with<T>(&self, url: &Url, act: impl FnOnce(&mut Host) -> T) -> T {
        let (name, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default());
        // Counters stay right whatever panicked beside them.
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

/// Tokens that repeats cost and successes give back.
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

/// When the last request was due.
#[derive(Debug, Default)]
struct Spacing(Option<Duration>);

impl Spacing {
    fn take(&mut self, now: Duration, spacing: Duration) -> Duration {
        let due = self.0.map_or(now, |last| last.saturating_add(spacing).max(now));
        self.0 = Some(due);
        due.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_host_has_ten_repeats_until_calls_succeed_again() {
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
    fn successes_fill_the_budget_no_further_than_it_was() {
        let mut budget = Budget::default();

        budget.refund();

        assert_eq!(budget.0, BUDGET);
    }

    #[test]
    fn requests_to_a_host_are_spaced_and_time_that_passed_counts() {
        let mut spacing = Spacing::default();
        let mut wait = |at: u64| spacing.take(Duration::from_secs(at), Duration::from_secs(2)).as_secs();

        assert_eq!([wait(10), wait(10), wait(11), wait(30), wait(31)], [0, 2, 3, 0, 1]);
    }
}
