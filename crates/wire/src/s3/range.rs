//! `Range: bytes=…`, as far as S3 answers it: one range.
//!
//! Source: RFC 9110, section 14.

/// Which bytes of an object are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From an offset to the byte at another one, or to the end.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

/// A part of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many bytes are before it.
    pub offset: u64,
    /// How many bytes it has; at least one.
    pub length: u64,
}

impl ByteRange {
    /// Reads the header. What is no single range of bytes asks for nothing, and the whole object is the answer to it.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        match (first, last) {
            ("", last) => number(last).map(Self::Last),
            (first, "") => number(first).map(|first| Self::From(first, None)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// The part of an object with so many bytes; `None` if there is no such part.
    #[must_use]
    pub fn of(self, size: u64) -> Option<Part> {
        let (offset, end) = match self {
            Self::From(first, last) => (first, last.map_or(size, |last| last.saturating_add(1))),
            Self::Last(count) => (size.saturating_sub(count), size),
        };
        let length = end.min(size).checked_sub(offset)?;
        (length > 0).then_some(Part { offset, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_their_parts() {
        let part = |offset, length| Some(Part { offset, length });
        for (header, of_ten) in [
            ("bytes=0-3", part(0, 4)),
            ("bytes=4-", part(4, 6)),
            ("bytes=9-9", part(9, 1)),
            ("bytes=5-99", part(5, 5)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-99", part(0, 10)),
            ("bytes=10-", None),
            ("bytes=-0", None),
            ("bytes=0-18446744073709551615", part(0, 10)),
        ] {
            let range = ByteRange::parse(header).unwrap();
            assert_eq!(range.of(10), of_ten, "{header}");
            assert_eq!(range.of(0), None, "{header}");
        }
        for header in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=3-1",
            "bytes=0-1,3-4",
            "bytes=+1-2",
            "lines=0-1",
            "bytes=18446744073709551616-",
        ] {
            assert_eq!(ByteRange::parse(header), None, "{header}");
        }
    }
}
