//! How long a connection is kept on which nothing is called, and how long its writes may stand
//! still.
//!
//! HTTP has no one timer for this: nothing is timed before the version is known, and who answers
//! pings, or sends calls and reads no answers, is never idle. So that the stream itself runs out,
//! below TLS, whatever is spoken on it. It also ends if calls are given up on it again and again, each
//! of which has cost something ("rapid reset", CVE-2023-44487).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::places::Places;

/// The calls of one connection. A connection without any is idle, whatever it reads.
pub(super) struct Calls {
    began: Instant,
    in_flight: AtomicUsize,
    /// When the last call ended, after `began`.
    ended_micros: AtomicU64,
    /// How many more calls were given up by the client than answered.
    given_up: AtomicU32,
}

/// A call in flight, until it ends. If it is dropped before, the client has given it up.
pub(super) struct InFlight {
    calls: Arc<Calls>,
    is_answered: bool,
    is_broken: bool,
}

impl Calls {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            in_flight: AtomicUsize::new(0),
            ended_micros: AtomicU64::new(0),
            given_up: AtomicU32::new(0),
        })
    }

    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        InFlight {
            calls: Arc::clone(self),
            is_answered: false,
            is_broken: false,
        }
    }

    fn idle_since(&self) -> Option<Instant> {
        let idle = self.in_flight.load(Ordering::Acquire) == 0;
        idle.then(|| self.began + Duration::from_micros(self.ended_micros.load(Ordering::Acquire)))
    }
}

impl InFlight {
    /// The client has broken off what it sent: whatever is answered, it has given the call up.
    pub(super) const fn broke_off(&mut self) {
        self.is_broken = true;
    }

    /// The call has its answer.
    pub(super) fn end(mut self) {
        self.is_answered = !self.is_broken;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let Calls {
            began,
            in_flight,
            ended_micros,
            given_up,
        } = self.calls.as_ref();
        // A worker has one thread, on which all calls of a connection end: nothing comes between.
        let before = given_up.load(Ordering::Acquire);
        let after = if self.is_answered {
            before.saturating_sub(1)
        } else {
            before.saturating_add(1)
        };
        given_up.store(after, Ordering::Release);
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        ended_micros.store(micros, Ordering::Release);
        in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A stream that fails with [`io::ErrorKind::TimedOut`] when nothing was called on it for
/// `head_timeout`, or when the other end took nothing of what is written to it for `body_timeout`; and
/// with [`io::ErrorKind::ConnectionAborted`] when the other end has given up twice as many calls, beyond
/// those that were answered, as it may have at a time.
///
/// Reads and writes must be polled by one task, as connections are.
pub(super) struct Patient<S> {
    stream: S,
    calls: Arc<Calls>,
    places: Arc<Places>,
    limits: Limits,
    /// Set to a time when the stream may have been idle too long, and looked at again then: a call
    /// costs no timer.
    idle: Pin<Box<Sleep>>,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, calls: Arc<Calls>, places: Arc<Places>, limits: Limits) -> Self {
        let first_look = limits.head_timeout.min(limits.crowded_timeout);
        Self {
            stream,
            calls,
            places,
            limits,
            idle: Box::pin(tokio::time::sleep(first_look)),
            stalled: None,
        }
    }

    fn check_idle(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.calls.given_up.load(Ordering::Acquire) > 2 * self.limits.http2_streams {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.idle.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let since = self.calls.idle_since().unwrap_or(now);
            let crowded = self.limits.head_timeout.min(self.limits.crowded_timeout);
            let patience = if self.places.is_crowded() {
                crowded
            } else {
                self.limits.head_timeout
            };
            if since + patience <= now {
                return Err(io::ErrorKind::TimedOut.into());
            }
            // It may be crowded by then.
            let next_look = (now + crowded).min(since + self.limits.head_timeout);
            self.idle.as_mut().reset(next_look);
        }
        Ok(())
    }

    fn check_stalled(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.limits.body_timeout;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        stalled
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_idle(cx)?;
        Pin::new(&mut this.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_idle(cx)?;
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.check_stalled(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_idle(cx)?;
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.check_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio::time::{sleep, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn patient() -> (DuplexStream, Patient<DuplexStream>, Arc<Calls>, Limits) {
        let limits = Limits::default();
        let (client, server) = tokio::io::duplex(64);
        let calls = Calls::new();
        let patient = Patient::new(server, Arc::clone(&calls), Places::new(&limits), limits);
        (client, patient, calls, limits)
    }

    #[tokio::test(start_paused = true)]
    async fn silence_and_chatter_run_out() {
        for chatty in [false, true] {
            let (mut client, mut server, _, limits) = patient();
            let chatter = tokio::spawn(async move {
                while chatty && client.write_all(b"ping").await.is_ok() {
                    sleep(SECOND).await;
                }
                client
            });
            let began = Instant::now();
            let error = loop {
                match server.read(&mut [0; 64]).await {
                    Ok(read) => assert!(read > 0),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            let took = began.elapsed();
            assert!(limits.head_timeout <= took && took < limits.head_timeout + 2 * SECOND);
            drop(server);
            drop(chatter.await.unwrap());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_in_flight_is_waited_for_and_the_time_runs_from_its_end() {
        let (_client, mut server, calls, limits) = patient();
        let (first, second) = (calls.begin(), calls.begin());
        let long = limits.head_timeout * 10 + SECOND / 3;
        assert!(timeout(long, server.read(&mut [0])).await.is_err());
        drop(first);
        assert!(timeout(long, server.read(&mut [0])).await.is_err());
        drop(second);
        let ended = Instant::now();
        let error = server.read(&mut [0]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let took = ended.elapsed();
        assert!(limits.head_timeout <= took + SECOND && took < limits.head_timeout + SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_nobody_takes_runs_out_even_with_a_call_in_flight() {
        let (mut client, mut server, calls, limits) = patient();
        let _call = calls.begin();
        server.write_all(&[0; 64]).await.unwrap();
        // Whoever takes something is given time again.
        let almost = limits.body_timeout - SECOND;
        for _ in 0..10 {
            assert!(timeout(almost, server.write(&[0; 8])).await.is_err());
            client.read_exact(&mut [0; 8]).await.unwrap();
            assert_eq!(server.write(&[0; 8]).await.unwrap(), 8);
        }
        let began = Instant::now();
        let error = server.write(&[0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= limits.body_timeout);
    }
}
