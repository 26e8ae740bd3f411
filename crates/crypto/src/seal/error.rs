//! What can go wrong with a seal. The operator reads these at the worst moment: each says what to
//! do next.

use std::{io, path::PathBuf};

use super::SealKind;
use crate::{CryptoError, KeyFingerprint};

/// A failure to wrap or unwrap the root key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The record was made by a later release.
    #[error(
        "the seal record has version {version}, which this release does not know: run the release \
         that wrote it"
    )]
    UnsupportedRecord {
        /// The version found.
        version: u32,
    },

    /// The record was made by another kind of seal.
    #[error(
        "the root key is sealed with a {found} seal, but a {configured} seal is configured: \
         configure the {found} seal"
    )]
    WrongKind {
        /// The kind that was asked to open it.
        configured: SealKind,
        /// The kind that wrapped it.
        found: SealKind,
    },

    /// The record was damaged or tampered with.
    #[error("the seal record in the store is corrupt ({source}): restore the store from a backup")]
    CorruptRecord {
        /// What gave it away.
        source: RecordFault,
    },

    /// The passphrase is not the one that wrapped the root key.
    #[error(
        "the passphrase is wrong: try again, nothing was changed; mind the keyboard layout and \
         trailing newlines"
    )]
    WrongPassphrase,

    /// A passphrase for a new seal is too short to withstand guessing.
    #[error(
        "the passphrase has {length} bytes, at least {minimum} are required: choose a longer one"
    )]
    PassphraseTooShort {
        /// Its length in bytes.
        length: usize,
        /// The least length, in bytes.
        minimum: usize,
    },

    /// A cost of Argon2id is outside of what is sane. In a record, this is a sign of tampering.
    #[error(
        "Argon2id {parameter} of {value} is outside {minimum} to {maximum}: choose one inside, or \
         restore the record"
    )]
    CostOutOfBounds {
        /// Which cost.
        parameter: &'static str,
        /// The cost asked for.
        value: u32,
        /// The least allowed.
        minimum: u32,
        /// The most allowed.
        maximum: u32,
    },

    /// There is not enough memory to stretch the passphrase.
    #[error(
        "stretching the passphrase needs {memory_kib} KiB of memory, which could not be had: free \
         or allow as much"
    )]
    OutOfMemory {
        /// The memory asked for, in KiB.
        memory_kib: u32,
    },

    /// Argon2id refused its input.
    #[error("the passphrase can't be stretched: choose another one")]
    Argon2 {
        /// What it reported.
        source: argon2::Error,
    },

    /// The key file is a valid one, but of another root key.
    #[error(
        "this key file has the fingerprint {given}, the root key was sealed with {needed}: point \
         the configuration at that key file, or restore it from a backup"
    )]
    WrongKeyFile {
        /// Fingerprint of the key file that was given.
        given: KeyFingerprint,
        /// Fingerprint of the key file that is needed.
        needed: KeyFingerprint,
    },

    /// The key file is not readable as one.
    #[error("{} is not a usable key file ({source}): restore it from a backup", path.display())]
    KeyFileMalformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyFileFault,
    },

    /// Others than its owner may read or write the key file.
    #[error(
        "{path} can be used by others (mode {mode:04o}): run `chmod 600 {path}`",
        path = path.display()
    )]
    KeyFileExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// A new key file would replace an existing one, and with it perhaps the only way to a root
    /// key.
    #[error("{} exists and is not overwritten: use it, or name another file", path.display())]
    KeyFileExists {
        /// The file.
        path: PathBuf,
    },

    /// The operating system refused.
    #[error(
        "can't {action} the key file {}: check that its directory exists and may be used",
        path.display()
    )]
    KeyFileIo {
        /// What was tried: a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },

    /// The cryptography underneath failed.
    #[error(transparent)]
    Crypto {
        /// How.
        #[from]
        source: CryptoError,
    },
}

/// How a seal record gives itself away as corrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// It was damaged by accident.
    #[error("its checksum does not match")]
    Checksum,
    /// Its checksum is right, and so is the secret, but the wrapped root key does not authenticate.
    #[error("its wrapped root key was altered")]
    WrappedRoot,
    /// The root key inside is not the one that the record names.
    #[error("it holds another root key than it says")]
    RootKey,
}

/// Why bytes are not a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileFault {
    /// It is empty.
    #[error("it is empty")]
    Empty,
    /// The first line is not that of a key file.
    #[error("its first line is not \"keystead-key-file v1\"")]
    Header,
    /// The key has too few or too many characters: the file was cut or extended.
    #[error("its key is cut short, extended or missing")]
    Length,
    /// The key has characters that are not base64.
    #[error("its key is not base64")]
    Base64,
    /// The key was altered.
    #[error("its checksum does not match: a character was changed")]
    Checksum,
}
