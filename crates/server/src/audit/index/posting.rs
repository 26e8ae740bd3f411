//! The lines that have a value: most values are one line's, some are nearly all lines'.

use roaring::RoaringBitmap;

/// Numbers of lines, ascending.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Posting {
    /// One line. It needs no memory besides.
    One(u32),
    /// More.
    Many(Box<Lines>),
}

/// The lines of a value that several have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lines {
    /// Those before the last run.
    earlier: RoaringBitmap,
    /// The last run, which is longer with each line that comes right after it: what nearly all lines have costs next to
    /// nothing to note.
    first: u32,
    last: u32,
}

impl Posting {
    /// Adds a line, which is the last one's or a later one.
    pub(super) fn push(&mut self, line: u32) {
        match self {
            Self::One(only) if *only == line => {}
            Self::One(only) => {
                let mut lines = Lines::new(*only);
                lines.push(line);
                *self = Self::Many(Box::new(lines));
            }
            Self::Many(lines) => lines.push(line),
        }
    }

    pub(super) fn to_bitmap(&self) -> RoaringBitmap {
        match self {
            Self::One(line) => RoaringBitmap::from_iter([*line]),
            Self::Many(lines) => lines.to_bitmap(),
        }
    }
}

impl Lines {
    fn new(line: u32) -> Self {
        Self {
            earlier: RoaringBitmap::new(),
            first: line,
            last: line,
        }
    }

    fn push(&mut self, line: u32) {
        if line <= self.last {
            return;
        }
        if line - self.last > 1 {
            self.earlier.insert_range(self.first..=self.last);
            self.first = line;
        }
        self.last = line;
    }

    pub(super) fn to_bitmap(&self) -> RoaringBitmap {
        let mut lines = self.earlier.clone();
        lines.insert_range(self.first..=self.last);
        lines
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
        for line in [7, 7, 8, 9, 9, 70_000] {
            posting.push(line);
        }
        assert_eq!(
            posting.to_bitmap(),
            [3, 7, 8, 9, 70_000].into_iter().collect()
        );
    }
}
