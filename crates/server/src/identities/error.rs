//! Why the identities can't be set up.

use keystead_core::arn::AccountId;
use keystead_crypto::CryptoError;
use keystead_store::{CommitError, ReadError};

use crate::directory::record::RecordError;

/// Why the identities can't be read or written at a start.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The store can't be read.
    #[error("the identities can't be read: {source}")]
    Read {
        /// What the store says.
        #[from]
        source: ReadError,
    },
    /// The store can't be written.
    #[error("the identities can't be written: {source}")]
    Commit {
        /// What the store says.
        #[from]
        source: CommitError,
    },
    /// A record can't be used.
    #[error(transparent)]
    Record {
        /// Which, and why.
        #[from]
        source: RecordError,
    },
    /// A record can't be written as JSON.
    #[error("an identity can't be encoded: {source}")]
    Encoding {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// The secret of an access key can't be sealed or opened.
    #[error("the secret of access key {access_key_id} can't be used: {source}")]
    Secret {
        /// The access key.
        access_key_id: String,
        /// Why.
        source: CryptoError,
    },
    /// A source of randomness failed.
    #[error(transparent)]
    Random {
        /// Why.
        #[from]
        source: CryptoError,
    },
    /// The store is one of another account.
    #[error(
        "the data directory belongs to account {stored}; start with --account {stored}, or with another --data-dir"
    )]
    OtherAccount {
        /// The account of the store.
        stored: AccountId,
    },
    /// Credentials were given that can't be used.
    #[error("{what}")]
    Credentials {
        /// What is wrong, and what to do.
        what: &'static str,
    },
}
