//! A clock that moves only when something sleeps or a test advances it.

use std::{
    fmt,
    future::{pending, ready},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use plex_tv_sdk::{Clock, SystemClock, Timestamp};
use tokio::sync::Notify;

type Wall = Arc<dyn Fn() -> Timestamp + Send + Sync>;
type Hook = Arc<dyn Fn(usize) + Send + Sync>;

/// A clock whose `sleep` returns at once and advances it. Clones share the time.
#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<State>);

#[derive(Default)]
struct State {
    milliseconds: AtomicU64,
    pauses: Mutex<Vec<Duration>>,
    hook: Mutex<Option<Hook>>,
    wall: Mutex<Option<Wall>>,
    /// The number of the sleep that never ends, or 0 if all end.
    endless: AtomicUsize,
    /// Whether time limits use this clock instead of the real one.
    has_timers: AtomicBool,
    moved: Notify,
}

impl TestClock {
    /// A clock that also drives time limits. A test moves it with [`TestClock::advance`].
    pub(crate) fn with_timers() -> Self {
        let clock = Self::default();
        clock.0.has_timers.store(true, Ordering::Relaxed);
        clock
    }

    /// All pauses so far, in order.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.0.pauses.lock().unwrap().clone()
    }

    /// All pauses so far, in whole seconds.
    pub(crate) fn seconds(&self) -> Vec<u64> {
        self.pauses().iter().map(Duration::as_secs).collect()
    }

    /// Runs at each sleep, with its number: 1 for the first.
    pub(crate) fn on_sleep(&self, hook: impl Fn(usize) + Send + Sync + 'static) {
        *self.0.hook.lock().unwrap() = Some(Arc::new(hook));
    }

    /// Makes the sleep with this number never end.
    pub(crate) fn never_wake_from(&self, number: usize) {
        self.0.endless.store(number, Ordering::Relaxed);
    }

    /// Sets the source of the time of day.
    pub(crate) fn set_wall(&self, wall: impl Fn() -> Timestamp + Send + Sync + 'static) {
        *self.0.wall.lock().unwrap() = Some(Arc::new(wall));
    }

    /// Advances the clock without a sleep.
    pub(crate) fn advance(&self, duration: Duration) {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap();
        self.0.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
        self.0.moved.notify_waiters();
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        self.0.wall.lock().unwrap().as_ref().map_or_else(Timestamp::now, |wall| wall())
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.milliseconds.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.advance(duration);
        let number = {
            let mut pauses = self.0.pauses.lock().unwrap();
            pauses.push(duration);
            pauses.len()
        };
        let hook = self.0.hook.lock().unwrap().clone();
        if let Some(hook) = hook {
            hook(number);
        }
        if number == self.0.endless.load(Ordering::Relaxed) {
            return Box::pin(pending());
        }
        Box::pin(ready(()))
    }

    fn timer(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if !self.0.has_timers.load(Ordering::Relaxed) {
            return SystemClock.sleep(duration);
        }
        let (clock, end) = (self.clone(), self.now().saturating_add(duration));
        Box::pin(async move {
            loop {
                let moved = clock.0.moved.notified();
                if clock.now() >= end {
                    return;
                }
                moved.await;
            }
        })
    }

    /// Removes the jitter: pauses keep their full length.
    fn random(&self) -> f64 {
        1.0
    }
}

impl fmt::Debug for TestClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClock").field("now", &self.now()).finish_non_exhaustive()
    }
}
