//! `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.

use std::borrow::Cow;

use http::HeaderMap;

use super::error::{Requirement, SigV4Error};
use super::pieces::pieces;
use super::request::{Claim, single_header};
use super::signed_headers::SignedHeaders;
use super::{ALGORITHM, MAX_AUTHORIZATION_BYTES, credential, hex, timestamp};

/// Reads the claim of a header-signed request.
pub(super) fn parse<'a>(
    authorization: &'a str,
    headers: &'a HeaderMap,
) -> Result<Claim<'a>, SigV4Error> {
    if authorization.len() > MAX_AUTHORIZATION_BYTES {
        return Err(SigV4Error::TooLong {
            name: "Authorization",
        });
    }
    let elements = Elements::parse(authorization)?;
    let date = DateHeader::find(headers)?;
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) = (
        elements.credential,
        elements.signature,
        elements.signed_headers,
        &date,
    ) else {
        return Err(SigV4Error::IncompleteHeader {
            missing: elements.missing(date.is_some()),
            authorization: authorization.to_owned(),
        });
    };
    let (access_key_id, scope) = credential::parse(credential.into())?;
    let signed_headers = SignedHeaders::parse(signed_headers.into())?;
    if !signed_headers.contains(date.name) {
        return Err(SigV4Error::UnsignedHeader {
            name: date.name.to_owned(),
        });
    }
    let (unix_seconds, timestamp) = date.read()?;
    Ok(Claim {
        presigned: false,
        access_key_id,
        scope,
        session_token: single_header(headers, "x-amz-security-token")?.map(Cow::Borrowed),
        unix_seconds,
        timestamp,
        expires_seconds: None,
        signed_headers,
        signature: hex::parse(signature),
    })
}

/// Whom the header names, whatever else is wrong with it.
pub(super) fn named_access_key_id(authorization: &str) -> Option<&str> {
    let elements = authorization.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
    let credential = pieces(elements, b',')
        .find_map(|element| element.trim_start().strip_prefix("Credential="))?;
    pieces(credential, b'/').next()
}

#[derive(Default)]
struct Elements<'a> {
    credential: Option<&'a str>,
    signature: Option<&'a str>,
    signed_headers: Option<&'a str>,
}

impl<'a> Elements<'a> {
    fn parse(authorization: &'a str) -> Result<Self, SigV4Error> {
        let (algorithm, rest) = authorization
            .trim()
            .split_once(' ')
            .unwrap_or((authorization, ""));
        match algorithm {
            ALGORITHM => {}
            other if other.starts_with("AWS") => {
                return Err(SigV4Error::UnsupportedAlgorithm {
                    algorithm: other.to_owned(),
                });
            }
            // Basic, Bearer and the like: the request is not signed at all.
            _ => return Err(SigV4Error::MissingAuthentication),
        }
        let mut elements = Self::default();
        for element in pieces(rest, b',').map(str::trim) {
            let Some((name, value)) = element.split_once('=') else {
                return Err(SigV4Error::MalformedElement {
                    element: element.to_owned(),
                    authorization: authorization.to_owned(),
                });
            };
            elements.set(name.trim_end(), value.trim_start())?;
        }
        Ok(elements)
    }

    /// Takes an element; unknown ones are ignored, known ones must not repeat.
    fn set(&mut self, name: &str, value: &'a str) -> Result<(), SigV4Error> {
        let (slot, name) = match name {
            "Credential" => (&mut self.credential, "Credential"),
            "Signature" => (&mut self.signature, "Signature"),
            "SignedHeaders" => (&mut self.signed_headers, "SignedHeaders"),
            _ => return Ok(()),
        };
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(SigV4Error::UnreadablePart { name }),
        }
    }

    fn missing(&self, has_date: bool) -> Vec<Requirement> {
        [
            (self.credential.is_some(), Requirement::Credential),
            (self.signature.is_some(), Requirement::Signature),
            (self.signed_headers.is_some(), Requirement::SignedHeaders),
            (has_date, Requirement::Date),
        ]
        .into_iter()
        .filter_map(|(present, requirement)| (!present).then_some(requirement))
        .collect()
    }
}

/// The header that dates the request: `X-Amz-Date`, else `Date`.
struct DateHeader<'a> {
    name: &'static str,
    value: &'a str,
}

impl<'a> DateHeader<'a> {
    fn find(headers: &'a HeaderMap) -> Result<Option<Self>, SigV4Error> {
        for name in ["x-amz-date", "date"] {
            if let Some(value) = single_header(headers, name)? {
                return Ok(Some(Self { name, value }));
            }
        }
        Ok(None)
    }

    /// The instant, in unix seconds and in ISO 8601 basic format.
    fn read(&self) -> Result<(i64, Cow<'a, str>), SigV4Error> {
        if let Some(unix_seconds) = timestamp::parse_basic(self.value) {
            return Ok((unix_seconds, Cow::Borrowed(self.value)));
        }
        if self.name == "date"
            && let Some(unix_seconds) = timestamp::parse_http_date(self.value)
        {
            return Ok((
                unix_seconds,
                Cow::Owned(timestamp::format_basic(unix_seconds)),
            ));
        }
        Err(SigV4Error::MalformedDate {
            date: self.value.to_owned(),
        })
    }
}
