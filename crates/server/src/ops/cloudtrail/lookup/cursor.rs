//! Where a page ends and the next begins.

use std::fmt;
use std::str::FromStr;

use crate::audit::index::{Position, Query};
use crate::audit::log::Place;

/// A position among the events that a query finds. It is worth nothing to another query, another account's or Region's
/// among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    query: u64,
    position: Position,
}

impl Cursor {
    pub(super) fn new(query: &Query, position: Position) -> Self {
        Self {
            query: query.fingerprint(),
            position,
        }
    }

    /// The position, if it is this query's.
    pub(super) fn of(query: &Query, cursor: Self) -> Option<Position> {
        (cursor.query == query.fingerprint()).then_some(cursor.position)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { query, position } = self;
        let Place { segment, offset } = position.place;
        write!(f, "{query}.{}.{segment}.{offset}", position.seconds)
    }
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let mut numbers = text.split('.').map(|number| number.parse::<u64>().ok());
        let mut next = || numbers.next().flatten().ok_or(NoCursor);
        let cursor = Self {
            query: next()?,
            position: Position {
                seconds: next()?.try_into().map_err(|_| NoCursor)?,
                place: Place {
                    segment: next()?,
                    offset: next()?,
                },
            },
        };
        match numbers.next() {
            None => Ok(cursor),
            Some(_) => Err(NoCursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_they_are_written() {
        let position = Position {
            seconds: 1_767_323_045,
            place: Place {
                segment: 3,
                offset: u64::MAX,
            },
        };
        let query = Query::default().since(7);
        let cursor = Cursor::new(&query, position);
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!(Cursor::of(&query, cursor), Some(position));
        assert_eq!(Cursor::of(&Query::default(), cursor), None);
        for text in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.x",
            "1.4294967296.3.4",
            "-1.2.3.4",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
    }
}
