//! Spans of calls, at a collector.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use keystead_testkit::query::QueryService;
use keystead_testkit::{Client, Credentials, Server, ServerOptions};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Attribute;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Takes whatever is exported to it.
struct Collector {
    address: SocketAddr,
    bodies: Receiver<Vec<u8>>,
}

impl Collector {
    fn start() -> Self {
        Self::answering(&[])
    }

    /// One whose answers have this body.
    fn answering(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, bodies) = mpsc::channel();
        // Ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || take(&stream, &sender, answer));
            }
        });
        Self { address, bodies }
    }

    /// All that was exported by a server that has ended.
    fn exported(&self) -> Vec<Vec<u8>> {
        self.bodies.try_iter().collect()
    }
}

/// Answers requests on a connection to its end.
fn take(stream: &TcpStream, bodies: &Sender<Vec<u8>>, answer: &[u8]) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        if reader.read_line(&mut line).unwrap_or_default() == 0 {
            return;
        }
        assert_eq!(line, "POST /v1/traces HTTP/1.1\r\n");
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        bodies.send(body).unwrap();
        let mut writer = stream;
        let length = answer.len();
        write!(
            writer,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
        )
        .unwrap();
        writer.write_all(answer).unwrap();
    }
}

/// A server that traces, with the file that tells it to.
fn traced(collector: SocketAddr, more: &str) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keystead.toml");
    let text = format!("[tracing]\notlp_endpoint = \"http://{collector}\"\n{more}");
    fs::write(&file, text).unwrap();
    let options = ServerOptions::new(BINARY)
        .arg("--metrics-listen=127.0.0.1:0")
        .arg("--config")
        .arg(file.to_str().unwrap());
    (options.start(), folder)
}

/// The same client, whose calls are part of a trace.
fn in_trace(client: &Client, sampled: bool) -> Client {
    let flags = if sampled { "01" } else { "00" };
    let mut client = client.clone();
    let value = format!("00-{TRACE}-{PARENT}-{flags}");
    client.more_headers.push(("traceparent", value));
    client
}

/// The spans in what was exported, and the attributes of where they come from.
fn read(exported: &[Vec<u8>]) -> (Vec<Span>, Vec<KeyValue>) {
    let (mut spans, mut resource) = (Vec::new(), Vec::new());
    for body in exported {
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        for of_resource in request.resource_spans {
            resource = of_resource.resource.unwrap().attributes;
            let scopes = of_resource.scope_spans.into_iter();
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
    }
    (spans, resource)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Attribute::StringValue(text)) => text,
        Some(Attribute::IntValue(number)) => number.to_string(),
        Some(Attribute::ArrayValue(array)) => {
            let values: Vec<_> = array.values.into_iter().map(|v| text(Some(v))).collect();
            values.join(" ")
        }
        other => panic!("{other:?}"),
    }
}

fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let pair = |pair: &KeyValue| (pair.key.clone(), text(pair.value.clone()));
    let by_name: BTreeMap<_, _> = attributes.iter().map(pair).collect();
    assert_eq!(by_name.len(), attributes.len(), "{attributes:?}");
    by_name
}

#[test]
fn a_call_is_a_part_of_its_callers_trace_and_tells_no_secret() {
    let collector = Collector::start();
    let more = "service_name = \"kms-test\"\nresource = { \"host.name\" = \"here\" }";
    let (mut server, _folder) = traced(collector.address, more);
    let client = in_trace(&server.client(), true);
    let made = client.ok("CreateKey", &json!({"Description": "what it is for"}));
    let key = &made["KeyMetadata"]["KeyId"];
    let session = client.query_ok(QueryService::STS, "GetSessionToken", &[]);
    let session = Credentials::shown_by(&session);
    let caller = client.with(&session);
    let context = json!({"where it belongs": "to somebody"});
    let plaintext = "bm9ib2R5IG1heSBzZWUgdGhpcw==";
    let input = json!({"KeyId": key, "Plaintext": plaintext, "EncryptionContext": context});
    let sealed = caller.ok("Encrypt", &input);
    let input = json!({"KeyId": key, "Plaintext": "", "EncryptionContext": context});
    let refused = caller.call("Encrypt", &input);
    assert_eq!(refused.error(), "ValidationException");
    // One that takes long, and is decided twice.
    let input = json!({"KeyId": key, "KeyPairSpec": "RSA_2048"});
    let _ = client.ok("GenerateDataKeyPairWithoutPlaintext", &input);
    assert!(server.terminate().success());

    let exported = collector.exported();
    check_spans(&exported, &made["KeyMetadata"]["Arn"], refused.request_id());
    let token = session.session_token.unwrap();
    let (_, secret) = server.credentials();
    let all = exported.concat();
    for hidden in [
        plaintext,
        "nobody may see this",
        "where it belongs",
        "to somebody",
        "what it is for",
        sealed["CiphertextBlob"].as_str().unwrap(),
        &token,
        &session.secret,
        &secret,
        "AWS4-HMAC-SHA256",
    ] {
        let hidden = hidden.as_bytes();
        let is_there = all.windows(hidden.len()).any(|part| part == hidden);
        assert!(!is_there, "{}", String::from_utf8_lossy(hidden));
    }
}

/// The spans of the calls in the test above: of the key with this ARN, and the last with this id.
fn check_spans(exported: &[Vec<u8>], key: &Value, refused: &str) {
    let (spans, resource) = read(exported);
    let resource = attributes(&resource);
    assert_eq!(resource["service.name"], "kms-test");
    assert_eq!(resource["host.name"], "here");
    let roots: Vec<_> = spans
        .iter()
        .filter(|span| hex(&span.parent_span_id) == PARENT)
        .collect();
    let names: Vec<_> = roots.iter().map(|span| span.name.as_str()).collect();
    let expected = [
        "kms.CreateKey",
        "sts.GetSessionToken",
        "kms.Encrypt",
        "kms.Encrypt",
        "kms.GenerateDataKeyPairWithoutPlaintext",
    ];
    assert_eq!(names, expected);
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE));
    check_rooms(
        &spans,
        roots[0],
        &[
            "authentication",
            "authorization",
            "operation",
            "commit",
            "audit",
            "directory",
        ],
    );
    check_rooms(
        &spans,
        roots[2],
        &["authentication", "authorization", "operation", "audit"],
    );

    let of = attributes(&roots[2].attributes);
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("rpc.system", "aws-api"),
        ("rpc.service", "kms"),
        ("rpc.method", "Encrypt"),
        ("cloud.account.id", "000000000000"),
        ("cloud.region", "us-east-1"),
    ] {
        assert_eq!(of[name], value, "{name}");
    }
    assert_eq!(of["keystead.resources"], key.as_str().unwrap());
    let of = attributes(&roots[3].attributes);
    assert_eq!(of["error.type"], "ValidationException");
    assert_eq!(of["http.response.status_code"], "400");
    assert_eq!(of["aws.request_id"], refused);
    let of = attributes(&roots[4].attributes);
    assert_eq!(of["keystead.resources"], key.as_str().unwrap());
}

/// The rooms of a call are exactly these, and lie within it.
fn check_rooms(spans: &[Span], root: &Span, expected: &[&str]) {
    let rooms: Vec<_> = spans
        .iter()
        .filter(|span| span.parent_span_id == root.span_id)
        .collect();
    let mut names: Vec<_> = rooms.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for room in rooms {
        assert!(room.start_time_unix_nano >= root.start_time_unix_nano);
        assert!(room.end_time_unix_nano >= room.start_time_unix_nano);
        assert!(
            room.end_time_unix_nano <= root.end_time_unix_nano,
            "{}",
            room.name
        );
    }
}

#[test]
fn the_caller_says_whether_its_trace_is_sampled_and_else_the_server() {
    let collector = Collector::start();
    let (mut server, _folder) = traced(collector.address, "sampling_ratio = 0.0");
    let client = server.client();
    let _ = client.ok("ListKeys", &json!({}));
    let _ = in_trace(&client, false).ok("ListKeys", &json!({}));
    // It is not for strangers to say.
    let stranger = client.with_credentials("AKIAIOSFODNN7EXAMPLE", "no secret of anybody");
    let turned_away = in_trace(&stranger, true).call("ListKeys", &json!({}));
    assert_eq!(turned_away.status, 400);
    assert!(server.terminate().success());
    assert_eq!(collector.exported(), Vec::<Vec<u8>>::new());

    let (mut server, _folder) = traced(collector.address, "sampling_ratio = 0.0");
    let _ = in_trace(&server.client(), true).ok("ListKeys", &json!({}));
    assert!(server.terminate().success());
    let (spans, _) = read(&collector.exported());
    assert!(spans.iter().any(|span| span.name == "kms.ListKeys"));

    let (mut server, _folder) = traced(collector.address, "");
    let client = server.client();
    let _ = client.ok("ListKeys", &json!({}));
    let _ = in_trace(&client, false).ok("ListKeys", &json!({}));
    let stranger = client.with_credentials("AKIAIOSFODNN7EXAMPLE", "no secret of anybody");
    let turned_away = in_trace(&stranger, false).call("ListKeys", &json!({}));
    assert_eq!(turned_away.status, 400);
    assert!(server.terminate().success());
    let (spans, _) = read(&collector.exported());
    let roots: Vec<_> = spans
        .iter()
        .filter(|span| span.parent_span_id.is_empty())
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(roots, ["kms.ListKeys", "POST"]);
}

/// Long enough for anything that does not hang.
const LONG: Duration = Duration::from_secs(120);

/// How many spans were dropped so far.
fn dropped(server: &Server) -> u64 {
    metric(server, "keystead_spans_dropped_total")
}

fn metric(server: &Server, name: &str) -> u64 {
    let output = server.output();
    let address = output.split_once("metrics are at http://").unwrap().1;
    let address = address.split_once('/').unwrap().0;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: metrics\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let value = |line: &str| {
        let value = line.strip_prefix(name)?.strip_prefix(' ')?;
        Some(value.parse().unwrap())
    };
    answer.lines().find_map(value).unwrap()
}

/// Waits until something is so.
fn until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < end, "it never is so");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_a_collector_takes_in_part_is_counted_so() {
    // `partial_success` (1) with `rejected_spans` (1): 2.
    let collector = Collector::answering(&[0x0a, 0x02, 0x08, 0x02]);
    let (server, _folder) = traced(collector.address, "");
    let _ = server.client().ok("ListKeys", &json!({}));
    until(|| dropped(&server) >= 2);
    until(|| metric(&server, "keystead_spans_exported_total") >= 1);
    assert!(server.log().contains("rejects 2 of the spans"));
}

#[test]
fn a_collector_that_is_dead_harms_nobody() {
    // One that takes connections and says nothing, and one that is not there.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (silent_server, _folder) = traced(silent.local_addr().unwrap(), "");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let (mut server, _folder) = traced(address, "");
    // If each call waited for the collector, which has 10 seconds, they would not be through in time.
    const CALLS: usize = 50;
    let start = Instant::now();
    for server in [&silent_server, &server] {
        let made = server.client().ok("CreateKey", &json!({}));
        let input = json!({"KeyId": made["KeyMetadata"]["KeyId"], "Plaintext": "aGk="});
        for _ in 0..CALLS {
            let _ = server.client().ok("Encrypt", &input);
        }
    }
    assert!(start.elapsed() < LONG);
    until(|| dropped(&server) >= 10);
    assert!(server.log().contains("spans can't be sent"));
    assert!(server.terminate().success());
    // It waits for the collector, and then no longer.
    let mut silent_server = silent_server;
    assert!(silent_server.terminate().success());
}
