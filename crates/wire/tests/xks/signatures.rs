//! Requests that KMS signs, and a proxy verifies.

use http::{HeaderValue, Method, Uri};
use keystead_wire::sigv4::{SigV4Error, Signer, SigningKey};
use keystead_wire::xks::{
    AccessKeyId, AuthenticationError, CLOCK_SKEW_SECONDS, Call, Credential, ErrorName, ProxySigner,
    Route, SERVICE, SecretAccessKey, SignedCall, UriEndpoint, UriPath,
};

const ID: &str = "ABCDEFGHIJKLMNOPQRST";
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
const BODY: &str = r#"{"requestMetadata":{"kmsOperation":"KmsHealthCheck","kmsRequestId":"11111111-2222-3333-4444-555555555555"}}"#;

/// 2026-01-02T03:04:05Z
const SIGNED_AT: i64 = 1_767_323_045;

type Request = http::Request<Vec<u8>>;
type Change = fn(&mut Request);

fn signed() -> Request {
    let credential = Credential {
        access_key_id: AccessKeyId::parse(ID).unwrap(),
        secret_access_key: SecretAccessKey::parse(SECRET.to_owned().into()).unwrap(),
    };
    let signer = ProxySigner {
        credential: &credential,
        region: "us-east-1",
        unix_seconds: SIGNED_AT,
    };
    let endpoint = UriEndpoint::parse("https://xks.example.com").unwrap();
    let route = Route {
        uri_path: UriPath::of_prefix("/tenant-a").unwrap(),
        call: Call::GetHealthStatus,
    };
    let request = signer.request(&endpoint, &route, BODY.into()).unwrap();
    assert!(!format!("{signer:?}{credential:?}").contains(SECRET));
    request
}

fn verify_at(request: &Request, now: i64, regions: &[&str]) -> Result<(), AuthenticationError> {
    let call = SignedCall::parse(request.method(), request.uri(), request.headers())?;
    if call.access_key_id() != ID {
        return Err(AuthenticationError::UnknownAccessKeyId);
    }
    let key = call.derive_key(SECRET.as_bytes());
    call.verify(&key, regions, now, CLOCK_SKEW_SECONDS, request.body())
}

fn verify(request: &Request) -> Result<(), AuthenticationError> {
    verify_at(request, SIGNED_AT, &["us-east-1"])
}

/// Reproduced with botocore.
#[test]
fn the_vector() {
    let request = signed();
    assert_eq!(
        request.uri(),
        "https://xks.example.com/tenant-a/kms/xks/v1/health"
    );
    let headers = request.headers();
    assert_eq!(headers["host"], "xks.example.com");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["x-amz-date"], "20260102T030405Z");
    assert_eq!(
        headers["authorization"],
        "AWS4-HMAC-SHA256 Credential=ABCDEFGHIJKLMNOPQRST/20260102/us-east-1/kms-xks-proxy/aws4_request, \
         SignedHeaders=host;x-amz-date, \
         Signature=fd78fc6a81f3f11ba44ea8308dcd4f74627d65f9e029463fbcabf4c20748b1fd"
    );
    assert_eq!(verify(&request), Ok(()));
}

#[test]
fn what_comes_by_http_2_has_its_host_in_the_uri() {
    let mut request = signed();
    request.headers_mut().remove("host");
    assert_eq!(verify(&request), Ok(()));
    // And by HTTP/1.1 in the header alone.
    let mut request = signed();
    *request.uri_mut() = Uri::from_static("/tenant-a/kms/xks/v1/health");
    assert_eq!(verify(&request), Ok(()));
}

#[test]
fn headers_that_are_covered_and_others() {
    // As newer versions of curl sign.
    let mut request = signed();
    let signer = Signer {
        access_key_id: ID,
        secret_access_key: SECRET.as_bytes(),
        session_token: None,
        region: "us-east-1",
        service: SERVICE,
        unix_seconds: SIGNED_AT,
    };
    let (method, uri, body) = (
        request.method().clone(),
        request.uri().clone(),
        BODY.as_bytes(),
    );
    signer
        .sign(&method, &uri, request.headers_mut(), body)
        .unwrap();
    let authorization = request.headers()["authorization"].to_str().unwrap();
    assert!(authorization.contains("=content-type;host;x-amz-date,"));
    assert_eq!(verify(&request), Ok(()));
    request
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("text/plain"));
    assert_eq!(verify(&request), Err(SigV4Error::SignatureMismatch.into()));

    // What is not covered may come and go.
    let mut request = signed();
    request.headers_mut().remove("content-type");
    for name in ["x-amz-new", "x-amz-security-token", "user-agent", "date"] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static("x"));
    }
    assert_eq!(verify(&request), Ok(()));
}

#[test]
fn whatever_is_changed_is_found() {
    let mismatch = || Some(SigV4Error::SignatureMismatch);
    let changes: [(&str, Change, Option<SigV4Error>); 12] = [
        ("nothing", |_| {}, None),
        ("body", |request| request.body_mut().push(b' '), mismatch()),
        (
            "method",
            |request| *request.method_mut() = Method::PUT,
            mismatch(),
        ),
        (
            "path",
            |request| {
                let other = "https://xks.example.com/tenant-b/kms/xks/v1/health";
                *request.uri_mut() = Uri::from_static(other);
            },
            mismatch(),
        ),
        (
            "host",
            |request| set(request, "host", "xks.example.org"),
            mismatch(),
        ),
        (
            "date",
            |request| set(request, "x-amz-date", "20260102T030406Z"),
            mismatch(),
        ),
        (
            "no signature",
            |request| drop(request.headers_mut().remove("authorization")),
            Some(SigV4Error::MissingAuthentication),
        ),
        (
            "host not covered",
            |request| replace(request, "host;x-amz-date", "x-amz-date"),
            Some(uncovered("host")),
        ),
        (
            "date not covered",
            |request| replace(request, "host;x-amz-date", "host"),
            Some(uncovered("x-amz-date")),
        ),
        (
            "no date but another",
            |request| {
                request.headers_mut().remove("x-amz-date");
                set(request, "date", "20260102T030405Z");
                replace(request, "host;x-amz-date", "date;host;x-amz-date");
            },
            Some(uncovered("x-amz-date")),
        ),
        (
            "algorithm",
            |request| replace(request, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
            Some(SigV4Error::UnsupportedAlgorithm {
                algorithm: "AWS4-ECDSA-P256-SHA256".into(),
            }),
        ),
        (
            "hash of another body",
            |request| set(request, "x-amz-content-sha256", &"0".repeat(64)),
            Some(SigV4Error::PayloadMismatch),
        ),
    ];
    for (what, change, error) in changes {
        let mut request = signed();
        change(&mut request);
        let verified = verify(&request);
        assert_eq!(
            verified,
            error.map_or(Ok(()), |error| Err(error.into())),
            "{what}"
        );
        if let Err(error) = verified {
            assert_eq!(error.to_answer().name(), ErrorName::AuthenticationFailed);
        }
    }
    let mut request = signed();
    replace(&mut request, ID, "TSRQPONMLKJIHGFEDCBA");
    assert_eq!(
        verify(&request),
        Err(AuthenticationError::UnknownAccessKeyId)
    );
}

fn uncovered(name: &str) -> SigV4Error {
    SigV4Error::UnsignedHeader { name: name.into() }
}

fn set(request: &mut Request, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).unwrap();
    request.headers_mut().insert(name, value);
}

fn replace(request: &mut Request, what: &str, with: &str) {
    let value = request.headers()["authorization"].to_str().unwrap();
    let value = value.replace(what, with);
    set(request, "authorization", &value);
}

#[test]
fn times_regions_and_services() {
    let request = signed();
    for (seconds, is_current) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let verified = verify_at(&request, SIGNED_AT + seconds, &["us-east-1"]);
        assert_eq!(verified.is_ok(), is_current, "{seconds}");
    }
    let elsewhere = verify_at(&request, SIGNED_AT, &["eu-west-1"]);
    assert!(matches!(
        elsewhere,
        Err(AuthenticationError::Signature(
            SigV4Error::WrongScope { .. }
        ))
    ));
    assert_eq!(
        verify_at(&request, SIGNED_AT, &["eu-west-1", "us-east-1"]),
        Ok(())
    );
    // A signature for another service, by the same secret.
    let mut request = signed();
    let signer = Signer {
        access_key_id: ID,
        secret_access_key: SECRET.as_bytes(),
        session_token: None,
        region: "us-east-1",
        service: "kms",
        unix_seconds: SIGNED_AT,
    };
    let (method, uri) = (request.method().clone(), request.uri().clone());
    signer
        .sign(&method, &uri, request.headers_mut(), BODY.as_bytes())
        .unwrap();
    let call = SignedCall::parse(&method, &uri, request.headers()).unwrap();
    assert_eq!(call.scope().service(), "kms");
    let key = SigningKey::derive(SECRET.as_bytes(), "20260102", "us-east-1", "kms");
    let verified = call.verify(&key, &["us-east-1"], SIGNED_AT, 300, BODY.as_bytes());
    assert!(matches!(
        verified,
        Err(AuthenticationError::Signature(
            SigV4Error::WrongScope { .. }
        ))
    ));
}

#[test]
fn signatures_in_urls_are_refused() {
    let unsigned = signed();
    let signer = Signer {
        access_key_id: ID,
        secret_access_key: SECRET.as_bytes(),
        session_token: None,
        region: "us-east-1",
        service: SERVICE,
        unix_seconds: SIGNED_AT,
    };
    let mut headers = unsigned.headers().clone();
    headers.remove("authorization");
    let uri = signer
        .presign(
            &Method::POST,
            unsigned.uri(),
            &headers,
            604_800,
            BODY.as_bytes(),
        )
        .unwrap();
    let parsed = SignedCall::parse(&Method::POST, &uri, &headers);
    assert_eq!(parsed.unwrap_err(), AuthenticationError::Query);
    let uri = Uri::from_static("https://xks.example.com/tenant-a/kms/xks/v1/health?");
    let parsed = SignedCall::parse(&Method::POST, &uri, unsigned.headers());
    assert_eq!(parsed.unwrap_err(), AuthenticationError::Query);
}
