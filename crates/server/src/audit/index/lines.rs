//! The lines of a segment that are records: where each begins, and when it happened.

use std::sync::Arc;

use super::seconds::Seconds;

/// How many lines are looked at together. Part of the index files' format.
pub(super) const BLOCK_LINES: usize = 512;

/// A record's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// How many bytes of the segment are before it.
    pub(super) offset: u32,
    /// When the call was decided.
    pub(super) seconds: Seconds,
}

/// The lines of a block, or fewer if it is the last.
pub(super) type Block = Arc<[Line]>;

/// Between which times the lines of a block are, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) earliest: Seconds,
    pub(super) latest: Seconds,
}

impl Span {
    const fn at(seconds: Seconds) -> Self {
        Self {
            earliest: seconds,
            latest: seconds,
        }
    }

    /// The shortest span with both in it.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            earliest: self.earliest.min(other.earliest),
            latest: self.latest.max(other.latest),
        }
    }
}

/// Lines in the order of the segment.
#[derive(Debug, Default)]
pub(super) struct Lines {
    full: Vec<Block>,
    last: Vec<Line>,
    spans: Vec<Span>,
}

impl Lines {
    pub(super) fn push(&mut self, line: Line) {
        let span = Span::at(line.seconds);
        match self.spans.last_mut() {
            Some(last) if !self.last.is_empty() => *last = last.with(span),
            _ => self.spans.push(span),
        }
        self.last.push(line);
        if self.last.len() == BLOCK_LINES {
            self.full.push(self.last.drain(..).collect());
        }
    }

    pub(super) const fn count(&self) -> usize {
        self.full.len() * BLOCK_LINES + self.last.len()
    }

    /// The span of each block.
    pub(super) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The span of all; `None` if there is no line.
    pub(super) fn span(&self) -> Option<Span> {
        self.spans.iter().copied().reduce(Span::with)
    }

    /// The lines as they are now, in blocks. What is full is shared, not copied.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = self.full.clone();
        if !self.last.is_empty() {
            blocks.push(self.last.as_slice().into());
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_blocks_with_spans() {
        let mut lines = Lines::default();
        assert_eq!((lines.count(), lines.span()), (0, None));
        for number in 0..1025_u32 {
            lines.push(Line {
                offset: number * 10,
                seconds: 5000 - number,
            });
        }
        assert_eq!(lines.count(), 1025);
        let blocks = lines.blocks();
        let lengths: Vec<_> = blocks.iter().map(|block| block.len()).collect();
        assert_eq!(lengths, [512, 512, 1]);
        assert_eq!(blocks[1][0].offset, 5120);
        let spans = [(4489, 5000), (3977, 4488), (3976, 3976)];
        let spans = spans.map(|(earliest, latest)| Span { earliest, latest });
        assert_eq!(lines.spans(), spans);
        let whole = Span {
            earliest: 3976,
            latest: 5000,
        };
        assert_eq!(lines.span(), Some(whole));
    }
}
