//! Requests that others signed.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use keystead_wire::sigv4::{SigV4Error, Signer};
use serde_json::Value;

use super::{Request, SECRET, SIGNED_AT};

#[test]
fn kms_request_with_token() {
    let request = Request::signed();
    assert_eq!(
        request.header("authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/kms/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
         Signature=54e96aa97799ee81d0d234941e716ea620eb5e91e5b3ad1eebd3af090ed8a232"
    );
    assert_eq!(request.verify(SECRET), Ok(()));

    let signed = request.parse().unwrap();
    assert_eq!(signed.access_key_id(), "AKIDEXAMPLE");
    assert_eq!(signed.session_token(), Some("TOKEN123"));
    assert_eq!(signed.unix_seconds(), SIGNED_AT);
    assert_eq!(signed.expires_seconds(), None);
    assert!(!signed.is_presigned());
    assert_eq!(signed.signed_headers().count(), 5);
    assert_eq!(signed.check_scope("kms", &["eu-west-1"]), Ok(()));
}

/// `get-vanilla`, `post-vanilla` and `get-vanilla-query-order-key-case` of the aws-sig-v4-test-suite.
#[test]
fn public_suite() {
    let suite = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
        region: "us-east-1",
        service: "service",
        unix_seconds: 1_440_938_160,
    };
    for (method, uri, signature) in [
        (
            Method::GET,
            "/",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            Method::POST,
            "/",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            Method::GET,
            "/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
    ] {
        let mut request = Request {
            method,
            uri: Uri::from_static(uri),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        request.add("host", "example.amazonaws.com");
        let request = request.sign(&suite);
        let authorization = request.header("authorization");
        assert!(authorization.ends_with(signature), "{uri}: {authorization}");
        assert_eq!(request.verify(suite.secret_access_key), Ok(()));
    }
}

/// Every vector verifies, is refused when its secret or body is another, and is signed the same by our signer.
#[test]
fn botocore() {
    let file: Value = serde_json::from_str(include_str!("../vectors/botocore_sigv4.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 40);
    for vector in vectors {
        let name = text(vector, "name");
        let mut request = read(vector);
        let secret = text(vector, "secret").as_bytes();
        assert_eq!(request.verify(secret), Ok(()), "{name}");
        assert_eq!(
            request.verify(b"another"),
            Err(SigV4Error::SignatureMismatch),
            "{name}"
        );

        let signed = request.parse().unwrap();
        let [service, region] = ["service", "region"].map(|member| text(vector, member));
        assert_eq!(signed.check_scope(service, &[region]), Ok(()), "{name}");
        assert_eq!(signed.check_time(SIGNED_AT + 60, 300), Ok(()), "{name}");
        assert_eq!(signed.access_key_id(), text(&file, "access_key_id"));
        assert_eq!(signed.session_token(), vector["token"].as_str(), "{name}");
        if !signed.is_presigned() && !request.headers.contains_key("date") {
            assert_eq!(
                sign_again(&request, vector),
                request.header("authorization"),
                "{name}"
            );
        }

        request.body.push(b'x');
        assert!(request.verify(secret).is_err(), "{name}");
    }
}

fn sign_again(request: &Request, vector: &Value) -> String {
    let mut again = request.clone();
    for added in ["authorization", "x-amz-date", "x-amz-security-token"] {
        again.headers.remove(added);
    }
    let signer = Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: text(vector, "secret").as_bytes(),
        session_token: vector["token"].as_str(),
        region: text(vector, "region"),
        service: text(vector, "service"),
        unix_seconds: SIGNED_AT,
    };
    again.sign(&signer).header("authorization")
}

fn read(vector: &Value) -> Request {
    let mut headers = HeaderMap::new();
    for header in vector["headers"].as_array().unwrap() {
        let name: HeaderName = header[0].as_str().unwrap().parse().unwrap();
        let value = HeaderValue::from_bytes(header[1].as_str().unwrap().as_bytes()).unwrap();
        headers.append(name, value);
    }
    Request {
        method: text(vector, "method").parse().unwrap(),
        uri: text(vector, "uri").parse().unwrap(),
        headers,
        body: decode_base64(text(vector, "body")),
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

fn decode_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}
