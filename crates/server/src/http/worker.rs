//! A worker: a thread with a runtime of its own, and the connections that were dealt to it.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::Limits;
use super::body::Rooms;
use super::connection;
use super::listener::Accepted;
use super::places::Places;
use crate::audit::log::Delivery;
use crate::corridor::Corridor;
use crate::corridor::turnstile::{Patience, Turnstile};

/// What all workers work with.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) corridor: Arc<Corridor>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) limits: Limits,
    /// The room for bodies, which all workers share.
    pub(super) bodies: Rooms,
    /// The places of connections, which all workers share.
    pub(super) places: Arc<Places>,
    pub(super) stopping: watch::Receiver<bool>,
}

pub(super) fn spawn(
    index: usize,
    worker: Worker,
    connections: mpsc::UnboundedReceiver<Accepted>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name(format!("worker-{index}"))
        .spawn(move || runtime.block_on(run(worker, connections)))
}

async fn run(worker: Worker, mut connections: mpsc::UnboundedReceiver<Accepted>) {
    let _delivery = Delivery::to_this_thread();
    let turnstile = Arc::new(Turnstile::new(patience(&worker.limits)));
    let attended = Arc::clone(&turnstile);
    tokio::spawn(async move { attended.attend().await });
    let graceful = GracefulShutdown::new();
    let mut stopping = worker.stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = connections.recv() => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let Some(accepted) = accepted else { break };
        match TcpStream::from_std(accepted.stream) {
            Ok(stream) => {
                let from = connection::Origin {
                    address: accepted.peer,
                    endpoint: accepted.endpoint,
                };
                let turnstile = Arc::clone(&turnstile);
                let serving =
                    connection::serve(worker.clone(), turnstile, stream, from, graceful.watcher());
                tokio::spawn(async move {
                    serving.await;
                    drop(accepted.place);
                });
            }
            Err(error) => tracing::warn!(%error, "a connection was lost"),
        }
    }
    if tokio::time::timeout(worker.limits.drain_timeout, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some calls did not end in time and were cut off");
    }
}

const fn patience(limits: &Limits) -> Patience {
    Patience {
        calls_of_principal: limits.waiting_calls_of_principal,
        calls: limits.waiting_calls,
        longest: limits.turn_timeout,
    }
}
