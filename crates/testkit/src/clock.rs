//! A clock that tests move.

use std::sync::atomic::{AtomicI64, Ordering};

use keystead_core::time::Timestamp;
use keystead_server::clock::Clock;

/// Stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this instant.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves the clock forward.
    pub fn advance_days(&self, days: u32) {
        let moved = self.now().plus_days(days);
        self.0.store(moved.as_millis(), Ordering::SeqCst);
    }

    /// Moves the clock forward by less than a day.
    pub fn advance_seconds(&self, seconds: u32) {
        self.0
            .fetch_add(i64::from(seconds) * 1000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
