//! Identifiers that only have to be unique: request ids and event ids.

use std::cell::RefCell;

use keystead_crypto::{CryptoError, Provider};

/// How many random bytes are asked for at once: the system's generator takes about as long for
/// these as for sixteen, and a call needs two ids.
const BATCH: usize = 4096;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: Vec::new() }) };
}

struct Pool {
    bytes: Vec<u8>,
}

/// A new version 4 UUID (RFC 9562) in its lower-case form. Not for secrets: the bytes wait in
/// ordinary memory.
///
/// # Errors
/// The random generator's.
pub(crate) fn new_id(provider: &dyn Provider) -> Result<String, CryptoError> {
    POOL.with_borrow_mut(|pool| {
        if pool.bytes.len() < 16 {
            pool.bytes.resize(BATCH, 0);
            provider
                .fill_random(&mut pool.bytes)
                .inspect_err(|_| pool.bytes.clear())?;
        }
        let rest = pool.bytes.len().saturating_sub(16);
        let mut bytes = [0; 16];
        for (byte, random) in bytes.iter_mut().zip(pool.bytes.drain(rest..)) {
            *byte = random;
        }
        Ok(uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string())
    })
}
