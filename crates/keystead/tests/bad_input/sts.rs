//! STS: the Query protocol, in form bodies and signed URLs.

use http::{HeaderMap, HeaderValue, Method, Uri};
use keystead_testkit::{Answer, Client};

use super::{assert_complete, start};

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

fn sts(client: &Client) -> Client {
    let mut client = client.clone();
    "sts".clone_into(&mut client.service);
    client
}

fn post(client: &Client, body: &str) -> Answer {
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    headers.insert("content-type", form);
    client.sign(&Method::POST, "/", &mut headers, body.as_bytes());
    client.exchange(&Method::POST, "/", &headers, body.as_bytes())
}

/// A signed URL for the host that `Client` connects to.
fn presigned(client: &Client, query: &str, expires_seconds: u32) -> String {
    let mut headers = HeaderMap::new();
    let host = HeaderValue::from_str(&client.address().to_string()).unwrap();
    headers.insert("host", host);
    let uri: Uri = format!("/?{query}").parse().unwrap();
    let signed = client
        .signer()
        .presign(&Method::GET, &uri, &headers, expires_seconds, b"")
        .unwrap();
    signed.to_string()
}

fn get(client: &Client, path: &str) -> Answer {
    client.exchange(&Method::GET, path, &HeaderMap::new(), b"")
}

#[track_caller]
fn assert_identity(answer: &Answer) {
    assert_complete(answer);
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(
        text.contains("<Arn>arn:aws:iam::000000000000:user/admin</Arn>"),
        "{text}"
    );
    assert!(text.contains("<Account>000000000000</Account>"), "{text}");
    let id = format!("<RequestId>{}</RequestId>", answer.request_id());
    assert!(text.contains(&id), "{text}");
    assert_eq!(answer.header("content-type"), Some("text/xml"));
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_complete(answer);
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    let opening = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>"#;
    assert!(text.starts_with(opening), "{text}");
    assert!(text.contains(&format!("<Code>{code}</Code>")), "{text}");
    let id = format!(
        "<RequestId>{}</RequestId></ErrorResponse>",
        answer.request_id()
    );
    assert!(text.ends_with(&id), "{text}");
}

#[test]
fn tell_who_calls() {
    let server = start();
    let client = sts(&server.client());
    assert_identity(&post(&client, IDENTITY));
    assert_identity(&get(&client, &presigned(&client, IDENTITY, 60)));
    let records = server.audit_events();
    assert_eq!(records.len(), 2);
    for record in records {
        assert_eq!(record["eventName"], "GetCallerIdentity");
        assert_eq!(record["eventSource"], "sts.amazonaws.com");
    }
}

#[test]
fn refuse_strangers() {
    let server = start();
    let client = sts(&server.client());
    let (id, _) = server.credentials();
    let wrong = client.with_credentials(&id, "another secret");
    assert_refused(&post(&wrong, IDENTITY), 403, "SignatureDoesNotMatch");
    assert_refused(
        &get(&wrong, &presigned(&wrong, IDENTITY, 60)),
        403,
        "SignatureDoesNotMatch",
    );
    let unknown = client.with_credentials("AKIAAAAAAAAAAAAAAAAA", "any");
    assert_refused(&post(&unknown, IDENTITY), 403, "InvalidClientTokenId");
    let unsigned = client.exchange(
        &Method::GET,
        &format!("/?{IDENTITY}"),
        &HeaderMap::new(),
        b"",
    );
    assert_refused(&unsigned, 403, "MissingAuthenticationToken");
    let mut late = client.clone();
    late.skew_seconds = -1000;
    assert_refused(&post(&late, IDENTITY), 403, "SignatureDoesNotMatch");
    let mut slow_clock = client.clone();
    // Within the quarter of an hour that STS allows, and beyond the five minutes of KMS.
    slow_clock.skew_seconds = -600;
    assert_identity(&post(&slow_clock, IDENTITY));
    assert_eq!(server.audit_events().len(), 1);
}

#[test]
fn refuse_urls_that_were_changed_or_are_over() {
    let server = start();
    let client = sts(&server.client());
    let good = presigned(&client, IDENTITY, 60);
    let longer = good.replace("X-Amz-Expires=60", "X-Amz-Expires=6000");
    assert_refused(&get(&client, &longer), 403, "SignatureDoesNotMatch");
    let more = format!("{good}&More=1");
    assert_refused(&get(&client, &more), 403, "SignatureDoesNotMatch");
    let mut past = client.clone();
    past.skew_seconds = -3600;
    assert_refused(
        &get(&client, &presigned(&past, IDENTITY, 60)),
        403,
        "SignatureDoesNotMatch",
    );
    assert_identity(&get(&client, &presigned(&past, IDENTITY, 7200)));
    for seconds in [0, 604_801] {
        let answer = get(&client, &presigned(&client, IDENTITY, seconds));
        assert_refused(&answer, 400, "IncompleteSignature");
    }
    let cut = good.split("&X-Amz-Signature").next().unwrap();
    assert_refused(&get(&client, cut), 400, "IncompleteSignature");
}

/// The first is longer than a form may be, the second than any body.
#[test]
fn refuse_what_is_too_long() {
    let server = start();
    let client = sts(&server.client());
    for length in [256 * 1024 + 1, 2 * 1024 * 1024] {
        let body = format!("{IDENTITY}&Pad={}", "x".repeat(length));
        assert_refused(&post(&client, &body), 413, "RequestEntityTooLarge");
    }
    assert_identity(&post(&client, IDENTITY));
}

#[test]
fn refuse_what_is_no_action() {
    let server = start();
    let client = sts(&server.client());
    for (body, status, code) in [
        ("Action=Frobnicate&Version=2011-06-15", 400, "InvalidAction"),
        (
            "Action=GetCallerIdentity&Version=2010-05-08",
            400,
            "InvalidAction",
        ),
        ("Action=GetCallerIdentity", 400, "InvalidAction"),
        ("Version=2011-06-15", 400, "MissingAction"),
        ("", 400, "MissingAction"),
        ("Action=A&Action=B", 404, "MalformedQueryString"),
        ("Action=A&x=%ff", 404, "MalformedQueryString"),
    ] {
        assert_refused(&post(&client, body), status, code);
    }
    let message = post(&client, "Action=Frobnicate&Version=2011-06-15").text();
    let expected = "<Message>Could not find operation Frobnicate for version 2011-06-15</Message>";
    assert!(message.contains(expected), "{message}");
    assert!(server.audit_events().is_empty());
    assert_identity(&post(&client, IDENTITY));
}
