//! The endpoint of a proxy: `https://xks.example.com`.

use std::fmt;

/// Which host a proxy is at. A key store has it as its `XksProxyUriEndpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UriEndpoint(String);

const SCHEME: &str = "https://";

impl UriEndpoint {
    /// The most characters that it has.
    pub const MAX_LENGTH: usize = 128;

    /// Reads an endpoint: 10 to 128 characters, `https://` and a name in the DNS with a dot in it; neither an IP
    /// address nor a port.
    ///
    /// Source: `XksProxyUriEndpointType` in the KMS API model; specification, "High level architecture".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let host = text.strip_prefix(SCHEME)?;
        let is_endpoint = (10..=Self::MAX_LENGTH).contains(&text.len())
            && host.contains('.')
            && is_host(host)
            && !is_number(last_label(host));
        is_endpoint.then(|| Self(text.to_owned()))
    }

    /// Reads an endpoint of a laboratory: a host of any name, or an IPv4 address, and perhaps a port. KMS does not take
    /// these.
    #[must_use]
    pub fn parse_in_laboratory(text: &str) -> Option<Self> {
        let authority = text.strip_prefix(SCHEME)?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let is_port =
            |port: &str| is_number(port) && port.parse::<u16>().is_ok_and(|port| port > 0);
        let is_endpoint =
            text.len() <= Self::MAX_LENGTH && is_host(host) && port.is_none_or(is_port);
        is_endpoint.then(|| Self(text.to_owned()))
    }

    /// The endpoint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, and the port if there is one: what the header `Host` has.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.strip_prefix(SCHEME).unwrap_or_default()
    }

    /// The host: what the proxy's certificate must be for.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        authority
            .split_once(':')
            .map_or(authority, |(host, _)| host)
    }
}

impl fmt::Display for UriEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Labels of letters, digits and hyphens that hyphens are inside of.
fn is_host(host: &str) -> bool {
    host.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn last_label(host: &str) -> &str {
    host.rsplit_once('.').map_or(host, |(_, last)| last)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (text, of_kms, in_laboratory) in [
            ("https://xks.example.com", true, true),
            ("https://a.b", true, true),
            ("https://XKS-1.example.com", true, true),
            ("https://localhost", false, true),
            ("https://127.0.0.1", false, true),
            ("https://xks.example.com:8443", false, true),
            ("https://xks.example.com:443", false, true),
            ("https://xks.example.com:0", false, false),
            ("https://xks.example.com:65536", false, false),
            ("https://xks.example.com:+443", false, false),
            ("https://xks.example.com:", false, false),
            ("https://xks.example.com/", false, false),
            ("https://xks.example.com/kms", false, false),
            ("https://user@xks.example.com", false, false),
            ("https://xks..example.com", false, false),
            ("https://-xks.example.com", false, false),
            ("https://xks.example.com.", false, false),
            ("https://x_s.example.com", false, false),
            ("https://[::1]", false, false),
            ("https://", false, false),
            ("http://xks.example.com", false, false),
            ("HTTPS://xks.example.com", false, false),
            ("", false, false),
        ] {
            assert_eq!(UriEndpoint::parse(text).is_some(), of_kms, "{text}");
            let parsed = UriEndpoint::parse_in_laboratory(text);
            assert_eq!(parsed.is_some(), in_laboratory, "{text}");
        }
        let long = format!("https://{}.example.com", "a.".repeat(55));
        assert_eq!(UriEndpoint::parse(&long), None);
        let endpoint = UriEndpoint::parse_in_laboratory("https://localhost:8443").unwrap();
        assert_eq!(
            (endpoint.authority(), endpoint.host()),
            ("localhost:8443", "localhost")
        );
    }
}
