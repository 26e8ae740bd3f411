//! Looking for a record on the disk, also while a server appends to the log.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use super::LogError;
use super::directory::{newest_first, unreadable};

/// The newest line of the log in `directory` that is `wanted`, without its end. Nothing is changed
/// and nothing is locked.
///
/// A line without its end is passed over: it is being written, or was left by a crash. What
/// `wanted` is given can be anything that is in the directory's segments.
///
/// # Errors
/// [`LogError::Open`] if the directory or a segment can't be read.
pub fn find(
    directory: &Path,
    mut wanted: impl FnMut(&[u8]) -> bool,
) -> Result<Option<Vec<u8>>, LogError> {
    for path in newest_first(directory)? {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(unreadable(&path, source)),
        };
        let found = last_of(BufReader::new(file), &mut wanted);
        if let Some(line) = found.map_err(|source| unreadable(&path, source))? {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

fn last_of(
    mut segment: BufReader<File>,
    wanted: &mut impl FnMut(&[u8]) -> bool,
) -> std::io::Result<Option<Vec<u8>>> {
    let (mut line, mut last) = (Vec::new(), None);
    loop {
        line.clear();
        segment.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Ok(last);
        }
        if wanted(&line) {
            last = Some(line.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_newest_whole_line_is_found() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path();
        fs::write(path.join("segment-00000001.jsonl"), "a1\nb1\n").unwrap();
        fs::write(path.join("segment-00000002.jsonl"), "a2\na3\nb2").unwrap();
        fs::write(path.join("notes.txt"), "a4\n").unwrap();
        let find = |first: &str| {
            let first = first.as_bytes().to_owned();
            let found = find(path, |line| line.starts_with(&first)).unwrap();
            found.map(|line| String::from_utf8(line).unwrap())
        };
        assert_eq!(find("a").as_deref(), Some("a3"));
        assert_eq!(find("a1").as_deref(), Some("a1"));
        assert_eq!(find("b").as_deref(), Some("b1"), "b2 is not whole");
        assert_eq!(find("c"), None);
    }

    #[test]
    fn without_a_log_there_is_an_error_that_names_it() {
        let scratch = tempfile::tempdir().unwrap();
        let missing = scratch.path().join("audit");
        let error = find(&missing, |_| true).unwrap_err();
        assert!(matches!(error, LogError::Open { path, .. } if path == missing));
    }
}
