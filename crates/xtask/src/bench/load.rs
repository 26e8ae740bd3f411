//! The load: some connections, each with one request under way at a time.
//!
//! In a closed loop each sends its next request when it has its reply; in an open one when a request is due.

use std::cell::RefCell;
use std::io;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hdrhistogram::{AdditionError, CreationError, Histogram};
use http::Request;
use http_body_util::Full;
use thiserror::Error;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet, LocalSet};
use tokio::time::error::Elapsed;

use super::connection::{ExchangeError, Reply};
use super::line::{Line, Prepared, Route};
use super::pace::{Alarm, Schedule};

/// What all connections together send, about, before anything is measured, and the least and most that each does.
const WARM_UP_REQUESTS: u64 = 640;
const WARM_UP_OF_ONE: (u64, u64) = (2, 20);

/// How long a load may take for its connections, its warm-up and its last replies.
const GRACE: Duration = Duration::from_secs(60);

/// Latencies are kept in microseconds, to three digits, up to a minute.
const MAX_LATENCY_US: u64 = 60_000_000;

/// A reply that took longer has come too late to be of use.
const USEFUL_WITHIN: Duration = Duration::from_secs(1);

/// How much of a refusal's body is quoted, in bytes.
const MAX_QUOTED_BYTES: usize = 300;

/// What a server says who can't serve more.
const THROTTLED: &[u8] = b"ThrottlingException";

/// Why a load could not be driven to its end.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// A connection failed: a server under this load is expected to keep all of them.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// No histogram of the range could be made.
    #[error("the load generator's histogram: {0}")]
    Histogram(#[from] CreationError),
    /// A thread of the load generator ended early.
    #[error("a thread of the load generator ended early")]
    Lost,
    /// Histograms of different ranges were added.
    #[error("the load generator's histograms: {0}")]
    Merge(#[from] AdditionError),
    /// A request can't be one of HTTP/2.
    #[error("the load generator's requests: {0}")]
    Request(#[from] http::Error),
    /// The load did not end in its time: a reply never came.
    #[error("the server left a request without a reply")]
    Stalled,
    /// No thread, reactor or timer could be had.
    #[error("the load generator could not start: {0}")]
    System(#[from] io::Error),
}

/// What to send where.
#[derive(Clone)]
pub(super) struct Load {
    /// The server, and how it is spoken to.
    pub(super) route: Route,
    /// Whole requests of HTTP/1.1, at least one. Each connection goes through all of them, if need be, from one of its
    /// own on.
    pub(super) requests: Arc<[Vec<u8>]>,
    /// How many requests are under way at a time at most.
    pub(super) connections: usize,
    /// When they are sent, and how long.
    pub(super) plan: Plan,
}

/// When requests are sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    /// Each connection sends its next one when it has its reply.
    Closed(Span),
    /// At a fixed rate.
    Open {
        /// Requests that are due per second, on all connections together.
        per_second: f64,
        /// How long.
        time: Duration,
        /// Whether what could not be sent before the next one was due is left out. Latencies are then from when the
        /// connection could send, and otherwise from when the request was due.
        skips: bool,
    },
}

/// When a connection stops.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span {
    /// After so many requests.
    Requests(u64),
    /// After so much time.
    Time(Duration),
}

/// What came of a load.
pub(super) struct Tally {
    /// Successful replies per second, all connections together; where requests are left out, without those that came too
    /// late to be of use.
    pub(super) per_second: f64,
    /// All requests that were sent, those of the warm-up included.
    pub(super) sent: u64,
    /// Requests that were due and not sent.
    pub(super) passed_over: u64,
    /// The latencies of the successful requests, in microseconds.
    pub(super) latency_us: Histogram<u64>,
    /// Successful replies that took more than a second.
    pub(super) late: u64,
    /// Replies with another status than 200, `ThrottlingException` excepted.
    pub(super) refused: u64,
    /// The first of these.
    pub(super) refusal: Option<String>,
    /// Replies with `ThrottlingException`.
    pub(super) throttled: u64,
}

/// Drives a load to its end, or gives it up [`GRACE`] after that.
pub(super) async fn drive(load: &Load) -> Result<Tally, LoadError> {
    let limit = match load.plan {
        Plan::Closed(Span::Requests(_)) => GRACE,
        Plan::Closed(Span::Time(time)) | Plan::Open { time, .. } => time + GRACE,
    };
    tokio::time::timeout(limit, drive_all(load))
        .await
        .map_err(|_: Elapsed| LoadError::Stalled)?
}

async fn drive_all(load: &Load) -> Result<Tally, LoadError> {
    // As many as the server has.
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads: Vec<_> = (0..threads)
        .map(|thread| start_thread(load.clone(), thread, threads))
        .collect::<Result<_, _>>()?;
    let mut total = Tally::new()?;
    for thread in threads {
        total.add(thread.await.map_err(|_| LoadError::Lost)??)?;
    }
    Ok(total)
}

/// A thread of its own, since the load must not share a reactor with whoever waits for signals.
fn start_thread(
    load: Load,
    thread: usize,
    threads: usize,
) -> Result<oneshot::Receiver<Result<Tally, LoadError>>, LoadError> {
    let (result, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name(format!("load-{thread}"))
        .spawn(move || {
            // The receiver is gone when the benchmark was interrupted.
            let _ = result.send(run_thread(load, thread, threads));
        })?;
    Ok(receiver)
}

fn run_thread(load: Load, thread: usize, threads: usize) -> Result<Tally, LoadError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, drive_share(load, thread, threads))
}

/// Opens, warms up and then measures every connection that is this thread's.
async fn drive_share(load: Load, thread: usize, threads: usize) -> Result<Tally, LoadError> {
    let indexes: Vec<_> = (thread..load.connections).step_by(threads).collect();
    let lines = load.route.open(indexes.len()).await?;
    let (plan, warm_up) = (load.plan, warm_up(load.connections));
    let share = Rc::new(Share {
        translated: load.route.translate(&load.requests)?,
        load,
    });
    let lanes = indexes.into_iter().zip(lines).map(|(index, line)| Lane {
        line,
        index,
        next: index,
        share: Rc::clone(&share),
    });
    let (warm_up, lanes) = run_lanes(lanes.collect(), warm_up).await?;
    let (mut tally, _) = run_lanes(lanes, plan).await?;
    tally.add_warm_up(warm_up);
    Ok(tally)
}

fn warm_up(connections: usize) -> Plan {
    let (least, most) = WARM_UP_OF_ONE;
    let connections = u64::try_from(connections.max(1)).unwrap_or(u64::MAX);
    Plan::Closed(Span::Requests(
        (WARM_UP_REQUESTS / connections).clamp(least, most),
    ))
}

async fn run_lanes(lanes: Vec<Lane>, plan: Plan) -> Result<(Tally, Vec<Lane>), LoadError> {
    let tally = Rc::new(RefCell::new(Tally::new()?));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for lane in lanes {
        tasks.spawn_local(lane.run(plan, started, Rc::clone(&tally)));
    }
    let mut lanes = Vec::with_capacity(tasks.len());
    while let Some(ended) = tasks.join_next().await {
        lanes.push(ended.map_err(|_: JoinError| LoadError::Lost)??);
    }
    let elapsed = started.elapsed();
    let mut tally = Rc::into_inner(tally).ok_or(LoadError::Lost)?.into_inner();
    let served = match plan {
        Plan::Open { skips: true, .. } => tally.useful(),
        Plan::Open { .. } | Plan::Closed(_) => tally.latency_us.len(),
    };
    tally.per_second = rate(served, elapsed);
    Ok((tally, lanes))
}

/// What the connections of a thread have in common.
struct Share {
    load: Load,
    /// The requests, where they are of HTTP/2.
    translated: Vec<Request<Full<Bytes>>>,
}

impl Share {
    /// The request with this number, beginning anew after the last.
    fn request(&self, number: usize) -> Result<Prepared<'_>, LoadError> {
        let number = number % self.load.requests.len().max(1);
        let translated = self.translated.get(number).map(Prepared::Two);
        let as_it_is = || {
            self.load
                .requests
                .get(number)
                .map(|request| Prepared::One(request))
        };
        translated.or_else(as_it_is).ok_or(LoadError::Lost)
    }
}

/// One connection, and where it is in the requests.
struct Lane {
    line: Line,
    index: usize,
    next: usize,
    share: Rc<Share>,
}

impl Lane {
    async fn run(
        mut self,
        plan: Plan,
        started: Instant,
        tally: Rc<RefCell<Tally>>,
    ) -> Result<Self, LoadError> {
        match plan {
            Plan::Closed(span) => self.closed(span, started, &tally).await?,
            Plan::Open {
                per_second,
                time,
                skips,
            } => {
                let connections = self.share.load.connections;
                let schedule = Schedule::new(per_second, connections, self.index, skips);
                self.open(schedule, time, started, &tally).await?;
            }
        }
        Ok(self)
    }

    async fn closed(
        &mut self,
        span: Span,
        started: Instant,
        tally: &RefCell<Tally>,
    ) -> Result<(), LoadError> {
        let mut sent = 0;
        while span.goes_on(sent, started) {
            self.send(Instant::now(), tally).await?;
            sent += 1;
        }
        Ok(())
    }

    async fn open(
        &mut self,
        mut schedule: Schedule,
        time: Duration,
        started: Instant,
        tally: &RefCell<Tally>,
    ) -> Result<(), LoadError> {
        let alarm = Alarm::new()?;
        loop {
            let due = schedule.next(started.elapsed());
            tally.borrow_mut().passed_over += u64::from(due.passed_over);
            if due.at >= time {
                return Ok(());
            }
            let at = started + due.at;
            alarm.wait(at).await?;
            let since = if schedule.skips() { Instant::now() } else { at };
            self.send(since, tally).await?;
        }
    }

    /// Sends the next request and counts its reply, whose latency is from `since` on.
    async fn send(&mut self, since: Instant, tally: &RefCell<Tally>) -> Result<(), LoadError> {
        let request = self.share.request(self.next)?;
        self.next += self.share.load.connections;
        let reply = self.line.exchange(&request).await?;
        tally.borrow_mut().count(&reply, since.elapsed());
        Ok(())
    }
}

impl Span {
    fn goes_on(self, sent: u64, started: Instant) -> bool {
        match self {
            Self::Requests(requests) => sent < requests,
            Self::Time(time) => started.elapsed() < time,
        }
    }
}

impl Tally {
    fn new() -> Result<Self, LoadError> {
        Ok(Self {
            per_second: 0.0,
            sent: 0,
            passed_over: 0,
            latency_us: Histogram::new_with_max(MAX_LATENCY_US, 3)?,
            late: 0,
            refused: 0,
            refusal: None,
            throttled: 0,
        })
    }

    /// Successful replies that came in time to be of use.
    fn useful(&self) -> u64 {
        self.latency_us.len() - self.late
    }

    fn count(&mut self, reply: &Reply<'_>, latency: Duration) {
        self.sent += 1;
        if reply.status == 200 {
            let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            self.latency_us.saturating_record(micros);
            self.late += u64::from(latency > USEFUL_WITHIN);
            return;
        }
        let mut parts = reply.body.windows(THROTTLED.len());
        if parts.any(|part| part == THROTTLED) {
            self.throttled += 1;
            return;
        }
        self.refused += 1;
        self.refusal.get_or_insert_with(|| {
            let body = reply.body.get(..MAX_QUOTED_BYTES).unwrap_or(reply.body);
            format!("{} {}", reply.status, String::from_utf8_lossy(body))
        });
    }

    /// Adds what a warm-up cost and what was refused in it, but neither its rate nor its times.
    fn add_warm_up(&mut self, warm_up: Self) {
        self.sent += warm_up.sent;
        self.refused += warm_up.refused;
        self.throttled += warm_up.throttled;
        self.refusal = warm_up.refusal.or(self.refusal.take());
    }

    /// Adds another thread's tally.
    fn add(&mut self, other: Self) -> Result<(), LoadError> {
        self.per_second += other.per_second;
        self.sent += other.sent;
        self.passed_over += other.passed_over;
        self.late += other.late;
        self.refused += other.refused;
        self.refusal = self.refusal.take().or(other.refusal);
        self.throttled += other.throttled;
        self.latency_us.add(other.latency_us)?;
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is an estimate")]
fn rate(replies: u64, time: Duration) -> f64 {
    replies as f64 / time.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(replies: &[(u16, &str, u64)]) -> Tally {
        let mut tally = Tally::new().unwrap();
        for (status, body, micros) in replies {
            let body = body.as_bytes();
            let reply = Reply {
                status: *status,
                body,
            };
            tally.count(&reply, Duration::from_micros(*micros));
        }
        tally
    }

    #[test]
    fn refusals_have_no_latency_and_the_first_is_quoted() {
        let tally = tally(&[(200, "{}", 7), (400, "no", 1), (500, "", 1), (200, "", 9)]);
        assert_eq!((tally.sent, tally.refused), (4, 2));
        assert_eq!(tally.refusal.as_deref(), Some("400 no"));
        assert_eq!((tally.latency_us.len(), tally.latency_us.min()), (2, 7));
    }

    #[test]
    fn throttling_is_told_apart_and_late_replies_are_of_no_use() {
        let body = r#"{"__type":"ThrottlingException"}"#;
        let tally = tally(&[(400, body, 1), (200, "", 5), (200, "", 1_000_001)]);
        assert_eq!((tally.throttled, tally.refused), (1, 0));
        assert_eq!((tally.late, tally.useful()), (1, 1));
    }

    #[test]
    fn warm_ups_are_of_one_length_within_limits() {
        for (connections, expected) in [(1, 20), (64, 10), (1000, 2)] {
            let Plan::Closed(Span::Requests(requests)) = warm_up(connections) else {
                panic!("not of requests");
            };
            assert_eq!(requests, expected, "{connections}");
        }
    }

    #[test]
    fn a_long_refusal_is_cut() {
        let tally = tally(&[(500, &"x".repeat(10_000), 1)]);
        assert_eq!(
            tally.refusal.unwrap().len(),
            "500 ".len() + MAX_QUOTED_BYTES
        );
    }

    #[test]
    fn latencies_beyond_the_range_count_as_its_end() {
        let tally = tally(&[(200, "", MAX_LATENCY_US * 10)]);
        assert!(tally.latency_us.max() >= MAX_LATENCY_US);
    }

    #[test]
    fn threads_add_up() {
        let mut total = tally(&[(200, "", 5)]);
        total.per_second = 100.0;
        let mut other = tally(&[(200, "", 6), (403, "who?", 1)]);
        other.per_second = 50.0;
        total.add(other).unwrap();
        assert_eq!((total.sent, total.refused), (3, 1));
        assert_eq!(total.refusal.as_deref(), Some("403 who?"));
        assert_eq!(total.latency_us.len(), 2);
        assert!((total.per_second - 150.0).abs() < 1e-9);
    }

    #[test]
    fn a_warm_up_adds_no_latencies_but_hides_no_refusals() {
        let mut measured = tally(&[(200, "", 5)]);
        measured.per_second = 100.0;
        measured.add_warm_up(tally(&[(200, "", 900), (400, "early", 1)]));
        assert_eq!((measured.sent, measured.refused), (3, 1));
        assert_eq!(measured.refusal.as_deref(), Some("400 early"));
        assert_eq!(measured.latency_us.len(), 1);
        assert!((measured.per_second - 100.0).abs() < 1e-9);
    }

    #[test]
    fn spans_end() {
        let now = Instant::now();
        assert!(Span::Requests(2).goes_on(1, now));
        assert!(!Span::Requests(2).goes_on(2, now));
        assert!(Span::Time(Duration::from_secs(3600)).goes_on(u64::MAX, now));
        assert!(!Span::Time(Duration::ZERO).goes_on(0, now));
    }
}
