//! Both sides of a contest, in turns.

use rustix::time::{ClockId, clock_gettime};

use super::contest::{Call, Contest};
use super::report::Row;
use crate::bench::Error;

/// How long a contest lasts.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub(super) rounds: u32,
    pub(super) millis: u32,
}

/// The time that this thread has spent computing, in seconds: what others do on the machine does not
/// count.
fn computed() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a thread's seconds are few, and nanoseconds less than a thousand million"
    )]
    let (seconds, nanos) = (time.tv_sec as f64, time.tv_nsec as f64);
    seconds + nanos / 1e9
}

/// Calls a second, of `calls`.
fn rate(call: &Call, calls: u32) -> f64 {
    let start = computed();
    for _ in 0..calls {
        call();
    }
    f64::from(calls) / (computed() - start).max(1e-9)
}

/// How many calls fill a turn.
fn calls_of_a_turn(call: &Call, millis: u32) -> u32 {
    let mut calls = 1;
    loop {
        let seconds = f64::from(calls) / rate(call, calls);
        if seconds * 1e3 >= f64::from(millis) || calls > 1 << 24 {
            return calls;
        }
        calls *= 2;
    }
}

/// Runs the contest: each round a turn of both, the first of them in turns, too.
pub(super) fn measure(contest: &Contest, effort: Effort) -> Result<Row, Error> {
    if !(contest.handle)() || !(contest.bare)() {
        return Err(Error::Library("a call of a contest"));
    }
    let calls = calls_of_a_turn(&contest.bare, effort.millis);
    let mut rates = Vec::new();
    for round in 0..effort.rounds {
        if round % 2 == 0 {
            let handle = rate(&contest.handle, calls);
            rates.push((handle, rate(&contest.bare, calls)));
        } else {
            let bare = rate(&contest.bare, calls);
            rates.push((rate(&contest.handle, calls), bare));
        }
    }
    Ok(Row::new(contest.name.clone(), &rates))
}
