//! Requests to a proxy in front of external keys: their paths, bodies and signatures.

use http::request::Parts;
use keystead_wire::xks::{
    AccessKeyId, Api, AuthenticationTag, Call, Ciphertext, CiphertextMetadata, Credential,
    DecryptRequest, EncryptRequest, ErrorAnswer, ErrorName, Fault, GetHealthStatusRequest,
    GetKeyMetadataRequest, InitializationVector, ProxySigner, Request, Response, Route, RouteError,
    Sealed, SecretAccessKey, SignedCall, UriEndpoint,
};
use serde_json::Value;

use crate::message;

/// The secret of the vector, which is among the inputs.
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
/// When a request is signed: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;
const REGION: &str = "us-east-1";

/// The bytes are a request. Its body is read as that of each API, whatever the path asks for.
pub(crate) fn check(bytes: &[u8]) {
    let Some((parts, body)) = message::read(bytes) else {
        return;
    };
    as_it_is_signed(&parts, body);
    match Route::parse(&parts.method, &parts.uri) {
        Ok(route) => {
            assert_eq!(route.to_string(), parts.uri.path());
            assert_eq!(
                route.call.key().is_none(),
                route.call == Call::GetHealthStatus
            );
            signed_anew(&route, body);
        }
        Err(error) => {
            let answer = error.to_answer();
            assert_eq!(answer.is_none(), error == RouteError::Method);
            if let Some(answer) = answer {
                assert_eq!(answer.status(), error.status());
                may_be_sent(&answer, None);
            }
        }
    }
    is_read::<GetHealthStatusRequest>(body);
    is_read::<GetKeyMetadataRequest>(body);
    is_read::<DecryptRequest>(body);
    is_read::<EncryptRequest>(body);
    if let Ok(request) = EncryptRequest::read(body) {
        answered(&request);
    }
}

/// What is read of a body is written and read again, and means the same to other readers of JSON.
fn is_read<R: Request>(body: &[u8]) {
    let request = match R::read(body) {
        Ok(request) => request,
        Err(fault) => return told(fault, R::API),
    };
    let written = request.write();
    let again = R::read(&written).expect("what was written");
    assert_eq!(again.metadata(), request.metadata());
    assert_eq!(again.write(), written);
    // Members that nobody knows may be deeper than others read.
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let other = R::read(value.to_string().as_bytes()).expect("the same request");
        assert_eq!(other.write(), written);
    }
}

fn told(fault: Fault, api: Api) {
    let answer = fault.to_answer();
    assert!(answer.name().may_answer(api), "{fault:?}");
    may_be_sent(&answer, Some(400..=501));
}

/// The answer is of a form that KMS reads.
fn may_be_sent(answer: &ErrorAnswer, statuses: Option<std::ops::RangeInclusive<u16>>) {
    let message = answer.message().unwrap_or_default();
    assert!(message.len() < 512 && message.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    assert_eq!(
        ErrorName::parse(answer.name().as_str()),
        Some(answer.name())
    );
    if let Some(statuses) = statuses {
        assert!(statuses.contains(&answer.status()));
    }
    assert!(serde_json::from_slice::<Value>(&answer.write()).is_ok());
}

/// A proxy's answer to the request is one to KMS.
fn answered(request: &EncryptRequest) {
    let text = request.plaintext.expose();
    let flipped = text.iter().map(|byte| !byte).collect();
    let metadata = text.iter().copied().take(20).collect();
    let response = request.respond(Sealed {
        ciphertext: Ciphertext::new(flipped).expect("as long as the plaintext"),
        initialization_vector: InitializationVector::new(vec![1; 12]).expect("a vector"),
        authentication_tag: AuthenticationTag::new(vec![2; 16]).expect("a tag"),
        ciphertext_metadata: CiphertextMetadata::new(metadata).expect("short metadata"),
    });
    assert_eq!(
        response.integrity_value.is_some(),
        request.wants_integrity_value
    );
    let read = request.read_answer(200, &response.write());
    assert_eq!(read.as_ref(), Ok(&response));
}

fn as_it_is_signed(parts: &Parts, body: &[u8]) {
    let call = match SignedCall::parse(&parts.method, &parts.uri, &parts.headers) {
        Ok(call) => call,
        Err(error) => return may_be_sent(&error.to_answer(), Some(401..=401)),
    };
    assert_eq!(parts.uri.query(), None);
    let regions = [call.scope().region().to_owned()];
    let verify = |secret: &str, body: &[u8]| {
        let key = call.derive_key(secret.as_bytes());
        call.verify(&key, &regions, NOW, 300, body)
    };
    match verify(SECRET, body) {
        Ok(()) => {
            assert!(verify("another secret", body).is_err());
            assert!(verify(SECRET, &[body, b"\0"].concat()).is_err());
        }
        Err(error) => may_be_sent(&error.to_answer(), Some(401..=401)),
    }
}

/// Signs a request as KMS does; whatever changes then is found.
fn signed_anew(route: &Route, body: &[u8]) {
    let credential = Credential {
        access_key_id: AccessKeyId::parse("ABCDEFGHIJKLMNOPQRST").expect("an id"),
        secret_access_key: SecretAccessKey::parse(SECRET.to_owned().into()).expect("a secret"),
    };
    let signer = ProxySigner {
        credential: &credential,
        region: REGION,
        unix_seconds: NOW,
    };
    let endpoint = UriEndpoint::parse("https://xks.example.com").expect("an endpoint");
    let request = signer
        .request(&endpoint, route, body.to_vec())
        .expect("a request");
    let asked = Route::parse(request.method(), request.uri());
    assert_eq!(asked.as_ref(), Ok(route));
    let call = SignedCall::parse(request.method(), request.uri(), request.headers());
    let call = call.expect("a signed request");
    let key = call.derive_key(SECRET.as_bytes());
    let verify = |body: &[u8]| call.verify(&key, &[REGION], NOW, 300, body);
    assert_eq!(verify(body), Ok(()));
    assert!(verify(&[body, b"\0"].concat()).is_err());
}
