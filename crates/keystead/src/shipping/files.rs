//! What destinations are told in files, because a configuration file is for everybody to read.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use keystead_crypto::SecretBytes;
use zeroize::Zeroizing;

use super::Problem;

/// How a secret of "Standard Webhooks" begins.
const SECRET_PREFIX: &str = "whsec_";

/// The lengths that such a secret may have, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

fn text(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let text = fs::read_to_string(path).map_err(|source| Problem::File {
        path: path.to_owned(),
        source: source.into(),
    })?;
    Ok(Zeroizing::new(text))
}

/// Lines that say something: not those that are empty or begin with `#`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The headers in a file, each on a line, `Name: value`.
pub(super) fn headers(path: &Path) -> Result<HeaderMap, Problem> {
    let wrong = || Problem::Content {
        path: path.to_owned(),
        expected: "each line is to be a header, such as \"Authorization: Bearer …\"",
    };
    let mut headers = HeaderMap::new();
    for line in lines(&text(path)?) {
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
        let mut value: HeaderValue = value.trim().parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The secret that requests are signed with: Base64, with or without `whsec_`.
pub(super) fn secret(path: &Path) -> Result<SecretBytes, Problem> {
    let text = text(path)?;
    let secret = text.trim();
    let secret = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
    let decoded = STANDARD.decode(secret).ok();
    let decoded = decoded.filter(|secret| SECRET_BYTES.contains(&secret.len()));
    decoded
        .map(SecretBytes::from)
        .ok_or_else(|| Problem::Content {
            path: path.to_owned(),
            expected: "it is to have 24 to 64 random bytes in Base64, such as `openssl rand -base64 32` makes",
        })
}

/// The settings of an object store in a file, each on a line, `NAME=value`, with the names that
/// environments use, in lower case here.
pub(super) fn settings(path: &Path) -> Result<Vec<(String, Zeroizing<String>)>, Problem> {
    let text = text(path)?;
    let settings = lines(&text).map(|line| {
        let (name, value) = line.split_once('=').ok_or_else(|| Problem::Content {
            path: path.to_owned(),
            expected: "each line is to be a setting, such as AWS_ACCESS_KEY_ID=…",
        })?;
        let value = Zeroizing::new(value.trim().to_owned());
        Ok((name.trim().to_ascii_lowercase(), value))
    });
    settings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn headers_are_lines() {
        let found = headers(file("# Splunk\nAuthorization: Splunk a:b\n\nX-Channel:1\n").path());
        let found = found.unwrap();
        assert_eq!(found["authorization"], "Splunk a:b");
        assert_eq!(found["x-channel"], "1");
        assert!(!format!("{found:?}").contains("Splunk"));
        assert!(headers(file("token").path()).is_err());
        assert!(headers(file("a b: c").path()).is_err());
        assert!(headers(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn secrets_are_long_enough() {
        let bytes = STANDARD.encode([7; 24]);
        for text in [format!("{bytes}\n"), format!("whsec_{bytes}")] {
            assert_eq!(secret(file(&text).path()).unwrap().expose(), [7; 24]);
        }
        for text in ["", "whsec_", "no Base64", &STANDARD.encode([7; 23])] {
            assert!(secret(file(text).path()).is_err(), "{text}");
        }
    }

    #[test]
    fn settings_are_as_in_an_environment() {
        let found = settings(file("AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY = b=c\n").path());
        let found = found.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let expected = [("aws_access_key_id", "a"), ("aws_secret_access_key", "b=c")];
        assert_eq!(found, expected);
        assert!(settings(file("secret").path()).is_err());
    }
}
