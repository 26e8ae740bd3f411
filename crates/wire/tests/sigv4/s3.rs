//! S3's own rules, by the examples of its API reference: "Examples: Signature Calculations in AWS Signature Version 4"
//! and "Authenticating Requests: Using Query Parameters".

use http::{HeaderMap, HeaderValue, Method, Uri};
use keystead_wire::sigv4::{SigV4Error, SignedRequest, Signer, SigningKey};

const SIGNER: Signer<'static> = Signer {
    access_key_id: "AKIAIOSFODNN7EXAMPLE",
    secret_access_key: b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    session_token: None,
    region: "us-east-1",
    service: "s3",
    unix_seconds: 1_369_353_600,
};

fn headers(range: Option<&'static str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let host = HeaderValue::from_static("examplebucket.s3.amazonaws.com");
    headers.insert("host", host);
    if let Some(range) = range {
        headers.insert("range", HeaderValue::from_static(range));
    }
    headers
}

fn verify(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<(), SigV4Error> {
    let key = SigningKey::derive(SIGNER.secret_access_key, "20130524", "us-east-1", "s3");
    SignedRequest::parse(&Method::GET, uri, headers)?.verify(&key, body)
}

#[test]
fn signed_headers_as_documented() {
    for (uri, range, signature) in [
        (
            "/test.txt",
            Some("bytes=0-9"),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "/?max-keys=2&prefix=J",
            None,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let uri: Uri = uri.parse().unwrap();
        let mut headers = headers(range);
        SIGNER.sign(&Method::GET, &uri, &mut headers, b"").unwrap();
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(authorization.ends_with(signature), "{authorization}");
        assert_eq!(verify(&uri, &headers, b""), Ok(()));
        assert_eq!(
            verify(&uri, &headers, b"x"),
            Err(SigV4Error::PayloadMismatch)
        );
    }
}

#[test]
fn a_signed_url_as_documented() {
    let uri = "https://examplebucket.s3.amazonaws.com/test.txt"
        .parse()
        .unwrap();
    let signed = SIGNER
        .presign(&Method::GET, &uri, &headers(None), 86400, b"")
        .unwrap();
    let signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    assert!(signed.query().unwrap().ends_with(signature), "{signed}");
    assert_eq!(verify(&signed, &headers(None), b""), Ok(()));
    assert_eq!(
        verify(&signed, &headers(None), b"x"),
        Err(SigV4Error::PayloadMismatch)
    );
}

#[test]
fn a_path_is_signed_as_it_is() {
    let signed: Uri = "/bucket/a//b/../c%20d".parse().unwrap();
    let mut headers = headers(None);
    SIGNER
        .sign(&Method::GET, &signed, &mut headers, b"")
        .unwrap();
    assert_eq!(verify(&signed, &headers, b""), Ok(()));
    for other in ["/bucket/a/c%20d", "/bucket/a//b/../c%2520d"] {
        let other = other.parse().unwrap();
        assert_eq!(
            verify(&other, &headers, b""),
            Err(SigV4Error::SignatureMismatch)
        );
    }
}

#[test]
fn what_covers_the_body_must_be_said() {
    let uri = "/bucket/key".parse().unwrap();
    let mut headers = headers(None);
    SIGNER.sign(&Method::GET, &uri, &mut headers, b"").unwrap();
    headers.remove("x-amz-content-sha256");
    let refused = verify(&uri, &headers, b"").unwrap_err();
    assert_eq!(refused, SigV4Error::MissingPayloadHash);
    let answer = refused.to_rest_error();
    assert_eq!((answer.code(), answer.status()), ("InvalidRequest", 400));
}
