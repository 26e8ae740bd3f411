//! The frozen files under `tests/vectors`: what a released version made must open forever, and what
//! it refused must stay refused.
//!
//! Each file is checked twice: every case is opened from the file, and the seeded generator must
//! still make exactly these cases. `tests/vectors/cross_check.py` checks the same files with an
//! implementation of its own.

mod ciphertext;
mod record;
mod sealed;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A file of cases.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct File<C> {
    format: String,
    cases: Vec<C>,
}

fn read<C: DeserializeOwned>(format: &str, text: &str) -> Vec<C> {
    let file: File<C> = serde_json::from_str(text).unwrap();
    assert_eq!(file.format, format);
    file.cases
}

/// Fails unless the generator makes the frozen cases, and shows what it makes instead.
fn assert_frozen<C: DeserializeOwned + Serialize + PartialEq>(
    format: &str,
    text: &str,
    generated: Vec<C>,
) {
    if read::<C>(format, text) == generated {
        return;
    }
    let file = File {
        format: format.to_owned(),
        cases: generated,
    };
    panic!(
        "{format}: the frozen file differs from what is generated:\n{}",
        serde_json::to_string_pretty(&file).unwrap()
    );
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "{text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// A copy of `bytes` with one byte changed.
fn flipped(bytes: &[u8], position: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[position] ^= 0x01;
    bytes
}
