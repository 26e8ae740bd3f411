//! Copies of a node's trail: whole, checkable at any time, and never of something else. And a stream
//! of its log to a receiver that never waits for the end.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request as HttpRequest, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use keystead_server::audit::ship::{
    Begin, CopyOptions, ShipStatus, Shipping, ShippingOptions, ShippingParts, StreamOptions,
    SyslogOptions, WebhookOptions,
};
use keystead_server::audit::trail::verify::{PublicKeys, Report, Request, own_list, verify};
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{Attribute, ObjectStore, ObjectStoreExt as _};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

const HOURS: usize = 6;

/// A node with a trail of some hours, and with log files that no digest names yet.
async fn node() -> (TempDir, TestNode) {
    let folder = tempfile::tempdir().unwrap();
    let options = NodeOptions::new().admin("ada").foreign_admin("eve").trail();
    let node = options.start(folder.path()).await;
    for _ in 0..HOURS {
        node.key("ada", None).await;
        node.key("eve", None).await;
        deliver_after(&node, 1200).await;
        node.key("ada", None).await;
        deliver_after(&node, 2400).await;
    }
    node.key("ada", None).await;
    deliver_after(&node, 600).await;
    (folder, node)
}

async fn deliver_after(node: &TestNode, seconds: u32) {
    node.clock.advance_seconds(seconds);
    let trail = node.node.corridor().trail.clone();
    trail.unwrap().deliver().await;
}

fn ship(folder: &Path, node: &TestNode, copy: CopyOptions) -> Shipping {
    start(folder, node, Vec::new(), vec![copy])
}

fn start(
    folder: &Path,
    node: &TestNode,
    streams: Vec<StreamOptions>,
    copies: Vec<CopyOptions>,
) -> Shipping {
    let corridor = node.node.corridor();
    Shipping::start(ShippingParts {
        options: ShippingOptions {
            directory: folder.join("ship"),
            streams,
            copies,
        },
        reader: corridor.audit.reader().unwrap(),
        needs: corridor.audit.needs().clone(),
        clock: Arc::clone(&corridor.clock),
        provider: Arc::clone(&corridor.provider),
        trail: Some(folder.join("audit/trail")),
    })
    .unwrap()
}

fn to(store: Arc<dyn ObjectStore>) -> CopyOptions {
    CopyOptions {
        name: "archive".to_owned(),
        store,
        prefix: object_store::path::Path::default(),
        address: "memory".to_owned(),
        has_metadata: false,
        account: None,
    }
}

fn to_folder(folder: &Path) -> CopyOptions {
    to(Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap()))
}

fn check(copy: &Path, trail: &Path) -> Report {
    let keys = PublicKeys::read(&own_list(trail).unwrap().unwrap()).unwrap();
    let request = Request {
        directory: copy,
        account: None,
        region: None,
        start: None,
        end: None,
        keys: &keys,
    };
    verify(&request).unwrap()
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let count = |entry: std::fs::DirEntry| match entry.path().is_dir() {
        true => files(&entry.path()),
        // The store's own, while it writes one.
        false if entry.file_name().to_string_lossy().contains('#') => 0,
        false => 1,
    };
    entries.map(count).sum()
}

/// Waits until something is so of a copy. Files of a folder tell nobody when they come.
async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn status(shipping: &Shipping) -> ShipStatus {
    shipping.statuses().remove(0)
}

#[tokio::test]
async fn a_copy_that_is_broken_off_anywhere_becomes_whole() {
    let (folder, node) = node().await;
    let trail = folder.path().join("audit/trail");
    let scratch = tempfile::tempdir().unwrap();
    // The state of the trail's own is not copied.
    let whole = files(&trail) - 1;
    let mut have = 0;
    while have < whole {
        let shipping = ship(folder.path(), &node, to_folder(scratch.path()));
        let enough = (have + 5).min(whole);
        until(|| files(scratch.path()) >= enough).await;
        shipping.stop().await;
        have = files(scratch.path());
        // What is there can be checked, though it may end early.
        let report = check(scratch.path(), &trail);
        assert!(report.chains.is_empty() || report.is_valid(), "{report:#?}");
    }
    let (copied, original) = (check(scratch.path(), &trail), check(&trail, &trail));
    assert_eq!(copied.chains.len(), 2);
    for (copied, original) in copied.chains.iter().zip(&original.chains) {
        assert_eq!(copied.digests, original.digests);
        assert_eq!(original.digests, HOURS);
    }
    assert_eq!(files(scratch.path()), whole);
}

#[tokio::test]
async fn another_place_gets_everything_by_the_same_name() {
    let (folder, node) = node().await;
    let whole = files(&folder.path().join("audit/trail")) - 1;
    // The third is the first again, of which nothing is known any more.
    for (address, account) in [
        ("one", None),
        ("other", None),
        ("one", None),
        ("one", Some(ACCOUNT)),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let copy = CopyOptions {
            address: address.to_owned(),
            account: account.map(|account| account.parse().unwrap()),
            ..to_folder(scratch.path())
        };
        assert!(!format!("{copy:?}").contains("LocalFileSystem"));
        let shipping = ship(folder.path(), &node, copy);
        let wanted = match account {
            Some(_) => {
                files(
                    &folder
                        .path()
                        .join("audit/trail/keystead-audit-111122223333"),
                ) + 1
            }
            None => whole,
        };
        until(|| files(scratch.path()) == wanted).await;
        shipping.stop().await;
    }
}

#[tokio::test]
async fn what_is_delivered_later_is_copied_then() {
    let (folder, node) = node().await;
    let scratch = tempfile::tempdir().unwrap();
    let shipping = ship(folder.path(), &node, to_folder(scratch.path()));
    let trail = folder.path().join("audit/trail");
    until(|| files(scratch.path()) == files(&trail) - 1).await;
    until(|| status(&shipping).behind.bytes == 0).await;
    node.key("ada", None).await;
    deliver_after(&node, 3600).await;
    until(|| files(scratch.path()) == files(&trail) - 1).await;
    assert!(check(scratch.path(), &trail).is_valid());
    assert_eq!(status(&shipping).failures, 0);
    assert_eq!(status(&shipping).kind, "copy");
    shipping.stop().await;
}

#[tokio::test]
async fn an_account_s_copy_is_its_bucket_with_the_signatures_as_metadata() {
    let (folder, node) = node().await;
    let store = Arc::new(InMemory::new());
    let shipping = ship(
        folder.path(),
        &node,
        CopyOptions {
            has_metadata: true,
            account: Some(ACCOUNT.parse().unwrap()),
            ..to(Arc::<InMemory>::clone(&store))
        },
    );
    let bucket = folder
        .path()
        .join("audit/trail/keystead-audit-111122223333");
    // The newest digest, which is put last of all but the log files that it does not name.
    let digests = bucket.join("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/02");
    let mut names: Vec<_> = std::fs::read_dir(digests)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json.gz"))
        .collect();
    names.sort();
    assert_eq!(names.len(), HOURS);
    for name in names {
        let key = format!("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/01/02/{name}");
        let place = object_store::path::Path::from(key.clone());
        let object = loop {
            match store.get(&place).await {
                Ok(object) => break object,
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        let metadata = |name: &'static str| {
            let value = object.attributes.get(&Attribute::Metadata(name.into()));
            value.unwrap().to_string()
        };
        let signature = std::fs::read_to_string(bucket.join(format!("{key}.signature"))).unwrap();
        assert_eq!(metadata("signature"), signature);
        assert_eq!(metadata("signature-algorithm"), "SHA256withRSA");
        let content = object.bytes().await.unwrap();
        assert_eq!(content, std::fs::read(bucket.join(&key)).unwrap());
    }
    shipping.stop().await;
}

#[tokio::test]
async fn another_content_by_the_same_name_is_an_alarm_and_stays() {
    let (folder, node) = node().await;
    let store = Arc::new(InMemory::new());
    let bucket = folder
        .path()
        .join("audit/trail/keystead-audit-111122223333");
    let logs = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/02";
    let name = std::fs::read_dir(bucket.join(logs)).unwrap().next();
    let name = name.unwrap().unwrap().file_name().into_string().unwrap();
    let place =
        object_store::path::Path::from(format!("keystead-audit-111122223333/{logs}/{name}"));
    store.put(&place, "changed".into()).await.unwrap();
    let shipping = ship(folder.path(), &node, to(Arc::<InMemory>::clone(&store)));
    until(|| status(&shipping).failures > 0).await;
    assert!(status(&shipping).behind.bytes > 0);
    let there = store.get(&place).await.unwrap().bytes().await.unwrap();
    assert_eq!(there, "changed");
    // The other account's chain goes on.
    let other = object_store::path::Path::from("keystead-audit-444455556666");
    let listed = store.list_with_delimiter(Some(&other)).await.unwrap();
    assert_eq!(listed.common_prefixes.len(), 1);
    shipping.stop().await;
}

/// Reads a connection to its end, or until nothing comes for a while, and closes it.
async fn serve_impatiently(mut stream: TcpStream) {
    let mut bytes = [0; 4096];
    while let Ok(Ok(1..)) =
        tokio::time::timeout(Duration::from_millis(100), stream.read(&mut bytes)).await
    {}
}

#[tokio::test]
async fn a_receiver_that_closes_idle_connections_gets_everything_all_the_same() {
    let (folder, node) = node().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_impatiently(stream));
        }
    });
    let collector = SyslogOptions {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        hostname: "kms-1".to_owned(),
        timeout: Duration::from_secs(30),
        // Longer than the receiver waits.
        confirm: Duration::from_millis(500),
    };
    let stream = StreamOptions {
        name: "collector".to_owned(),
        begin: Begin::Oldest,
        outlet: collector.into(),
    };
    let shipping = start(folder.path(), &node, vec![stream], Vec::new());
    until(|| status(&shipping).behind.bytes == 0).await;
    // What comes then is confirmed too.
    node.key("ada", None).await;
    until(|| status(&shipping).behind.bytes == 0).await;
    assert!(status(&shipping).failures > 0);
    shipping.stop().await;
    server.abort();
}

/// The lines that a webhook took, which takes two at a time at most.
type Taken = Arc<Mutex<Vec<String>>>;

async fn take_two(
    request: HttpRequest<Incoming>,
    taken: Taken,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let mut response = Response::new(Empty::new());
    if lines.len() > 2 {
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    } else {
        taken.lock().unwrap().extend(lines);
    }
    Ok(response)
}

#[tokio::test]
async fn requests_that_are_too_large_become_smaller_until_they_are_taken() {
    let (folder, node) = node().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let taken = Taken::default();
    let takes = Arc::clone(&taken);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let takes = Arc::clone(&takes);
            let service = service_fn(move |request| take_two(request, Arc::clone(&takes)));
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(serving);
        }
    });
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let webhook = WebhookOptions {
        url: format!("http://{address}/").parse().unwrap(),
        headers: HeaderMap::new(),
        secret: None,
        tls: Arc::new(tls),
        // More than there are records.
        most_records: 500,
        most_bytes: 1 << 20,
        timeout: Duration::from_secs(30),
    };
    let stream = StreamOptions {
        name: "siem".to_owned(),
        begin: Begin::Oldest,
        outlet: webhook.into(),
    };
    let shipping = start(folder.path(), &node, vec![stream], Vec::new());
    until(|| status(&shipping).behind.bytes == 0).await;
    // It never waited before it tried with less.
    assert_eq!(status(&shipping).failures, 0);
    let log = std::fs::read_to_string(folder.path().join("audit/segment-00000001.jsonl"));
    let logged: Vec<_> = log.unwrap().lines().map(str::to_owned).collect();
    assert!(logged.len() > 4);
    assert_eq!(*taken.lock().unwrap(), logged);
    shipping.stop().await;
    server.abort();
}
