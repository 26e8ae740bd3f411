//! Accepting connections, and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::Limits;
use super::body::Rooms;
use super::places::{Place, Places};
use super::worker::{self, Worker};
use crate::corridor::Corridor;
use crate::endpoint::Endpoint;

/// How many connections wait to be accepted at an entrance. More are left to try again.
const BACKLOG: u32 = 1024;

/// How long to wait when the system has no more file descriptors.
const BREATHER: Duration = Duration::from_millis(50);

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}{}", taken(source))]
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
    pub(super) endpoint: Option<Arc<Endpoint>>,
    pub(super) place: Place,
}

/// Where a server listens.
#[derive(Debug, Clone)]
pub struct Entrance {
    /// The address.
    pub address: SocketAddr,
    /// The VPC endpoint that it is; `None` for the front door.
    pub endpoint: Option<Arc<Endpoint>>,
}

/// Entrances whose addresses nobody else can take any more, and at which nobody is let in yet. To be
/// had before anything is made that a server which can't listen should not leave behind.
#[derive(Debug)]
pub struct Reserved(Vec<(Entrance, TcpSocket)>);

impl Reserved {
    /// Reserves the addresses of all entrances.
    ///
    /// # Errors
    /// [`ServeError::Listen`].
    pub fn bind(entrances: Vec<Entrance>) -> Result<Self, ServeError> {
        let bind = |entrance: Entrance| {
            let address = entrance.address;
            let socket = reserve(address);
            let socket = socket.map_err(|source| ServeError::Listen { address, source })?;
            Ok((entrance, socket))
        };
        entrances
            .into_iter()
            .map(bind)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // A restart does not wait until the connections of the former run are forgotten. Where somebody
    // listens, the address is taken all the same.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// What to do about an address that somebody else has.
fn taken(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            ". Is another keystead running? Stop it, or take another port with --listen, or --metrics-listen"
        }
        _ => "",
    }
}

/// A running server.
pub struct HttpServer {
    addresses: Vec<SocketAddr>,
    stop: watch::Sender<bool>,
    accepting: Vec<tokio::task::JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
}

impl HttpServer {
    /// Listens at all entrances, and serves from as many threads as given. Must be called in a
    /// runtime, on which connections are accepted.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn start(
        corridor: &Arc<Corridor>,
        entrances: Reserved,
        tls: Option<&TlsAcceptor>,
        limits: Limits,
        threads: usize,
    ) -> Result<Self, ServeError> {
        let listeners = entrances.0.into_iter().map(listen);
        let listeners = listeners.collect::<Result<Vec<_>, _>>()?;
        let addresses = listeners.iter().map(|(address, _)| *address).collect();

        let bodies = Rooms::new(&limits);
        let places = Places::new(&limits);
        let (stop, stopping) = watch::channel(false);
        let mut lanes = Vec::new();
        let mut workers = Vec::new();
        for index in 0..threads.max(1) {
            let (lane, connections) = mpsc::unbounded_channel();
            let worker = Worker {
                corridor: Arc::clone(corridor),
                tls: tls.cloned(),
                limits,
                bodies: bodies.clone(),
                places: Arc::clone(&places),
                stopping: stopping.clone(),
            };
            workers.push(
                worker::spawn(index, worker, connections)
                    .map_err(|source| ServeError::Thread { source })?,
            );
            lanes.push(lane);
        }
        let accepting = listeners
            .into_iter()
            .map(|(_, door)| {
                let places = Arc::clone(&places);
                tokio::spawn(accept(door, lanes.clone(), places, stopping.clone()))
            })
            .collect();
        Ok(Self {
            addresses,
            stop,
            accepting,
            workers,
        })
    }

    /// Where it listens, in the order of the entrances.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops accepting, lets calls in flight end, and returns when the last one has, or when they
    /// have had their time.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for accepting in self.accepting {
            let _ = accepting.await;
        }
        let join = move || {
            for worker in self.workers {
                // A worker that panicked has already reported it.
                let _ = worker.join();
            }
        };
        let _ = tokio::task::spawn_blocking(join).await;
    }
}

/// A listener, and what whoever comes in by it carries.
struct Door {
    listener: TcpListener,
    endpoint: Option<Arc<Endpoint>>,
}

fn listen(reserved: (Entrance, TcpSocket)) -> Result<(SocketAddr, Door), ServeError> {
    let (Entrance { address, endpoint }, socket) = reserved;
    let not_listening = |source| ServeError::Listen { address, source };
    let listener = socket.listen(BACKLOG).map_err(not_listening)?;
    let bound = listener.local_addr().map_err(not_listening)?;
    Ok((bound, Door { listener, endpoint }))
}

/// Deals connections out to the lanes in turn. The lanes are bounded by the places, which all
/// doors share.
async fn accept(
    door: Door,
    lanes: Vec<mpsc::UnboundedSender<Accepted>>,
    places: Arc<Places>,
    mut stopping: watch::Receiver<bool>,
) {
    for lane in lanes.iter().cycle() {
        let accepted = tokio::select! {
            accepted = next(&door, &places) => accepted,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        if let Some(accepted) = accepted {
            // A lane is gone only if its worker is; its connection is closed then.
            let _ = lane.send(accepted);
        }
    }
}

async fn next(door: &Door, places: &Arc<Places>) -> Option<Accepted> {
    let kept = places.keep().await?;
    let (stream, peer) = match door.listener.accept().await {
        Ok(accepted) => accepted,
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(BREATHER).await;
            return None;
        }
    };
    let Some(place) = places.take(kept, peer.ip()) else {
        tracing::debug!(%peer, "turned away: this address has enough connections");
        return None;
    };
    let stream = detach(stream)
        .inspect_err(|error| tracing::warn!(%error, "a connection was lost"))
        .ok()?;
    Some(Accepted {
        stream,
        peer,
        endpoint: door.endpoint.clone(),
        place,
    })
}

/// Takes a stream out of this runtime, so that a worker's runtime can have it.
fn detach(stream: TcpStream) -> io::Result<std::net::TcpStream> {
    // Answers are small and wanted at once.
    stream.set_nodelay(true)?;
    stream.into_std()
}
