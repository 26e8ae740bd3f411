//! What the store keeps of a seal.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{Argon2Cost, RecordFault, SealError};
use crate::{
    CryptoError, KeyFingerprint, Random, RootKey, SecretArray, base64_text,
    canonical::put_prefixed, envelope::SealingKey, random::SALT_LEN,
};

const VERSION: u32 = 1;

/// The kinds of seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealKind {
    /// A key in a file.
    KeyFile,
    /// A passphrase that someone types or a supervisor passes.
    Passphrase,
}

impl fmt::Display for SealKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyFile => "key-file",
            Self::Passphrase => "passphrase",
        })
    }
}

/// How the root key was wrapped, with the public parameters needed to unwrap it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum SealMethod {
    /// By the key in a file.
    KeyFile,
    /// By a key stretched from a passphrase with Argon2id (RFC 9106).
    Passphrase {
        /// What the stretching costs.
        cost: Argon2Cost,
        /// The salt.
        #[serde(with = "base64_text")]
        salt: [u8; SALT_LEN],
    },
}

/// The wrapped root key and all that is public about its seal.
///
/// Whoever reads it learns nothing about the root key but what guessing the passphrase gives. Its
/// checksum tells damage from a wrong secret; authenticity comes from the wrapped root key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealRecord {
    version: u32,
    root_key: KeyFingerprint,
    seal: SealMethod,
    #[serde(with = "base64_text")]
    wrapped_root: Vec<u8>,
    #[serde(with = "base64_text")]
    checksum: [u8; 32],
}

impl SealRecord {
    /// Wraps `root` with `wrapper`, which `seal` says how to find again.
    pub(super) fn wrap(
        root: &RootKey,
        wrapper: &SealingKey,
        seal: SealMethod,
        random: &dyn Random,
    ) -> Result<Self, SealError> {
        let public = public_bytes(root.fingerprint(), &seal);
        let wrapped_root = wrapper.seal(random, &public, root.expose())?;
        let checksum = checksum(&public, &wrapped_root);
        Ok(Self {
            version: VERSION,
            root_key: root.fingerprint(),
            seal,
            wrapped_root,
            checksum,
        })
    }

    /// The method, once the record is known to be sound and for a seal of kind `configured`.
    pub(super) fn method_for(&self, configured: SealKind) -> Result<&SealMethod, SealError> {
        if self.version != VERSION {
            return Err(SealError::UnsupportedRecord {
                version: self.version,
            });
        }
        if checksum(&public_bytes(self.root_key, &self.seal), &self.wrapped_root) != self.checksum {
            return Err(SealError::CorruptRecord {
                source: RecordFault::Checksum,
            });
        }
        let found = self.kind();
        if found == configured {
            Ok(&self.seal)
        } else {
            Err(SealError::WrongKind { configured, found })
        }
    }

    /// Unwraps the root key; `wrong_wrapper` says, in the seal's own words, that the record needs
    /// another wrapper, whose fingerprint it is given.
    pub(super) fn unwrap_with(
        &self,
        wrapper: &SealingKey,
        wrong_wrapper: impl FnOnce(KeyFingerprint) -> SealError,
    ) -> Result<RootKey, SealError> {
        let public = public_bytes(self.root_key, &self.seal);
        let opened = wrapper
            .open(&self.wrapped_root, &public)
            .map_err(|error| match error {
                CryptoError::SealedByAnotherKey { sealed_by, .. } => wrong_wrapper(sealed_by),
                _ => SealError::CorruptRecord {
                    source: RecordFault::WrappedRoot,
                },
            })?;
        // Exposed to be moved into its fixed-size home; the buffer is wiped on return.
        let secret = SecretArray::copied_from(opened.expose()).ok_or(SealError::CorruptRecord {
            source: RecordFault::WrappedRoot,
        })?;
        let root = RootKey::new(secret)?;
        if root.fingerprint() == self.root_key {
            Ok(root)
        } else {
            Err(SealError::CorruptRecord {
                source: RecordFault::RootKey,
            })
        }
    }

    /// Which kind of seal can open this record.
    #[must_use]
    pub fn kind(&self) -> SealKind {
        match self.seal {
            SealMethod::KeyFile => SealKind::KeyFile,
            SealMethod::Passphrase { .. } => SealKind::Passphrase,
        }
    }

    /// The public name of the root key inside.
    #[must_use]
    pub fn root_key(&self) -> KeyFingerprint {
        self.root_key
    }
}

/// The canonical bytes of all public fields of version 1: authenticated with the wrapped root key.
fn public_bytes(root_key: KeyFingerprint, seal: &SealMethod) -> Vec<u8> {
    let mut out = Vec::new();
    put_prefixed(&mut out, b"keystead seal record v1");
    put_prefixed(&mut out, root_key.as_bytes());
    match seal {
        SealMethod::KeyFile => put_prefixed(&mut out, b"key-file"),
        SealMethod::Passphrase { cost, salt } => {
            put_prefixed(&mut out, b"passphrase");
            for number in [cost.memory_kib, cost.iterations, cost.parallelism] {
                put_prefixed(&mut out, &number.to_be_bytes());
            }
            put_prefixed(&mut out, salt);
        }
    }
    out
}

fn checksum(public: &[u8], wrapped_root: &[u8]) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(public.len() + wrapped_root.len());
    bytes.extend_from_slice(public);
    bytes.extend_from_slice(wrapped_root);
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, &bytes).as_ref());
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        seal::{KeyFile, Seal},
        testing::SeededRandom,
    };

    fn root() -> RootKey {
        RootKey::generate(&SeededRandom::new("root")).unwrap()
    }

    fn wrapper() -> KeyFile {
        KeyFile::generate(&SeededRandom::new("file")).unwrap()
    }

    fn record() -> SealRecord {
        wrapper().wrap(&root(), &SeededRandom::new("salt")).unwrap()
    }

    /// The record with its checksum made right again, as one who tampers would.
    fn resummed(mut record: SealRecord) -> SealRecord {
        record.checksum = checksum(
            &public_bytes(record.root_key, &record.seal),
            &record.wrapped_root,
        );
        record
    }

    #[test]
    fn it_survives_its_document() {
        let document = serde_json::to_string(&record()).unwrap();
        assert_eq!(
            serde_json::from_str::<SealRecord>(&document).unwrap(),
            record()
        );
        assert!(
            document.starts_with(r#"{"version":1,"root_key":""#),
            "{document}"
        );
        assert!(
            document.contains(r#""seal":{"kind":"key-file"}"#),
            "{document}"
        );
    }

    #[test]
    fn the_document_shows_no_secret() {
        let shown = format!(
            "{:?}{}",
            record(),
            serde_json::to_string(&record()).unwrap()
        );
        for secret in [root().expose(), wrapper_key().expose()] {
            let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(!shown.contains(&hex[..16]) && !shown.contains(&format!("{:?}", &secret[..8])));
        }
    }

    fn wrapper_key() -> SealingKey {
        SealingKey::generate(&SeededRandom::new("file")).unwrap()
    }

    #[test]
    fn a_later_version_is_named() {
        let record = SealRecord {
            version: 2,
            ..record()
        };
        assert!(matches!(
            wrapper().unwrap_root(&record),
            Err(SealError::UnsupportedRecord { version: 2 })
        ));
    }

    #[test]
    fn damage_is_told_from_tampering() {
        let damaged = |fault| {
            let mut record = record();
            match fault {
                0 => *record.wrapped_root.last_mut().unwrap() ^= 1,
                1 => record.wrapped_root.truncate(20),
                2 => record.wrapped_root.clear(),
                3 => record.root_key = wrapper_key().fingerprint(),
                _ => record.wrapped_root[0] = 2,
            }
            record
        };
        for fault in 0..5 {
            let by_accident = wrapper().unwrap_root(&damaged(fault)).unwrap_err();
            assert!(
                matches!(
                    by_accident,
                    SealError::CorruptRecord {
                        source: RecordFault::Checksum
                    }
                ),
                "{fault}"
            );
            let on_purpose = wrapper()
                .unwrap_root(&resummed(damaged(fault)))
                .unwrap_err();
            assert!(
                matches!(
                    on_purpose,
                    SealError::CorruptRecord {
                        source: RecordFault::WrappedRoot
                    }
                ),
                "{fault}"
            );
        }
    }

    #[test]
    fn a_record_that_names_another_root_is_refused() {
        let named = wrapper_key().fingerprint();
        let public = public_bytes(named, &SealMethod::KeyFile);
        let wrapped_root = wrapper_key()
            .seal(&SeededRandom::new("salt"), &public, root().expose())
            .unwrap();
        let lying = resummed(SealRecord {
            root_key: named,
            wrapped_root,
            ..record()
        });
        let error = wrapper().unwrap_root(&lying).unwrap_err();
        assert!(
            matches!(
                error,
                SealError::CorruptRecord {
                    source: RecordFault::RootKey
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn every_damaged_character_of_the_document_is_refused() {
        let document = serde_json::to_string(&record()).unwrap();
        for position in 0..document.len() {
            let mut bytes = document.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let opened = serde_json::from_slice::<SealRecord>(&bytes)
                .ok()
                .map(|record| wrapper().unwrap_root(&record));
            assert!(!matches!(opened, Some(Ok(_))), "position {position}");
        }
    }
}
