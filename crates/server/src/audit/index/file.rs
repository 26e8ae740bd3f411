//! The index of a closed segment, in a file beside the log: `index/segment-00000001.idx` of `segment-00000001.jsonl`.
//!
//! It consists of pages with checksums ([`pages`](super::pages)). Their contents, all numbers with the lowest byte
//! first:
//!
//! | Section | What it holds |
//! |---|---|
//! | lines | of each record, where its line begins (4 bytes), and its time in seconds (4) |
//! | spans | of each 512 records, the earliest time (4) and the latest (4) |
//! | postings | a length (4) and a Roaring bitmap of numbers of records, one after the other |
//! | terms | a sorted table: the hash of an attribute with its value (8), and (4) the number of the one record that has it, with the highest bit set, or where the posting is |
//! | ids | a sorted table: half of the hash of an event's id or a request's (4), and the number of the record (4) |
//!
//! The last page says where they are, and of which segment. A file that is missing, damaged or of another version is
//! made anew from the segment.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use roaring::RoaringBitmap;

use super::error::IndexError;
use super::lines::{BLOCK_LINES, Block, Line, Span};
use super::memory::{MemoryIndex, id_key};
use super::pages::{PageWriter, Pages};
use super::posting::Posting;
use super::query::Query;
use super::table::{Section, Table};
use super::term::Term;
use crate::private_file::sync_parent;

/// What the last page begins with: that it is such a file, and the version of its format.
const MAGIC: u64 = u64::from_le_bytes(*b"ksaudix1");
const TERM_KEY_BYTES: usize = 8;
const ID_KEY_BYTES: usize = 4;
/// Tells the number of the only record from the place of a posting.
const ONLY: u32 = 1 << 31;
const LINE_BYTES: u64 = 8;

/// The directory of index files in that of the log.
pub(super) fn folder(log: &Path) -> PathBuf {
    log.join("index")
}

fn path(log: &Path, segment: u64) -> PathBuf {
    folder(log).join(format!("segment-{segment:08}.idx"))
}

/// What is known of an index file without reading more of it than the last page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    /// How many bytes the segment had.
    pub(super) segment_bytes: u64,
    /// How many records are in it.
    pub(super) lines: u64,
    /// When they happened; `None` if there is none.
    pub(super) span: Option<Span>,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    lines: Section,
    spans: Section,
    postings: Section,
    terms: Table,
    ids: Table,
}

impl Summary {
    fn to_page(self) -> Vec<u8> {
        let Layout {
            lines,
            spans,
            postings,
            terms,
            ids,
        } = self.layout;
        let span = self.span.unwrap_or(Span {
            earliest: 0,
            latest: 0,
        });
        let sections = [
            lines,
            spans,
            postings,
            terms.entries,
            terms.firsts,
            ids.entries,
            ids.firsts,
        ];
        [
            MAGIC,
            self.segment_bytes,
            self.lines,
            span.earliest.into(),
            span.latest.into(),
        ]
        .into_iter()
        .chain(sections.into_iter().flat_map(|s| [s.start, s.bytes]))
        .flat_map(u64::to_le_bytes)
        .collect()
    }

    fn of_page(page: &[u8]) -> Result<Self, IndexError> {
        let (numbers, _) = page.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let mut next = || numbers.next().ok_or(IndexError::Damaged);
        if next()? != MAGIC {
            return Err(IndexError::OutOfDate);
        }
        let (segment_bytes, lines) = (next()?, next()?);
        let second = |number| u32::try_from(number).map_err(|_| IndexError::Damaged);
        let span = Span {
            earliest: second(next()?)?,
            latest: second(next()?)?,
        };
        let mut section = || {
            Ok::<_, IndexError>(Section {
                start: next()?,
                bytes: next()?,
            })
        };
        let layout = Layout {
            lines: section()?,
            spans: section()?,
            postings: section()?,
            terms: Table {
                entries: section()?,
                firsts: section()?,
            },
            ids: Table {
                entries: section()?,
                firsts: section()?,
            },
        };
        Ok(Self {
            segment_bytes,
            lines,
            span: (lines > 0).then_some(span),
            layout,
        })
    }
}

/// Writes the index of a segment of this length, so that a crash leaves it whole or absent.
///
/// # Errors
/// [`IndexError::Io`] or [`IndexError::LongSegment`].
pub(super) fn write(
    log: &Path,
    segment: u64,
    segment_bytes: u64,
    index: &MemoryIndex,
) -> Result<Summary, IndexError> {
    match DirBuilder::new().mode(0o700).create(folder(log)) {
        Ok(()) => sync_parent(&folder(log))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    let path = path(log, segment);
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let out = BufWriter::with_capacity(256 * 1024, options.open(&fresh)?);
    let mut out = PageWriter::new(out, segment);
    let layout = write_sections(&mut out, index)?;
    let summary = Summary {
        segment_bytes,
        lines: index.lines.count() as u64,
        span: index.lines.span(),
        layout,
    };
    let file = out
        .finish(&summary.to_page())?
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    sync_parent(&path)?;
    Ok(summary)
}

fn write_sections<W: Write>(
    out: &mut PageWriter<W>,
    index: &MemoryIndex,
) -> Result<Layout, IndexError> {
    let lines = Section::write(out, |out| {
        for line in index.lines.blocks().iter().flat_map(|block| block.iter()) {
            out.write(&line.offset.to_le_bytes())?;
            out.write(&line.seconds.to_le_bytes())?;
        }
        Ok(())
    })?;
    let spans = Section::write(out, |out| {
        for span in index.lines.spans() {
            out.write(&span.earliest.to_le_bytes())?;
            out.write(&span.latest.to_le_bytes())?;
        }
        Ok(())
    })?;
    let (postings, terms) = write_postings(out, index)?;
    let terms = Table::write(out, TERM_KEY_BYTES, &terms)?;
    let mut ids: Vec<(u64, u32)> = index
        .ids
        .iter()
        .map(|(id, line)| (u64::from(*id), *line))
        .collect();
    ids.sort_unstable();
    let ids = Table::write(out, ID_KEY_BYTES, &ids)?;
    Ok(Layout {
        lines,
        spans,
        postings,
        terms,
        ids,
    })
}

/// Writes what more than one record has, and tells of each term where its records are.
fn write_postings<W: Write>(
    out: &mut PageWriter<W>,
    index: &MemoryIndex,
) -> Result<(Section, Vec<(u64, u32)>), IndexError> {
    let mut postings: Vec<(u64, &Posting)> = index.terms.iter().map(|(h, p)| (*h, p)).collect();
    // In order, so that an index that is made anew is the same.
    postings.sort_unstable_by_key(|(hash, _)| *hash);
    let start = out.position();
    let mut terms = Vec::with_capacity(postings.len());
    let mut bytes = Vec::new();
    for (hash, posting) in postings {
        let place = match posting {
            Posting::One(line) => *line | ONLY,
            Posting::Many(lines) => {
                let place = u32::try_from(out.position() - start)
                    .ok()
                    .filter(|place| place & ONLY == 0);
                let mut lines = lines.to_bitmap();
                lines.optimize();
                bytes.clear();
                lines.serialize_into(&mut bytes)?;
                let length = u32::try_from(bytes.len()).map_err(|_| IndexError::LongSegment)?;
                out.write(&length.to_le_bytes())?;
                out.write(&bytes)?;
                place.ok_or(IndexError::LongSegment)?
            }
        };
        terms.push((hash, place));
    }
    let bytes = out.position() - start;
    Ok((Section { start, bytes }, terms))
}

/// Takes away the index of a segment, if there is one.
///
/// # Errors
/// What the system says.
pub(super) fn remove(log: &Path, segment: u64) -> io::Result<()> {
    match fs::remove_file(path(log, segment)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Takes away all in the folder of indexes but those of these segments: what a crash left half written, and indexes of
/// segments that are gone.
///
/// # Errors
/// What the system says.
pub(super) fn remove_others(log: &Path, segments: &[u64]) -> io::Result<()> {
    let files = match fs::read_dir(folder(log)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        files => files?,
    };
    let kept: Vec<PathBuf> = segments.iter().map(|segment| path(log, *segment)).collect();
    for file in files {
        let path = file?.path();
        if !kept.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// An index file to search in.
#[derive(Debug)]
pub(super) struct IndexFile {
    pages: Pages,
    summary: Summary,
}

impl IndexFile {
    /// Opens the index of a segment that has this length.
    ///
    /// # Errors
    /// [`IndexError`], but [`IndexError::LongSegment`].
    pub(super) fn open(log: &Path, segment: u64, segment_bytes: u64) -> Result<Self, IndexError> {
        let file = File::open(path(log, segment))?;
        let pages = Pages::new(file, segment)?;
        let summary = Summary::of_page(&pages.last()?)?;
        if summary.segment_bytes != segment_bytes {
            return Err(IndexError::OutOfDate);
        }
        Ok(Self { pages, summary })
    }

    pub(super) const fn summary(&self) -> Summary {
        self.summary
    }

    /// The span of each block of lines.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`].
    pub(super) fn spans(&self) -> Result<Vec<Span>, IndexError> {
        let spans = self.summary.layout.spans;
        let bytes = spans.read(&self.pages, 0, spans.bytes)?;
        let span = |(earliest, latest)| Span { earliest, latest };
        Ok(pairs(&bytes).map(span).collect())
    }

    /// A block of lines.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`].
    pub(super) fn block(&self, number: usize) -> Result<Block, IndexError> {
        let lines = self.summary.layout.lines;
        let start = (number * BLOCK_LINES) as u64 * LINE_BYTES;
        let length = BLOCK_LINES as u64 * LINE_BYTES;
        let length = length.min(lines.bytes.saturating_sub(start));
        let bytes = lines.read(&self.pages, start, length)?;
        let line = |(offset, seconds)| Line { offset, seconds };
        Ok(pairs(&bytes).map(line).collect())
    }

    /// The lines that may be meant, time aside; `None` if any may be.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`].
    pub(super) fn candidates(&self, query: &Query) -> Result<Option<RoaringBitmap>, IndexError> {
        query.candidates(|term| self.with(term))
    }

    fn with(&self, term: &Term) -> Result<RoaringBitmap, IndexError> {
        let Layout { terms, ids, .. } = &self.summary.layout;
        let hash = term.hash();
        if term.attribute().is_id() {
            let key = id_key(hash).into();
            let lines = ids.find(&self.pages, ID_KEY_BYTES, key)?;
            return Ok(lines.into_iter().collect());
        }
        let mut all = RoaringBitmap::new();
        for place in terms.find(&self.pages, TERM_KEY_BYTES, hash)? {
            all |= self.posting(place)?;
        }
        Ok(all)
    }

    fn posting(&self, place: u32) -> Result<RoaringBitmap, IndexError> {
        if place & ONLY != 0 {
            return Ok([place & !ONLY].into_iter().collect());
        }
        let (postings, place) = (self.summary.layout.postings, u64::from(place));
        let length = postings.read(&self.pages, place, 4)?;
        let length = length.try_into().map_err(|_| IndexError::Damaged)?;
        let length = u32::from_le_bytes(length).into();
        let bytes = postings.read(&self.pages, place + 4, length)?;
        RoaringBitmap::deserialize_from(bytes.as_slice()).map_err(|_| IndexError::Damaged)
    }
}

/// Two numbers of four bytes each, one pair after the other.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let (numbers, _) = bytes.as_chunks::<4>();
    let (pairs, _) = numbers.as_chunks::<2>();
    pairs
        .iter()
        .map(|[first, second]| (u32::from_le_bytes(*first), u32::from_le_bytes(*second)))
}
