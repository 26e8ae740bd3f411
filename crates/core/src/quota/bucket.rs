//! Rates, and how calls are held to one: the generic cell rate algorithm, of which one number is all
//! that has to be kept.
//!
//! The number is the instant at which the next call is due if calls come evenly. A call moves it on
//! by an interval; one that comes too long before it is refused. An account that was quiet may make
//! the calls of one second at once. AWS does not say how it counts within a second.
//!
//! The crate `governor` does this too. It keeps keys in a map of its own and brings a clock, a
//! generator of random numbers and their dependencies; what is needed of it is this file.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::time::Timestamp;

const NANOS_PER_MILLI: u64 = 1_000_000;

/// How many calls there may be in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    per_second: f64,
    /// Nanoseconds between calls that come evenly; none if there may be no call.
    interval: Option<NonZeroU64>,
    /// How many nanoseconds before it is due a call may come.
    tolerance: u64,
}

impl Rate {
    /// The highest rate that can be told from no limit: a call in each nanosecond.
    pub const MAX: f64 = 1e9;

    /// So many calls per second, which may be a fraction: 0.5 is one in two seconds. `None` if it is
    /// not a number from 0 to [`MAX`](Self::MAX).
    #[must_use]
    pub fn per_second(calls: f64) -> Option<Self> {
        if !(0.0..=Self::MAX).contains(&calls) {
            return None;
        }
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let interval = Duration::try_from_secs_f64(calls.recip()).map_or(u64::MAX, nanos);
        let at_once = Duration::try_from_secs_f64(calls).map_or(0, |whole| whole.as_secs());
        Some(Self {
            per_second: calls,
            interval: NonZeroU64::new(interval).filter(|_| calls > 0.0),
            tolerance: interval.saturating_mul(at_once.saturating_sub(1)),
        })
    }

    /// Calls per second.
    #[must_use]
    pub const fn calls(&self) -> f64 {
        self.per_second
    }

    /// When the call after this one is due; `None` if this one may not be made. All in nanoseconds.
    fn after(&self, due: u64, now: u64) -> Option<u64> {
        let interval = self.interval?.get();
        // Further ahead than calls can bring it: the clock was set back since.
        let is_stale = due.saturating_sub(now) > self.tolerance.saturating_add(interval);
        let due = if is_stale { now } else { due.max(now) };
        (due - self.tolerance.min(due) <= now).then(|| due.saturating_add(interval))
    }
}

/// What is kept of the calls that share a quota. Nobody waits for anybody here.
#[derive(Debug, Default)]
pub struct Bucket(AtomicU64);

impl Bucket {
    /// Counts a call, if it may be made.
    #[must_use]
    pub fn take(&self, rate: &Rate, now: Timestamp) -> bool {
        let millis = u64::try_from(now.as_millis()).unwrap_or_default();
        let now = millis.saturating_mul(NANOS_PER_MILLI);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| {
                rate.after(due, now)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 1_767_323_045_000;

    /// How many of the calls at these milliseconds are let through.
    fn taken(bucket: &Bucket, rate: &Rate, millis: impl IntoIterator<Item = i64>) -> usize {
        let taken = millis
            .into_iter()
            .filter(|at| bucket.take(rate, Timestamp::from_millis(START + at)));
        taken.count()
    }

    #[test]
    fn a_second_of_calls_at_once_and_then_one_at_a_time() {
        for (per_second, at_once, next_after) in [
            (5.0, 5, 200),
            (1.0, 1, 1000),
            (0.5, 1, 2000),
            (0.1, 1, 10_000),
            (7.0, 7, 143),
        ] {
            let rate = Rate::per_second(per_second).unwrap();
            let bucket = Bucket::default();
            assert_eq!(taken(&bucket, &rate, vec![0; 20]), at_once, "{per_second}");
            assert_eq!(taken(&bucket, &rate, [next_after - 1]), 0, "{per_second}");
            assert_eq!(taken(&bucket, &rate, [next_after; 2]), 1, "{per_second}");
        }
        let rate = Rate::per_second(100_000.0).unwrap();
        assert_eq!(taken(&Bucket::default(), &rate, vec![0; 100_010]), 100_000);
    }

    #[test]
    fn no_calls_at_all() {
        let rate = Rate::per_second(0.0).unwrap();
        assert_eq!(taken(&Bucket::default(), &rate, [0, 1000, 1_000_000]), 0);
    }

    #[test]
    fn what_is_no_rate() {
        for calls in [-1.0, f64::NAN, f64::INFINITY, 1e10] {
            assert_eq!(Rate::per_second(calls), None, "{calls}");
        }
        assert!(Rate::per_second(1e-300).is_some() && Rate::per_second(Rate::MAX).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nobody() {
        let rate = Rate::per_second(2.0).unwrap();
        let bucket = Bucket::default();
        assert_eq!(taken(&bucket, &rate, [3_600_000; 3]), 2);
        assert_eq!(taken(&bucket, &rate, [0; 3]), 2);
    }

    #[test]
    fn threads_share_a_bucket() {
        let (rate, bucket) = (Rate::per_second(100.0).unwrap(), Bucket::default());
        let all: usize = std::thread::scope(|scope| {
            let one = || taken(&bucket, &rate, vec![0; 100]);
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(all, 100);
    }

    proptest! {
        /// In any stretch of time: no more than a second's calls, and those that time brings.
        #[test]
        fn never_more_than_the_rate(
            per_second in 1u32..200,
            steps in proptest::collection::vec(0i64..50, 1..400),
        ) {
            let rate = Rate::per_second(f64::from(per_second)).unwrap();
            let bucket = Bucket::default();
            let mut at = 0;
            let mut times = Vec::new();
            for step in steps {
                at += step;
                if taken(&bucket, &rate, [at]) == 1 {
                    times.push(at);
                }
            }
            for (first, from) in times.iter().enumerate() {
                for (last, to) in times.iter().enumerate().skip(first) {
                    let brought = i64::from(per_second) * (to - from) / 1000 + 1;
                    let most = i64::from(per_second) + brought;
                    prop_assert!(i64::try_from(last - first + 1).unwrap() <= most);
                }
            }
        }

        /// Calls that keep to the rate are all let through.
        #[test]
        fn never_less_than_the_rate(
            interval in 1u32..5000,
            late in proptest::collection::vec(0i64..100, 1..200),
        ) {
            let rate = Rate::per_second(1000.0 / f64::from(interval)).unwrap();
            let bucket = Bucket::default();
            let mut at = 0;
            for late in late {
                at += i64::from(interval) + late;
                prop_assert_eq!(taken(&bucket, &rate, [at]), 1);
            }
        }
    }
}
