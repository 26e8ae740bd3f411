//! Texts that the command line names: a file, or standard input as `-`.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// What stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The longest text that is read. No kind of policy may have as much.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads a text.
///
/// # Errors
/// What reading fails with, and a text that is too long.
pub(crate) fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = if file == Path::new(STANDARD_INPUT) {
        io::stdin()
            .lock()
            .take(MAX_BYTES)
            .read_to_string(&mut text)?
    } else {
        let file = fs::File::open(file)?;
        file.take(MAX_BYTES).read_to_string(&mut text)?
    };
    if u64::try_from(read).is_ok_and(|read| read < MAX_BYTES) {
        Ok(text)
    } else {
        Err(io::Error::other("it is longer than any policy may be"))
    }
}
