//! The client's side: signing requests in their headers or in their URL.

use std::fmt;

use http::header::{AUTHORIZATION, HOST, InvalidHeaderValue};
use http::uri::{InvalidUri, InvalidUriParts, PathAndQuery};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::canonical::{Covered, sha256};
use super::credential::CredentialScope;
use super::key::SigningKey;
use super::payload::{self, Payload};
use super::signed_headers::SignedHeaders;
use super::{ALGORITHM, S3, TERMINATOR, hex, timestamp, uri};

/// Headers that proxies add, change or drop, so that no signer covers them (the list of the AWS SDK for Python).
const NEVER_SIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// Credentials, a scope and an instant: what a client signs with.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_access_key: &'a [u8],
    /// The session token, with temporary credentials.
    pub session_token: Option<&'a str>,
    /// The region to sign for.
    pub region: &'a str,
    /// The service's signing name: `kms`, `sts`, `iam`.
    pub service: &'a str,
    /// The instant of signing, in unix seconds.
    pub unix_seconds: i64,
}

/// Why a request can't be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The credentials hold characters that no header may.
    #[error("the credentials can't be written in a header")]
    Header {
        /// The refusal.
        #[from]
        source: InvalidHeaderValue,
    },
    /// The signed URL is too long or otherwise no URL.
    #[error("the signed query is not a valid URL")]
    Query {
        /// The refusal.
        #[from]
        source: InvalidUri,
    },
    /// The signed URL can't be put together.
    #[error("the signed URL can't be put together")]
    Url {
        /// The refusal.
        #[from]
        source: InvalidUriParts,
    },
}

impl Signer<'_> {
    /// Signs a request in its headers: adds `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`, and for S3
    /// `X-Amz-Content-Sha256`.
    ///
    /// All other headers must be there already, as nearly all of them are covered. The host is taken from the
    /// `Host` header, else from the URI.
    ///
    /// # Errors
    /// [`SignError::Header`].
    pub fn sign(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<(), SignError> {
        let timestamp = timestamp::format_basic(self.unix_seconds);
        headers.insert("x-amz-date", HeaderValue::from_str(&timestamp)?);
        if let Some(token) = self.session_token {
            headers.insert("x-amz-security-token", HeaderValue::from_str(token)?);
        }
        if self.service == S3 {
            let hash = Payload::Hash(sha256(body)).header_text();
            headers.insert(payload::HEADER, HeaderValue::from_str(&hash)?);
        }
        let signed_headers = covered_headers(headers);
        let signature = self.signature(
            &Covered {
                method,
                uri,
                headers,
                signed_headers: &signed_headers,
                presigned: false,
            },
            &timestamp,
            Payload::Hash(sha256(body)),
        );
        let authorization = format!(
            "{ALGORITHM} Credential={}, SignedHeaders={}, Signature={signature}",
            self.credential(&timestamp),
            signed_headers.as_str(),
        );
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&authorization)?);
        Ok(())
    }

    /// Signs a request in its URL, to be used for so many seconds. The headers given are covered, and whoever
    /// uses the URL must send the same.
    ///
    /// # Errors
    /// [`SignError::Query`] or [`SignError::Url`].
    pub fn presign(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        expires_seconds: u32,
        body: &[u8],
    ) -> Result<Uri, SignError> {
        let timestamp = timestamp::format_basic(self.unix_seconds);
        let signed_headers = covered_headers(headers);
        let mut query = uri.query().map(str::to_owned).unwrap_or_default();
        for (name, value) in [
            ("X-Amz-Algorithm", Some(ALGORITHM)),
            ("X-Amz-Credential", Some(&*self.credential(&timestamp))),
            ("X-Amz-Date", Some(&*timestamp)),
            ("X-Amz-Expires", Some(&*expires_seconds.to_string())),
            ("X-Amz-SignedHeaders", Some(signed_headers.as_str())),
            ("X-Amz-Security-Token", self.session_token),
        ] {
            if let Some(value) = value {
                push_parameter(name, value, &mut query);
            }
        }
        let unsigned = with_query(uri, &query)?;
        let signature = self.signature(
            &Covered {
                method,
                uri: &unsigned,
                headers,
                signed_headers: &signed_headers,
                presigned: true,
            },
            &timestamp,
            match self.service {
                S3 => Payload::Unsigned,
                _ => Payload::Hash(sha256(body)),
            },
        );
        push_parameter(uri::SIGNATURE_PARAMETER, &signature, &mut query);
        with_query(uri, &query)
    }

    fn credential(&self, timestamp: &str) -> String {
        let date = timestamp.get(..8).unwrap_or_default();
        let Self {
            access_key_id,
            region,
            service,
            ..
        } = self;
        format!("{access_key_id}/{date}/{region}/{service}/{TERMINATOR}")
    }

    fn signature(&self, covered: &Covered<'_>, timestamp: &str, payload: Payload) -> String {
        let date = timestamp.get(..8).unwrap_or_default();
        let scope = CredentialScope {
            date: date.into(),
            region: self.region.into(),
            service: self.service.into(),
            terminator: TERMINATOR.into(),
        };
        let key = SigningKey::derive(self.secret_access_key, date, self.region, self.service);
        let string_to_sign = covered.string_to_sign(payload, timestamp, &scope);
        let mut hexadecimal = Vec::with_capacity(64);
        hex::push(&key.sign(&string_to_sign), &mut hexadecimal);
        hexadecimal.into_iter().map(char::from).collect()
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// Every header that is there and may be covered, and the host.
fn covered_headers(headers: &HeaderMap) -> SignedHeaders<'static> {
    let mut names: Vec<&str> = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| !NEVER_SIGNED.contains(name) && *name != HOST.as_str())
        .collect();
    names.push(HOST.as_str());
    names.sort_unstable();
    SignedHeaders::of_sorted(&names)
}

fn push_parameter(name: &str, value: &str, query: &mut String) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.extend(uri::encode(value));
}

fn with_query(uri: &Uri, query: &str) -> Result<Uri, SignError> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{}?{query}", uri.path()))?);
    Ok(Uri::from_parts(parts)?)
}
