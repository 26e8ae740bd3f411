//! What protects a ciphertext: the data that AES-GCM authenticates, and the value that proves that an answer came
//! whole.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Serialize, Serializer};

use super::fault::{Fault, Problem, SizeRule, WrongSize};
use super::parts::{AdditionalData, Base64, CiphertextMetadata, Sealed};
use crate::json::serialize_blob;

/// What a proxy hands to AES-GCM as additional authenticated data: the request's own and the metadata, each after its
/// length (two bytes and one, big-endian), so that neither can pass for a part of the other.
///
/// KMS can't see it, but who has written ciphertexts with it can't read them without.
///
/// Source: specification, "Encrypt", `ciphertextMetadata`.
#[must_use]
pub fn full_aad(data: &AdditionalData, metadata: &CiphertextMetadata) -> Vec<u8> {
    let (data, metadata) = (data.as_bytes(), metadata.as_bytes());
    let mut full = Vec::with_capacity(3 + data.len() + metadata.len());
    // The types are bounded by less than what the lengths can say.
    full.extend_from_slice(&u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    full.extend_from_slice(data);
    full.push(u8::try_from(metadata.len()).unwrap_or(u8::MAX));
    full.extend_from_slice(metadata);
    full
}

/// The ciphertext data integrity value (CDIV): SHA-256 over the additional data and all parts of the ciphertext.
///
/// It is no secret. A proxy computes it of what came out of encrypting, and decrypts that afterwards as a check: were
/// it computed after the check, damage in between would go unnoticed.
///
/// Source: specification, appendix C.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IntegrityValue([u8; 32]);

impl IntegrityValue {
    /// The value of a ciphertext.
    #[must_use]
    pub fn of(data: &AdditionalData, sealed: &Sealed) -> Self {
        let mut hash = Context::new(&SHA256);
        for part in [
            data.as_bytes(),
            sealed.ciphertext_metadata.as_bytes(),
            sealed.initialization_vector.as_bytes(),
            sealed.ciphertext.as_bytes(),
            sealed.authentication_tag.as_bytes(),
        ] {
            hash.update(part);
        }
        let mut value = [0; 32];
        for (to, from) in value.iter_mut().zip(hash.finish().as_ref()) {
            *to = *from;
        }
        Self(value)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn read(found: &Base64, member: &'static str) -> Result<Self, Fault> {
        let size = WrongSize {
            found: found.0.len(),
            unit: "bytes",
            allowed: "32",
            rule: SizeRule::OfSpecification,
        };
        let bytes = found.0.as_slice().try_into();
        bytes
            .map(Self)
            .map_err(|_| Fault::of(member, Problem::WrongSize(size)))
    }
}

impl fmt::Debug for IntegrityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntegrityValue(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

impl Serialize for IntegrityValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_blob(&self.0, serializer)
    }
}
