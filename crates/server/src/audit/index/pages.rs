//! Files of pages, each with a checksum of its own, so that a few bytes can be read and trusted without the rest.

use std::fs::File;
use std::hash::Hasher as _;
use std::io::{self, Write};
use std::os::unix::fs::FileExt as _;

use siphasher::sip::SipHasher13;

use super::error::IndexError;

/// The length of a page with its checksum, which is the last eight bytes.
const PAGE_BYTES: usize = 4096;
/// What of it is content.
const CONTENT_BYTES: usize = PAGE_BYTES - 8;

/// What a page's checksum must be. It depends on the file and the page too, so that no page passes for another.
fn checksum(file: u64, page: u64, content: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(file, page);
    hasher.write(content);
    hasher.finish()
}

/// Writes contents one after the other, then a last page that tells of them.
pub(super) struct PageWriter<W> {
    out: W,
    file: u64,
    page: u64,
    content: Vec<u8>,
}

impl<W: Write> PageWriter<W> {
    /// Writes the file with this number.
    pub(super) fn new(out: W, file: u64) -> Self {
        Self {
            out,
            file,
            page: 0,
            content: Vec::with_capacity(PAGE_BYTES),
        }
    }

    /// How many bytes of content were written.
    pub(super) const fn position(&self) -> u64 {
        self.page * CONTENT_BYTES as u64 + self.content.len() as u64
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = CONTENT_BYTES - self.content.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.content.extend_from_slice(now);
            bytes = later;
            if self.content.len() == CONTENT_BYTES {
                self.end_page()?;
            }
        }
        Ok(())
    }

    /// Writes the last page, and gives back what was written to.
    pub(super) fn finish(mut self, last: &[u8]) -> io::Result<W> {
        if !self.content.is_empty() {
            self.end_page()?;
        }
        self.content.extend_from_slice(last);
        self.end_page()?;
        Ok(self.out)
    }

    fn end_page(&mut self) -> io::Result<()> {
        self.content.resize(CONTENT_BYTES, 0);
        let sum = checksum(self.file, self.page, &self.content);
        self.content.extend_from_slice(&sum.to_le_bytes());
        self.out.write_all(&self.content)?;
        self.content.clear();
        self.page += 1;
        Ok(())
    }
}

/// Reads what a [`PageWriter`] wrote, from anywhere.
#[derive(Debug)]
pub(super) struct Pages {
    source: File,
    file: u64,
    pages: u64,
}

impl Pages {
    /// The pages of the file with this number.
    ///
    /// # Errors
    /// [`IndexError::Io`], or [`IndexError::Damaged`] if it does not consist of pages.
    pub(super) fn new(source: File, file: u64) -> Result<Self, IndexError> {
        let length = source.metadata()?.len();
        let pages = length / PAGE_BYTES as u64;
        if pages == 0 || length % PAGE_BYTES as u64 != 0 {
            return Err(IndexError::Damaged);
        }
        Ok(Self {
            source,
            file,
            pages,
        })
    }

    /// The content of the last page.
    ///
    /// # Errors
    /// [`IndexError::Io`] or [`IndexError::Damaged`].
    pub(super) fn last(&self) -> Result<Vec<u8>, IndexError> {
        let start = (self.pages - 1) * CONTENT_BYTES as u64;
        self.read(start, CONTENT_BYTES)
    }

    /// Content from a position on.
    ///
    /// # Errors
    /// [`IndexError::Io`], or [`IndexError::Damaged`] if there is no such content, or another than was written.
    pub(super) fn read(&self, position: u64, length: usize) -> Result<Vec<u8>, IndexError> {
        if length == 0 {
            return Ok(Vec::new());
        }
        let content = CONTENT_BYTES as u64;
        let end = position
            .checked_add(length as u64)
            .filter(|end| *end <= self.pages * content)
            .ok_or(IndexError::Damaged)?;
        let first = position / content;
        let pages = end.div_ceil(content) - first;
        let pages = usize::try_from(pages).map_err(|_| IndexError::Damaged)?;
        let mut raw = vec![0; pages * PAGE_BYTES];
        self.source
            .read_exact_at(&mut raw, first * PAGE_BYTES as u64)?;
        let mut bytes = Vec::with_capacity(pages * CONTENT_BYTES);
        for (number, page) in (first..).zip(raw.chunks_exact(PAGE_BYTES)) {
            let (content, sum) = page.split_last_chunk::<8>().ok_or(IndexError::Damaged)?;
            if checksum(self.file, number, content) != u64::from_le_bytes(*sum) {
                return Err(IndexError::Damaged);
            }
            bytes.extend_from_slice(content);
        }
        let before = usize::try_from(position % content).map_err(|_| IndexError::Damaged)?;
        bytes.truncate(before + length);
        bytes.drain(..before);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom};

    use super::*;

    fn written(content: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = PageWriter::new(&mut file, 7);
        for part in content.chunks(1000) {
            writer.write(part).unwrap();
        }
        assert_eq!(writer.position(), content.len() as u64);
        writer.finish(b"the end").unwrap();
        file
    }

    #[test]
    fn any_part_can_be_read() {
        for length in [0, 1, 4087, 4088, 4089, 20_000] {
            let content: Vec<u8> = (0..=250).cycle().take(length).collect();
            let pages = Pages::new(written(&content), 7).unwrap();
            assert!(pages.last().unwrap().starts_with(b"the end\0"));
            for start in (0..length).step_by(777) {
                for end in (start..=length).step_by(1111) {
                    let part = pages.read(start as u64, end - start).unwrap();
                    assert!(part == content[start..end], "{start}..{end} of {length}");
                }
            }
            assert!(pages.read(100_000, 1).is_err() && pages.read(u64::MAX, 2).is_err());
        }
    }

    #[test]
    fn damage_anywhere_is_seen_where_it_is() {
        let content = vec![1; 10_000];
        for (at, page) in [(0, 0), (4095, 0), (4096, 1), (12_287, 2), (12_288, 3)] {
            let mut file = written(&content);
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[0xee]).unwrap();
            let pages = Pages::new(file, 7).unwrap();
            for number in 0..4 {
                let read = pages.read(number * 4088, 4088);
                assert_eq!(read.is_err(), number == page, "{at} {number}");
            }
        }
    }

    #[test]
    fn pages_pass_for_no_others() {
        let pages = Pages::new(written(b"content"), 8).unwrap();
        assert!(matches!(pages.last(), Err(IndexError::Damaged)));
        let file = written(&vec![0; 9000]);
        let mut first = vec![0; 4096];
        file.read_exact_at(&mut first, 0).unwrap();
        file.write_all_at(&first, 4096).unwrap();
        let pages = Pages::new(file, 7).unwrap();
        assert!(pages.read(0, 4088).is_ok() && pages.read(4088, 1).is_err());
    }

    #[test]
    fn files_of_other_lengths_are_damaged() {
        for length in [0, 1, 4095, 4097] {
            let file = tempfile::tempfile().unwrap();
            file.set_len(length).unwrap();
            assert!(matches!(Pages::new(file, 7), Err(IndexError::Damaged)));
        }
    }
}
