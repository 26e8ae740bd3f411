//! The contests, by the families of keys.

mod ec;
mod edwards;
mod hmac;
mod ml_dsa;
mod rsa;
mod sm2;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use rand_core::{TryCryptoRng, TryRng};

use super::contest::Contest;
use super::keys::Keys;
use crate::bench::Error;

/// All contests.
pub(super) fn all() -> Result<Vec<Contest>, Error> {
    let keys = Keys::new()?;
    let families = [
        rsa::contests(&keys)?,
        ec::contests(&keys)?,
        edwards::contests(&keys)?,
        ml_dsa::contests(&keys)?,
        hmac::contests(&keys)?,
        sm2::contests(&keys)?,
    ];
    Ok(families.into_iter().flatten().collect())
}

/// The generator of AWS-LC for RustCrypto's libraries, as the provider hands it to them.
struct SystemRng;

impl TryRng for SystemRng {
    type Error = Unspecified;

    fn try_next_u32(&mut self) -> Result<u32, Unspecified> {
        let mut bytes = [0; 4];
        rand::fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Unspecified> {
        let mut bytes = [0; 8];
        rand::fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Unspecified> {
        rand::fill(out)
    }
}

impl TryCryptoRng for SystemRng {}
