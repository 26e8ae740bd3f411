//! Tables in index files: entries sorted by their keys, of which a few are read to find one.

use std::io::{self, Write};

use super::error::IndexError;
use super::pages::{PageWriter, Pages};

/// How many entries are read together. Part of the format.
const GROUP: usize = 256;
/// The length of an entry's value.
const VALUE_BYTES: usize = 4;

/// Where something stands in an index file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) start: u64,
    pub(super) bytes: u64,
}

impl Section {
    /// Writes a section.
    pub(super) fn write<W: Write>(
        out: &mut PageWriter<W>,
        content: impl FnOnce(&mut PageWriter<W>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let start = out.position();
        content(out)?;
        let bytes = out.position() - start;
        Ok(Self { start, bytes })
    }

    /// Reads a part of the section.
    ///
    /// # Errors
    /// [`IndexError`], also if the part is not inside.
    pub(super) fn read(self, pages: &Pages, from: u64, length: u64) -> Result<Vec<u8>, IndexError> {
        let inside = from
            .checked_add(length)
            .is_some_and(|end| end <= self.bytes);
        let length = usize::try_from(length).ok().filter(|_| inside);
        let start = self.start.checked_add(from);
        let (start, length) = start.zip(length).ok_or(IndexError::Damaged)?;
        pages.read(start, length)
    }
}

/// A table: its entries, and the first key of each group of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) entries: Section,
    pub(super) firsts: Section,
}

impl Table {
    /// Writes entries, which are sorted. Of each key only the first `key_bytes` are kept, which all of it fits in.
    pub(super) fn write<W: Write>(
        out: &mut PageWriter<W>,
        key_bytes: usize,
        entries: &[(u64, u32)],
    ) -> io::Result<Self> {
        let key = |key: u64| key.to_le_bytes();
        let kept = |bytes: &[u8; 8]| bytes.iter().copied().take(key_bytes).collect::<Vec<_>>();
        Ok(Self {
            entries: Section::write(out, |out| {
                for (of, value) in entries {
                    out.write(&kept(&key(*of)))?;
                    out.write(&value.to_le_bytes())?;
                }
                Ok(())
            })?,
            firsts: Section::write(out, |out| {
                let mut firsts = entries.iter().step_by(GROUP);
                firsts.try_for_each(|(of, _)| out.write(&kept(&key(*of))))
            })?,
        })
    }

    /// The values of a key.
    ///
    /// # Errors
    /// [`IndexError`].
    pub(super) fn find(
        &self,
        pages: &Pages,
        key_bytes: usize,
        key: u64,
    ) -> Result<Vec<u32>, IndexError> {
        let firsts = self.firsts.read(pages, 0, self.firsts.bytes)?;
        let firsts: Vec<u64> = firsts.chunks_exact(key_bytes).map(number).collect();
        // The first entry with the key may be in the group before the one that begins with it.
        let from = firsts
            .partition_point(|first| *first < key)
            .saturating_sub(1);
        let to = firsts.partition_point(|first| *first <= key);
        let group_bytes = (GROUP * (key_bytes + VALUE_BYTES)) as u64;
        let start = from as u64 * group_bytes;
        let end = (to as u64 * group_bytes).min(self.entries.bytes);
        let entries = self.entries.read(pages, start, end.saturating_sub(start))?;
        let entries = entries.chunks_exact(key_bytes + VALUE_BYTES);
        let entries = entries.filter_map(|entry| entry.split_at_checked(key_bytes));
        let with_key = entries.filter(|(of, _)| number(of) == key);
        Ok(with_key
            .filter_map(|(_, value)| Some(u32::from_le_bytes(value.try_into().ok()?)))
            .collect())
    }
}

/// Up to eight bytes, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn every_entry_is_found_and_nothing_else(
            keys in proptest::collection::vec(0_u64..60, 0..1500),
            wide: bool,
        ) {
            let key_bytes = if wide { 8 } else { 4 };
            // Spread, so that all bytes matter.
            let scale = if wide { 0x0010_0001_0000_0101 } else { 0x0001_0001 };
            let mut entries: Vec<_> = (0..).zip(&keys).map(|(i, key)| (key * scale, i)).collect();
            entries.sort_unstable();
            let mut file = tempfile::tempfile().unwrap();
            let mut writer = PageWriter::new(&mut file, 1);
            writer.write(b"before").unwrap();
            let table = Table::write(&mut writer, key_bytes, &entries).unwrap();
            writer.finish(b"").unwrap();
            let pages = Pages::new(file, 1).unwrap();
            for key in (0..60).map(|key| key * scale).chain([1, u64::MAX >> 32]) {
                let expected: Vec<u32> = entries
                    .iter()
                    .filter(|(of, _)| *of == key)
                    .map(|(_, value)| *value)
                    .collect();
                assert_eq!(table.find(&pages, key_bytes, key).unwrap(), expected, "{key}");
            }
        }
    }
}
