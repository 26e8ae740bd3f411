//! HTTPS: certificates made and given, versions of TLS and HTTP, and what is no TLS at all.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use keystead_testkit::{Connection, Server, ServerOptions, TlsOptions};
use rustls::version::{TLS12, TLS13};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_keystead");

fn self_signed() -> Server {
    ServerOptions::new(BINARY).arg("--tls-self-signed").start()
}

fn certificate(server: &Server) -> PathBuf {
    server.data_dir().join("tls-self-signed.crt")
}

fn trusting(certificate: &Path) -> TlsOptions<'_> {
    TlsOptions {
        trusted: certificate,
        name: "localhost",
        version: &TLS13,
        alpn: "h2",
    }
}

/// Calls over one connection; the record of the call.
fn record(server: &Server, options: TlsOptions<'_>) -> Value {
    let connection = Connection::tls(server.address(), options).unwrap();
    let answer = connection
        .send(server.client().request("ListKeys", b"{}"))
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let records = server.audit_events();
    let record = records.last().unwrap().clone();
    assert_eq!(record["requestID"], answer.request_id());
    record
}

#[test]
fn a_self_made_certificate_serves_every_version() {
    let server = self_signed();
    assert!(server.url().starts_with("https://"));
    let certificate = certificate(&server);
    for (version, named, suites) in [
        (&TLS13, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (&TLS12, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ] {
        for alpn in ["h2", "http/1.1"] {
            for name in ["localhost", "127.0.0.1", "::1"] {
                let options = TlsOptions {
                    name,
                    version,
                    alpn,
                    ..trusting(&certificate)
                };
                let expected = json!({
                    "tlsVersion": named,
                    "cipherSuite": suites,
                    "clientProvidedHostHeader": server.address().to_string(),
                });
                assert_eq!(record(&server, options)["tlsDetails"], expected, "{alpn}");
            }
        }
    }
}

#[test]
fn clients_that_should_not_trust_it_do_not() {
    let (server, other) = (self_signed(), self_signed());
    let certificate = certificate(&server);
    let elsewhere = TlsOptions {
        name: "kms.example.com",
        ..trusting(&certificate)
    };
    assert!(Connection::tls(server.address(), elsewhere).is_err());
    assert!(Connection::tls(other.address(), trusting(&certificate)).is_err());
    assert!(Connection::tls(server.address(), trusting(&certificate)).is_ok());
}

#[test]
fn a_self_made_certificate_is_kept() {
    let server = self_signed();
    let before = fs::read(certificate(&server)).unwrap();
    let server = server.restart();
    assert_eq!(fs::read(certificate(&server)).unwrap(), before);
    assert!(Connection::tls(server.address(), trusting(&certificate(&server))).is_ok());
}

/// A certificate and a key of one's own, as PEM files.
fn own_files(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = folder.join(format!("{name}.crt"));
    let key = folder.join(format!("{name}.key"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

fn given(certificate: &Path, key: &Path) -> ServerOptions {
    ServerOptions::new(BINARY)
        .arg("--tls-certificate")
        .arg(certificate.to_str().unwrap())
        .arg("--tls-key")
        .arg(key.to_str().unwrap())
}

#[test]
fn given_certificates_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = own_files(folder.path(), "kms.internal");
    let server = given(&certificate, &key).start();
    let options = TlsOptions {
        name: "kms.internal",
        ..trusting(&certificate)
    };
    assert_eq!(
        record(&server, options)["tlsDetails"]["tlsVersion"],
        "TLSv1.3"
    );
    assert!(!self::certificate(&server).exists());
}

#[test]
fn certificates_that_can_not_be_used_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = own_files(folder.path(), "one.internal");
    let (_, other_key) = own_files(folder.path(), "other.internal");
    let absent = folder.path().join("absent.pem");
    for (certificate, key, expected) in [
        (&absent, &key, "can't read certificates from"),
        (&certificate, &absent, "can't read a private key from"),
        (&key, &key, "can't be used"),
        (&certificate, &certificate, "can't read a private key from"),
        (&certificate, &other_key, "can't be used"),
    ] {
        let data_dir = tempfile::tempdir().unwrap();
        let said = given(certificate, key).must_not_start(data_dir.path());
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn what_is_no_tls_is_turned_away() {
    let server = self_signed();
    for bytes in [
        b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n".as_slice(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        &[0; 500],
        b"",
    ] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
        assert!(answer.len() < 10, "a TLS alert at most: {answer:?}");
    }
    assert_eq!(
        record(&server, trusting(&certificate(&server)))["eventName"],
        "ListKeys"
    );
    assert!(!server.log().contains("panicked"));
}
