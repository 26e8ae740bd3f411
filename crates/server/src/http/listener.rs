//! Accepting connections, and stopping.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::Limits;
use super::body;
use super::worker::{self, Worker};
use crate::corridor::Corridor;

/// How long to wait when the system has no more file descriptors.
const BREATHER: Duration = Duration::from_millis(50);

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A thread could not be started.
    #[error("can't start a worker: {source}")]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}

/// A connection that was accepted, and its place among those allowed.
pub(super) struct Accepted {
    pub(super) stream: std::net::TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) permit: OwnedSemaphorePermit,
}

/// A running server.
pub struct HttpServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: tokio::task::JoinHandle<()>,
    workers: Vec<JoinHandle<()>>,
}

impl HttpServer {
    /// Listens, and serves from as many threads as given. Must be called in a runtime, on which
    /// connections are accepted.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn start(
        corridor: &Arc<Corridor>,
        address: SocketAddr,
        tls: Option<&TlsAcceptor>,
        limits: Limits,
        threads: usize,
    ) -> Result<Self, ServeError> {
        let not_listening = |source| ServeError::Listen { address, source };
        let listener = StdListener::bind(address).map_err(not_listening)?;
        listener.set_nonblocking(true).map_err(not_listening)?;
        let address = listener.local_addr().map_err(not_listening)?;
        let listener = TcpListener::from_std(listener).map_err(not_listening)?;

        let bodies = body::room(&limits);
        let (stop, stopping) = watch::channel(false);
        let mut lanes = Vec::new();
        let mut workers = Vec::new();
        for index in 0..threads.max(1) {
            let (lane, connections) = mpsc::unbounded_channel();
            let worker = Worker {
                corridor: Arc::clone(corridor),
                tls: tls.cloned(),
                limits,
                bodies: Arc::clone(&bodies),
                stopping: stopping.clone(),
            };
            workers.push(
                worker::spawn(index, worker, connections)
                    .map_err(|source| ServeError::Thread { source })?,
            );
            lanes.push(lane);
        }
        let accepting = tokio::spawn(accept(listener, lanes, limits.connections, stopping));
        Ok(Self {
            address,
            stop,
            accepting,
            workers,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets calls in flight end, and returns when the last one has, or when they
    /// have had their time.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.accepting.await;
        let join = move || {
            for worker in self.workers {
                // A worker that panicked has already reported it.
                let _ = worker.join();
            }
        };
        let _ = tokio::task::spawn_blocking(join).await;
    }
}

/// Deals connections out to the lanes in turn. The lanes are bounded by the permits.
async fn accept(
    listener: TcpListener,
    lanes: Vec<mpsc::UnboundedSender<Accepted>>,
    most: usize,
    mut stopping: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(most));
    for lane in lanes.iter().cycle() {
        let accepted = tokio::select! {
            accepted = next(&listener, &places) => accepted,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        if let Some(accepted) = accepted {
            // A lane is gone only if its worker is; its connection is closed then.
            let _ = lane.send(accepted);
        }
    }
}

async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, peer) = match listener.accept().await {
        Ok(accepted) => accepted,
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(BREATHER).await;
            return None;
        }
    };
    let stream = detach(stream)
        .inspect_err(|error| tracing::warn!(%error, "a connection was lost"))
        .ok()?;
    Some(Accepted {
        stream,
        peer,
        permit,
    })
}

/// Takes a stream out of this runtime, so that a worker's runtime can have it.
fn detach(stream: TcpStream) -> io::Result<std::net::TcpStream> {
    // Answers are small and wanted at once.
    stream.set_nodelay(true)?;
    stream.into_std()
}
