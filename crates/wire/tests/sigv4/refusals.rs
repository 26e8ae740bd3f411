//! Every way in which a signature is refused.

use http::Uri;
use keystead_wire::sigv4::{
    MAX_AUTHORIZATION_BYTES, MAX_QUERY_BYTES, Requirement, SigV4Error, SigningKey,
};

use super::{Request, SECRET, SIGNED_AT};

/// The error of the signed request after a change.
fn refusal(change: impl FnOnce(&mut Request)) -> SigV4Error {
    let mut request = Request::signed();
    change(&mut request);
    request.verify(SECRET).unwrap_err()
}

/// The error of the presigned request after its URL was changed.
fn presigned_refusal(change: impl FnOnce(String) -> String) -> SigV4Error {
    let mut request = Request::presigned();
    request.uri = change(request.uri.to_string()).parse().unwrap();
    request.verify(SECRET).unwrap_err()
}

fn with_authorization(value: &str) -> SigV4Error {
    refusal(|request| request.set("authorization", value))
}

fn replaced(from: &str, to: &str) -> SigV4Error {
    let authorization = Request::signed().header("authorization");
    let changed = authorization.replace(from, to);
    assert_ne!(changed, authorization);
    with_authorization(&changed)
}

#[test]
fn unsigned_requests() {
    assert_eq!(
        Request::unsigned().parse().unwrap_err(),
        SigV4Error::MissingAuthentication
    );
    for other_scheme in ["", "Basic dXNlcjpwYXNz", "Bearer token", "Signature x"] {
        assert_eq!(
            with_authorization(other_scheme),
            SigV4Error::MissingAuthentication
        );
    }
}

#[test]
fn other_algorithms() {
    for (header, algorithm) in [
        (
            "AWS4-ECDSA-P256-SHA256 Credential=a",
            "AWS4-ECDSA-P256-SHA256",
        ),
        ("AWS4-HMAC-SHA512 Credential=a", "AWS4-HMAC-SHA512"),
        ("AWS AKID:signature", "AWS"),
    ] {
        assert_eq!(
            with_authorization(header),
            SigV4Error::UnsupportedAlgorithm {
                algorithm: algorithm.into()
            }
        );
    }
    assert!(matches!(
        presigned_refusal(|url| url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")),
        SigV4Error::UnsupportedAlgorithm { .. }
    ));
}

#[test]
fn signed_both_ways() {
    let mut request = Request::presigned();
    request.add("authorization", &Request::signed().header("authorization"));
    let error = request.parse().unwrap_err();
    assert_eq!(error, SigV4Error::AmbiguousAuthentication);
    assert_eq!(error.to_json_error().code(), "InvalidSignatureException");
    assert_eq!(
        error.to_string(),
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    );
}

#[test]
fn incomplete_headers() {
    let error = refusal(|request| {
        request.set("authorization", "AWS4-HMAC-SHA256 x=y");
        request.headers.remove("x-amz-date");
    });
    assert_eq!(error.to_json_error().code(), "IncompleteSignatureException");
    assert_eq!(
        error.to_string(),
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either \
         a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 x=y"
    );
    let error = with_authorization("AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host");
    assert!(
        matches!(error, SigV4Error::IncompleteHeader { missing, .. } if missing == [Requirement::Signature])
    );
}

#[test]
fn malformed_headers() {
    for malformed in [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential",
        "AWS4-HMAC-SHA256 Credential=a,",
        "AWS4-HMAC-SHA256 Credential=a,,Signature=b",
    ] {
        assert!(
            matches!(
                with_authorization(malformed),
                SigV4Error::MalformedElement { .. }
            ),
            "{malformed}"
        );
    }
    assert!(matches!(
        with_authorization("AWS4-HMAC-SHA256 Signature=a,Signature=b"),
        SigV4Error::UnreadablePart { name: "Signature" }
    ));
    let credential = with_authorization(
        "AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-west-1/aws4_request, SignedHeaders=host, Signature=0",
    );
    assert_eq!(
        credential.to_string(),
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
         'AKID/20260102/eu-west-1/aws4_request'"
    );
    let long = format!(
        "AWS4-HMAC-SHA256 Credential={}",
        "a".repeat(MAX_AUTHORIZATION_BYTES)
    );
    assert!(matches!(
        with_authorization(&long),
        SigV4Error::TooLong {
            name: "Authorization"
        }
    ));
}

#[test]
fn repeated_and_unreadable_headers() {
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        let error = refusal(|request| {
            let value = request.header(name);
            request.add(name, &value);
        });
        assert_eq!(error, SigV4Error::UnreadablePart { name });
    }
    let mut declared_twice = Request::unsigned();
    declared_twice.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    declared_twice.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(
        declared_twice.sign(&super::SIGNER).verify(SECRET),
        Err(SigV4Error::UnreadablePart {
            name: "x-amz-content-sha256"
        })
    );
    assert!(matches!(
        with_authorization("AWS4-HMAC-SHA256 Credential=é"),
        SigV4Error::UnreadablePart { .. }
    ));
}

#[test]
fn dates() {
    let error = refusal(|request| request.set("x-amz-date", "2026-01-02T03:04:05Z"));
    assert_eq!(
        error.to_json_error().message().unwrap(),
        "Date must be in ISO-8601 'basic format'. Got '2026-01-02T03:04:05Z'. See \
         http://en.wikipedia.org/wiki/ISO_8601"
    );
    let unsigned_date = refusal(|request| {
        request.headers.remove("x-amz-date");
        request.add("date", "Fri, 02 Jan 2026 03:04:05 GMT");
    });
    assert_eq!(
        unsigned_date,
        SigV4Error::UnsignedHeader {
            name: "date".into()
        }
    );
}

#[test]
fn uncovered_headers() {
    for name in [
        "host",
        "content-type",
        "x-amz-date",
        "x-amz-target",
        "x-amz-security-token",
    ] {
        let authorization = Request::signed().header("authorization");
        let list = authorization
            .split("SignedHeaders=")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        let shorter: Vec<&str> = list.split(';').filter(|signed| *signed != name).collect();
        let error = replaced(list, &shorter.join(";"));
        assert!(
            matches!(error, SigV4Error::UnsignedHeader { .. }),
            "{name}: {error}"
        );
        assert_eq!(error.to_json_error().code(), "InvalidSignatureException");
    }
    let added = refusal(|request| request.add("x-amz-anything", "1"));
    assert_eq!(
        added.to_string(),
        "'x-amz-anything' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn signed_headers_that_are_no_list() {
    for list in [
        "host;content-type;x-amz-date;x-amz-security-token;x-amz-target",
        "Content-Type;host;x-amz-date;x-amz-security-token;x-amz-target",
        "content-type;host;host;x-amz-date;x-amz-security-token;x-amz-target",
        "",
    ] {
        assert_eq!(
            replaced(
                "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
                list
            ),
            SigV4Error::MalformedSignedHeaders,
            "{list}"
        );
    }
}

#[test]
fn changed_requests() {
    let mismatch = SigV4Error::SignatureMismatch;
    assert_eq!(
        mismatch.to_json_error().message().unwrap(),
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    );
    assert_eq!(refusal(|request| request.body.push(b' ')), mismatch);
    assert_eq!(
        refusal(|request| request.method = http::Method::PUT),
        mismatch
    );
    assert_eq!(
        refusal(|request| request.uri = Uri::from_static("/x")),
        mismatch
    );
    assert_eq!(
        refusal(|request| request.uri = Uri::from_static("/?x")),
        mismatch
    );
    for name in [
        "host",
        "x-amz-target",
        "x-amz-security-token",
        "content-type",
    ] {
        assert_eq!(refusal(|request| request.set(name, "other")), mismatch);
    }
    for (from, to) in [
        ("kms/aws4", "sts/aws4"),
        ("eu-west-1", "eu-west-2"),
        ("Signature=54", "Signature=55"),
        ("Signature=54", "Signature="),
        ("Signature=54", "Signature=zz"),
        ("Signature=54", "Signature=5454"),
    ] {
        assert_eq!(replaced(from, to), mismatch, "{from} {to}");
    }
}

#[test]
fn the_host_may_come_as_authority() {
    let mut request = Request::signed();
    request.headers.remove("host");
    request.uri = Uri::from_static("https://kms.example.com/");
    assert_eq!(request.verify(SECRET), Ok(()));
    request.uri = Uri::from_static("https://kms.example.net/");
    assert_eq!(request.verify(SECRET), Err(SigV4Error::SignatureMismatch));
}

#[test]
fn keys_of_other_scopes() {
    let request = Request::signed();
    let signed = request.parse().unwrap();
    for (date, region, service) in [
        ("20260103", "eu-west-1", "kms"),
        ("20260102", "eu-west-2", "kms"),
        ("20260102", "eu-west-1", "sts"),
    ] {
        let key = SigningKey::derive(SECRET, date, region, service);
        assert_eq!(
            signed.verify(&key, &request.body),
            Err(SigV4Error::SignatureMismatch)
        );
    }
}

#[test]
fn declared_payloads() {
    let with_declared = |declared: &str| {
        let mut request = Request::unsigned();
        request.add("x-amz-content-sha256", declared);
        request.sign(&super::SIGNER).verify(SECRET)
    };
    // The hash of the body, then that of nothing.
    let hash = "ab4414c186110f5a06d7c6d3a53e2323851efda3e113f40558592dc4609cc8d0";
    assert_eq!(with_declared(hash), Ok(()));
    assert_eq!(with_declared(&hash.to_uppercase()), Ok(()));
    let other = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(with_declared(other), Err(SigV4Error::PayloadMismatch));
    // S3's literals do not keep the body out of the signature.
    let mut unsigned_payload = Request::unsigned();
    unsigned_payload.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let mut unsigned_payload = unsigned_payload.sign(&super::SIGNER);
    assert_eq!(unsigned_payload.verify(SECRET), Ok(()));
    unsigned_payload.body.clear();
    assert_eq!(
        unsigned_payload.verify(SECRET),
        Err(SigV4Error::SignatureMismatch)
    );
}

#[test]
fn times() {
    let request = Request::signed();
    let signed = request.parse().unwrap();
    for within in [-300, 0, 300] {
        assert_eq!(signed.check_time(SIGNED_AT + within, 300), Ok(()));
    }
    assert_eq!(
        signed
            .check_time(SIGNED_AT + 655, 300)
            .unwrap_err()
            .to_string(),
        "Signature expired: 20260102T030405Z is now earlier than 20260102T031000Z (20260102T031500Z - 5 min.)"
    );
    assert_eq!(
        signed
            .check_time(SIGNED_AT - 301, 300)
            .unwrap_err()
            .to_string(),
        "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 \
         min.)"
    );
    for extreme in [i64::MIN, i64::MAX] {
        assert!(signed.check_time(extreme, u32::MAX).is_err());
    }
}

#[test]
fn presigned_times() {
    let request = Request::presigned();
    let signed = request.parse().unwrap();
    assert!(signed.is_presigned());
    assert_eq!(signed.expires_seconds(), Some(60));
    for within in [-300, 0, 60] {
        assert_eq!(signed.check_time(SIGNED_AT + within, 300), Ok(()));
    }
    assert!(signed.check_time(SIGNED_AT - 301, 300).is_err());
    let expired = signed.check_time(SIGNED_AT + 61, 300).unwrap_err();
    assert!(
        expired.to_string().ends_with("(20260102T030506Z - 1 min.)"),
        "{expired}"
    );
    assert_eq!(expired.to_query_error().code(), "SignatureDoesNotMatch");
}

#[test]
fn presigned_urls() {
    assert_eq!(Request::presigned().verify(SECRET), Ok(()));
    for (from, to) in [
        ("GetCallerIdentity", "AssumeRole"),
        ("Expires=60", "Expires=61"),
        ("TOKEN123", "TOKEN124"),
        ("us-east-1", "us-east-2"),
        ("&Version", "&Extra=1&Version"),
    ] {
        let request = presigned_refusal(|url| {
            let signed_elsewhere = url.replace("eu-west-1", "us-east-1");
            let url = if from == "us-east-1" {
                signed_elsewhere
            } else {
                url
            };
            url.replace(from, to)
        });
        assert_eq!(request, SigV4Error::SignatureMismatch, "{from}");
    }
    for bad in ["0", "604801", "-1", "%2B60", "", "1e3", "99999999999"] {
        assert!(matches!(
            presigned_refusal(|url| url.replace("Expires=60", &format!("Expires={bad}"))),
            SigV4Error::MalformedExpires { .. }
        ));
    }
    for part in [
        "Credential",
        "Date",
        "SignedHeaders",
        "Signature",
        "Algorithm",
        "Security-Token",
    ] {
        assert!(
            matches!(
                presigned_refusal(|url| format!("{url}&X-Amz-{part}=x")),
                SigV4Error::UnreadablePart { .. }
            ),
            "{part}"
        );
    }
    let incomplete = presigned_refusal(|url| {
        url.replace("X-Amz-Credential", "C")
            .replace("X-Amz-Date", "D")
    });
    assert_eq!(
        incomplete.to_string(),
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
         'X-Amz-Date'. Re-examine the query-string parameters."
    );
    assert!(matches!(
        presigned_refusal(|url| url.replace("20260102T", "20260102X")),
        SigV4Error::MalformedDate { .. }
    ));
    assert_eq!(
        presigned_refusal(|url| url.replace("SignedHeaders=host", "SignedHeaders=Host")),
        SigV4Error::MalformedSignedHeaders
    );
    assert!(matches!(
        presigned_refusal(|url| format!("{url}&{}", "a".repeat(MAX_QUERY_BYTES))),
        SigV4Error::TooLong { .. }
    ));
    let mut header_added = Request::presigned();
    header_added.add("x-amz-target", "TrentService.Encrypt");
    assert!(matches!(
        header_added.verify(SECRET),
        Err(SigV4Error::UnsignedHeader { .. })
    ));
}

#[test]
fn debug_shows_no_token_and_no_signature() {
    let request = Request::signed();
    let shown = format!("{:?} {:?}", request.parse().unwrap(), super::SIGNER);
    for secret in ["TOKEN123", "54e96aa9", "S3cret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
