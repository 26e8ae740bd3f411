//! The canonical forms of a path and a query string.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use crate::form;

/// Everything but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The parameter that holds a presigned URL's signature, which can't sign itself.
pub(super) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// Appends bytes with all but unreserved characters percent-encoded, in upper-case hexadecimal.
fn push_encoded(bytes: &[u8], out: &mut Vec<u8>) {
    for piece in percent_encode(bytes, RESERVED) {
        out.extend_from_slice(piece.as_bytes());
    }
}

/// The same encoding of text, in pieces.
pub(super) fn encode(text: &str) -> impl Iterator<Item = &str> {
    percent_encode(text.as_bytes(), RESERVED)
}

/// Appends the canonical path: segments `.` and empty ones dropped, `..` resolved (RFC 3986 §5.2.4), each
/// segment encoded again on top of the encoding in which it came. A trailing slash stays.
pub(super) fn push_path(path: &str, out: &mut Vec<u8>) {
    // Almost every request of the JSON and Query protocols.
    if path.is_empty() || path == "/" {
        out.push(b'/');
        return;
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    for segment in &segments {
        out.push(b'/');
        push_encoded(segment.as_bytes(), out);
    }
    if path.ends_with('/') || segments.is_empty() {
        out.push(b'/');
    }
}

/// Appends the canonical path of S3, where `//` and `..` may be parts of a key's name: every segment in one encoding,
/// whatever the one in which it came.
pub(super) fn push_path_as_it_is(path: &str, out: &mut Vec<u8>) {
    if path.is_empty() {
        out.push(b'/');
    }
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push(b'/');
        }
        let decoded: Vec<u8> = percent_decode(segment.as_bytes()).collect();
        push_encoded(&decoded, out);
    }
}

/// Appends the canonical query: every name and value decoded and encoded again, sorted by name and then value, and
/// `X-Amz-Signature` left out when the request is presigned.
pub(super) fn push_query(query: &str, presigned: bool, out: &mut Vec<u8>) {
    let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = form::pairs(query.as_bytes())
        .filter(|(name, _)| !(presigned && name.as_ref() == SIGNATURE_PARAMETER.as_bytes()))
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    parameters.sort_unstable();
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

fn encoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    push_encoded(bytes, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> String {
        let mut out = Vec::new();
        push_path(path, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn query(query: &str, presigned: bool) -> String {
        let mut out = Vec::new();
        push_query(query, presigned, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn paths() {
        // The get-relative, get-slash and get-utf8 families of the aws-sig-v4-test-suite, then our own.
        for (raw, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/example/..", "/"),
            ("/example1/example2/../..", "/"),
            ("/./example", "/example"),
            ("//example//", "/example/"),
            ("/example%20space/", "/example%2520space/"),
            ("/%E1%88%B4", "/%25E1%2588%25B4"),
            ("/../../a", "/a"),
            ("/a/./b/../c", "/a/c"),
            ("/a~b-c_d.e", "/a~b-c_d.e"),
            ("/a:b@c", "/a%3Ab%40c"),
            ("*", "/%2A"),
        ] {
            assert_eq!(path(raw), canonical, "{raw}");
        }
    }

    #[test]
    fn paths_of_s3() {
        for (raw, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/bucket", "/bucket"),
            ("/bucket/a//../b/", "/bucket/a//../b/"),
            ("/bucket/a%20b%2Fc", "/bucket/a%20b%2Fc"),
            ("/bucket/a:b@c%7e", "/bucket/a%3Ab%40c~"),
        ] {
            let mut out = Vec::new();
            push_path_as_it_is(raw, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), canonical, "{raw}");
        }
    }

    #[test]
    fn queries() {
        for (raw, canonical) in [
            ("", ""),
            ("Param2=value2&Param1=value1", "Param1=value1&Param2=value2"),
            ("Param1=value2&Param1=Value1", "Param1=Value1&Param1=value2"),
            ("a&b=", "a=&b="),
            ("a=b=c", "a=b%3Dc"),
            ("a=%7e%2f", "a=~%2F"),
            ("a=+%20%2B", "a=%20%20%2B"),
            ("%E1%88%B4=bar", "%E1%88%B4=bar"),
            ("a-=1&a=2", "a=2&a-=1"),
            ("&&a=1&", "a=1"),
            ("x=%zz", "x=%25zz"),
            ("x=%ff", "x=%FF"),
            ("X-Amz-Signature=1", "X-Amz-Signature=1"),
        ] {
            assert_eq!(query(raw, false), canonical, "{raw}");
        }
        assert_eq!(
            query("X-Amz-Signature=1&a=2&X%2DAmz-Signature=3", true),
            "a=2"
        );
    }
}
