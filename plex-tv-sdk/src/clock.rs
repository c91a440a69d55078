//! Time as an argument, so that waiting can be tested without waiting.

use std::{fmt, pin::Pin, sync::OnceLock, time::Duration};

/// A clock that never goes back, and a way to wait on it.
///
/// [`SystemClock`] is what clients use unless [`crate::ClientBuilder::clock`] gives them another.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since some fixed moment.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The real clock: monotonic, and sleeping on tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
