//! HTTP/2, frame by frame (RFC 9113).

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use keystead_testkit::Server;

use super::{PATIENCE, SHORT, Siege, connect, options, pour, read_to_end, start};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The most that a server takes in of a flood of frames, in bytes.
const TAKEN: usize = 64 * 1024 * 1024;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header that is not indexed, in HPACK (RFC 7541, section 6.2.2). Both texts are short.
fn header(name: &str, value: &str) -> Vec<u8> {
    let length = |text: &str| u8::try_from(text.len()).unwrap();
    [
        &[0, length(name)],
        name.as_bytes(),
        &[length(value)],
        value.as_bytes(),
    ]
    .concat()
}

fn head(method: &str, path: &str) -> Vec<u8> {
    [
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "x"),
    ]
    .iter()
    .flat_map(|(name, value)| header(name, value))
    .collect()
}

fn open(server: &Server, settings: &[u8]) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(PREFACE).unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, settings)).unwrap();
    stream
}

fn siege() -> Siege {
    Siege::begin(start(SHORT, options()))
}

/// The numbers of streams that a client begins.
fn streams() -> impl Iterator<Item = u32> {
    (1..).step_by(2)
}

/// Reads what comes and forgets it, so that the server is not held up by writing.
fn swallow(stream: &TcpStream) -> thread::JoinHandle<Vec<u8>> {
    let mut stream = stream.try_clone().unwrap();
    thread::spawn(move || read_to_end(&mut stream))
}

#[test]
fn calls_that_are_reset_at_once() {
    let siege = siege();
    let cancel = 8_u32.to_be_bytes();
    for end in [0, END_STREAM] {
        let mut stream = open(&siege.server, &[]);
        let swallowed = swallow(&stream);
        let sent = streams().take(100_000).take_while(|id| {
            let begin = frame(HEADERS, END_HEADERS | end, *id, &head("POST", "/"));
            let both = [begin, frame(RST_STREAM, 0, *id, &cancel)].concat();
            stream.write_all(&both).is_ok()
        });
        assert!(sent.count() < 50_000, "it is not cut off");
        swallowed.join().unwrap();
    }
    siege.end();
}

/// The server has begun with each of them.
#[test]
fn calls_that_are_reset_later() {
    let siege = siege();
    let mut stream = open(&siege.server, &[]);
    let swallowed = swallow(&stream);
    let cancel = 8_u32.to_be_bytes();
    let mut ids = streams();
    let rounds = (0..100).take_while(|_| {
        let round: Vec<u32> = ids.by_ref().take(50).collect();
        let begin = round
            .iter()
            .flat_map(|id| frame(HEADERS, END_HEADERS, *id, &head("POST", "/")));
        let begun = stream.write_all(&begin.collect::<Vec<_>>()).is_ok();
        thread::sleep(Duration::from_millis(50));
        let reset = round
            .iter()
            .flat_map(|id| frame(RST_STREAM, 0, *id, &cancel));
        begun && stream.write_all(&reset.collect::<Vec<_>>()).is_ok()
    });
    let rounds = rounds.count();
    assert!((5..50).contains(&rounds), "cut off after {rounds} rounds");
    swallowed.join().unwrap();
    siege.end();
}

#[test]
fn heads_that_go_on_and_on() {
    let siege = siege();
    let filler: Vec<u8> = (0..100)
        .flat_map(|_| header("x-filler", &"a".repeat(100)))
        .collect();
    // With headers in each frame, and with nothing in any.
    for piece in [filler.as_slice(), &[]] {
        let mut stream = open(&siege.server, &[]);
        let swallowed = swallow(&stream);
        stream
            .write_all(&frame(HEADERS, END_STREAM, 1, &head("GET", "/health")))
            .unwrap();
        let more = frame(CONTINUATION, 0, 1, piece);
        pour(&mut stream, &more.repeat(10), TAKEN);
        swallowed.join().unwrap();
    }
    siege.end();
}

/// Headers that take one byte each to send: they name the longest entry of the table.
#[test]
fn heads_that_unfold() {
    let siege = siege();
    let mut stream = open(&siege.server, &[]);
    let swallowed = swallow(&stream);
    let long = "a".repeat(120);
    // Literal with incremental indexing: entry 62, then named again and again.
    let entry = [&[0x40, 6][..], b"x-long", &[120], long.as_bytes()].concat();
    let bomb = [head("POST", "/"), entry, vec![0x80 | 62; 15_000]].concat();
    let bombs = streams().take(2000).take_while(|id| {
        let sent = stream.write_all(&frame(HEADERS, END_HEADERS, *id, &bomb));
        sent.is_ok()
    });
    bombs.count();
    swallowed.join().unwrap();
    siege.end();
}

#[test]
fn frames_that_say_nothing() {
    let siege = siege();
    let frames = [
        (SETTINGS, [0_u8; 0].as_slice()),
        (SETTINGS, &[0, 1, 0, 0, 16, 0]),
        (PING, &[7; 8]),
        (WINDOW_UPDATE, &[0, 0, 0, 1]),
        // Of a kind that nobody knows.
        (0xbb, &[1, 2, 3]),
    ];
    thread::scope(|scope| {
        for (kind, payload) in frames {
            for reads in [false, true] {
                let mut stream = open(&siege.server, &[]);
                let piece = frame(kind, 0, 0, payload).repeat(100);
                scope.spawn(move || {
                    let swallowed = reads.then(|| swallow(&stream));
                    // It is cut off for calling nothing, if not before. There is no need to keep a core busy until then.
                    let start = Instant::now();
                    while stream.write_all(&piece).is_ok() {
                        assert!(start.elapsed() < PATIENCE, "it is not cut off");
                        thread::sleep(Duration::from_millis(1));
                    }
                    swallowed.map(|swallowed| swallowed.join().unwrap())
                });
            }
        }
    });
    siege.end();
}

#[test]
fn data_of_no_bytes() {
    let siege = siege();
    let mut stream = open(&siege.server, &[]);
    let swallowed = swallow(&stream);
    stream
        .write_all(&frame(HEADERS, END_HEADERS, 1, &head("POST", "/")))
        .unwrap();
    pour(&mut stream, &frame(DATA, 0, 1, &[]).repeat(100), TAKEN);
    swallowed.join().unwrap();
    siege.end();
}

/// The answers are there, but the window stays shut.
#[test]
fn windows_that_never_open() {
    let siege = siege();
    let initial_window = [&4_u16.to_be_bytes()[..], &0_u32.to_be_bytes()].concat();
    let mut streams: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = open(&siege.server, &initial_window);
            for id in streams().take(200) {
                let call = frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    id,
                    &head("GET", "/health"),
                );
                stream.write_all(&call).unwrap();
            }
            stream
        })
        .collect();
    for stream in &mut streams {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        read_to_end(stream);
    }
    siege.end();
}

/// More calls at a time than a connection may have: those beyond are refused, and the connection goes on.
#[test]
fn more_streams_than_allowed() {
    let siege = siege();
    let mut stream = open(&siege.server, &[]);
    let swallowed = swallow(&stream);
    for id in streams().take(5000) {
        let call = frame(HEADERS, END_HEADERS, id, &head("POST", "/"));
        if stream.write_all(&call).is_err() {
            break;
        }
    }
    swallowed.join().unwrap();
    siege.end();
}
