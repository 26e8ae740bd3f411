//! What an index tells a search: which lines may be meant, block by block from the newest on.

use roaring::RoaringBitmap;

use super::error::IndexError;
use super::file::IndexFile;
use super::lines::{BLOCK_LINES, Block, Line, Span};
use super::memory::MemoryIndex;
use super::query::Query;
use super::seconds::Seconds;

/// The lines of an index that may be meant and were not given yet.
#[derive(Debug)]
pub(super) struct View {
    blocks: Blocks,
    spans: Vec<Span>,
    /// The latest time in each block and those before it.
    ceilings: Vec<Seconds>,
    /// `None` if any line may be meant.
    candidates: Option<RoaringBitmap>,
    /// How many blocks were not looked at yet, which are the first.
    left: usize,
}

#[derive(Debug)]
enum Blocks {
    Memory(Vec<Block>),
    File(Box<IndexFile>),
}

impl View {
    /// Of an index in memory. What it shows does not change with the index.
    pub(super) fn of_memory(index: &MemoryIndex, query: &Query) -> Result<Self, IndexError> {
        let candidates = index.candidates(query)?;
        let blocks = Blocks::Memory(index.lines.blocks());
        Ok(Self::new(blocks, index.lines.spans().to_vec(), candidates))
    }

    /// Of an index file.
    pub(super) fn of_file(file: IndexFile, query: &Query) -> Result<Self, IndexError> {
        let candidates = file.candidates(query)?;
        // Most files have none: nothing more is read of them.
        let spans = match &candidates {
            Some(none) if none.is_empty() => Vec::new(),
            _ => file.spans()?,
        };
        Ok(Self::new(Blocks::File(Box::new(file)), spans, candidates))
    }

    fn new(blocks: Blocks, spans: Vec<Span>, candidates: Option<RoaringBitmap>) -> Self {
        let ceilings = spans.iter().scan(Seconds::MIN, |ceiling, span| {
            *ceiling = span.latest.max(*ceiling);
            Some(*ceiling)
        });
        Self {
            ceilings: ceilings.collect(),
            left: spans.len(),
            blocks,
            spans,
            candidates,
        }
    }

    /// No line that is left is later than this; `None` if none is left.
    pub(super) fn ceiling(&self) -> Option<Seconds> {
        self.ceilings.get(self.left.checked_sub(1)?).copied()
    }

    /// The lines of the newest block that may be meant, of those that are left; none if there is no such block.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`].
    pub(super) fn next_block(&mut self, query: &Query) -> Result<Vec<Line>, IndexError> {
        while let Some(number) = self.newest(query) {
            self.left = number;
            let block = match &self.blocks {
                Blocks::Memory(blocks) => blocks.get(number).cloned().unwrap_or_default(),
                Blocks::File(file) => file.block(number)?,
            };
            let lines: Vec<Line> = match &mut self.candidates {
                None => block.to_vec(),
                Some(candidates) => {
                    let first = u32::try_from(number * BLOCK_LINES);
                    let first = first.map_err(|_| IndexError::Damaged)?;
                    let inside = candidates.range(first..);
                    let inside = inside.map(|line| block.get((line - first) as usize).copied());
                    let lines = inside.collect::<Option<_>>().ok_or(IndexError::Damaged)?;
                    candidates.remove_range(first..);
                    lines
                }
            };
            let lines: Vec<Line> = lines
                .into_iter()
                .filter(|line| query.is_at(line.seconds))
                .collect();
            if !lines.is_empty() {
                return Ok(lines);
            }
        }
        self.left = 0;
        Ok(Vec::new())
    }

    /// The newest block in which a line may be meant.
    fn newest(&mut self, query: &Query) -> Option<usize> {
        loop {
            if let Some(candidates) = &self.candidates {
                let newest = candidates.max()? as usize / BLOCK_LINES;
                self.left = self.left.min(newest + 1);
            }
            let number = self.left.checked_sub(1)?;
            if self.ceilings.get(number)? < &query.earliest() {
                return None;
            }
            let span = self.spans.get(number)?;
            if span.earliest <= query.latest() && query.earliest() <= span.latest {
                return Some(number);
            }
            self.left = number;
            if let (Some(candidates), Ok(first)) =
                (&mut self.candidates, u32::try_from(number * BLOCK_LINES))
            {
                candidates.remove_range(first..);
            }
        }
    }
}
