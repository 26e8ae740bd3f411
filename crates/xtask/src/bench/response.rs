//! The little of HTTP/1.1 that a load generator must read: status, length, body.

use thiserror::Error;

/// The longest head that is read, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The longest body that is read, in bytes; the longest reply measured is a few kilobytes.
pub(super) const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A response that this reader does not take.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum Malformed {
    /// No end of the head within [`MAX_HEAD_BYTES`].
    #[error("the response's head is longer than {MAX_HEAD_BYTES} bytes")]
    HeadTooLong,
    /// The first line isn't `HTTP/1.1 nnn …`.
    #[error("the response doesn't start with an HTTP/1.1 status line")]
    StatusLine,
    /// `content-length` is missing, repeated, no number, or over [`MAX_BODY_BYTES`].
    #[error("the response has no usable content-length")]
    Length,
}

/// What the head of a response says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The status code.
    pub(super) status: u16,
    /// The head's own length in bytes, blank line included.
    pub(super) head_bytes: usize,
    /// The body's length in bytes.
    pub(super) body_bytes: usize,
}

/// Reads the head at the start of `bytes`; `None` means that more bytes are needed.
///
/// Only bodies with a `content-length` are taken (RFC 9112, 6.2): all that Keystead and the floor
/// send to the measured operations.
pub(super) fn head(bytes: &[u8]) -> Result<Option<Head>, Malformed> {
    let Some(head_bytes) = end_of_head(bytes) else {
        return match bytes.len() > MAX_HEAD_BYTES {
            true => Err(Malformed::HeadTooLong),
            false => Ok(None),
        };
    };
    let text = bytes
        .get(..head_bytes)
        .and_then(|head| std::str::from_utf8(head).ok())
        .ok_or(Malformed::StatusLine)?;
    let mut lines = text.split("\r\n");
    Ok(Some(Head {
        status: lines.next().and_then(status).ok_or(Malformed::StatusLine)?,
        head_bytes,
        body_bytes: length(lines).ok_or(Malformed::Length)?,
    }))
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let searched = bytes.get(..MAX_HEAD_BYTES).unwrap_or(bytes);
    let start = searched.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(start + 4)
}

fn status(line: &str) -> Option<u16> {
    let code = line.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    code.bytes()
        .all(|digit| digit.is_ascii_digit())
        .then_some(())?;
    code.parse().ok()
}

fn length<'a>(headers: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut lengths = headers
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, value) = lengths.next()?;
    if lengths.next().is_some() {
        return None;
    }
    let length = value.trim().parse().ok()?;
    (length <= MAX_BODY_BYTES).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &[u8] =
        b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\ndate: now\r\n\r\n{\"a\":\"bcde\"}";

    #[test]
    fn a_whole_head() {
        let found = head(GOOD).unwrap().unwrap();
        assert_eq!((found.status, found.body_bytes), (200, 12));
        assert_eq!(&GOOD[found.head_bytes..], b"{\"a\":\"bcde\"}");
    }

    #[test]
    fn half_a_head_asks_for_more() {
        let whole = head(GOOD).unwrap().unwrap().head_bytes;
        for cut in 0..whole {
            assert_eq!(head(&GOOD[..cut]), Ok(None), "{cut}");
        }
    }

    #[test]
    fn what_it_does_not_take() {
        let cases: &[(&str, Malformed)] = &[
            (
                "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n",
                Malformed::StatusLine,
            ),
            (
                "HTTP/1.1 2\r\ncontent-length: 1\r\n\r\n",
                Malformed::StatusLine,
            ),
            (
                "HTTP/1.1 +20 OK\r\ncontent-length: 1\r\n\r\n",
                Malformed::StatusLine,
            ),
            ("SSH-2.0\r\n\r\n", Malformed::StatusLine),
            ("\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 200 OK\r\n\r\n", Malformed::Length),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                Malformed::Length,
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
                Malformed::Length,
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n",
                Malformed::Length,
            ),
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n",
                Malformed::Length,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(head(text.as_bytes()).as_ref(), Err(expected), "{text:?}");
        }
        assert_eq!(head(b"HTTP/1.1 \xff\r\n\r\n"), Err(Malformed::StatusLine));
        assert_eq!(
            head(&[b'a'; MAX_HEAD_BYTES + 1]),
            Err(Malformed::HeadTooLong)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = head(&bytes);
        }

        #[test]
        fn what_was_written_is_read(status in 100_u16..600, body in 0..MAX_BODY_BYTES) {
            let text = format!("HTTP/1.1 {status} x\r\nA: b\r\ncontent-length:{body}\r\n\r\n");
            let head_bytes = text.len();
            let expected = Head { status, head_bytes, body_bytes: body };
            prop_assert_eq!(head(text.as_bytes()), Ok(Some(expected)));
        }
    }
}
