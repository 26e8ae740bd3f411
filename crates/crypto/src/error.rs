//! What can go wrong with a key or a ciphertext.

use std::error::Error;

use keystead_core::key::KeySpec;

use crate::{KeyFingerprint, Purpose};

/// A failure of the cryptographic layer.
///
/// Those up to [`InvalidMaterial`](Self::InvalidMaterial) can be caused by what a client sends; all
/// others concern the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// A ciphertext blob is malformed or altered, or its encryption context or key is not the one
    /// it was made with. One variant for all of these: whoever sends altered blobs must not learn
    /// which check stopped them.
    #[error("the ciphertext, its encryption context and the key do not belong together")]
    InvalidCiphertext,

    /// No plaintext, where the algorithm needs some.
    #[error("there is no plaintext to encrypt")]
    PlaintextEmpty,

    /// More plaintext than a value may hold.
    #[error("the plaintext has {length} bytes, the limit is {limit}")]
    PlaintextTooLong {
        /// Length of what was given, in bytes.
        length: usize,
        /// The most that is allowed, in bytes.
        limit: usize,
    },

    /// The key does not know the algorithm, or the algorithm not this form of the message.
    #[error("the algorithm does not fit the key or the form of the message")]
    Algorithm,

    /// What is given as a digest is not as long as one.
    #[error("the digest has {length} bytes, the algorithm's have {expected}")]
    DigestLength {
        /// Its length in bytes.
        length: usize,
        /// The length of the algorithm's digests, in bytes.
        expected: usize,
    },

    /// A signature is not one of this key on this message.
    #[error("the signature does not fit the key and the message")]
    InvalidSignature,

    /// A MAC is not the one of this key on this message.
    #[error("the MAC does not fit the key and the message")]
    InvalidMac,

    /// A MAC of this message, under this kind of key, could be a key that something is encrypted
    /// under. None is made or verified.
    #[error("the message is one of those by which keys are derived")]
    ReservedMessage,

    /// A public key is malformed, of another kind, or not a point of the curve.
    #[error("the public key is not one that the key can work with")]
    InvalidPublicKey,

    /// Bytes are not key material of the kind asked for.
    #[error("the bytes are not key material of the kind {spec}")]
    InvalidMaterial {
        /// The kind.
        spec: KeySpec,
    },

    /// A sealed value is too short to be one: the store returned something else, or a part of it.
    #[error("a sealed value is cut short: it has {length} bytes")]
    SealedTruncated {
        /// Its length in bytes.
        length: usize,
    },

    /// A sealed value has a format version that this release does not know.
    #[error(
        "a sealed value has format version {version}, unknown to this release: it is damaged, or \
         made by a later one"
    )]
    SealedVersionUnknown {
        /// The version found.
        version: u8,
    },

    /// A sealed value was sealed by another key than the one at hand.
    #[error("a value was sealed by key {sealed_by}, but the key in use is {in_use}")]
    SealedByAnotherKey {
        /// Fingerprint of the key that sealed it, as the value says.
        sealed_by: KeyFingerprint,
        /// Fingerprint of the key that was to open it.
        in_use: KeyFingerprint,
    },

    /// A sealed value was altered, or brought here from another region, account, key or purpose.
    #[error("a sealed value was altered or moved: it was not sealed for this place")]
    SealedMismatch,

    /// A provider was given the binding of something that is not key material.
    #[error("a provider of keys was asked to work on a value with the purpose {purpose:?}")]
    WrongPurpose {
        /// The purpose that the binding states.
        purpose: Purpose,
    },

    /// The source of randomness failed; nothing was made.
    #[error("the source of randomness failed")]
    RandomUnavailable {
        /// What the source reported.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The cryptographic library refused an operation that cannot fail on valid input.
    #[error("the cryptographic library refused to {operation}")]
    LibraryRefused {
        /// What was to be done.
        operation: &'static str,
    },
}
