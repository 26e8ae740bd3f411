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
    /// Whether the server ends the connection after it (RFC 9112, 9.6).
    pub(super) closes: bool,
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
    let status = lines.next().and_then(status).ok_or(Malformed::StatusLine)?;
    // Which says that nothing follows (RFC 9110, 15.3.5).
    let body_bytes = match status {
        204 => 0,
        _ => length(lines.clone()).ok_or(Malformed::Length)?,
    };
    Ok(Some(Head {
        status,
        head_bytes,
        body_bytes,
        closes: values(lines, "connection").any(|value| value.eq_ignore_ascii_case("close")),
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

fn values<'a>(
    headers: impl Iterator<Item = &'a str>,
    wanted: &str,
) -> impl Iterator<Item = &'a str> {
    headers
        .filter_map(|line| line.split_once(':'))
        .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.trim())
}

fn length<'a>(headers: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut lengths = values(headers, "content-length");
    let value = lengths.next()?;
    if lengths.next().is_some() {
        return None;
    }
    let length = value.parse().ok()?;
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
        assert!(!found.closes);
        let nothing = head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((nothing.status, nothing.body_bytes), (204, 0));
    }

    #[test]
    fn the_last_one_of_a_connection() {
        for (connection, closes) in [("close", true), ("Close", true), ("keep-alive", false)] {
            let text =
                format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: {connection}\r\n\r\n");
            assert_eq!(
                head(text.as_bytes()).unwrap().unwrap().closes,
                closes,
                "{connection}"
            );
        }
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
            prop_assume!(status != 204);
            let expected = Head { status, head_bytes, body_bytes: body, closes: false };
            prop_assert_eq!(head(text.as_bytes()), Ok(Some(expected)));
        }
    }
}
