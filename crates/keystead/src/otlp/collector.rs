//! Where a collector is.

use http::Uri;
use http::uri::Scheme;

/// What is behind the endpoint's own path. Source: OTLP specification, "OTLP/HTTP request".
const TRACES: &str = "/v1/traces";

/// A collector of spans: where it takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector(Uri);

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
        let scheme = uri.scheme()?;
        let authority = uri.authority()?;
        let is_http = *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS;
        // What is behind the host, if not nothing, is a port.
        let is_place = authority.port_u16().is_some() || authority.as_str() == authority.host();
        let has_name = authority.as_str().contains('@');
        if !is_http || !is_place || has_name || authority.host().is_empty() || uri.query().is_some()
        {
            return None;
        }
        let path = uri.path().trim_end_matches('/');
        // Whoever gives the whole of it means no other.
        let path = path.strip_suffix(TRACES).unwrap_or(path);
        let url = format!("{scheme}://{authority}{path}{TRACES}");
        url.parse().ok().map(Self)
    }

    /// Its host, if it is spoken to without TLS.
    pub(crate) fn plain_host(&self) -> Option<&str> {
        let is_plain = self.0.scheme() == Some(&Scheme::HTTP);
        self.0.host().filter(|_| is_plain)
    }

    /// Where it takes spans.
    pub(super) fn into_url(self) -> Uri {
        self.0
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
                Some("http://localhost:4318/v1/traces"),
            ),
            (
                "http://localhost:4318/",
                Some("http://localhost:4318/v1/traces"),
            ),
            ("http://[::1]:4318", Some("http://[::1]:4318/v1/traces")),
            (
                "https://otel.example/otlp",
                Some("https://otel.example/otlp/v1/traces"),
            ),
            (
                "http://localhost:4318/v1/traces",
                Some("http://localhost:4318/v1/traces"),
            ),
            ("http://otel.example", Some("http://otel.example/v1/traces")),
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
            let found = found.map(|collector| collector.into_url().to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
