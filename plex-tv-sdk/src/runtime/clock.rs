//! Time as a parameter, so that tests need not wait in real time.

#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;
use std::{fmt, pin::Pin, sync::OnceLock, time::Duration};

use jiff::Timestamp;
#[cfg(target_arch = "wasm32")]
use web_time::Instant;

/// A monotonic clock, and a way to wait on it.
///
/// Clients use [`SystemClock`] unless [`crate::ClientBuilder::clock`] sets another.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the time since some fixed moment.
    fn now(&self) -> Duration;

    /// Waits for `duration`.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Returns a future that completes after `duration`. It limits the time of work in progress.
    ///
    /// The default uses the real clock. A clock whose `sleep` completes at once must not complete
    /// this at once.
    fn timer(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        SystemClock.sleep(duration)
    }

    /// Returns the wall-clock time. It may be wrong and may jump. It is compared with dates from
    /// plex.tv.
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Returns a random number from 0 to 1. A pause before a retry is multiplied by it, so that
    /// many clients do not retry at the same moment.
    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

/// A boxed future, as trait methods return it. In a browser, a future stays on its thread.
#[cfg(target_arch = "wasm32")]
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A boxed future, as trait methods return it.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The bound on what a boxed future may hold. In a browser, that is anything.
#[cfg(target_arch = "wasm32")]
pub(crate) trait MaybeSend {}

#[cfg(target_arch = "wasm32")]
impl<T> MaybeSend for T {}

/// What a boxed future may hold.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) trait MaybeSend: Send {}

#[cfg(not(target_arch = "wasm32"))]
impl<T: Send> MaybeSend for T {}

/// The real clock. It is monotonic, and sleeps on tokio's timer or the browser's.
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
