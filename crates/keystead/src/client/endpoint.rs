//! The address of a server.

use std::fmt;

use http::Uri;
use http::uri::Scheme;

use super::ClientError;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    tls: bool,
    /// Host and port as they were given.
    authority: String,
    host: String,
    port: u16,
}

impl Endpoint {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`, with nothing behind but a slash.
    pub(super) fn parse(text: &str) -> Result<Self, ClientError> {
        Self::read(text).ok_or_else(|| ClientError::Endpoint {
            text: text.to_owned(),
        })
    }

    fn read(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return None,
        };
        let authority = uri.authority()?;
        let is_plain = !authority.as_str().contains('@') && matches!(uri.path(), "" | "/");
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        // A port that is no number, or too great a one, must not be taken for none.
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => {
                if tls {
                    443
                } else {
                    80
                }
            }
            _ => authority.port_u16()?,
        };
        (is_plain && uri.query().is_none() && !host.is_empty()).then(|| Self {
            tls,
            port,
            authority: authority.as_str().to_owned(),
            host,
        })
    }

    pub(super) const fn is_tls(&self) -> bool {
        self.tls
    }

    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, host, port, tls) in [
            ("http://127.0.0.1:7600", "127.0.0.1", 7600, false),
            ("http://localhost/", "localhost", 80, false),
            ("HTTPS://kms.example.com", "kms.example.com", 443, true),
            ("https://[::1]:8443", "::1", 8443, true),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.address(), (host, port), "{text}");
            assert_eq!(endpoint.is_tls(), tls, "{text}");
        }
        for text in [
            "",
            "127.0.0.1:7600",
            "localhost",
            "ftp://localhost",
            "http://",
            "http://host:99999",
            "http://user@host",
            "http://host/path",
            "http://host/?q",
        ] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }
}
