//! Requests that name no operation.

use http::{HeaderMap, HeaderValue, Method};
use keystead_testkit::{Answer, Client};

use super::{assert_complete, assert_error, assert_serves, start};

fn signed(
    client: &Client,
    method: &Method,
    path: &str,
    headers: &[(&'static str, &'static str)],
) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_static(value));
    }
    client.sign(method, path, &mut map, b"{}");
    client.exchange(method, path, &map, b"{}")
}

const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.1");
const LIST_KEYS: (&str, &str) = ("x-amz-target", "TrentService.ListKeys");

#[track_caller]
fn assert_not_found(answer: &Answer) {
    assert_complete(answer);
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (404, "<UnknownOperationException/>")
    );
    assert_eq!(answer.header("content-type"), Some("text/xml"));
}

#[test]
fn unknown_operations() {
    let server = start();
    let client = server.client();
    for operation in [
        "Frobnicate",
        "encrypt",
        "ReplicateKey",
        "GetCallerIdentity",
        "Encrypt2",
    ] {
        let answer = client.send(operation, b"{}");
        assert_error(&answer, "UnknownOperationException", None);
    }
    for target in [
        "",
        "Encrypt",
        "trentservice.Encrypt",
        "TrentService",
        "DynamoDB_20120810.GetItem",
    ] {
        let answer = signed(
            &client,
            &Method::POST,
            "/",
            &[JSON, ("x-amz-target", target)],
        );
        assert_error(&answer, "UnknownOperationException", None);
    }
    let untargeted = signed(&client, &Method::POST, "/", &[JSON]);
    assert_error(&untargeted, "UnknownOperationException", None);
    assert!(server.audit_events().is_empty());
    assert_serves(&client);
}

#[test]
fn other_content_types() {
    let server = start();
    let client = server.client();
    for content_type in [
        "application/x-amz-json-1.0",
        "application/json",
        "text/plain",
        "",
    ] {
        let other = [("content-type", content_type), LIST_KEYS];
        assert_not_found(&signed(&client, &Method::POST, "/", &other));
    }
    assert_not_found(&signed(&client, &Method::POST, "/", &[LIST_KEYS]));
    let with_charset = [
        ("content-type", "application/x-amz-json-1.1; charset=utf-8"),
        LIST_KEYS,
    ];
    assert_eq!(
        signed(&client, &Method::POST, "/", &with_charset).status,
        200
    );
    assert_serves(&client);
}

#[test]
fn other_methods_and_paths() {
    let server = start();
    let client = server.client();
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        let answer = signed(&client, &method, "/", &[JSON, LIST_KEYS]);
        assert_error(&answer, "UnknownOperationException", None);
    }
    for path in ["/kms", "/health", "/a/b"] {
        let answer = signed(&client, &Method::POST, path, &[JSON, LIST_KEYS]);
        assert_error(&answer, "UnknownOperationException", None);
    }
    assert_serves(&client);
}
