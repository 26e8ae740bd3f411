//! Seals: what keeps the root key closed while the service is down.
//!
//! A [`Seal`] wraps the root key into a [`SealRecord`], which is public and kept in the store, and
//! gets it back from there. Callers hold a `dyn Seal` and an opaque record, so other seals (an HSM,
//! another KMS, shares of several people) can come without touching them. Moving to another seal is
//! unwrapping with the one and wrapping with the other; no sealed value changes.

mod error;
mod key_file;
mod passphrase;
mod record;

pub use error::{KeyFileFault, RecordFault, SealError};
pub use key_file::KeyFile;
pub use passphrase::{Argon2Cost, Passphrase};
pub use record::{SealKind, SealRecord};

use crate::{Random, RootKey};

/// Something that can wrap the root key and unwrap it again.
///
/// Both may take long (a passphrase is stretched on purpose) or block.
pub trait Seal: Send + Sync {
    /// Which kind of seal this is.
    fn kind(&self) -> SealKind;

    /// Wraps `root` into a record to be stored.
    ///
    /// # Errors
    /// [`SealError::Crypto`], and what the kind adds: [`SealError::PassphraseTooShort`] and
    /// [`SealError::CostOutOfBounds`] for a passphrase.
    fn wrap(&self, root: &RootKey, random: &dyn Random) -> Result<SealRecord, SealError>;

    /// Unwraps the root key of a record. Nothing changes when it fails, so it may be tried again.
    ///
    /// # Errors
    /// [`SealError::UnsupportedRecord`], [`SealError::WrongKind`], [`SealError::CorruptRecord`],
    /// and the kind's own word for a wrong secret: [`SealError::WrongKeyFile`] or
    /// [`SealError::WrongPassphrase`].
    fn unwrap_root(&self, record: &SealRecord) -> Result<RootKey, SealError>;
}
