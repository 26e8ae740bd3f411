//! More connections than there is room for, and TLS that never begins.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use keystead_testkit::{Connection, TlsOptions};
use rustls::version::TLS13;

use super::{SHORT, Siege, assert_quiet, connect, options, read_to_end, start, wait_until};

/// The beginning of a TLS handshake: a record that announces more than comes.
const HELLO: &[u8] = &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(super::PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Whoever does nothing with a connection loses it, whoever calls on one keeps it, and who comes gets in.
#[test]
fn more_than_there_are() {
    let limits = "connections = 40\nidle_seconds = 600\ncrowded_seconds = 1\n";
    let server = start(limits, options().arg("--metrics-listen").arg("127.0.0.1:0"));
    let siege = Siege::begin(server);
    let output = siege.server.output();
    let metrics = output.lines().find_map(|line| line.split_once("/metrics"));
    let metrics = metrics.and_then(|(line, _)| line.rsplit_once("://"));
    let metrics: SocketAddr = metrics.unwrap().1.parse().unwrap();
    let mut idle: Vec<_> = (0..120).map(|_| connect(&siege.server)).collect();
    // Whoever watches has an entrance of its own.
    assert!(get(metrics, "/health/ready").starts_with("HTTP/1.1 200"));
    assert!(get(siege.server.address(), "/health/ready").starts_with("HTTP/1.1 200"));
    for stream in &idle {
        stream.set_nonblocking(true).unwrap();
    }
    wait_until(
        "the idle give way, but for as many as there is room for",
        || {
            idle.retain_mut(|stream| match stream.read(&mut [0]) {
                Ok(_) => false,
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            });
            idle.len() <= 40
        },
    );
    siege.end();
}

#[test]
fn more_than_one_address_may_have() {
    let server = start("connections_per_address = 5\n", options());
    let mut kept: Vec<_> = (0..5).map(|_| connect(&server)).collect();
    let alive = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).is_ok() && answer == *b"HTTP/1.1 200"
    };
    for stream in &mut kept {
        assert!(alive(stream));
    }
    for _ in 0..20 {
        assert!(
            read_to_end(&mut connect(&server)).is_empty(),
            "it is closed at once"
        );
    }
    for stream in &mut kept {
        stream.write_all(b"").unwrap();
    }
    drop(kept.pop());
    wait_until("a place that is given back is free", || {
        alive(&mut connect(&server))
    });
    assert_quiet(&server);
}

#[test]
fn handshakes_that_are_never_finished() {
    let server = start(SHORT, options().arg("--tls-self-signed"));
    let certificate = server.data_dir().join("tls-self-signed.crt");
    let options = TlsOptions {
        trusted: &certificate,
        name: "localhost",
        version: &TLS13,
        alpn: "h2",
    };
    let mut silent: Vec<_> = (0..50).map(|_| connect(&server)).collect();
    let mut begun: Vec<_> = (0..50).map(|_| connect(&server)).collect();
    for stream in &mut begun {
        stream.write_all(HELLO).unwrap();
    }
    let mut slow: Vec<_> = (0..50).map(|_| connect(&server)).collect();
    let dripping = thread::spawn(move || {
        for byte in HELLO.iter().chain([0; 500].iter()) {
            slow.retain_mut(|stream| stream.write_all(&[*byte]).is_ok());
            if slow.is_empty() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        assert!(slow.is_empty(), "they are cut off");
    });
    for _ in 0..20 {
        let connection = Connection::tls(server.address(), options).unwrap();
        let answer = connection
            .send(server.client().request("ListKeys", b"{}"))
            .unwrap();
        assert_eq!(answer.status, 200);
    }
    for stream in silent.iter_mut().chain(&mut begun) {
        read_to_end(stream);
    }
    dripping.join().unwrap();
    assert_quiet(&server);
}
