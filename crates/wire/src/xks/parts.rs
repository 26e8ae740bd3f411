//! What messages are made of: plaintexts, ciphertexts and what belongs to a ciphertext, each with its size.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::fault::{Fault, Problem, SizeRule, WrongSize};
use super::members::{Found, FromJson};
use super::{MAX_AAD_BYTES, MAX_CIPHERTEXT_METADATA_BYTES, MAX_TEXT_BYTES};
use crate::json::{serialize_blob, serialize_secret_blob};
use crate::model::decode_secret;

/// Declares byte strings of certain sizes.
macro_rules! sized {
    ($(
        $(#[$doc:meta])*
        $name:ident, $allowed:literal, $fits:expr, $rule:ident;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(Vec<u8>);

        impl $name {
            /// Takes over the bytes.
            ///
            /// # Errors
            #[doc = concat!("Unless there are ", $allowed, " bytes.")]
            pub fn new(bytes: Vec<u8>) -> Result<Self, WrongSize> {
                check_size(bytes.len(), $fits, $allowed, SizeRule::$rule)?;
                Ok(Self(bytes))
            }

            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The bytes, for whoever keeps them.
            #[must_use]
            pub fn into_bytes(self) -> Vec<u8> {
                self.0
            }

            pub(super) fn of(found: Base64, member: &'static str) -> Result<Self, Fault> {
                let mut bytes = found.0;
                let sized = Self::new(std::mem::take(&mut *bytes));
                sized.map_err(|size| Fault::of(member, Problem::WrongSize(size)))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize_blob(&self.0, serializer)
            }
        }
    )*};
}

sized! {
    /// What AES-GCM made of a plaintext, without the tag: up to [`MAX_TEXT_BYTES`].
    Ciphertext, "up to 6144", |length| length <= MAX_TEXT_BYTES, OfImplementation;
    /// What was authenticated with a ciphertext: up to [`MAX_AAD_BYTES`]. Being absent is the same as being empty.
    AdditionalData, "up to 12288", |length| length <= MAX_AAD_BYTES, OfImplementation;
    /// The initialization vector of a ciphertext: 12 or 16 bytes.
    InitializationVector, "12 or 16", |length| matches!(length, 12 | 16), OfCiphertexts;
    /// The authentication tag of a ciphertext: 16 bytes.
    AuthenticationTag, "16", |length| length == 16, OfCiphertexts;
    /// What a proxy keeps with a ciphertext for itself, such as its key's version: up to
    /// [`MAX_CIPHERTEXT_METADATA_BYTES`]. Being absent is the same as being empty.
    CiphertextMetadata, "up to 20", |length| length <= MAX_CIPHERTEXT_METADATA_BYTES, OfSpecification;
}

impl AdditionalData {
    /// Nothing, as in a request that has none.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn read(found: Found<Base64>, member: &'static str) -> Result<Self, Fault> {
        let found = found.optional(member)?;
        found.map_or(Ok(Self::none()), |bytes| Self::of(bytes, member))
    }
}

impl CiphertextMetadata {
    /// Nothing, as a proxy has it that needs none.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a KMS has encrypted, or what came out of it: up to [`MAX_TEXT_BYTES`]. It is wiped when dropped and not shown
/// by `Debug`, since a proxy must never log it.
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// Takes over the bytes.
    ///
    /// # Errors
    /// Unless there are up to [`MAX_TEXT_BYTES`] of them.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, WrongSize> {
        check_size(
            bytes.len(),
            |length| length <= MAX_TEXT_BYTES,
            "up to 6144",
            SizeRule::OfImplementation,
        )?;
        Ok(Self(bytes))
    }

    /// The bytes, for whoever encrypts them or is to have them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, for whoever goes on with them.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    pub(super) fn of(found: Base64, member: &'static str) -> Result<Self, Fault> {
        Self::new(found.0).map_err(|size| Fault::of(member, Problem::WrongSize(size)))
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plaintext(..)")
    }
}

impl Serialize for Plaintext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_secret_blob(&self.0, serializer)
    }
}

/// A ciphertext with all that decrypting it takes besides the key and the additional data: what Encrypt answers, what
/// a KMS keeps in its own ciphertext, and what Decrypt is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// The ciphertext, as long as the plaintext.
    pub ciphertext: Ciphertext,
    /// The initialization vector.
    pub initialization_vector: InitializationVector,
    /// The authentication tag.
    pub authentication_tag: AuthenticationTag,
    /// What the proxy keeps for itself.
    #[serde(skip_serializing_if = "CiphertextMetadata::is_empty")]
    pub ciphertext_metadata: CiphertextMetadata,
}

/// The members of a [`Sealed`] as they were found.
pub(super) struct FoundSealed {
    pub(super) ciphertext: Found<Base64>,
    pub(super) initialization_vector: Found<Base64>,
    pub(super) authentication_tag: Found<Base64>,
    pub(super) ciphertext_metadata: Found<Base64>,
}

impl FoundSealed {
    pub(super) fn read(self) -> Result<Sealed, Fault> {
        const CIPHERTEXT: &str = "ciphertext";
        const VECTOR: &str = "initializationVector";
        const TAG: &str = "authenticationTag";
        const METADATA: &str = "ciphertextMetadata";

        let ciphertext = self.ciphertext.required(CIPHERTEXT)?;
        let vector = self.initialization_vector.required(VECTOR)?;
        let tag = self.authentication_tag.required(TAG)?;
        let metadata = self.ciphertext_metadata.optional(METADATA)?;
        Ok(Sealed {
            ciphertext: Ciphertext::of(ciphertext, CIPHERTEXT)?,
            initialization_vector: InitializationVector::of(vector, VECTOR)?,
            authentication_tag: AuthenticationTag::of(tag, TAG)?,
            ciphertext_metadata: metadata.map_or(Ok(CiphertextMetadata::none()), |metadata| {
                CiphertextMetadata::of(metadata, METADATA)
            })?,
        })
    }
}

/// Bytes out of a text in Base64 (standard alphabet, padded), not yet measured.
pub(super) struct Base64(pub(super) Zeroizing<Vec<u8>>);

impl FromJson for Base64 {
    const EXPECTED: &'static str = "a string in Base64 with padding";

    fn from_text(text: &str) -> Option<Self> {
        decode_secret(text).map(Self)
    }
}

fn check_size(
    found: usize,
    fits: impl FnOnce(usize) -> bool,
    allowed: &'static str,
    rule: SizeRule,
) -> Result<(), WrongSize> {
    if fits(found) {
        return Ok(());
    }
    Err(WrongSize {
        found,
        unit: "bytes",
        allowed,
        rule,
    })
}
