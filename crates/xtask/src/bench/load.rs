//! The load: some keep-alive connections, each sending its next request when it has its reply.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::{AdditionError, CreationError, Histogram};
use thiserror::Error;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet, LocalSet};
use tokio::time::error::Elapsed;

use super::connection::{Connection, ExchangeError};

/// Threads of the load generator, each with its share of the connections.
const THREADS: usize = 2;

/// What every connection sends before anything is measured.
const WARM_UP_REQUESTS: u64 = 20;

/// How long a load may take for its connections, its warm-up and its last replies.
const GRACE: Duration = Duration::from_secs(30);

/// Latencies are kept in microseconds, to three digits, up to a minute.
const MAX_LATENCY_US: u64 = 60_000_000;

/// How much of a refusal's body is quoted, in bytes.
const MAX_QUOTED_BYTES: usize = 300;

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
    /// The load did not end in its time: a reply never came.
    #[error("the server left a request without a reply")]
    Stalled,
    /// No thread or reactor could be had.
    #[error("the load generator could not start: {0}")]
    System(#[from] io::Error),
}

/// What to send where.
#[derive(Clone)]
pub(super) struct Load {
    /// The server.
    pub(super) address: SocketAddr,
    /// Whole requests; each has a connection that sends it again and again.
    pub(super) requests: Arc<[Vec<u8>]>,
    /// How long.
    pub(super) span: Span,
}

/// When a connection stops.
#[derive(Clone, Copy)]
pub(super) enum Span {
    /// After so many requests.
    Requests(u64),
    /// After so much time.
    Time(Duration),
}

/// What came of a load.
pub(super) struct Tally {
    /// Replies per second, all connections together.
    pub(super) per_second: f64,
    /// All requests that were sent, those of the warm-up included.
    pub(super) sent: u64,
    /// The latencies of the successful requests, in microseconds.
    pub(super) latency_us: Histogram<u64>,
    /// Replies with another status than 200.
    pub(super) refused: u64,
    /// The first of these.
    pub(super) refusal: Option<String>,
}

/// Drives a load to its end, or gives it up [`GRACE`] after that.
pub(super) async fn drive(load: &Load) -> Result<Tally, LoadError> {
    let limit = match load.span {
        Span::Requests(_) => GRACE,
        Span::Time(time) => time + GRACE,
    };
    tokio::time::timeout(limit, drive_all(load))
        .await
        .map_err(|_: Elapsed| LoadError::Stalled)?
}

async fn drive_all(load: &Load) -> Result<Tally, LoadError> {
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| start_thread(load.clone(), thread))
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
) -> Result<oneshot::Receiver<Result<Tally, LoadError>>, LoadError> {
    let (result, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name(format!("load-{thread}"))
        .spawn(move || {
            // The receiver is gone when the benchmark was interrupted.
            let _ = result.send(run_thread(&load, thread));
        })?;
    Ok(receiver)
}

fn run_thread(load: &Load, thread: usize) -> Result<Tally, LoadError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, drive_share(load, thread))
}

/// Opens, warms up and then measures every connection that is this thread's.
async fn drive_share(load: &Load, thread: usize) -> Result<Tally, LoadError> {
    let mut lanes = Vec::new();
    for index in (thread..load.requests.len()).step_by(THREADS) {
        lanes.push(Lane {
            connection: Connection::open(load.address).await?,
            request: index,
            requests: Arc::clone(&load.requests),
        });
    }
    let (warm_up, lanes) = run_lanes(lanes, Span::Requests(WARM_UP_REQUESTS)).await?;
    let (mut tally, _) = run_lanes(lanes, load.span).await?;
    tally.add_warm_up(warm_up);
    Ok(tally)
}

async fn run_lanes(lanes: Vec<Lane>, span: Span) -> Result<(Tally, Vec<Lane>), LoadError> {
    let tally = Rc::new(RefCell::new(Tally::new()?));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for lane in lanes {
        tasks.spawn_local(lane.run(span, Rc::clone(&tally)));
    }
    let mut lanes = Vec::with_capacity(tasks.len());
    while let Some(ended) = tasks.join_next().await {
        lanes.push(ended.map_err(|_: JoinError| LoadError::Lost)??);
    }
    let elapsed = started.elapsed();
    let mut tally = Rc::into_inner(tally).ok_or(LoadError::Lost)?.into_inner();
    tally.per_second = rate(tally.sent, elapsed);
    Ok((tally, lanes))
}

/// One connection with its request.
struct Lane {
    connection: Connection,
    request: usize,
    requests: Arc<[Vec<u8>]>,
}

impl Lane {
    async fn run(mut self, span: Span, tally: Rc<RefCell<Tally>>) -> Result<Self, LoadError> {
        let started = Instant::now();
        let request = self.requests.get(self.request).ok_or(LoadError::Lost)?;
        let mut sent = 0;
        while span.goes_on(sent, started) {
            let began = Instant::now();
            let reply = self.connection.exchange(request).await?;
            let latency = began.elapsed();
            tally.borrow_mut().count(reply.status, reply.body, latency);
            sent += 1;
        }
        Ok(self)
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
            latency_us: Histogram::new_with_max(MAX_LATENCY_US, 3)?,
            refused: 0,
            refusal: None,
        })
    }

    fn count(&mut self, status: u16, body: &[u8], latency: Duration) {
        self.sent += 1;
        if status == 200 {
            let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
            self.latency_us.saturating_record(micros);
            return;
        }
        self.refused += 1;
        self.refusal.get_or_insert_with(|| {
            let body = body.get(..MAX_QUOTED_BYTES).unwrap_or(body);
            format!("{status} {}", String::from_utf8_lossy(body))
        });
    }

    /// Adds what a warm-up cost and what was refused in it, but neither its rate nor its times.
    fn add_warm_up(&mut self, warm_up: Self) {
        self.sent += warm_up.sent;
        self.refused += warm_up.refused;
        self.refusal = warm_up.refusal.or(self.refusal.take());
    }

    /// Adds another thread's tally.
    fn add(&mut self, other: Self) -> Result<(), LoadError> {
        self.per_second += other.per_second;
        self.sent += other.sent;
        self.refused += other.refused;
        self.refusal = self.refusal.take().or(other.refusal);
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
            tally.count(*status, body.as_bytes(), Duration::from_micros(*micros));
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
