//! Bytes that are no HTTP, that stop half-way, or that come in another order than most.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use http::Method;
use keystead_testkit::{Client, Connection, Seeded};
use serde_json::json;

use super::{PLAINTEXT, assert_complete, assert_serves, create_key, start};

/// Sends bytes, says that no more will come, and reads what comes back.
fn blurt(client: &Client, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(client.address()).unwrap();
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn garbage() {
    let server = start();
    let client = server.client();
    let tls_hello = [&[0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3][..], &[7; 160]].concat();
    let h2_then_garbage = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &[0xff; 100]].concat();
    for bytes in [
        Vec::new(),
        b"\r\n\r\n".to_vec(),
        b"hello\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET /\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nbad header\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nhost: \x00\r\n\r\n".to_vec(),
        [
            b"GET /".as_slice(),
            &vec![b'a'; 200_000],
            b" HTTP/1.1\r\n\r\n",
        ]
        .concat(),
        [
            b"GET / HTTP/1.1\r\nx: ".as_slice(),
            &vec![b'a'; 200_000],
            b"\r\n\r\n",
        ]
        .concat(),
        [
            b"GET / HTTP/1.1\r\n".as_slice(),
            &b"x: y\r\n".repeat(10_000),
            b"\r\n",
        ]
        .concat(),
        tls_hello,
        h2_then_garbage,
        vec![0; 100_000],
    ] {
        let answer = blurt(&client, &bytes);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("HTTP/1.1 5"), "{answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    }
    let mut seeded = Seeded::fresh();
    for _ in 0..50 {
        let length = seeded.below(2000);
        let noise: Vec<u8> = (0..length)
            .map(|_| seeded.below(256).to_le_bytes()[0])
            .collect();
        drop(blurt(&client, &noise));
    }
    assert_serves(&client);
}

#[test]
fn requests_that_stop_half_way() {
    let server = start();
    let client = server.client();
    let request = client.request("CreateKey", b"{}");
    let bytes = client.written(&Method::POST, "/", request.headers(), b"{}");
    let mut waiting = Vec::new();
    for length in (0..bytes.len()).step_by(23) {
        drop(blurt(&client, &bytes[..length]));
        // Others stay open, as long as the server lets them.
        let mut stream = TcpStream::connect(client.address()).unwrap();
        stream.write_all(&bytes[..length]).unwrap();
        waiting.push((stream, length));
    }
    let listed = client.ok("ListKeys", &json!({}));
    assert_eq!(listed["Keys"], json!([]), "nothing was done by halves");
    assert_serves(&client);
    // Those who took their time are served when they have sent the rest.
    for (mut stream, length) in waiting {
        stream.write_all(&bytes[length..]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}

#[test]
fn requests_one_after_the_other_without_waiting() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let mut bytes = Vec::new();
    let mut texts = Vec::new();
    for index in 0..20 {
        let body = json!({"KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": {"i": index.to_string()}}).to_string();
        let operation = if index % 5 == 4 {
            "Nonsense"
        } else {
            "Encrypt"
        };
        let request = client.request(operation, body.as_bytes());
        let written = client.written(&Method::POST, "/", request.headers(), body.as_bytes());
        let mut text = String::from_utf8(written).unwrap();
        if index < 19 {
            text = text.replace("connection: close\r\n", "");
        }
        bytes.extend_from_slice(text.as_bytes());
        texts.push(operation);
    }
    let answers = client.raw_answers(&bytes);
    assert_eq!(answers.len(), 20);
    for (index, answer) in answers.iter().enumerate() {
        assert_complete(answer);
        if texts[index] == "Nonsense" {
            assert_eq!(answer.error(), "UnknownOperationException");
            continue;
        }
        let input = json!({"CiphertextBlob": answer.json()["CiphertextBlob"], "EncryptionContext": {"i": index.to_string()}});
        assert_eq!(
            client.ok("Decrypt", &input)["Plaintext"],
            PLAINTEXT,
            "in the order of the requests"
        );
    }
}

#[test]
fn http_2_with_prior_knowledge() {
    let server = start();
    let client = server.client();
    let key = create_key(&client);
    let connection = Connection::http2(server.address()).unwrap();
    let body = json!({"KeyId": key, "Plaintext": PLAINTEXT}).to_string();
    let pending: Vec<_> = (0..50)
        .map(|_| {
            connection
                .begin(client.request("Encrypt", body.as_bytes()))
                .unwrap()
        })
        .collect();
    for answer in pending {
        let answer = answer.wait().unwrap();
        assert_complete(&answer);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let mut tampered = client.request("Encrypt", body.as_bytes());
    tampered.body_mut().push(b' ');
    let answer = connection.send(tampered).unwrap();
    assert_complete(&answer);
    assert_eq!(answer.error(), "InvalidSignatureException");
    let long = vec![b' '; 1024 * 1024 + 1];
    let answer = connection.send(client.request("Encrypt", &long)).unwrap();
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (413, "RequestEntityTooLargeException")
    );
    assert_serves(&client);
}

#[test]
fn a_client_that_goes_away_takes_nothing_with_it() {
    let server = start();
    let client = server.client();
    let request = client.request("CreateKey", b"{}");
    let bytes = client.written(&Method::POST, "/", request.headers(), b"{}");
    for _ in 0..20 {
        let mut stream = TcpStream::connect(client.address()).unwrap();
        stream.write_all(&bytes).unwrap();
        drop(stream);
    }
    assert_serves(&client);
    let keys = client.ok("ListKeys", &json!({}));
    let records = server.audit_events();
    let made = records
        .iter()
        .filter(|record| record["eventName"] == "CreateKey")
        .count();
    assert!(keys["Keys"].as_array().unwrap().len() <= made);
}
