//! `SignedHeaders=content-type;host;x-amz-date`: what a signature covers, and what it must cover.

use std::borrow::Cow;

use http::HeaderMap;

use super::MAX_SIGNED_HEADERS;
use super::error::SigV4Error;
use super::pieces::pieces;

/// A list of lower-case header names, sorted, unique, joined by `;`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedHeaders<'a>(Cow<'a, str>);

impl<'a> SignedHeaders<'a> {
    pub(super) fn parse(text: Cow<'a, str>) -> Result<Self, SigV4Error> {
        let mut previous = "";
        for (index, name) in pieces(&text, b';').enumerate() {
            if index == MAX_SIGNED_HEADERS {
                return Err(SigV4Error::TooLong {
                    name: "SignedHeaders",
                });
            }
            if name <= previous || !name.bytes().all(is_lower_case_name_byte) {
                return Err(SigV4Error::MalformedSignedHeaders);
            }
            previous = name;
        }
        Ok(Self(text))
    }

    /// The list of names that are known to be proper.
    pub(super) fn of_sorted(names: &[&str]) -> Self {
        Self(Cow::Owned(names.join(";")))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        pieces(&self.0, b';')
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names().any(|signed| signed == name)
    }

    /// Checks that everything that changes the request's meaning is covered: the host, the content type, and
    /// every `x-amz-*` header that the request carries.
    pub(super) fn check_coverage(&self, headers: &HeaderMap) -> Result<(), SigV4Error> {
        if !self.contains("host") {
            return Err(SigV4Error::UnsignedHeader {
                name: "Host' or ':authority".to_owned(),
            });
        }
        let uncovered = headers
            .keys()
            .map(http::HeaderName::as_str)
            .filter(|name| name.starts_with("x-amz-") || *name == "content-type")
            .find(|name| !self.contains(name));
        match uncovered {
            None => Ok(()),
            Some(name) => Err(SigV4Error::UnsignedHeader {
                name: name.to_owned(),
            }),
        }
    }
}

/// The token characters of RFC 9110 §5.6.2, without capitals. `:authority` is written `host` by every signer.
const fn is_lower_case_name_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn shape() {
        for good in ["host", "content-type;host;x-amz-date", "a;b;c"] {
            assert_eq!(SignedHeaders::parse(good.into()).unwrap().as_str(), good);
        }
        for bad in [
            "",
            ";",
            "host;",
            ";host",
            "Host",
            "host;host",
            "x;host",
            "ho st",
            "host;x\ny",
            "hôst",
            ":authority",
        ] {
            assert_eq!(
                SignedHeaders::parse(bad.into()),
                Err(SigV4Error::MalformedSignedHeaders),
                "{bad}"
            );
        }
        let many: Vec<String> = (0..=MAX_SIGNED_HEADERS)
            .map(|index| format!("h{index:03}"))
            .collect();
        assert!(SignedHeaders::parse(many[1..].join(";").into()).is_ok());
        assert!(matches!(
            SignedHeaders::parse(many.join(";").into()),
            Err(SigV4Error::TooLong { .. })
        ));
    }

    #[test]
    fn coverage() {
        let mut headers = HeaderMap::new();
        for name in ["host", "content-type", "x-amz-target", "user-agent"] {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        for (signed, uncovered) in [
            ("content-type;host;x-amz-target", None),
            (
                "content-type;x-amz-target",
                Some("'Host' or ':authority' must be"),
            ),
            ("host;x-amz-target", Some("'content-type' must be")),
            ("content-type;host", Some("'x-amz-target' must be")),
        ] {
            let checked = SignedHeaders::parse(signed.into())
                .unwrap()
                .check_coverage(&headers);
            match uncovered {
                None => assert_eq!(checked, Ok(())),
                Some(start) => assert!(checked.unwrap_err().to_string().starts_with(start)),
            }
        }
    }
}
