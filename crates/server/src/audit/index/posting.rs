//! The lines that have a value: most values are one line's, some are nearly all lines'.

use roaring::RoaringBitmap;

/// Numbers of lines, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Posting {
    /// One line. It needs no memory besides.
    One(u32),
    /// More.
    Many(Box<RoaringBitmap>),
}

impl Posting {
    /// Adds a line, which is the last one's or a later one.
    pub(super) fn push(&mut self, line: u32) {
        match self {
            Self::One(only) if *only == line => {}
            Self::One(only) => {
                let both = RoaringBitmap::from_iter([*only, line]);
                *self = Self::Many(Box::new(both));
            }
            // A line that is the last one already is refused, which is as well.
            Self::Many(lines) => drop(lines.try_push(line)),
        }
    }

    pub(super) fn to_bitmap(&self) -> RoaringBitmap {
        match self {
            Self::One(line) => RoaringBitmap::from_iter([*line]),
            Self::Many(lines) => (**lines).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_there_once() {
        let mut posting = Posting::One(3);
        posting.push(3);
        assert_eq!(posting, Posting::One(3));
        for line in [7, 7, 70_000] {
            posting.push(line);
        }
        assert_eq!(posting.to_bitmap(), [3, 7, 70_000].into_iter().collect());
    }
}
