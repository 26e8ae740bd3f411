//! Shipping: whatever receivers do, and wherever the server is killed, every record arrives at every
//! destination, and every file in every copy.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "shipping/receivers.rs"]
mod receivers;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keystead_crypto::{SecretBytes, hmac_sha256, sha256};
use keystead_testkit::{Server, ServerOptions};
use serde_json::{Value, json};

use receivers::{ACCESS_KEY, Authority, Request, S3, SECRET, Syslog, Webhook};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

/// What a test's webhook requests are signed with.
const SIGNING_SECRET: [u8; 32] = [7; 32];

/// A configuration file with destinations, and the files that it names.
struct Settings(tempfile::TempDir);

impl Settings {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("keystead.toml", text);
        write("headers", "Authorization: Splunk token\n");
        write(
            "secret",
            &format!("whsec_{}", STANDARD.encode(SIGNING_SECRET)),
        );
        write(
            "credentials",
            &format!("AWS_ACCESS_KEY_ID={ACCESS_KEY}\nAWS_SECRET_ACCESS_KEY={SECRET}\n"),
        );
        Self(folder)
    }

    fn options(&self) -> ServerOptions {
        let path = self.0.path().join("keystead.toml");
        ServerOptions::new(BINARY).arg(format!("--config={}", path.display()))
    }
}

/// Makes keys and uses them in turn.
fn work(server: &Server) {
    let client = server.client();
    let keys: Vec<Value> = (0..3)
        .map(|_| client.ok("CreateKey", &json!({}))["KeyMetadata"]["KeyId"].clone())
        .collect();
    for key in keys.iter().cycle().take(30) {
        let _ = client.ok("Encrypt", &json!({"KeyId": key, "Plaintext": "aGk="}));
    }
}

fn id(record: &Value) -> String {
    record["eventID"].as_str().unwrap().to_owned()
}

/// Whether every record of the log is among those that arrived; and if so, that they first came in
/// the order of the log.
fn has_all(arrived: &[Value], logged: &[Value]) -> bool {
    let mut seen = HashSet::new();
    let first: Vec<String> = arrived
        .iter()
        .map(id)
        .filter(|id| seen.insert(id.clone()))
        .collect();
    let logged: Vec<String> = logged.iter().map(id).collect();
    assert_eq!(first, logged[..first.len()], "in order, and none left out");
    first.len() == logged.len()
}

#[test]
fn every_record_arrives_in_order_whatever_breaks() {
    let authority = Authority::new();
    let webhook = Webhook::start(Some(&authority));
    let syslog = Syslog::start(Some(&authority));
    let ca = authority.file();
    let settings = Settings::new(&format!(
        r#"
        [audit.webhook.siem]
        url = "https://localhost:{}/in?sourcetype=aws:cloudtrail"
        ca_file = {ca:?}
        headers_file = "headers"
        secret_file = "secret"
        max_records = 7
        [audit.syslog.collector]
        address = "localhost:{}"
        ca_file = {ca:?}
        confirm_seconds = 1
        hostname = "kms-1"
        "#,
        webhook.address.port(),
        syslog.address.port(),
    ));
    let mut server = settings.options().start();
    for _ in 0..3 {
        work(&server);
        server.kill();
        server = server.restart();
    }
    work(&server);
    let logged = server.audit_events();
    webhook
        .records
        .wait("the records", |records| has_all(records, &logged));
    syslog
        .records
        .wait("the records", |records| has_all(records, &logged));
    webhook
        .requests
        .change(|requests| requests.iter().for_each(check_request));
    assert!(server.terminate().success());
}

/// A request is told by its id, signed, and has what the file of headers has.
fn check_request(request: &Request) {
    let header = |name: &str| request.headers[name].to_str().unwrap();
    assert_eq!(request.path, "/in?sourcetype=aws:cloudtrail");
    assert_eq!(header("authorization"), "Splunk token");
    assert_eq!(header("content-type"), "application/x-ndjson");
    let body_hash = URL_SAFE_NO_PAD.encode(sha256(&request.body));
    assert_eq!(header("webhook-id"), body_hash);
    let start = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
    let signed = [start.as_bytes(), request.body.as_slice()].concat();
    let mac = hmac_sha256(&SecretBytes::from(SIGNING_SECRET.to_vec()), &signed);
    let expected = format!("v1,{}", STANDARD.encode(mac));
    assert_eq!(header("webhook-signature"), expected);
    assert!(request.body.iter().filter(|byte| **byte == b'\n').count() <= 7);
}

#[test]
fn strangers_are_told_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let webhook = Webhook::start(Some(&authority));
    let syslog = Syslog::start(Some(&authority));
    let ca = other.file();
    let settings = Settings::new(&format!(
        r#"
        [audit.webhook.siem]
        url = "https://localhost:{}"
        ca_file = {ca:?}
        [audit.syslog.collector]
        address = "localhost:{}"
        ca_file = {ca:?}
        "#,
        webhook.address.port(),
        syslog.address.port(),
    ));
    let server = settings.options().start();
    work(&server);
    for kind in ["webhook", "syslog"] {
        // The log is a file, which tells nobody when it grows.
        while !server
            .log()
            .lines()
            .any(|line| line.contains("can't be shipped") && line.contains(kind))
        {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    let log = server.log();
    assert!(log.contains("invalid peer certificate"), "{log}");
    webhook
        .records
        .change(|records| assert!(records.is_empty()));
    syslog.records.change(|records| assert!(records.is_empty()));
}

#[test]
fn a_name_that_comes_back_to_a_shorter_log_is_told_of() {
    let webhook = Webhook::start(None);
    let settings = Settings::new(&format!(
        "[audit.webhook.siem]\nurl = 'http://localhost:{}'",
        webhook.address.port()
    ));
    let mut server = settings.options().start();
    work(&server);
    assert!(server.terminate().success());
    assert!(!server.log().contains("may be gone"));
    // The log begins with segment 1.
    let cursor = server.data_dir().join("audit/ship/webhook-siem.json");
    fs::write(cursor, r#"{"cursor":{"segment":0,"offset":0}}"#).unwrap();
    let server = server.restart();
    let log = server.log();
    let told = log
        .lines()
        .find(|line| line.contains("may be gone"))
        .unwrap();
    assert!(told.contains("ERROR") && told.contains("siem"), "{told}");
}

#[test]
fn settings_that_can_not_be_used_are_told_of_at_the_start() {
    for (text, word) in [
        (
            "[audit.webhook.a]\nurl = 'https://a'\nheaders_file = 'none'",
            "audit.webhook.a",
        ),
        (
            "[audit.webhook.a]\nurl = 'https://a'\nsecret_file = 'headers'",
            "openssl rand",
        ),
        (
            "[audit.webhook.a]\nurl = 'https://a'\nca_file = 'headers'",
            "no certificate",
        ),
        ("[audit.webhook.a]\nurl = 'http://a'", "insecure_http"),
        (
            "[audit.copy.a]\nurl = 'file:///nowhere/at/all'",
            "no folder",
        ),
        ("[audit.copy.a]\nurl = 'ftp://a/b'", "s3://bucket"),
        (
            "[audit.copy.a]\nurl = 'gs://a/b'\nregion = 'r'",
            "s3:// alone",
        ),
        (
            "[audit.copy.a]\nurl = 's3://a/b'\ncredentials_file = 'headers'",
            "AWS_ACCESS_KEY_ID",
        ),
    ] {
        let settings = Settings::new(text);
        let scratch = tempfile::tempdir().unwrap();
        let data_dir = scratch.path().join("data");
        let said = settings.options().must_not_start(&data_dir);
        assert!(said.contains(word), "{text}: {said}");
        assert!(!data_dir.exists(), "{text}");
    }
}

/// The log files of a trail, as paths below its folder.
fn log_files(trail: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false => found.extend(path.to_str().unwrap().ends_with(".json.gz").then_some(path)),
            }
        }
    }
    let mut found = Vec::new();
    walk(trail, &mut found);
    let below = |path: PathBuf| path.strip_prefix(trail).unwrap().to_owned();
    found.into_iter().map(below).collect()
}

#[test]
fn files_arrive_in_an_object_store_and_in_a_folder() {
    let s3 = S3::start();
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(&format!(
        r#"
        [audit.trail]
        interval_seconds = 1
        [audit.copy.minio]
        url = "s3://audit/kms"
        endpoint = "http://{}"
        region = "eu-west-1"
        credentials_file = "credentials"
        [audit.copy.folder]
        url = "file://{}"
        account = "000000000000"
        "#,
        s3.address,
        folder.path().display(),
    ));
    let mut server = settings.options().start();
    work(&server);
    s3.objects.wait("a file", |objects| !objects.is_empty());
    server.kill();
    server = server.restart();
    // What was put since the last digest is put again, and found to be the same.
    s3.again.wait("the same file", |again| *again > 0);
    let trail = server.data_dir().join("audit/trail");
    let files = log_files(&trail);
    assert!(!files.is_empty());
    for file in &files {
        let place = format!("/audit/kms/{}", file.display());
        let content = fs::read(trail.join(file)).unwrap();
        s3.objects
            .wait(&place, |objects| objects.get(&place) == Some(&content));
        let copied = folder
            .path()
            .join(file.strip_prefix("keystead-audit-000000000000").unwrap());
        while fs::read(&copied).ok().as_ref() != Some(&content) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    assert!(server.terminate().success());
}
