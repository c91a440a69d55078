//! Time as an argument, so that waiting can be tested without waiting.

#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;
use std::{fmt, pin::Pin, sync::OnceLock, time::Duration};

use jiff::Timestamp;
#[cfg(target_arch = "wasm32")]
use web_time::Instant;

/// A clock that never goes back, and a way to wait on it.
///
/// [`SystemClock`] is what clients use unless [`crate::ClientBuilder::clock`] gives them another.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since some fixed moment.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// The time limit of something that is under way: ends after `duration`, unless it is dropped before.
    ///
    /// By the real clock, unless a clock says otherwise. One whose `sleep` ends at once must not let this end at once.
    fn timer(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        SystemClock.sleep(duration)
    }

    /// The time of day, which may be wrong, and may jump: for what plex.tv dates.
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    /// A random number from 0 to 1: the part that is taken of a pause before the next attempt, so that many clients do not
    /// come again at the same moment.
    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

/// A future in a box, as traits hand it out. A browser's futures stay on their thread.
#[cfg(target_arch = "wasm32")]
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A future in a box, as traits hand it out.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The real clock: monotonic, and sleeping on tokio's timer, or on the browser's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        #[cfg(not(target_arch = "wasm32"))]
        return Box::pin(tokio::time::sleep(duration));
        #[cfg(target_arch = "wasm32")]
        return Box::pin(futures_timer::Delay::new(duration));
    }
}
