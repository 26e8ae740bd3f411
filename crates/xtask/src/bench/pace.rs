//! When the requests of an open loop are due, whatever becomes of those before them.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The requests of one connection: a fixed time apart, those of all connections evenly among each other.
#[derive(Debug)]
pub(super) struct Schedule {
    first: Duration,
    interval: Duration,
    skips: bool,
    next: u32,
}

/// The next request of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// When, since the beginning.
    pub(super) at: Duration,
    /// How many before it are not sent any more.
    pub(super) passed_over: u32,
}

impl Schedule {
    /// The requests of one of so many connections, which send `per_second` together. If it `skips`, a request is not
    /// sent any more once the next one is due.
    pub(super) fn new(per_second: f64, connections: usize, connection: usize, skips: bool) -> Self {
        let count = u32::try_from(connections.max(1)).unwrap_or(u32::MAX);
        let index = u32::try_from(connection).unwrap_or(u32::MAX);
        let apart = Duration::try_from_secs_f64(1.0 / per_second).unwrap_or(Duration::MAX);
        Self {
            first: apart.saturating_mul(index),
            interval: apart.saturating_mul(count).max(Duration::from_nanos(1)),
            skips,
            next: 0,
        }
    }

    /// Whether late requests are left out.
    pub(super) const fn skips(&self) -> bool {
        self.skips
    }

    /// The next request, asked for so long after the beginning.
    pub(super) fn next(&mut self, now: Duration) -> Due {
        let before = self.next;
        if self.skips {
            let since_first = now.saturating_sub(self.first).as_nanos();
            let newest = since_first / self.interval.as_nanos().max(1);
            self.next = self.next.max(u32::try_from(newest).unwrap_or(u32::MAX));
        }
        let at = self
            .first
            .saturating_add(self.interval.saturating_mul(self.next));
        let passed_over = self.next - before;
        self.next = self.next.saturating_add(1);
        Due { at, passed_over }
    }
}

/// Wakes at an instant: tokio's timers are as coarse as the latencies that are measured.
pub(super) struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    /// An alarm of the current runtime.
    #[expect(
        deprecated,
        reason = "unsound for types that change their descriptor, which an OwnedFd does not; what replaces it is unsafe"
    )]
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Self(AsyncFd::with_interest(timer, Interest::READABLE)?))
    }

    /// Waits until `at`.
    pub(super) async fn wait(&self, at: Instant) -> io::Result<()> {
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        let zero = Timespec::default();
        let value = Timespec::try_from(left).unwrap_or(zero);
        let once = Itimerspec {
            it_interval: zero,
            it_value: value,
        };
        timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        let read = |timer: &OwnedFd| Ok(rustix::io::read(timer, &mut [0; 8])?);
        self.0.async_io(Interest::READABLE, read).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn connections_share_the_rate_evenly() {
        let mut all: Vec<Duration> = (0..4)
            .flat_map(|connection| {
                let mut schedule = Schedule::new(1000.0, 4, connection, false);
                (0..5).map(move |_| schedule.next(Duration::ZERO).at)
            })
            .collect();
        all.sort();
        let even: Vec<Duration> = (0..20).map(|index| MS * index).collect();
        assert_eq!(all, even);
    }

    #[test]
    fn what_is_late_stays_due_when_it_was() {
        let mut schedule = Schedule::new(100.0, 1, 0, false);
        assert_eq!(schedule.next(Duration::ZERO).at, Duration::ZERO);
        let late = schedule.next(Duration::from_secs(9));
        assert_eq!((late.at, late.passed_over), (10 * MS, 0));
    }

    #[test]
    fn what_floods_sends_only_the_newest_that_is_due() {
        let mut schedule = Schedule::new(100.0, 1, 0, true);
        for (now, at, passed_over) in [(0, 0, 0), (3, 10, 0), (55, 50, 3), (55, 60, 0), (69, 70, 0)]
        {
            let expected = Due {
                at: MS * at,
                passed_over,
            };
            assert_eq!(schedule.next(MS * now), expected, "at {now} ms");
        }
    }

    #[test]
    fn an_alarm_is_neither_early_nor_lost() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let alarm = Alarm::new().unwrap();
            for micros in [0, 300, 2_000] {
                let at = Instant::now() + Duration::from_micros(micros);
                alarm.wait(at).await.unwrap();
                assert!(Instant::now() >= at);
            }
        });
    }
}
