//! The end of the last segment, after whatever ended the process before.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use memchr::memchr;

use super::disk::Tail;
use crate::private_file;

/// How much is read at once while looking for the last line end.
const BLOCK_BYTES: usize = 64 * 1024;

/// More than a group of lines has, which is written at once: the writer's limit and one line.
const GROUP_BYTES: u64 = 8 * 1024 * 1024;

/// Opens the segment of this number for more lines, without what is torn at its end: whoever appended those lines and
/// waited for the disk was never told that they are in the log.
///
/// The last group may be there in part. Killed processes leave the beginning of it; a power failure may leave any
/// sectors of it, and zeros for the others, which no line has. Zeros may also be those of a disk that lost what it had,
/// and whole lines may be behind them: what is cut off for them is put aside, in a file beside the segment.
pub(super) fn repair(path: &Path, number: u64) -> io::Result<Tail<Arc<File>>> {
    let segment = OpenOptions::new().read(true).write(true).open(path)?;
    let length = segment.metadata()?.len();
    let end = end_of_lines(&segment, length)?;
    let hole = first_hole(&segment, end.saturating_sub(GROUP_BYTES), end)?;
    let offset = match hole {
        Some(hole) => {
            let offset = end_of_lines(&segment, hole)?;
            put_aside(&segment, offset, length, path)?;
            offset
        }
        None => {
            if end < length {
                let bytes = length - end;
                tracing::warn!(bytes, segment = %path.display(), "the audit log ended with a part of a record: it is removed. No answered call lacks its record for that, unless the log was buffered or its file was changed");
            }
            end
        }
    };
    if offset < length {
        segment.set_len(offset)?;
    }
    // What an earlier process wrote, but did not live to sync, becomes part of the log.
    segment.sync_all()?;
    Ok(Tail {
        segment: Arc::new(segment),
        number,
        offset,
    })
}

/// Copies what is between two offsets to a file beside the segment, which is durable then.
pub(super) fn put_aside(segment: &File, from: u64, to: u64, path: &Path) -> io::Result<()> {
    let path = path.with_extension(format!("{from}.torn"));
    // A group has no more than a few MiB.
    let mut torn = vec![0; usize::try_from(to - from).map_err(io::Error::other)?];
    segment.read_exact_at(&mut torn, from)?;
    private_file::replace(&path, &torn)?;
    tracing::warn!(
        bytes = torn.len(),
        file = %path.display(),
        "the end of the audit log was torn when its disk lost power, or damaged: it is cut off and put aside"
    );
    Ok(())
}

/// The offset after the last line end of the first `length` bytes.
pub(super) fn end_of_lines(segment: &File, length: u64) -> io::Result<u64> {
    let mut block = vec![0; BLOCK_BYTES];
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES as u64);
        let wanted = usize::try_from(end - start).unwrap_or(BLOCK_BYTES);
        let bytes = block.get_mut(..wanted).unwrap_or_default();
        segment.read_exact_at(bytes, start)?;
        if let Some(place) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + place as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Where the first zero is between two offsets.
fn first_hole(segment: &File, start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut block = vec![0; BLOCK_BYTES];
    let mut from = start;
    while from < end {
        let wanted = usize::try_from(end - from).map_or(BLOCK_BYTES, |left| left.min(BLOCK_BYTES));
        let bytes = block.get_mut(..wanted).unwrap_or_default();
        segment.read_exact_at(bytes, from)?;
        if let Some(place) = memchr(0, bytes) {
            return Ok(Some(from + place as u64));
        }
        from += wanted as u64;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn whole_lines_stay_and_a_torn_one_goes() {
        let long = "x".repeat(3 * BLOCK_BYTES);
        let edge = "x".repeat(BLOCK_BYTES - 1);
        let cases = [
            (String::new(), String::new()),
            ("{}\n".into(), "{}\n".into()),
            ("{}\n{\"a\"".into(), "{}\n".into()),
            ("{\"a\"".into(), String::new()),
            ("\n".into(), "\n".into()),
            (format!("{{}}\n{long}"), "{}\n".into()),
            (format!("{long}\n{long}"), format!("{long}\n")),
            (format!("{edge}\n{edge}\n"), format!("{edge}\n{edge}\n")),
            (format!("\n{edge}"), "\n".into()),
            (format!("\n{edge}x"), "\n".into()),
            (long.clone(), String::new()),
            ("{}\n{\"a\0\0\n{}\n".into(), "{}\n".into()),
            ("{}\n\0\0{}\n{}".into(), "{}\n".into()),
            ("\0\0\0\n".into(), String::new()),
            (format!("{{}}\n{long}\0{long}\n{edge}\n"), "{}\n".into()),
        ];
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("segment");
        for (i, (before, after)) in cases.into_iter().enumerate() {
            fs::write(&path, &before).unwrap();
            let tail = repair(&path, 1).unwrap();
            assert_eq!(tail.offset, after.len() as u64, "case {i}");
            assert!(fs::read_to_string(&path).unwrap() == after, "case {i}");
            let aside = path.with_extension(format!("{}.torn", after.len()));
            let torn = before
                .contains('\0')
                .then(|| before[after.len()..].to_owned());
            assert!(fs::read_to_string(&aside).ok() == torn, "case {i}");
            let _ = fs::remove_file(&aside);
        }
    }
}
