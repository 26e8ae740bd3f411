//! From a message to a body.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a message into a buffer of exactly its size: one that grew would leave a copy of a plaintext behind.
pub(super) fn write(message: &impl Serialize) -> Vec<u8> {
    let mut length = Length(0);
    let counted = serde_json::to_writer(&mut length, message);
    let mut body = Vec::with_capacity(length.0);
    let written = serde_json::to_writer(&mut body, message);
    debug_assert!(
        counted.is_ok() && written.is_ok(),
        "writing to memory can't fail"
    );
    body
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
