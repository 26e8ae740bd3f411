//! Signatures that are absent, malformed, wrong, early, late, or for something else.

use http::{HeaderMap, HeaderValue, Method, Request};
use keystead_testkit::{Answer, Client};

use super::{assert_error, assert_serves, start};

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const UNRECOGNIZED: &str = "The security token included in the request is invalid.";
const MISSING: &str = "Request is missing Authentication Token";

fn send(client: &Client, request: &Request<Vec<u8>>) -> Answer {
    client.exchange(&Method::POST, "/", request.headers(), request.body())
}

/// Changes the text of a signed request's `Authorization` header.
fn altered(client: &Client, alter: impl Fn(&str) -> String) -> Answer {
    let mut request = client.request("ListKeys", b"{}");
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let altered = HeaderValue::from_str(&alter(authorization)).unwrap();
    request.headers_mut().insert("authorization", altered);
    send(client, &request)
}

#[test]
fn absent() {
    let server = start();
    let client = server.client();
    let mut request = client.request("ListKeys", b"{}");
    request.headers_mut().remove("authorization");
    let unsigned = send(&client, &request);
    assert_error(
        &unsigned,
        "MissingAuthenticationTokenException",
        Some(MISSING),
    );
    let bearer = altered(&client, |_| "Bearer abc".to_owned());
    assert_error(
        &bearer,
        "MissingAuthenticationTokenException",
        Some(MISSING),
    );
    let bare = client.exchange(&Method::GET, "/", &HeaderMap::new(), b"");
    assert_error(&bare, "MissingAuthenticationTokenException", Some(MISSING));
    assert!(server.audit_events().is_empty());
    assert_serves(&client);
}

#[test]
fn of_strangers() {
    let server = start();
    let client = server.client();
    let (id, _) = server.credentials();
    let wrong = client
        .with_credentials(&id, "another secret")
        .send("ListKeys", b"{}");
    assert_error(&wrong, "InvalidSignatureException", Some(MISMATCH));
    for unknown in ["AKIAAAAAAAAAAAAAAAAA", "000000000000", "x"] {
        let answer = client
            .with_credentials(unknown, "any")
            .send("ListKeys", b"{}");
        assert_error(&answer, "UnrecognizedClientException", Some(UNRECOGNIZED));
    }
    let mut with_token = client.clone();
    with_token.session_token = Some("FwoGZXIvYXdzEBYaDH".to_owned());
    let answer = with_token.send("ListKeys", b"{}");
    assert_error(&answer, "UnrecognizedClientException", Some(UNRECOGNIZED));
    assert!(
        server.audit_events().is_empty(),
        "nobody is known to have called"
    );
}

/// The signed date, the limit and the server's clock in a refusal of a date.
fn dates(message: &str) -> [i64; 3] {
    let dates: Vec<i64> = message
        .split([' ', '('])
        .filter(|word| word.len() == 16 && word.ends_with('Z'))
        .map(|word| word.replace(['T', 'Z'], "").parse().unwrap())
        .collect();
    dates.try_into().unwrap()
}

#[test]
fn out_of_time() {
    let server = start();
    let mut client = server.client();
    for (skew_seconds, served) in [(-240, true), (240, true), (-400, false), (400, false)] {
        client.skew_seconds = skew_seconds;
        let answer = client.send("ListKeys", b"{}");
        assert_eq!(answer.status == 200, served, "{skew_seconds}");
    }
    client.skew_seconds = -100_000;
    let answer = client.send("ListKeys", b"{}");
    let message = answer.message();
    assert_error(&answer, "InvalidSignatureException", Some(&message));
    let [signed, limit, now] = dates(&message);
    assert!(signed < limit && limit < now, "{message}");
    assert!(message.starts_with("Signature expired: "), "{message}");
    assert!(message.contains(" is now earlier than "), "{message}");
    assert!(message.ends_with(" - 5 min.)"), "{message}");

    client.skew_seconds = 100_000;
    let answer = client.send("ListKeys", b"{}");
    let message = answer.message();
    assert_error(&answer, "InvalidSignatureException", Some(&message));
    let [signed, limit, now] = dates(&message);
    assert!(signed > limit && limit > now, "{message}");
    assert!(
        message.starts_with("Signature not yet current: "),
        "{message}"
    );
    assert!(message.contains(" is still later than "), "{message}");
    assert!(message.ends_with(" + 5 min.)"), "{message}");
}

#[test]
fn for_something_else() {
    let server = start();
    let region = "Credential should be scoped to a valid region, not 'mars-north-1'. ";
    let service = "Credential should be scoped to correct service: 'kms'. ";
    for (region_name, service_name, expected) in [
        ("mars-north-1", "kms", region.to_owned()),
        ("us-east-1", "ec2", service.to_owned()),
        ("mars-north-1", "ec2", format!("{region}{service}")),
    ] {
        let mut client = server.client();
        region_name.clone_into(&mut client.region);
        service_name.clone_into(&mut client.service);
        let answer = client.send("ListKeys", b"{}");
        assert_error(&answer, "InvalidSignatureException", Some(&expected));
    }
    let client = server.client();
    let another_end = altered(&client, |text| text.replace("aws4_request", "aws5_request"));
    let terminator =
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ";
    assert_error(&another_end, "InvalidSignatureException", Some(terminator));
    let another_day = altered(&client, |text| {
        let (before, scope) = text.split_once('/').unwrap();
        let (_, rest) = scope.split_once('/').unwrap();
        format!("{before}/20200101/{rest}")
    });
    let message = another_day.message();
    assert!(
        message.starts_with("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != "),
        "{message}"
    );
    assert_serves(&client);
}

#[test]
fn incomplete() {
    let server = start();
    let client = server.client();
    let without = |name: &'static str| {
        altered(&client, move |text| {
            let (algorithm, rest) = text.split_once(' ').unwrap();
            let kept: Vec<&str> = rest
                .split(", ")
                .filter(|part| !part.starts_with(name))
                .collect();
            format!("{algorithm} {}", kept.join(", "))
        })
    };
    for name in ["Credential", "Signature", "SignedHeaders"] {
        let answer = without(&[name, "="].concat().leak()[..]);
        assert_eq!(answer.error(), "IncompleteSignatureException");
        let expected = format!(
            "Authorization header requires '{name}' parameter. Authorization=AWS4-HMAC-SHA256 "
        );
        assert!(
            answer.message().starts_with(&expected),
            "{}",
            answer.message()
        );
    }
    let nothing = altered(&client, |_| "AWS4-HMAC-SHA256 x=y".to_owned());
    assert_error(
        &nothing,
        "IncompleteSignatureException",
        Some(
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 x=y",
        ),
    );
    let mut undated = client.request("ListKeys", b"{}");
    undated.headers_mut().remove("x-amz-date");
    let answer = send(&client, &undated);
    assert_eq!(answer.error(), "IncompleteSignatureException");
    let expected =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    assert!(
        answer.message().starts_with(expected),
        "{}",
        answer.message()
    );
    let mut misdated = client.request("ListKeys", b"{}");
    let date = HeaderValue::from_static("yesterday");
    misdated.headers_mut().insert("x-amz-date", date);
    let expected = "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601";
    assert_error(
        &send(&client, &misdated),
        "IncompleteSignatureException",
        Some(expected),
    );
}

#[test]
fn that_do_not_cover_what_matters() {
    let server = start();
    let client = server.client();
    for name in ["x-amz-target", "content-type", "x-amz-content-sha256"] {
        let mut request = client.request("ListKeys", b"{}");
        let value = request.headers_mut().remove(name);
        let mut headers = HeaderMap::new();
        for (kept, value) in request.headers() {
            if !["authorization", "x-amz-date", "host"].contains(&kept.as_str()) {
                headers.insert(kept.clone(), value.clone());
            }
        }
        client.sign(&Method::POST, "/", &mut headers, b"{}");
        let value = value.unwrap_or_else(|| HeaderValue::from_static("e3b0c44298fc1c14"));
        headers.insert(name, value);
        let answer = client.exchange(&Method::POST, "/", &headers, b"{}");
        let expected = format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.");
        assert_error(&answer, "InvalidSignatureException", Some(&expected));
    }
}

#[test]
fn in_two_places() {
    let server = start();
    let client = server.client();
    let request = client.request("ListKeys", b"{}");
    let path = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256";
    let answer = client.exchange(&Method::POST, path, request.headers(), b"{}");
    assert_eq!(answer.status / 100, 4);
    assert!(answer.text().contains("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."), "{}", answer.text());
}

#[test]
fn of_another_request() {
    let server = start();
    let client = server.client();
    let request = client.request("ListKeys", b"{}");
    let other_body = client.exchange(&Method::POST, "/", request.headers(), b"{ }");
    assert_error(&other_body, "InvalidSignatureException", Some(MISMATCH));
    let other_path = client.exchange(&Method::POST, "/other", request.headers(), b"{}");
    assert_error(&other_path, "InvalidSignatureException", Some(MISMATCH));
    let other_method = client.exchange(&Method::PUT, "/", request.headers(), b"{}");
    assert_error(&other_method, "InvalidSignatureException", Some(MISMATCH));
    let mut retargeted = client.request("ListKeys", b"{}");
    let target = HeaderValue::from_static("TrentService.CreateKey");
    retargeted.headers_mut().insert("x-amz-target", target);
    let answer = send(&client, &retargeted);
    assert_error(&answer, "InvalidSignatureException", Some(MISMATCH));
    assert!(server.audit_events().is_empty());
    // The same bytes again are taken, as AWS does within the time allowed.
    for _ in 0..2 {
        assert_eq!(send(&client, &request).status, 200);
    }
}
