//! Where a collector is.

use http::Uri;
use http::uri::Scheme;

/// What is behind the endpoint's own path. Source: OTLP specification, "OTLP/HTTP request".
const TRACES: &str = "/v1/traces";

/// A collector of spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector {
    /// Whether it speaks HTTPS.
    pub(super) is_tls: bool,
    /// Host and port as they were given.
    pub(super) authority: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// Where it takes spans.
    pub(super) path: String,
}

/// Why it is none.
#[derive(Debug, thiserror::Error)]
#[error("{text} is not of the form http://HOST[:PORT][/PATH] or https://…")]
pub(crate) struct CollectorError {
    text: String,
}

impl Collector {
    /// Reads `http://HOST[:PORT][/PATH]`, or the same with `https`.
    pub(crate) fn parse(text: &str) -> Result<Self, CollectorError> {
        Self::read(text).ok_or_else(|| CollectorError {
            text: text.to_owned(),
        })
    }

    fn read(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") if is_tls => 443,
            Some("") => 80,
            // A name before the host, or a port that is no number.
            _ => authority
                .port_u16()
                .filter(|_| !authority.as_str().contains('@'))?,
        };
        if host.is_empty() || uri.query().is_some() {
            return None;
        }
        Some(Self {
            is_tls,
            authority: authority.as_str().to_owned(),
            host,
            port,
            path: format!("{}{TRACES}", uri.path().trim_end_matches('/')),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (text, expected) in [
            (
                "http://localhost:4318",
                Some((false, "localhost", 4318, "/v1/traces")),
            ),
            (
                "http://localhost:4318/",
                Some((false, "localhost", 4318, "/v1/traces")),
            ),
            (
                "http://[::1]:4318",
                Some((false, "::1", 4318, "/v1/traces")),
            ),
            (
                "https://otel.example/otlp",
                Some((true, "otel.example", 443, "/otlp/v1/traces")),
            ),
            (
                "http://otel.example",
                Some((false, "otel.example", 80, "/v1/traces")),
            ),
            ("localhost:4318", None),
            ("grpc://localhost:4317", None),
            ("http://", None),
            ("http://user:word@otel.example:4318", None),
            ("http://user@otel.example", None),
            ("http://otel.example:99999", None),
            ("http://otel.example/?token=1", None),
            ("", None),
        ] {
            let found = Collector::parse(text).ok();
            let found = found.as_ref().map(|collector| {
                let Collector {
                    is_tls,
                    host,
                    port,
                    path,
                    ..
                } = collector;
                (*is_tls, host.as_str(), *port, path.as_str())
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
