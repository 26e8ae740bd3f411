//! Opening the root key, or making it on the first start.
//!
//! The order of the first start makes a crash at any moment harmless: the key file is on disk
//! before the root key is wrapped by it, and no key is made before the wrapped root key is in the
//! store. A root key is only ever made where nothing is sealed yet.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use keystead_crypto::seal::{
    Argon2Cost, KeyFile, Passphrase, Seal, SealError, SealKind, SealRecord,
};
use keystead_crypto::{CryptoError, RootKey, SecretBytes, SystemRandom};
use keystead_store::{Commit, CommitError, Expect, ReadError, Store};

use crate::cli::SealChoice;
use crate::config::SealSettings;
use crate::data_dir::DataDir;

/// The store's key of the seal record.
const RECORD: &str = "/seal";

/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

/// Why the root key can't be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the seal record can't be read: {0}")]
    Read(#[from] ReadError),
    #[error("the seal record can't be written: {0}")]
    Commit(#[from] CommitError),
    #[error("the seal record is damaged: {0}; restore {RECORD} of identities.sqlite from a backup")]
    Record(#[from] serde_json::Error),
    #[error("a root key can't be made: {0}")]
    Random(#[from] CryptoError),
    #[error(
        "the data directory has keys but no seal record, so that nothing can open them: restore identities.sqlite from a backup"
    )]
    RecordLost,
    #[error(
        "the key file {} is missing: put it back, or name it with --seal-key-file; without it no key of this data directory can be opened", path.display()
    )]
    KeyFileMissing { path: PathBuf },
    #[error(
        "this data directory is sealed by a {found}: start with --seal {found}, or leave --seal out"
    )]
    OtherSeal { found: SealKind },
    #[error(
        "the passphrase is missing: set KEYSTEAD_SEAL_PASSPHRASE, or name a file with --seal-passphrase-file"
    )]
    PassphraseMissing,
    #[error("can't read the passphrase from {}: {source}", path.display())]
    PassphraseFile { path: PathBuf, source: io::Error },
    #[error(
        "{path} can be used by others (mode {mode:04o}): run `chmod 600 {path}`",
        path = path.display()
    )]
    PassphraseExposed { path: PathBuf, mode: u32 },
    #[error(
        "the passphrase is given twice: leave out KEYSTEAD_SEAL_PASSPHRASE or --seal-passphrase-file"
    )]
    PassphraseTwice,
    #[error("can't look for the key file {}: {source}", path.display())]
    KeyFileHidden { path: PathBuf, source: io::Error },
    #[error("can't look into the data directory: {0}")]
    DataDir(io::Error),
}

/// Opens the root key of a data directory, or makes the first one.
pub(crate) async fn open_root(
    data_dir: &DataDir,
    identities: &dyn Store,
    settings: &SealSettings,
    passphrase: Option<String>,
) -> Result<RootKey, OpenError> {
    let stored = identities.get(RECORD).await?;
    let record: Option<SealRecord> = match &stored {
        Some(stored) => Some(serde_json::from_slice(&stored.value)?),
        None => None,
    };
    let choice = choose(record.as_ref(), settings.choice)?;
    if record.is_none() && data_dir.has_regions().map_err(OpenError::DataDir)? {
        return Err(OpenError::RecordLost);
    }
    let seal: Box<dyn Seal> = match choice {
        SealChoice::KeyFile => Box::new(key_file(data_dir, settings, record.is_none())?),
        SealChoice::Passphrase => Box::new(Passphrase::new(
            read_passphrase(settings, passphrase)?,
            Argon2Cost::default(),
        )),
    };
    if let Some(record) = record {
        return Ok(seal.unwrap_root(&record)?);
    }
    let root = RootKey::generate(&SystemRandom)?;
    let record = serde_json::to_vec(&seal.wrap(&root, &SystemRandom)?)?;
    identities
        .commit(
            Commit::new()
                .expect(RECORD, Expect::Absent)
                .put(RECORD, record),
        )
        .await?;
    Ok(root)
}

fn choose(
    record: Option<&SealRecord>,
    choice: Option<SealChoice>,
) -> Result<SealChoice, OpenError> {
    let Some(record) = record else {
        return Ok(choice.unwrap_or(SealChoice::KeyFile));
    };
    let found = match record.kind() {
        SealKind::KeyFile => SealChoice::KeyFile,
        SealKind::Passphrase => SealChoice::Passphrase,
        other => return Err(OpenError::OtherSeal { found: other }),
    };
    match choice {
        Some(choice) if choice != found => Err(OpenError::OtherSeal {
            found: record.kind(),
        }),
        _ => Ok(found),
    }
}

/// The key file that is there. On the first start one is made, unless an earlier first start was
/// cut off after it had made its own.
fn key_file(
    data_dir: &DataDir,
    settings: &SealSettings,
    first_start: bool,
) -> Result<KeyFile, OpenError> {
    let path = settings
        .key_file
        .clone()
        .unwrap_or_else(|| data_dir.key_file());
    // A file that this process may not look for is not known to be missing.
    let exists = path
        .try_exists()
        .map_err(|source| OpenError::KeyFileHidden {
            path: path.clone(),
            source,
        })?;
    if exists {
        return Ok(KeyFile::read(&path)?);
    }
    if !first_start {
        return Err(OpenError::KeyFileMissing { path });
    }
    let made = KeyFile::generate(&SystemRandom)?;
    made.create(&path)?;
    tracing::warn!(
        path = %path.display(),
        "made a key file that opens the root key; it is for one machine: whoever has it and the data directory has every key, and without it every key is lost"
    );
    Ok(made)
}

fn read_passphrase(
    settings: &SealSettings,
    from_environment: Option<String>,
) -> Result<SecretBytes, OpenError> {
    let mut bytes = match (&settings.passphrase_file, from_environment) {
        (None, None) => return Err(OpenError::PassphraseMissing),
        (Some(_), Some(_)) => return Err(OpenError::PassphraseTwice),
        (None, Some(passphrase)) => return Ok(SecretBytes::from(passphrase.into_bytes())),
        (Some(path), None) => read_private(path)?,
    };
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(SecretBytes::from(bytes))
}

/// Reads a file that nobody but its owner may use, as the key file is read.
fn read_private(path: &Path) -> Result<Vec<u8>, OpenError> {
    let failed = |source| OpenError::PassphraseFile {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    // Of the open file, not of the path: the two could differ by now.
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(OpenError::PassphraseExposed {
            path: path.to_owned(),
            mode,
        });
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
