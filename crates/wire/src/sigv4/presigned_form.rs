//! `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Signature=…`.

use std::borrow::Cow;

use super::error::{Requirement, SigV4Error};
use super::request::Claim;
use super::signed_headers::SignedHeaders;
use super::uri::SIGNATURE_PARAMETER;
use super::{ALGORITHM, MAX_EXPIRES_SECONDS, credential, hex, timestamp};
use crate::form;

/// The authentication parameters of a URL, decoded.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    algorithm: Option<Cow<'a, str>>,
    credential: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    security_token: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    /// Finds the parameters, if the URL is presigned: if it has `X-Amz-Algorithm`.
    pub(super) fn find(query: &'a str) -> Result<Option<Self>, SigV4Error> {
        let mut parameters = Self::default();
        for (name, value) in form::pairs(query.as_bytes()) {
            parameters.set(&name, value)?;
        }
        Ok(parameters.algorithm.is_some().then_some(parameters))
    }

    fn set(&mut self, name: &[u8], value: Cow<'a, [u8]>) -> Result<(), SigV4Error> {
        let (slot, name) = match name {
            b"X-Amz-Algorithm" => (&mut self.algorithm, "X-Amz-Algorithm"),
            b"X-Amz-Credential" => (&mut self.credential, "X-Amz-Credential"),
            b"X-Amz-Date" => (&mut self.date, "X-Amz-Date"),
            b"X-Amz-Expires" => (&mut self.expires, "X-Amz-Expires"),
            b"X-Amz-SignedHeaders" => (&mut self.signed_headers, "X-Amz-SignedHeaders"),
            b"X-Amz-Security-Token" => (&mut self.security_token, "X-Amz-Security-Token"),
            b"X-Amz-Signature" => (&mut self.signature, SIGNATURE_PARAMETER),
            _ => return Ok(()),
        };
        let text =
            form::text(value).filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        match (text, &slot) {
            (Some(text), None) => *slot = Some(text),
            _ => return Err(SigV4Error::UnreadablePart { name }),
        }
        Ok(())
    }

    /// Reads the claim of a presigned request.
    pub(super) fn into_claim(self) -> Result<Claim<'a>, SigV4Error> {
        if let Some(algorithm) = self.algorithm.as_deref().filter(|name| *name != ALGORITHM) {
            return Err(SigV4Error::UnsupportedAlgorithm {
                algorithm: algorithm.to_owned(),
            });
        }
        let missing = self.missing();
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) = (
            self.credential,
            self.signature,
            self.signed_headers,
            self.date,
        ) else {
            return Err(SigV4Error::IncompleteQuery { missing });
        };
        let (access_key_id, scope) = credential::parse(credential)?;
        let Some(unix_seconds) = timestamp::parse_basic(&date) else {
            return Err(SigV4Error::MalformedDate {
                date: date.into_owned(),
            });
        };
        Ok(Claim {
            presigned: true,
            access_key_id,
            scope,
            session_token: self.security_token,
            unix_seconds,
            timestamp: date,
            expires_seconds: self.expires.map(read_expires).transpose()?,
            signed_headers: SignedHeaders::parse(signed_headers)?,
            signature: hex::parse(&signature),
        })
    }

    fn missing(&self) -> Vec<Requirement> {
        [
            (&self.credential, Requirement::Credential),
            (&self.signature, Requirement::Signature),
            (&self.signed_headers, Requirement::SignedHeaders),
            (&self.date, Requirement::Date),
        ]
        .into_iter()
        .filter_map(|(value, requirement)| value.is_none().then_some(requirement))
        .collect()
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is mapped over the option that owns the text"
)]
fn read_expires(text: Cow<'_, str>) -> Result<u32, SigV4Error> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|seconds| digits_only && (1..=MAX_EXPIRES_SECONDS).contains(seconds))
        .ok_or_else(|| SigV4Error::MalformedExpires {
            expires: text.to_string(),
        })
}
