//! Clients that mean harm, over real sockets: the server stays as large as it was, whoever does harm is cut
//! off or told so, and a client that does none is served all the while.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod connections;
mod http1;
mod http2;
mod shares;
mod stopping;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use keystead_testkit::{Client, Connection, Server, ServerOptions};
use serde_json::json;
use tokio::net::TcpSocket;

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

/// `hello`, in base64.
const PLAINTEXT: &str = "aGVsbG8=";

/// How long anything may take that has to happen. Far more than it takes, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Limits that run out while a test waits.
const SHORT: &str = "idle_seconds = 2\nbody_seconds = 2\ncrowded_seconds = 1\n";

/// By how much a server may grow under attack, in KiB: some thousand buffers of connections.
const GROWTH_KIB: u64 = 96 * 1024;

/// A server with these lines in the section `[limits]` of its configuration.
fn start(limits: &str, options: ServerOptions) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("keystead.toml");
    fs::write(&config, format!("[limits]\n{limits}")).unwrap();
    options
        .arg("--config")
        .arg(config.to_str().unwrap())
        .start_in(folder)
}

fn options() -> ServerOptions {
    ServerOptions::new(BINARY)
}

/// The most memory that a server has had so far, in KiB.
fn peak_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().strip_suffix(" kB").unwrap();
    number.parse().unwrap()
}

/// A server under attack, with a client that calls all the while.
struct Siege {
    server: Server,
    is_over: Arc<AtomicBool>,
    good: Vec<JoinHandle<u32>>,
    peak_before: u64,
}

impl Siege {
    fn begin(server: Server) -> Self {
        let client = server.client();
        let made = client.ok("CreateKey", &json!({}));
        let body =
            json!({"KeyId": made["KeyMetadata"]["KeyId"], "Plaintext": PLAINTEXT}).to_string();
        let is_over = Arc::new(AtomicBool::new(false));
        let good = [false, true].map(|keeps_connection| {
            let (client, body, is_over) = (client.clone(), body.clone(), Arc::clone(&is_over));
            thread::spawn(move || work_on(&client, body.as_bytes(), keeps_connection, &is_over))
        });
        Self {
            is_over,
            good: good.into(),
            peak_before: peak_kib(&server),
            server,
        }
    }

    /// The attack is over: nothing has happened to the server, and nobody else has felt it.
    fn end(self) -> Server {
        // Whoever is served now was not by chance.
        thread::sleep(Duration::from_millis(200));
        self.is_over.store(true, Ordering::Relaxed);
        for good in self.good {
            assert!(good.join().unwrap() > 0, "the others are served");
        }
        let growth = peak_kib(&self.server).saturating_sub(self.peak_before);
        assert!(growth < GROWTH_KIB, "it grew by {growth} KiB");
        assert_quiet(&self.server);
        self.server
    }
}

/// Calls until the attack is over. Every call must succeed.
fn work_on(client: &Client, body: &[u8], keeps_connection: bool, is_over: &AtomicBool) -> u32 {
    let mut calls = 0;
    let connection = keeps_connection.then(|| Connection::http1(client.address()).unwrap());
    while !is_over.load(Ordering::Relaxed) {
        let answer = match &connection {
            Some(connection) => connection.send(client.request("Encrypt", body)).unwrap(),
            None => client.send("Encrypt", body),
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        calls += 1;
        thread::sleep(Duration::from_millis(5));
    }
    calls
}

/// Nothing in the log says that something broke.
#[track_caller]
fn assert_quiet(server: &Server) {
    let log = server.log();
    for word in ["panicked", "ERROR"] {
        assert!(!log.contains(word), "{log}");
    }
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A connection into whose buffer at this end little fits, so that little is answered that nobody reads.
fn connect_narrowly(server: &Server) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(server.address()).await.unwrap();
        stream.into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Writes the same again and again until the server takes no more, without reading. Returns how much it took, in
/// bytes; fails if it takes `most`.
#[track_caller]
fn pour(stream: &mut TcpStream, piece: &[u8], most: usize) -> usize {
    let mut poured = 0;
    while stream.write_all(piece).is_ok() {
        poured += piece.len();
        assert!(poured < most, "it is not cut off");
    }
    poured
}

/// Reads to the end, which must come. Returns what came before.
#[track_caller]
fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    if let Err(error) = stream.read_to_end(&mut read) {
        let still_open = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
        assert!(!still_open.contains(&error.kind()), "it is not cut off");
    }
    read
}

/// Waits until something is so.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}
