//! [`Random`] as RustCrypto's libraries ask for it.

use rand_core::{TryCryptoRng, TryRng};

use crate::{CryptoError, Random};

/// A source of randomness that remembers why it failed: the libraries report their errors without
/// a cause.
pub(super) struct Rng<'a> {
    random: &'a dyn Random,
    failure: Option<CryptoError>,
}

/// The source failed; the [`Rng`] knows why.
#[derive(Debug, thiserror::Error)]
#[error("the source of randomness failed")]
pub(super) struct Failed;

impl<'a> Rng<'a> {
    pub(super) const fn new(random: &'a dyn Random) -> Self {
        Self {
            random,
            failure: None,
        }
    }

    /// What a library answered that drew from here, with the cause if there is one.
    pub(super) fn outcome<T, E>(
        self,
        result: Result<T, E>,
        operation: &'static str,
    ) -> Result<T, CryptoError> {
        result.map_err(|_| {
            self.failure
                .unwrap_or(CryptoError::LibraryRefused { operation })
        })
    }
}

impl TryRng for Rng<'_> {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Failed> {
        self.random.fill(out).map_err(|error| {
            self.failure = Some(error);
            Failed
        })
    }
}

impl TryCryptoRng for Rng<'_> {}
