//! The HTTP room: connections in, bytes out. It knows nothing of what a call means.
//!
//! One thread accepts connections and deals them out in turn to workers, each with a
//! single-threaded runtime of its own: a request never changes threads, and two servers can't
//! share a port by mistake, as they could with a listening socket for each worker.

mod body;
mod connection;
mod health;
mod listener;
mod patience;
mod places;
mod service;
pub mod tls;
mod watch;
mod worker;

use std::time::Duration;

pub use self::listener::{Entrance, HttpServer, Reserved, ServeError};
pub(crate) use self::places::holder;
pub use self::watch::{BoundWatch, WatchServer};

/// What a connection and its requests may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body of a request, in bytes.
    pub body_bytes: usize,
    /// The most bytes of bodies that are held at a time, over all workers, from when they arrive until
    /// their call is answered: of calls that are said to be signed with a known access key. As much again is held of
    /// heads.
    pub body_bytes_in_flight: usize,
    /// The same, of calls that need no signature: whoever has no access key takes no room from those who have one. As
    /// much again is held of heads, and as much of the heads of calls that are rejected and of long ones.
    pub unsigned_bytes_in_flight: usize,
    /// The longest head of a request, in bytes; also the most that HTTP/2 headers may unfold to.
    pub head_bytes: usize,
    /// The most connections at a time, over all workers.
    pub connections: usize,
    /// The most connections at a time from one address, or from one IPv6 network of 64 bits; `None` if each may have
    /// all of them, as behind a proxy, which has one address for everybody.
    pub connections_of_address: Option<usize>,
    /// The most requests at a time on one HTTP/2 connection.
    pub http2_streams: u32,
    /// How long a connection is kept on which nothing is called: the TLS handshake and the head of
    /// the first request must be through by then, and the head of each later one as long after the
    /// last answer.
    pub head_timeout: Duration,
    /// The same, and how long a client may take over the body of a request, while most connections are taken: whoever
    /// does nothing gives way to whoever comes.
    pub crowded_timeout: Duration,
    /// How long a client may take over the body of a request, waiting for room for its beginning included,
    /// and how long a client may take nothing of what is sent to it.
    pub body_timeout: Duration,
    /// How many calls of one principal may wait for their turn, at each worker.
    pub waiting_calls_of_principal: usize,
    /// How many calls may wait for their turn, at each worker.
    pub waiting_calls: usize,
    /// How long a call may wait for its turn.
    pub turn_timeout: Duration,
    /// How long calls in flight may take to end when the server stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_bytes_in_flight: 256 * 1024 * 1024,
            unsigned_bytes_in_flight: 16 * 1024 * 1024,
            head_bytes: 64 * 1024,
            connections: 10_000,
            connections_of_address: None,
            http2_streams: 200,
            head_timeout: Duration::from_secs(60),
            crowded_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(30),
            waiting_calls_of_principal: 1000,
            waiting_calls: 8000,
            turn_timeout: Duration::from_secs(5),
            drain_timeout: Duration::from_secs(30),
        }
    }
}
