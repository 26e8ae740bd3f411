//! How a signature covers the body: by its hash, or, of S3's requests, as the request says.

use http::HeaderMap;

use super::canonical::{Sha256, sha256};
use super::error::SigV4Error;
use super::hex;
use super::request::single_header;

/// The header that tells how the body is covered.
pub(super) const HEADER: &str = "x-amz-content-sha256";

/// What it says of a body that is not covered.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The last line of the canonical request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    /// The hash of the body.
    Hash(Sha256),
    /// The body is not covered.
    Unsigned,
}

impl Payload {
    /// What every service but S3 covers: the body. Some SDKs give its hash in a header, which must
    /// then be right; S3's words in it mean nothing.
    pub(super) fn usual(headers: &HeaderMap, body: &[u8]) -> Result<Self, SigV4Error> {
        let hash = sha256(body);
        match single_header(headers, HEADER)?.and_then(hex::parse) {
            Some(declared) if declared != hash => Err(SigV4Error::PayloadMismatch),
            _ => Ok(Self::Hash(hash)),
        }
    }

    /// What S3 covers: what the header says, which a signature in a URL can do without. A body that
    /// is not covered must be empty, since no operation that is served takes one.
    ///
    /// Source: "Authenticating Requests: Using the Authorization Header" and "Using Query Parameters"
    /// in the S3 API reference.
    pub(super) fn of_s3(
        headers: &HeaderMap,
        body: &[u8],
        presigned: bool,
    ) -> Result<Self, SigV4Error> {
        match single_header(headers, HEADER)? {
            None if !presigned => Err(SigV4Error::MissingPayloadHash),
            None | Some(UNSIGNED) if body.is_empty() => Ok(Self::Unsigned),
            Some(declared) if hex::parse(declared) == Some(sha256(body)) => {
                Ok(Self::Hash(sha256(body)))
            }
            _ => Err(SigV4Error::PayloadMismatch),
        }
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hash(hash) => hex::push(hash, out),
            Self::Unsigned => out.extend_from_slice(UNSIGNED.as_bytes()),
        }
    }

    /// What the header says of it.
    pub(super) fn header_text(&self) -> String {
        let mut text = Vec::with_capacity(64);
        self.push(&mut text);
        text.into_iter().map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn s3_covers_what_the_header_says() {
        let hash = Payload::Hash(sha256(b""));
        for (declared, body, presigned, expected) in [
            (Some(EMPTY), "", false, Ok(hash)),
            (Some(EMPTY), "", true, Ok(hash)),
            (Some(EMPTY), "x", false, Err(SigV4Error::PayloadMismatch)),
            (Some(UNSIGNED), "", false, Ok(Payload::Unsigned)),
            (Some(UNSIGNED), "x", false, Err(SigV4Error::PayloadMismatch)),
            (None, "", false, Err(SigV4Error::MissingPayloadHash)),
            (None, "", true, Ok(Payload::Unsigned)),
            (None, "x", true, Err(SigV4Error::PayloadMismatch)),
            (
                Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
                "",
                false,
                Err(SigV4Error::PayloadMismatch),
            ),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(declared) = declared {
                headers.insert(HEADER, HeaderValue::from_static(declared));
            }
            let payload = Payload::of_s3(&headers, body.as_bytes(), presigned);
            assert_eq!(payload, expected, "{declared:?} {body:?} {presigned}");
        }
        assert_eq!(hash.header_text(), EMPTY);
    }
}
