//! Signature Version 4 against vectors, in every way to refuse, and under random change.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod properties;
mod refusals;
mod s3;
mod vectors;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use keystead_wire::sigv4::{SigV4Error, SignedRequest, Signer, SigningKey};

/// A request that a test signs, changes and verifies.
#[derive(Debug, Clone)]
struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

const SECRET: &[u8] = b"S3cretKeyForTestingOnly0123456789abcdefg";

/// 2026-01-02T03:04:05Z
const SIGNED_AT: i64 = 1_767_323_045;

const SIGNER: Signer<'static> = Signer {
    access_key_id: "AKIDEXAMPLE",
    secret_access_key: SECRET,
    session_token: Some("TOKEN123"),
    region: "eu-west-1",
    service: "kms",
    unix_seconds: SIGNED_AT,
};

impl Request {
    /// The KMS request of the tests, not yet signed.
    fn unsigned() -> Self {
        let mut request = Self {
            method: Method::POST,
            uri: Uri::from_static("/"),
            headers: HeaderMap::new(),
            body: br#"{"KeyId":"alias/demo","Plaintext":"aGk="}"#.to_vec(),
        };
        request.add("host", "kms.example.com");
        request.add("content-type", "application/x-amz-json-1.1");
        request.add("x-amz-target", "TrentService.Encrypt");
        request
    }

    fn signed() -> Self {
        Self::unsigned().sign(&SIGNER)
    }

    fn presigned() -> Self {
        let mut request = Self {
            method: Method::GET,
            uri: Uri::from_static("/?Action=GetCallerIdentity&Version=2011-06-15"),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        request.add("host", "sts.example.com");
        request.uri = SIGNER
            .presign(&request.method, &request.uri, &request.headers, 60, b"")
            .unwrap();
        request
    }

    fn sign(mut self, signer: &Signer<'_>) -> Self {
        signer
            .sign(&self.method, &self.uri, &mut self.headers, &self.body)
            .unwrap();
        self
    }

    fn add(&mut self, name: &str, value: &str) {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.headers.append(name, value);
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers.remove(name);
        self.add(name, value);
    }

    fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    fn parse(&self) -> Result<SignedRequest<'_>, SigV4Error> {
        SignedRequest::parse(&self.method, &self.uri, &self.headers)
    }

    /// Parses and verifies with the key that the scope asks for.
    fn verify(&self, secret: &[u8]) -> Result<(), SigV4Error> {
        let signed = self.parse()?;
        let scope = signed.scope();
        let key = SigningKey::derive(secret, scope.date(), scope.region(), scope.service());
        signed.verify(&key, &self.body)
    }
}
