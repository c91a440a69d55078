//! Decides whether a failed call is retried, and after which pause. The code here is pure: it does
//! not wait, count or draw random numbers.

use std::time::Duration;

use crate::runtime::error::{Error, ErrorKind};

/// The most attempts when a reply breaks off, even if the policy allows more. A server that does so
/// twice is likely to do so again.
const ATTEMPTS_AFTER_A_BREAK: u32 = 2;

/// When, how often and after which pause a failed call is retried.
///
/// A call is retried when it may succeed a little later, and when sending it twice does no harm:
///
/// - any call for which no connection was made, or that the server rejected without processing it,
///   as HTTP/2 can report;
/// - GET, HEAD, OPTIONS, and calls that the description marks as safe, after 408, 429, 500, 502,
///   503 and 504, and once after a broken connection.
///
/// A call that timed out is not retried, nor is one that was refused for any other reason. The
/// pause is random, up to a limit that starts at half a second and doubles up to twenty seconds,
/// unless the server asks for another pause with `Retry-After`. If it asks for more than a minute,
/// the caller gets the error ([`crate::Error::retry_after`]).
///
/// All clones of a client share one budget for each host. When about a tenth of the calls keep
/// failing, calls are not retried until others succeed.
///
/// ```
/// use std::time::Duration;
///
/// use plex_tv_sdk::RetryPolicy;
///
/// let patient = RetryPolicy::default().attempts(5).longest_retry_after(Duration::from_secs(300));
///
/// assert_ne!(patient, RetryPolicy::off());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    cap: Duration,
    longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(20),
            longest_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy that never retries a call.
    pub fn off() -> Self {
        Self::default().attempts(1)
    }

    /// Sets the most attempts of a call, including the first. The default is three.
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the longest first pause, which doubles with each attempt, and the longest pause
    /// overall. The defaults are half a second and twenty seconds.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        Self { base: first, cap: longest, ..self }
    }

    /// Sets the longest pause that a server may ask for. The default is a minute.
    pub fn longest_retry_after(self, longest: Duration) -> Self {
        Self { longest_retry_after: longest, ..self }
    }

    /// Returns the pause before the next attempt, with full jitter: `random`, from 0 to 1, scales
    /// the longest pause of this attempt.
    fn pause(&self, attempt: u32, random: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let span = self.base.saturating_mul(doubled).min(self.cap);
        // A clock may return a number outside 0 to 1.
        let random = if random.is_nan() { 1.0 } else { random.clamp(0.0, 1.0) };
        Duration::try_from_secs_f64(span.as_secs_f64() * random).map_or(span, |pause| pause.min(span))
    }
}

/// A pause before the next attempt, and its cost to the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) pause: Duration,
    pub(super) cost: u32,
}

/// Returns the next step after an attempt that ended in `failure`, or `None` if the failure is
/// final. Attempts are counted from 1.
///
/// `safe` says that the call may be retried when it is unknown whether it arrived.
pub(super) fn next_step(policy: &RetryPolicy, safe: bool, attempt: u32, failure: &Error, random: f64) -> Option<Step> {
    let attempts = match failure.kind() {
        ErrorKind::Connect | ErrorKind::Dns => policy.attempts,
        ErrorKind::Transport | ErrorKind::Body if safe => policy.attempts.min(ATTEMPTS_AFTER_A_BREAK),
        ErrorKind::Refused if safe && is_transient(failure) => policy.attempts,
        _ => return None,
    };
    let asked = failure.retry_after().filter(|asked| !asked.is_zero());
    if attempt >= attempts || asked.is_some_and(|asked| asked > policy.longest_retry_after) {
        return None;
    }
    let cost = if failure.is_rate_limited() { 5 } else { 10 };
    Some(Step { pause: asked.unwrap_or_else(|| policy.pause(attempt, random)), cost })
}

fn is_transient(failure: &Error) -> bool {
    failure.status().is_some_and(|status| matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504))
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn refused(status: u16) -> Error {
        Error::new(ErrorKind::Refused, "").with_status(StatusCode::from_u16(status).unwrap())
    }

    fn step(safe: bool, attempt: u32, failure: &Error) -> Option<Step> {
        next_step(&RetryPolicy::default(), safe, attempt, failure, 1.0)
    }

    #[test]
    fn safe_calls_are_retried_only_after_transient_refusals() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(step(true, 1, &refused(status)).is_some(), "{status}");
            assert_eq!(step(false, 1, &refused(status)), None, "{status}");
        }
        for status in [304, 400, 401, 403, 404, 409, 410, 422, 498, 501, 505] {
            assert_eq!(step(true, 1, &refused(status)), None, "{status}");
        }
    }

    #[test]
    fn calls_that_were_never_sent_are_always_retried_and_final_failures_never() {
        for kind in [ErrorKind::Connect, ErrorKind::Dns] {
            assert!(step(false, 2, &Error::new(kind, "")).is_some(), "{kind:?}");
        }
        for kind in [
            ErrorKind::InvalidInput,
            ErrorKind::SignedOut,
            ErrorKind::Tls,
            ErrorKind::Timeout,
            ErrorKind::Redirect,
            ErrorKind::UnexpectedContentType,
            ErrorKind::TooLarge,
            ErrorKind::Decode,
            ErrorKind::PinExpired,
            ErrorKind::Deadline,
        ] {
            assert_eq!(step(true, 1, &Error::new(kind, "")), None, "{kind:?}");
        }
    }

    #[test]
    fn a_broken_connection_is_retried_once_and_a_refusal_twice() {
        for kind in [ErrorKind::Transport, ErrorKind::Body] {
            let broken = Error::new(kind, "");
            assert!(step(true, 1, &broken).is_some());
            assert_eq!(step(true, 2, &broken), None);
            assert_eq!(step(false, 1, &broken), None);
        }
        assert!(step(true, 2, &refused(503)).is_some());
        assert_eq!(step(true, 3, &refused(503)), None);
        assert_eq!(next_step(&RetryPolicy::off(), true, 1, &refused(503), 1.0), None);
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_take_a_random_part() {
        let policy = RetryPolicy::default().attempts(u32::MAX);
        let pause = |attempt, random| policy.pause(attempt, random);

        assert_eq!([1, 2, 3].map(|attempt| pause(attempt, 1.0).as_millis()), [500, 1000, 2000]);
        assert_eq!(pause(1, 0.5).as_millis(), 250);
        assert_eq!(pause(7, 0.0), Duration::ZERO);
        for attempt in [7, 33, u32::MAX] {
            assert_eq!(pause(attempt, 1.0), 20 * SECOND);
        }
    }

    #[test]
    fn no_setting_and_no_random_number_makes_a_pause_panic() {
        for longest in [Duration::MAX, Duration::MAX - Duration::from_nanos(1), Duration::from_secs(u64::MAX)] {
            let policy = RetryPolicy::default().backoff(longest, longest);
            for attempt in [0, 1, 2, u32::MAX] {
                for random in [1.0, f64::NAN, f64::INFINITY, 0.999_999_999_999_999_9] {
                    assert!(policy.pause(attempt, random) >= Duration::from_secs(u64::MAX / 2), "{attempt} {random}");
                }
                for random in [0.0, -0.0, -1.0, f64::NEG_INFINITY, f64::MIN_POSITIVE] {
                    assert!(policy.pause(attempt, random) <= SECOND, "{attempt} {random}");
                }
            }
        }
        for random in [f64::NAN, 1.0, 7.0] {
            assert_eq!(RetryPolicy::default().pause(1, random), SECOND / 2, "{random}");
        }
        assert_eq!(RetryPolicy::default().backoff(Duration::ZERO, Duration::MAX).pause(9, f64::NAN), Duration::ZERO);
    }

    #[test]
    fn the_pause_that_the_server_asks_for_is_used_up_to_the_cap() {
        let asked = |seconds| refused(429).with_retry_after(Some(Duration::from_secs(seconds)));

        assert_eq!(step(true, 1, &asked(2)), Some(Step { pause: 2 * SECOND, cost: 5 }));
        assert_eq!(step(true, 1, &asked(60)), Some(Step { pause: 60 * SECOND, cost: 5 }));
        assert_eq!(step(true, 1, &asked(61)), None);
        assert_eq!(step(true, 1, &asked(0)), Some(Step { pause: SECOND / 2, cost: 5 }));
        assert_eq!(step(true, 1, &refused(503)).unwrap().cost, 10);
    }
}
