//! Names in paths: of external keys, and of the place where a proxy answers.

use std::fmt;

/// The name of an external key: 1 to 128 letters, digits, `.`, `_` and `-` of ASCII, which mean nothing to KMS.
///
/// `.` and `..` are none, although the specification does not say so: in a path they would mean another path (RFC 3986,
/// §5.2.4), which clients, what is in between, and signatures put in their place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalKeyId(String);

impl ExternalKeyId {
    /// The most characters that it has.
    pub const MAX_LENGTH: usize = 128;

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        (is_name && !matches!(text, "." | "..")).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a proxy answers: `/tenant/kms/xks/v1`. A key store has it as its `XksProxyUriPath`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UriPath(String);

/// What every path ends in, before the version's number.
const TAIL: &str = "/kms/xks/v";

impl UriPath {
    /// The end of a path of version 1.
    pub(super) const VERSION_1: &'static str = "/kms/xks/v1";

    /// The most characters that it has.
    pub const MAX_LENGTH: usize = 128;

    /// Reads a path: 10 to 128 characters, a prefix of letters, digits, `/`, `_` and `-` or none, and then
    /// `/kms/xks/v` with one or two digits. KMS takes other versions than 1, which is the only one there is.
    ///
    /// Source: `XksProxyUriPathType` in the KMS API model.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, version) = text.rsplit_once(TAIL)?;
        let is_path = text.len() <= Self::MAX_LENGTH
            && (1..=2).contains(&version.len())
            && version.bytes().all(|byte| byte.is_ascii_digit())
            && (prefix.is_empty() || is_prefix(prefix));
        is_path.then(|| Self(text.to_owned()))
    }

    /// The path of version 1 after a prefix, which is empty or begins with a slash.
    #[must_use]
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Self::parse(&format!("{prefix}{}", Self::VERSION_1))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is before `/kms/xks/v1`: a proxy has credentials for each. It may be empty.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.rsplit_once(TAIL).map_or("", |(prefix, _)| prefix)
    }
}

impl fmt::Display for UriPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slash and at least one more character.
fn is_prefix(text: &str) -> bool {
    text.len() > 1
        && text.starts_with('/')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids() {
        let longest = "a".repeat(128);
        for good in ["a", "A-z_0.9", "...", ".a", &longest] {
            assert_eq!(ExternalKeyId::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(129);
        for bad in ["", ".", "..", "a/b", "a b", "a%20", "é", "a~", "a\n", &long] {
            assert_eq!(ExternalKeyId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn paths() {
        let longest = format!("/{}/kms/xks/v1", "p".repeat(116));
        for (good, prefix) in [
            ("/kms/xks/v1", ""),
            ("/kms/xks/v99", ""),
            ("/tenant-a/kms/xks/v1", "/tenant-a"),
            ("/a/b_C/9/kms/xks/v1", "/a/b_C/9"),
            ("/a//kms/xks/v1", "/a/"),
            ("/kms/xks/v1/kms/xks/v1", "/kms/xks/v1"),
            (&longest, &longest[..117]),
        ] {
            let path = UriPath::parse(good).unwrap();
            assert_eq!((path.as_str(), path.prefix()), (good, prefix));
        }
        let long = format!("/{}/kms/xks/v1", "p".repeat(117));
        for bad in [
            "",
            "kms/xks/v1",
            // AWS's pattern wants a character between the slashes.
            "//kms/xks/v1",
            "/kms/xks/v",
            "/kms/xks/v100",
            "/kms/xks/v1/",
            "/kms/xks/va",
            "a/kms/xks/v1",
            "/a.b/kms/xks/v1",
            "/a%2Fb/kms/xks/v1",
            "/é/kms/xks/v1",
            "/a/KMS/xks/v1",
            &long,
        ] {
            assert_eq!(UriPath::parse(bad), None, "{bad}");
        }
        assert_eq!(UriPath::of_prefix("").unwrap().as_str(), "/kms/xks/v1");
        assert_eq!(UriPath::of_prefix("/t").unwrap().prefix(), "/t");
        assert_eq!(UriPath::of_prefix("t"), None);
    }
}
