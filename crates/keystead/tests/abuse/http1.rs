//! HTTP/1.1.

use std::io::Write as _;
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{
    PLAINTEXT, SHORT, Siege, connect, connect_narrowly, options, pour, read_to_end, start,
};

/// The most that a server takes in of what it does not want, buffers of both systems included, in bytes.
const TAKEN: usize = 64 * 1024 * 1024;

const POST: &str = "POST / HTTP/1.1\r\nhost: x\r\n";

fn siege() -> Siege {
    Siege::begin(start(SHORT, options()))
}

#[test]
fn heads_byte_by_byte() {
    let siege = siege();
    let mut streams: Vec<_> = (0..200).map(|_| connect(&siege.server)).collect();
    let head = b"POST / HTTP/1.1\r\nhost: x\r\nx-slow: "
        .iter()
        .chain([b'a'; 1000].iter());
    let mut cut_off = 0;
    for byte in head {
        let before = streams.len();
        streams.retain_mut(|stream| stream.write_all(&[*byte]).is_ok());
        cut_off += before - streams.len();
        if streams.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(cut_off, 200);
    siege.end();
}

#[test]
fn heads_that_never_end() {
    let siege = siege();
    let line = "x-header: ".to_owned() + &"a".repeat(1000) + "\r\n";
    let many = "x: y\r\n".repeat(1000);
    for piece in [line.as_str(), &many, "a"] {
        let mut streams: Vec<_> = (0..50).map(|_| connect(&siege.server)).collect();
        for stream in &mut streams {
            stream.write_all(POST.as_bytes()).unwrap();
            let _ = stream.write_all(piece.repeat(60_000 / piece.len()).as_bytes());
        }
        for stream in &mut streams {
            let _ = stream.write_all(piece.repeat(20_000 / piece.len()).as_bytes());
            let answer = read_to_end(stream);
            assert!(
                answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
                "{}",
                String::from_utf8_lossy(&answer)
            );
        }
    }
    siege.end();
}

#[test]
fn bodies_that_never_end() {
    let siege = siege();
    let client = siege.server.client();
    // The one is of nobody, the other names an access key.
    let signed = client.request("Encrypt", b"{}");
    let signed = client.written(&Method::POST, "/", signed.headers(), b"");
    let signed = String::from_utf8(signed).unwrap();
    let signed = signed
        .strip_suffix("\r\n")
        .unwrap()
        .replace("content-length: 0\r\n", "");
    let kinds = [
        ("content-length: 1000000000000\r\n\r\n", vec![b' '; 65536]),
        (
            "transfer-encoding: chunked\r\n\r\n",
            b"1\r\na\r\n".repeat(10_000),
        ),
        (
            "transfer-encoding: chunked\r\n\r\n",
            [b"1;".as_slice(), &[b'x'; 65536]].concat(),
        ),
        (
            "transfer-encoding: chunked\r\n\r\n0\r\n",
            b"x: y\r\n".repeat(10_000),
        ),
    ];
    thread::scope(|scope| {
        for head in [POST, &signed] {
            for (kind, piece) in &kinds {
                let mut stream = connect(&siege.server);
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(kind.as_bytes()).unwrap();
                scope.spawn(move || pour(&mut stream, piece, TAKEN));
            }
        }
    });
    siege.end();
}

#[test]
fn bodies_byte_by_byte() {
    let siege = siege();
    let mut streams: Vec<_> = (0..100).map(|_| connect(&siege.server)).collect();
    for stream in &mut streams {
        stream.write_all(POST.as_bytes()).unwrap();
        stream.write_all(b"content-length: 1000\r\n\r\n").unwrap();
    }
    for _ in 0..200 {
        streams.retain_mut(|stream| stream.write_all(b" ").is_ok());
        if streams.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(streams.len(), 0, "all are cut off");
    siege.end();
}

#[test]
fn requests_without_reading_an_answer() {
    let siege = siege();
    let client = siege.server.client();
    let body = json!({"KeyId": "alias/absent", "Plaintext": PLAINTEXT}).to_string();
    let request = client.request("Encrypt", body.as_bytes());
    let signed = client.written(&Method::POST, "/", request.headers(), body.as_bytes());
    let signed = String::from_utf8(signed)
        .unwrap()
        .replace("connection: close\r\n", "");
    let health = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    let pouring = [signed.as_str(), health, POST].map(|request| {
        let mut streams: Vec<_> = (0..2).map(|_| connect_narrowly(&siege.server)).collect();
        let piece = format!("{request}\r\n").repeat(100);
        thread::spawn(move || {
            for stream in &mut streams {
                stream.set_nonblocking(true).unwrap();
                while stream.write(piece.as_bytes()).is_ok() {}
                stream.set_nonblocking(false).unwrap();
            }
            // Whoever reads nothing is cut off, though the server has answers for it.
            for stream in &mut streams {
                pour(stream, piece.as_bytes(), TAKEN);
            }
        })
    });
    for pouring in pouring {
        pouring.join().unwrap();
    }
    siege.end();
}

#[test]
fn sockets_that_are_half_closed() {
    let siege = siege();
    let mut ended = Vec::new();
    for begun in [
        b"".as_slice(),
        b"POST",
        b"POST / HTTP/1.1\r\nhost: x\r\n",
        b"PRI * HT",
    ] {
        for _ in 0..50 {
            let mut stream = connect(&siege.server);
            stream.write_all(begun).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            ended.push(stream);
        }
    }
    for stream in &mut ended {
        let answer = read_to_end(stream);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"));
    }
    siege.end();
}
