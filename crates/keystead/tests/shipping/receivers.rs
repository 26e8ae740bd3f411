//! Receivers that fail now and then: a webhook, a syslog server and an object store like S3.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use http::{HeaderMap, HeaderName, Method};
use keystead_wire::sigv4::{SignedRequest, SigningKey};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// How long a test waits for what must come. Far more than it takes, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// A certificate authority, and a receiver's certificate of it.
pub(crate) struct Authority {
    folder: tempfile::TempDir,
    tls: Arc<ServerConfig>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        Self {
            folder,
            tls: Arc::new(tls),
        }
    }

    /// The file with the authority's own certificate.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// What arrived, for whoever waits for it.
pub(crate) struct Arrived<T> {
    all: Mutex<T>,
    more: Condvar,
}

impl<T: Default> Default for Arrived<T> {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
            more: Condvar::new(),
        }
    }
}

impl<T> Arrived<T> {
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let changed = change(&mut self.all.lock().unwrap());
        self.more.notify_all();
        changed
    }

    /// Waits until it is so.
    pub(crate) fn wait(&self, what: &str, mut is_so: impl FnMut(&T) -> bool) {
        let all = self.all.lock().unwrap();
        let (_all, waited) = self
            .more
            .wait_timeout_while(all, PATIENCE, |all| !is_so(all))
            .unwrap();
        assert!(!waited.timed_out(), "{what} never came");
    }
}

/// Serves each connection on a thread of its own. The number of the connection is told with it.
fn serve<F>(tls: Option<Arc<ServerConfig>>, serve: F) -> SocketAddr
where
    F: Fn(usize, &mut dyn Duplex) -> io::Result<()> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let (serve, tls) = (Arc::clone(&serve), tls.clone());
            thread::spawn(move || match tls {
                Some(tls) => {
                    let connection = ServerConnection::new(tls).unwrap();
                    // A connection that breaks is what senders must live with.
                    let _ = serve(number, &mut StreamOwned::new(connection, stream));
                }
                None => {
                    let mut stream: TcpStream = stream;
                    let _ = serve(number, &mut stream);
                }
            });
        }
    });
    address
}

trait Duplex: Read + Write {}

impl<T: Read + Write> Duplex for T {}

/// A request as it arrived.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Reads a request; `None` at the end of the connection.
fn read_request(stream: &mut dyn Duplex) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().lines();
    let mut first = lines.next().unwrap().split(' ');
    let method = first.next().unwrap().parse().unwrap();
    let path = first.next().unwrap().to_owned();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        let name: HeaderName = name.parse().unwrap();
        headers.insert(name, value.trim().parse().unwrap());
    }
    let length = headers.get("content-length");
    let length = length.map_or(0, |length| length.to_str().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        path,
        headers,
        body,
    }))
}

fn answer(stream: &mut dyn Duplex, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n"
    )?;
    stream.write_all(body)?;
    stream.flush()
}

/// Records in the order in which they arrived, some of them more than once.
pub(crate) type Records = Arrived<Vec<Value>>;

/// A webhook. Of each seven requests it refuses one, breaks off in the midst of one, and answers one not
/// at all though it took it.
pub(crate) struct Webhook {
    pub(crate) address: SocketAddr,
    pub(crate) records: Arc<Records>,
    /// The heads of requests that were taken, with their bodies.
    pub(crate) requests: Arc<Arrived<Vec<Request>>>,
}

impl Webhook {
    pub(crate) fn start(authority: Option<&Authority>) -> Self {
        let records = Arc::<Records>::default();
        let requests = Arc::<Arrived<Vec<Request>>>::default();
        let (taken, kept) = (Arc::clone(&records), Arc::clone(&requests));
        let count = Mutex::new(0_usize);
        let tls = authority.map(|authority| Arc::clone(&authority.tls));
        let address = serve(tls, move |_, stream| {
            while let Some(request) = read_request(stream)? {
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count % 7
                };
                match number {
                    1 => answer(stream, "503 Service Unavailable", "", b"later")?,
                    3 => return Ok(()),
                    number => {
                        let lines = request.body.split(|byte| *byte == b'\n');
                        let lines = lines.filter(|line| !line.is_empty());
                        let parsed: Vec<Value> = lines
                            .map(|line| serde_json::from_slice(line).unwrap())
                            .collect();
                        taken.change(|records| records.extend(parsed));
                        kept.change(|requests| requests.push(request));
                        if number == 5 {
                            return Ok(());
                        }
                        answer(stream, "200 OK", "", b"{}")?;
                    }
                }
            }
            Ok(())
        });
        Self {
            address,
            records,
            requests,
        }
    }
}

/// A syslog server. It breaks off every other connection after some messages.
pub(crate) struct Syslog {
    pub(crate) address: SocketAddr,
    pub(crate) records: Arc<Records>,
}

impl Syslog {
    pub(crate) fn start(authority: Option<&Authority>) -> Self {
        let records = Arc::<Records>::default();
        let taken = Arc::clone(&records);
        let tls = authority.map(|authority| Arc::clone(&authority.tls));
        let address = serve(tls, move |number, stream| {
            let mut messages = 0;
            while let Some(message) = read_message(stream)? {
                messages += 1;
                if number.is_multiple_of(2) && messages > 5 {
                    // What is in the connection behind it is lost.
                    return Ok(());
                }
                let fields: Vec<&[u8]> = message.splitn(8, |byte| *byte == b' ').collect();
                assert_eq!(fields[0], b"<110>1");
                let record: Value = serde_json::from_slice(fields[7]).unwrap();
                assert_eq!(fields[1], record["eventTime"].as_str().unwrap().as_bytes());
                taken.change(|records| records.push(record));
            }
            Ok(())
        });
        Self { address, records }
    }
}

/// Reads a message in its frame; `None` at the end of the connection.
fn read_message(stream: &mut dyn Duplex) -> io::Result<Option<Vec<u8>>> {
    let mut length = String::new();
    loop {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        match byte {
            [b' '] => break,
            [digit] => length.push(char::from(digit)),
        }
    }
    let mut message = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}

/// Objects by their paths.
pub(crate) type Objects = Arrived<HashMap<String, Vec<u8>>>;

pub(crate) const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// An object store that speaks as much of S3 as it takes to put and to read objects. It takes only
/// what is signed rightly, and of each four requests it answers one not at all though it did it.
pub(crate) struct S3 {
    pub(crate) address: SocketAddr,
    pub(crate) objects: Arc<Objects>,
    /// How often an object was put that was there.
    pub(crate) again: Arc<Arrived<usize>>,
}

impl S3 {
    pub(crate) fn start() -> Self {
        let objects = Arc::<Objects>::default();
        let again = Arc::<Arrived<usize>>::default();
        let (kept, repeated) = (Arc::clone(&objects), Arc::clone(&again));
        let count = Mutex::new(0_usize);
        let address = serve(None, move |_, stream| {
            while let Some(request) = read_request(stream)? {
                check_signature(&request);
                let number = {
                    let mut count = count.lock().unwrap();
                    *count += 1;
                    *count % 4
                };
                let path = request.path.clone();
                let (status, body) = if request.method == Method::PUT {
                    let only_new = request.headers.contains_key("if-none-match");
                    let is_new = kept.change(|objects| {
                        let is_new = !objects.contains_key(&path);
                        if is_new || !only_new {
                            objects.insert(path, request.body);
                        }
                        is_new
                    });
                    match is_new || !only_new {
                        true => ("200 OK", Vec::new()),
                        false => {
                            repeated.change(|again| *again += 1);
                            ("412 Precondition Failed", Vec::new())
                        }
                    }
                } else {
                    let found = kept.change(|objects| objects.get(&path).cloned());
                    ("200 OK", found.unwrap())
                };
                if number == 1 {
                    return Ok(());
                }
                let headers = "etag: \"e\"\r\nlast-modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n";
                answer(stream, status, headers, &body)?;
            }
            Ok(())
        });
        Self {
            address,
            objects,
            again,
        }
    }
}

fn check_signature(request: &Request) {
    let uri = request.path.parse().unwrap();
    let signed = SignedRequest::parse(&request.method, &uri, &request.headers).unwrap();
    assert_eq!(signed.access_key_id(), ACCESS_KEY);
    let scope = signed.scope();
    assert_eq!((scope.region(), scope.service()), ("eu-west-1", "s3"));
    let key = SigningKey::derive(SECRET.as_bytes(), scope.date(), scope.region(), "s3");
    signed.verify(&key, &request.body).unwrap();
}
