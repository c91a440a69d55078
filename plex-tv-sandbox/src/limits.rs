//! Optional rate limits. plex.tv's own numbers are not known; these are of a similar size.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// The number of calls that are allowed at once; one more is allowed after each pause.
#[derive(Clone, Copy)]
struct Limit {
    at_once: u32,
    pause: Duration,
}

impl Limit {
    const fn new(at_once: u32, pause_seconds: u64) -> Self {
        Self { at_once, pause: Duration::from_secs(pause_seconds) }
    }
}

fn limit(operation: &str) -> Option<Limit> {
    Some(match operation {
        // One poll a second, and one more for a client whose second is a little shorter.
        "getToken" => Limit::new(2, 1),
        "getPin" | "getAuthNonce" | "exchangeJwtToken" => Limit::new(10, 6),
        "switchHomeUser" => Limit::new(5, 12),
        // Low enough that clients that page without pauses reach it.
        "graphQl" => Limit { at_once: 4, pause: Duration::from_millis(500) },
        _ => return None,
    })
}

/// When the calls so far no longer count, by operation, installation and path.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<(&'static str, String, String), Instant>);

impl Limits {
    /// Counts a call if it is within the limit. Returns whether it is allowed.
    pub(crate) fn allow(&mut self, operation: &'static str, client: &str, path: &str, now: Instant) -> bool {
        let Some(Limit { at_once, pause }) = limit(operation) else {
            return true;
        };
        self.0.retain(|_, forgotten| now < *forgotten);
        let forgotten = self.0.entry((operation, String::from(client), String::from(path))).or_insert(now);
        let next = *forgotten + pause;
        let allowed = next <= now + pause * at_once;
        if allowed {
            *forgotten = next;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_polls_at_once_and_then_one_a_second() {
        let mut limits = Limits::default();
        let now = Instant::now();
        let mut poll = |client: &str, milliseconds: u64| {
            limits.allow("getToken", client, "/api/v2/pins/1", now + Duration::from_millis(milliseconds))
        };

        let seen = [0, 1, 2, 999, 1001, 1002, 2001].map(|at| poll("tv", at));

        assert_eq!(seen, [true, true, false, false, true, false, true]);
        assert!(poll("phone", 2001));
    }

    #[test]
    fn other_calls_have_no_limit() {
        let mut limits = Limits::default();
        let now = Instant::now();

        assert!((0..1000).all(|_| limits.allow("getUserDetails", "tv", "/api/v2/user", now)));
    }
}
