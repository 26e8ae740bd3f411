//! Signatures of requests, in headers and in URLs.

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Uri};
use keystead_wire::sigv4::{
    MAX_QUERY_BYTES, MAX_SIGNED_HEADERS, S3, SigV4Error, SignedRequest, Signer, SigningKey,
};

use crate::message;

/// The secret of AWS's own examples and test suite, so that their requests verify here.
const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// When a request is signed anew: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;
/// The rules of S3 differ from those of all other services.
const SERVICES: [&str; 2] = ["kms", S3];

/// A request is judged as it is, and then with signatures of its own in the header and in the URL, which must hold
/// until something changes.
pub(crate) fn check(bytes: &[u8]) {
    let Some((parts, body)) = message::read(bytes) else {
        return;
    };
    as_it_is(&parts, body);
    let unsigned = without_signature(parts.headers.clone());
    if is_too_large(&parts.uri, &unsigned) {
        return;
    }
    for service in SERVICES {
        let signer = Signer {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: SECRET,
            session_token: body
                .first()
                .is_some_and(|byte| byte % 2 == 1)
                .then_some("t/+="),
            region: "us-east-1",
            service,
            unix_seconds: NOW,
        };
        in_headers(&signer, &parts, unsigned.clone(), body);
        in_url(&signer, &parts, &unsigned, body);
    }
}

fn key(secret: &[u8], signed: &SignedRequest<'_>) -> SigningKey {
    let scope = signed.scope();
    SigningKey::derive(secret, scope.date(), scope.region(), scope.service())
}

fn as_it_is(parts: &Parts, body: &[u8]) {
    let parse = || SignedRequest::parse(&parts.method, &parts.uri, &parts.headers);
    let signed = match parse() {
        Ok(signed) => signed,
        Err(error) => return told(&error),
    };
    // A signature is current at its own instant.
    assert_eq!(signed.check_time(signed.unix_seconds(), 300), Ok(()));
    let far = signed.unix_seconds().saturating_add(700_000);
    assert!(signed.check_time(far, 300).is_err());
    if let Err(error) = signed.check_scope("kms", &["us-east-1"]) {
        told(&error);
    }
    let verified = signed.verify(&key(SECRET, &signed), body);
    let again = parse().expect("the same request");
    assert_eq!(again.verify(&key(SECRET, &again), body), verified);
    match verified {
        Ok(()) => {
            let other = signed.verify(&key(b"another secret", &signed), body);
            assert_eq!(other, Err(SigV4Error::SignatureMismatch));
        }
        Err(error) => told(&error),
    }
}

/// Every refusal is the caller's fault, in each protocol.
fn told(error: &SigV4Error) {
    for error in [
        error.to_json_error(),
        error.to_query_error(),
        error.to_rest_error(),
    ] {
        assert!((400..500).contains(&error.status()), "{error:?}");
    }
}

/// Signs the headers; whatever changes then is found.
fn in_headers(signer: &Signer<'_>, parts: &Parts, mut headers: HeaderMap, body: &[u8]) {
    let (method, uri) = (&parts.method, &parts.uri);
    signer
        .sign(method, uri, &mut headers, body)
        .expect("what comes in a header goes into one");
    let signed = SignedRequest::parse(method, uri, &headers).expect("a signed request");
    assert!(!signed.is_presigned());
    holds(signer, &signed, body);
    changes(uri, |changed| {
        let changed = SignedRequest::parse(method, changed, &headers);
        changed.map(|changed| changed.verify(&key(SECRET, &changed), body))
    });
    let longer = [body, b"\0"].concat();
    assert!(signed.verify(&key(SECRET, &signed), &longer).is_err());
}

/// Signs the URL. It says the same of itself as the header does.
fn in_url(signer: &Signer<'_>, parts: &Parts, headers: &HeaderMap, body: &[u8]) {
    // S3 signs URLs without their body, and no operation takes one.
    let body = if signer.service == S3 { b"" } else { body };
    let method = &parts.method;
    let Ok(uri) = signer.presign(method, &parts.uri, headers, 900, body) else {
        return;
    };
    let Ok(signed) = SignedRequest::parse(method, &uri, headers) else {
        assert!(
            uri.query()
                .is_some_and(|query| query.len() > MAX_QUERY_BYTES)
        );
        return;
    };
    assert!(signed.is_presigned());
    assert_eq!(signed.expires_seconds(), Some(900));
    holds(signer, &signed, body);
    changes(&uri, |changed| {
        let changed = SignedRequest::parse(method, changed, headers);
        changed.map(|changed| changed.verify(&key(SECRET, &changed), body))
    });
}

fn holds(signer: &Signer<'_>, signed: &SignedRequest<'_>, body: &[u8]) {
    assert_eq!(signed.access_key_id(), signer.access_key_id);
    assert_eq!(signed.session_token(), signer.session_token);
    assert_eq!(signed.unix_seconds(), signer.unix_seconds);
    assert_eq!(signed.scope().service(), signer.service);
    assert_eq!(signed.check_time(NOW, 300), Ok(()));
    assert_eq!(signed.check_scope(signer.service, &["us-east-1"]), Ok(()));
    assert!(signed.signed_headers().any(|name| name == "host"));
    assert_eq!(signed.verify(&key(SECRET, signed), body), Ok(()));
}

/// Another path or one more parameter is another request.
fn changes(uri: &Uri, verify: impl Fn(&Uri) -> Result<Result<(), SigV4Error>, SigV4Error>) {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let slash = if path.ends_with('/') { "" } else { "/" };
    let others = [
        format!("{path}?{query}&more=1"),
        format!("{path}{slash}more?{query}"),
    ];
    for other in others {
        let mut parts = uri.clone().into_parts();
        let Ok(path_and_query) = other.parse() else {
            continue;
        };
        parts.path_and_query = Some(path_and_query);
        let Ok(changed) = Uri::from_parts(parts) else {
            continue;
        };
        assert!(!matches!(verify(&changed), Ok(Ok(()))), "{changed}");
    }
}

/// The headers without those that a signer writes, or that say how it is to be done.
fn without_signature(mut headers: HeaderMap) -> HeaderMap {
    for name in [
        AUTHORIZATION.as_str(),
        "date",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    ] {
        headers.remove(name);
    }
    headers
}

/// Whether the request is one that can't be signed and read again: it has parameters of a signature, or more than a
/// signature may cover.
fn is_too_large(uri: &Uri, headers: &HeaderMap) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let names: usize = headers.keys().map(|name| name.as_str().len() + 1).sum();
    parameters.any(|(name, _)| name.starts_with("X-Amz-"))
        || query.len() > MAX_QUERY_BYTES / 2
        || headers.keys_len() + 5 > MAX_SIGNED_HEADERS
        || names > 4096
}
