//! For tests alone: repeatable randomness, and the suite that every provider must pass.

mod conformance;

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{Context, SHA256};

pub use conformance::{binding, conformance, conformance_of, identity};

use crate::{CryptoError, Random, RootKey};

/// Bytes that depend on a seed and on how much was drawn before: SHA-256 of the seed and a counter,
/// block by block. Repeatable, therefore worthless for anything but tests.
pub struct SeededRandom {
    seed: String,
    next_block: AtomicU64,
}

impl SeededRandom {
    /// A source that starts at the beginning of the sequence of `seed`.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self {
            seed: seed.to_owned(),
            next_block: AtomicU64::new(0),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        for chunk in out.chunks_mut(32) {
            let mut block = Context::new(&SHA256);
            block.update(self.seed.as_bytes());
            block.update(
                &self
                    .next_block
                    .fetch_add(1, Ordering::Relaxed)
                    .to_be_bytes(),
            );
            for (to, from) in chunk.iter_mut().zip(block.finish().as_ref()) {
                *to = *from;
            }
        }
        Ok(())
    }
}

/// A source that always fails.
pub struct BrokenRandom;

impl Random for BrokenRandom {
    fn fill(&self, _out: &mut [u8]) -> Result<(), CryptoError> {
        Err(CryptoError::RandomUnavailable {
            source: "broken for a test".into(),
        })
    }
}

/// A root key's bytes, for a test that looks for them where they must not be.
#[must_use]
pub fn danger_root_key_bytes(root: &RootKey) -> [u8; 32] {
    // Exposed to the test alone: this module is not part of the product.
    *root.expose()
}
