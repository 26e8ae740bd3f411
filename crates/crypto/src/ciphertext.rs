//! The ciphertext blob, version 1.
//!
//! | Bytes | Field |
//! |---|---|
//! | 1 | version, 1 |
//! | 1 | flags: bit 0 set for a multi-Region key id, all others clear |
//! | 16 | key id |
//! | 32 | key material id |
//! | 16 | salt |
//! | 12 | IV |
//! | n | ciphertext |
//! | 16 | tag |
//!
//! Everything before the ciphertext is the header. It and the encryption context are the additional
//! authenticated data. The blob names neither region nor account, so that every replica of a
//! multi-Region key opens it.

mod context;

pub use context::ContextAad;

use crate::{
    CryptoError,
    gcm::TAG_LEN,
    random::{IV_LEN, SALT_LEN, SaltAndIv},
};

const VERSION: u8 = 1;
const FLAG_MULTI_REGION: u8 = 1;
const KEY_ID_LEN: usize = 16;
const MATERIAL_ID_LEN: usize = 32;

/// Length of a blob's header, in bytes.
pub(crate) const HEADER_LEN: usize = 1 + 1 + KEY_ID_LEN + MATERIAL_ID_LEN + SALT_LEN + IV_LEN;

/// The most bytes a blob may have: AWS's limit for `CiphertextBlob`.
pub const MAX_BLOB_LEN: usize = 6144;

/// How many bytes longer a blob is than its plaintext.
pub const OVERHEAD: usize = HEADER_LEN + TAG_LEN;

/// The most bytes of plaintext that fit a blob.
pub const MAX_PLAINTEXT_LEN: usize = MAX_BLOB_LEN - OVERHEAD;

/// How a key id is written where people see it. The bytes are 128 bits either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyIdForm {
    /// A UUID: a key of one region.
    Uuid,
    /// `mrk-` and 32 hexadecimal digits: a multi-Region key.
    MultiRegion,
}

/// Which key and which of its materials made a blob. Public, and readable by whoever holds the
/// blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobIdentity {
    /// How the key id is written.
    pub form: KeyIdForm,
    /// The 128 bits of the key id.
    pub key_id: [u8; KEY_ID_LEN],
    /// The 256 bits of the key material id.
    pub material_id: [u8; MATERIAL_ID_LEN],
}

/// A well-formed blob, borrowed from its bytes. Nothing in it is authentic until it is decrypted.
#[derive(Clone, Copy, Debug)]
pub struct Blob<'a> {
    identity: BlobIdentity,
    header: &'a [u8; HEADER_LEN],
    salt: &'a [u8; SALT_LEN],
    iv: &'a [u8; IV_LEN],
    ciphertext: &'a [u8],
    tag: &'a [u8; TAG_LEN],
}

impl<'a> Blob<'a> {
    /// Reads a blob of at most [`MAX_BLOB_LEN`] bytes.
    ///
    /// # Errors
    /// [`CryptoError::InvalidCiphertext`] for any other length than the format allows, an unknown
    /// version, and a flag that version 1 does not define.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CryptoError> {
        Self::parts(bytes).ok_or(CryptoError::InvalidCiphertext)
    }

    fn parts(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > MAX_BLOB_LEN {
            return None;
        }
        let (header, body) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let (ciphertext, tag) = body.split_last_chunk()?;
        let (&[VERSION, flags], rest) = header.split_first_chunk()? else {
            return None;
        };
        let form = match flags {
            0 => KeyIdForm::Uuid,
            FLAG_MULTI_REGION => KeyIdForm::MultiRegion,
            _ => return None,
        };
        let (&key_id, rest) = rest.split_first_chunk()?;
        let (&material_id, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let iv = rest.try_into().ok()?;
        Some(Self {
            identity: BlobIdentity {
                form,
                key_id,
                material_id,
            },
            header,
            salt,
            iv,
            ciphertext,
            tag,
        })
    }

    /// Which key and material the blob claims to come from.
    #[must_use]
    pub fn identity(&self) -> &BlobIdentity {
        &self.identity
    }

    /// The header: the first part of the additional authenticated data.
    #[must_use]
    pub fn header(&self) -> &'a [u8; HEADER_LEN] {
        self.header
    }

    /// The salt that the message's key is derived with.
    #[must_use]
    pub fn salt(&self) -> &'a [u8; SALT_LEN] {
        self.salt
    }

    /// The initialization vector of AES-GCM.
    #[must_use]
    pub fn iv(&self) -> &'a [u8; IV_LEN] {
        self.iv
    }

    /// The ciphertext, as long as the plaintext.
    #[must_use]
    pub fn ciphertext(&self) -> &'a [u8] {
        self.ciphertext
    }

    /// The authentication tag.
    #[must_use]
    pub fn tag(&self) -> &'a [u8; TAG_LEN] {
        self.tag
    }
}

/// A blob with its header written and zeros for ciphertext and tag: the one allocation of an
/// encryption.
pub(crate) fn blank_blob(
    identity: &BlobIdentity,
    fresh: &SaltAndIv,
    plaintext_len: usize,
) -> Vec<u8> {
    let flags = match identity.form {
        KeyIdForm::Uuid => 0,
        KeyIdForm::MultiRegion => FLAG_MULTI_REGION,
    };
    let length = OVERHEAD + plaintext_len;
    let mut blob = Vec::with_capacity(length);
    blob.extend_from_slice(&[VERSION, flags]);
    blob.extend_from_slice(&identity.key_id);
    blob.extend_from_slice(&identity.material_id);
    blob.extend_from_slice(&fresh.salt);
    blob.extend_from_slice(&fresh.iv);
    blob.resize(length, 0);
    blob
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn identities() -> impl Strategy<Value = BlobIdentity> {
        (any::<bool>(), any::<[u8; 16]>(), any::<[u8; 32]>()).prop_map(
            |(multi_region, key_id, material_id)| {
                let form = if multi_region {
                    KeyIdForm::MultiRegion
                } else {
                    KeyIdForm::Uuid
                };
                BlobIdentity {
                    form,
                    key_id,
                    material_id,
                }
            },
        )
    }

    fn blank(length: usize) -> Vec<u8> {
        let identity = BlobIdentity {
            form: KeyIdForm::Uuid,
            key_id: [1; 16],
            material_id: [2; 32],
        };
        blank_blob(
            &identity,
            &SaltAndIv {
                salt: [3; 16],
                iv: [4; 12],
            },
            length,
        )
    }

    #[test]
    fn the_limits_are_the_documented_ones() {
        assert_eq!((HEADER_LEN, OVERHEAD, MAX_PLAINTEXT_LEN), (78, 94, 6050));
        for (length, parses) in [
            (0, false),
            (1, false),
            (93, false),
            (94, true),
            (6144, true),
            (6145, false),
        ] {
            let mut bytes = blank(MAX_PLAINTEXT_LEN + 1);
            bytes.truncate(length);
            assert_eq!(Blob::parse(&bytes).is_ok(), parses, "{length}");
        }
    }

    #[test]
    fn only_version_1_and_its_flags_parse() {
        for version in 0..=u8::MAX {
            for flags in 0..=u8::MAX {
                let mut bytes = blank(4);
                (bytes[0], bytes[1]) = (version, flags);
                let known = version == 1 && flags <= 1;
                assert_eq!(
                    Blob::parse(&bytes).is_ok(),
                    known,
                    "version {version}, flags {flags}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_laid_out_is_read_back(
            identity in identities(),
            salt in any::<[u8; 16]>(),
            iv in any::<[u8; 12]>(),
            length in 0..=MAX_PLAINTEXT_LEN,
        ) {
            let bytes = blank_blob(&identity, &SaltAndIv { salt, iv }, length);
            let blob = Blob::parse(&bytes).unwrap();
            prop_assert_eq!(blob.identity(), &identity);
            prop_assert_eq!((blob.salt(), blob.iv()), (&salt, &iv));
            prop_assert_eq!((blob.ciphertext().len(), blob.tag()), (length, &[0; 16]));
            prop_assert_eq!(blob.header().as_slice(), &bytes[..HEADER_LEN]);
        }

        #[test]
        fn any_bytes_are_judged_without_panic(bytes in vec(any::<u8>(), 0..300)) {
            let parses = bytes.len() >= OVERHEAD && bytes[0] == VERSION && bytes[1] <= 1;
            prop_assert_eq!(Blob::parse(&bytes).is_ok(), parses);
        }
    }
}
