//! `name=value&name=value`, in URLs and form bodies: one decoder for the signature and for the parameters.
//!
//! That there is one matters: were `+` a plus sign to the verifier and a space to the operation, a captured
//! presigned URL could be changed without breaking its signature.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The pairs of a query string or form body, in order, decoded to bytes: `+` is a space, `%XX` a byte, a `%` that
/// starts no escape is itself. A pair without `=` has an empty value; empty pairs are skipped.
pub(crate) fn pairs(raw: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    raw.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default();
            let value = halves.next().unwrap_or_default();
            (decode(name), decode(value))
        })
}

fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.contains(&b'+') {
        return percent_decode(raw).into();
    }
    let spaced: Vec<u8> = raw
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

/// A decoded name or value as text, if it is UTF-8.
pub(crate) fn text(decoded: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match decoded {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let decoded: Vec<(Vec<u8>, Vec<u8>)> = pairs(b"a=1&&b&=c&d%3D=%zz+%2B%ff&e=f=g")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let expected: [(&[u8], &[u8]); 5] = [
            (b"a", b"1"),
            (b"b", b""),
            (b"", b"c"),
            (b"d=", b"%zz +\xff"),
            (b"e", b"f=g"),
        ];
        assert_eq!(decoded.len(), expected.len());
        for ((name, value), (expected_name, expected_value)) in decoded.iter().zip(expected) {
            assert_eq!(name, expected_name);
            assert_eq!(value, expected_value);
        }
        assert_eq!(text(Cow::Borrowed(b"\xff")), None);
    }
}
