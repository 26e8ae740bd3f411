//! The canonical request and the string to sign, for the verifier and the signer alike.

use aws_lc_rs::digest::{SHA256, digest};
use http::header::HOST;
use http::{HeaderMap, Method, Uri};

use super::credential::CredentialScope;
use super::payload::Payload;
use super::signed_headers::SignedHeaders;
use super::{ALGORITHM, S3, TERMINATOR, hex, uri};

/// A hash by SHA-256.
pub(super) type Sha256 = [u8; 32];

/// The parts of a request that a signature covers, apart from the body.
#[derive(Clone, Copy)]
pub(super) struct Covered<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) signed_headers: &'a SignedHeaders<'a>,
    pub(super) presigned: bool,
}

impl Covered<'_> {
    /// The string to sign. One buffer serves for the canonical request and then for the string: this runs for every
    /// request that is served.
    pub(super) fn string_to_sign(
        &self,
        payload: Payload,
        timestamp: &str,
        scope: &CredentialScope<'_>,
    ) -> Vec<u8> {
        let mut buffer = Vec::with_capacity(1024);
        self.push_canonical_request(payload, &scope.service, &mut buffer);
        let request = sha256(&buffer);

        buffer.clear();
        for line in [ALGORITHM, timestamp] {
            buffer.extend_from_slice(line.as_bytes());
            buffer.push(b'\n');
        }
        for element in [&scope.date, &scope.region, &scope.service] {
            buffer.extend_from_slice(element.as_bytes());
            buffer.push(b'/');
        }
        buffer.extend_from_slice(TERMINATOR.as_bytes());
        buffer.push(b'\n');
        hex::push(&request, &mut buffer);
        buffer
    }

    fn push_canonical_request(&self, payload: Payload, service: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b'\n');
        if service == S3 {
            uri::push_path_as_it_is(self.uri.path(), out);
        } else {
            uri::push_path(self.uri.path(), out);
        }
        out.push(b'\n');
        if let Some(query) = self.uri.query() {
            uri::push_query(query, self.presigned, out);
        }
        out.push(b'\n');
        for name in self.signed_headers.names() {
            self.push_header(name, out);
        }
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.as_str().as_bytes());
        out.push(b'\n');
        payload.push(out);
    }

    fn push_header(&self, name: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        for (index, value) in self.headers.get_all(name).iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_collapsed(value.as_bytes(), out);
        }
        // HTTP/2 sends the host as `:authority`, which arrives in the URI.
        if name == HOST.as_str()
            && !self.headers.contains_key(HOST)
            && let Some(authority) = self.uri.authority()
        {
            out.extend_from_slice(authority.as_str().as_bytes());
        }
        out.push(b'\n');
    }
}

/// Appends a header's value without space around it, and with one space for each run of white space in it.
fn push_collapsed(value: &[u8], out: &mut Vec<u8>) {
    let words = value
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// The SHA-256 of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> Sha256 {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *to = *from;
    }
    hash
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn white_space_collapses() {
        for (value, collapsed) in [
            ("", ""),
            ("   ", ""),
            ("a", "a"),
            ("  a   b\t c  ", "a b c"),
            ("\"a   b\"", "\"a b\""),
        ] {
            let mut out = Vec::new();
            push_collapsed(value.as_bytes(), &mut out);
            assert_eq!(out, collapsed.as_bytes());
        }
    }

    /// The canonical request of sigv4's documented example (get-vanilla of the test suite), with a repeated header.
    #[test]
    fn canonical_request() {
        let mut headers = HeaderMap::new();
        headers.append("my-header", HeaderValue::from_static("value2"));
        headers.append("my-header", HeaderValue::from_static(" value1 "));
        headers.append("x-amz-date", HeaderValue::from_static("20150830T123600Z"));
        let covered = Covered {
            method: &Method::GET,
            uri: &Uri::from_static("https://example.amazonaws.com/?b=2&a=1"),
            headers: &headers,
            signed_headers: &SignedHeaders::of_sorted(&["host", "my-header", "x-amz-date"]),
            presigned: false,
        };
        let mut out = Vec::new();
        covered.push_canonical_request(Payload::Hash(sha256(b"")), "service", &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "GET\n/\na=1&b=2\nhost:example.amazonaws.com\nmy-header:value2,value1\nx-amz-date:20150830T123600Z\n\n\
             host;my-header;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
