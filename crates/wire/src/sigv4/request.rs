//! A request with a signature that is still to be verified.

use std::borrow::Cow;
use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Uri};

use super::canonical::{Covered, Sha256};
use super::credential::CredentialScope;
use super::error::SigV4Error;
use super::key::SigningKey;
use super::payload::Payload;
use super::presigned_form::Parameters;
use super::signed_headers::SignedHeaders;
use super::{MAX_QUERY_BYTES, S3, header_form, timestamp};

/// A request that claims to be signed: well formed, with everything covered that must be, but not yet verified.
pub struct SignedRequest<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    claim: Claim<'a>,
}

/// What a request says of its signature.
pub(super) struct Claim<'a> {
    pub(super) presigned: bool,
    pub(super) access_key_id: Cow<'a, str>,
    pub(super) scope: CredentialScope<'a>,
    pub(super) session_token: Option<Cow<'a, str>>,
    pub(super) unix_seconds: i64,
    /// The same instant in ISO 8601 basic format.
    pub(super) timestamp: Cow<'a, str>,
    pub(super) expires_seconds: Option<u32>,
    pub(super) signed_headers: SignedHeaders<'a>,
    /// Absent if it is not the hexadecimal of 32 bytes: such a signature matches nothing.
    pub(super) signature: Option<Sha256>,
}

impl<'a> SignedRequest<'a> {
    /// Reads the signature of a request from its `Authorization` header or its query string.
    ///
    /// # Errors
    /// [`SigV4Error::MissingAuthentication`] for an unsigned request, [`SigV4Error::AmbiguousAuthentication`] for
    /// one signed both ways, [`SigV4Error::UnsignedHeader`] if the signature does not cover the host, the date,
    /// the content type and every `x-amz-*` header of the request, and other variants for malformed ones.
    pub fn parse(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
    ) -> Result<Self, SigV4Error> {
        let parsed = Self::parse_uncovered(method, uri, headers)?;
        parsed.claim.signed_headers.check_coverage(headers)?;
        Ok(parsed)
    }

    /// Reads as [`SignedRequest::parse`] does, whatever the signature covers besides the date: for those that know of
    /// every header that they read whether it is covered.
    pub(crate) fn parse_uncovered(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
    ) -> Result<Self, SigV4Error> {
        let query = uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(SigV4Error::TooLong {
                name: "query string",
            });
        }
        let authorization = single_header(headers, AUTHORIZATION.as_str())?;
        let claim = match (authorization, Parameters::find(query)?) {
            (None, None) => return Err(SigV4Error::MissingAuthentication),
            (Some(_), Some(_)) => return Err(SigV4Error::AmbiguousAuthentication),
            (Some(authorization), None) => header_form::parse(authorization, headers)?,
            (None, Some(parameters)) => parameters.into_claim()?,
        };
        Ok(Self {
            method,
            uri,
            headers,
            claim,
        })
    }

    /// Whom the head of a request names as its signer, if it is signed by a header: enough to tell whether it is worth
    /// reading on. Neither that header nor any other is looked at further.
    #[must_use]
    pub fn named_access_key_id(headers: &HeaderMap) -> Option<&str> {
        header_form::named_access_key_id(headers.get(AUTHORIZATION)?.to_str().ok()?)
    }

    /// Who claims to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.claim.access_key_id
    }

    /// What the signing key is good for.
    #[must_use]
    pub fn scope(&self) -> &CredentialScope<'a> {
        &self.claim.scope
    }

    /// The session token of temporary credentials. It is covered by the signature.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.claim.session_token.as_deref()
    }

    /// When the request was signed, in unix seconds.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.claim.unix_seconds
    }

    /// Whether the signature is in the URL.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        self.claim.presigned
    }

    /// How long a presigned URL says it may be used, in seconds.
    #[must_use]
    pub fn expires_seconds(&self) -> Option<u32> {
        self.claim.expires_seconds
    }

    /// The names of the covered headers, lower-case and sorted.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.claim.signed_headers.names()
    }

    /// Checks that the credential scope is this service's, one of these regions', and of the day of the signature.
    ///
    /// # Errors
    /// [`SigV4Error::WrongScope`], with every mismatch.
    pub fn check_scope(
        &self,
        service: &str,
        regions: &[impl AsRef<str>],
    ) -> Result<(), SigV4Error> {
        self.claim
            .scope
            .check(service, regions, &self.claim.timestamp)
    }

    /// Checks that the signature is neither older nor more in the future than the window, in seconds: 300 in KMS,
    /// 900 in STS and IAM. A presigned URL that tells its life is valid for that long instead.
    ///
    /// # Errors
    /// [`SigV4Error::Expired`] or [`SigV4Error::NotYetCurrent`].
    pub fn check_time(&self, now_unix_seconds: i64, window_seconds: u32) -> Result<(), SigV4Error> {
        let life_seconds = self.claim.expires_seconds.unwrap_or(window_seconds);
        let earliest = now_unix_seconds.saturating_sub(life_seconds.into());
        let latest = now_unix_seconds.saturating_add(window_seconds.into());
        let signed = self.claim.unix_seconds;
        if signed < earliest {
            return Err(SigV4Error::Expired {
                signed: self.claim.timestamp.to_string(),
                limit: timestamp::format_basic(earliest),
                now: timestamp::format_basic(now_unix_seconds),
                tolerance: tolerance(life_seconds),
            });
        }
        if signed > latest {
            return Err(SigV4Error::NotYetCurrent {
                signed: self.claim.timestamp.to_string(),
                limit: timestamp::format_basic(latest),
                now: timestamp::format_basic(now_unix_seconds),
                tolerance: tolerance(window_seconds),
            });
        }
        Ok(())
    }

    /// Verifies the signature over the request and its body, in time that does not depend on how far it matches.
    ///
    /// The key must have been derived for [`SignedRequest::scope`]; with another one the signature does not match.
    ///
    /// # Errors
    /// [`SigV4Error::SignatureMismatch`], or [`SigV4Error::PayloadMismatch`] if the request itself gives the hash
    /// of another body; of S3's requests also [`SigV4Error::MissingPayloadHash`].
    pub fn verify(&self, key: &SigningKey, body: &[u8]) -> Result<(), SigV4Error> {
        let payload = match self.claim.scope.service() {
            S3 => Payload::of_s3(self.headers, body, self.claim.presigned),
            _ => Payload::usual(self.headers, body),
        }?;
        let covered = Covered {
            method: self.method,
            uri: self.uri,
            headers: self.headers,
            signed_headers: &self.claim.signed_headers,
            presigned: self.claim.presigned,
        };
        let string_to_sign =
            covered.string_to_sign(payload, &self.claim.timestamp, &self.claim.scope);
        let signature = self
            .claim
            .signature
            .as_ref()
            .ok_or(SigV4Error::SignatureMismatch)?;
        key.verify(&string_to_sign, signature)
    }
}

impl fmt::Debug for SignedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("access_key_id", &self.access_key_id())
            .field("scope", self.scope())
            .finish_non_exhaustive()
    }
}

/// The value of a header that must not repeat, if there is one.
pub(super) fn single_header<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Option<&'a str>, SigV4Error> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str(), values.next()) {
        (Ok(value), None) => Ok(Some(value.trim())),
        _ => Err(SigV4Error::UnreadablePart { name }),
    }
}

fn tolerance(seconds: u32) -> String {
    if seconds.is_multiple_of(60) {
        format!("{} min.", seconds / 60)
    } else {
        format!("{seconds} sec.")
    }
}
