//! What makes keys and holds them while they work: this process, or later an HSM.

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm, WrappingAlgorithm};

use crate::{
    Binding, CryptoError, SealedKey, SecretBytes,
    ciphertext::{Blob, BlobIdentity, ContextAad},
};

/// A maker and holder of keys.
///
/// Calls may block (an HSM is a network away, an RSA key takes a second to find), and the crate's
/// conformance suite, `testing::conformance`, says what every provider must do.
pub trait Provider: Send + Sync {
    /// Makes new key material of the kind that `binding.purpose` states, sealed for that place.
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is key material, or a wrapping key of RSA or
    /// SM2; [`CryptoError::RandomUnavailable`].
    fn generate(&self, binding: &Binding<'_>) -> Result<SealedKey, CryptoError>;

    /// Seals key material from outside for a place, as if it had been made there: the bytes of a
    /// secret key, PKCS #8 for a private one (RFC 5208, DER).
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is key material;
    /// [`CryptoError::InvalidMaterial`] if the bytes are not a key of its kind;
    /// [`CryptoError::RandomUnavailable`].
    fn import(
        &self,
        material: &SecretBytes,
        binding: &Binding<'_>,
    ) -> Result<SealedKey, CryptoError>;

    /// Opens sealed material. The handle may be kept and shared; dropping it wipes the material.
    ///
    /// # Errors
    /// [`CryptoError::WrongPurpose`] unless the purpose is one that keys are made for; otherwise as
    /// [`RootKey::open`](crate::RootKey::open), and [`CryptoError::InvalidMaterial`].
    fn open(&self, sealed: &SealedKey, binding: &Binding<'_>) -> Result<OpenedKey, CryptoError>;

    /// Makes a key pair that leaves with its caller.
    ///
    /// # Errors
    /// [`CryptoError::InvalidMaterial`] unless `spec` is one of RSA or of a curve;
    /// [`CryptoError::RandomUnavailable`].
    fn generate_pair(&self, spec: KeySpec) -> Result<DataKeyPair, CryptoError>;

    /// Fills `out` from the provider's own source of randomness.
    ///
    /// # Errors
    /// [`CryptoError::RandomUnavailable`].
    fn fill_random(&self, out: &mut [u8]) -> Result<(), CryptoError>;
}

/// An opened key, by what it can do.
pub enum OpenedKey {
    /// It encrypts, and ciphertexts name it.
    Symmetric(Box<dyn SymmetricKey>),
    /// It is the private half of a pair.
    Private(Box<dyn PrivateKey>),
    /// It authenticates messages.
    Mac(Box<dyn MacKey>),
}

/// A key pair for use outside.
pub struct DataKeyPair {
    /// The public key: SubjectPublicKeyInfo (RFC 5280), DER.
    pub public: Vec<u8>,
    /// The private key: PKCS #8 (RFC 5208), DER.
    pub private: SecretBytes,
}

/// An opened symmetric key: it works, and never shows its material.
pub trait SymmetricKey: Send + Sync {
    /// Encrypts up to [`MAX_PLAINTEXT_LEN`](crate::ciphertext::MAX_PLAINTEXT_LEN) bytes into a
    /// version 1 blob that names `identity` and opens only with an equal encryption context.
    ///
    /// # Errors
    /// [`CryptoError::PlaintextTooLong`] or [`CryptoError::RandomUnavailable`].
    fn encrypt(
        &self,
        identity: &BlobIdentity,
        context: &ContextAad,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError>;

    /// Decrypts a blob that this key made with an equal encryption context.
    ///
    /// # Errors
    /// [`CryptoError::InvalidCiphertext`] in every other case.
    fn decrypt(&self, blob: &Blob<'_>, context: &ContextAad) -> Result<SecretBytes, CryptoError>;
}

/// What is signed.
#[derive(Clone, Copy)]
pub enum Message<'a> {
    /// The message itself.
    Raw(&'a [u8]),
    /// Its digest, by the algorithm's hash function.
    Digest(&'a [u8]),
    /// The [`MU_LEN`] bytes μ of FIPS 204, section 6.2.
    ExternalMu(&'a [u8]),
}

/// Length of the μ of FIPS 204, in bytes.
pub const MU_LEN: usize = 64;

impl Message<'_> {
    /// Refuses what the algorithm does not take, as every key's `sign` and `verify` do.
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`] for a form that the algorithm does not take;
    /// [`CryptoError::DigestLength`] for a digest, or a μ, of another length than the algorithm's.
    pub fn check(self, algorithm: SigningAlgorithm) -> Result<(), CryptoError> {
        let forms = algorithm.message_forms();
        let (length, expected) = match self {
            Self::Raw(_) => return forms.raw.then_some(()).ok_or(CryptoError::Algorithm),
            Self::Digest(digest) => (digest.len(), forms.digest_len),
            Self::ExternalMu(mu) => (mu.len(), forms.external_mu.then_some(MU_LEN)),
        };
        match expected.ok_or(CryptoError::Algorithm)? {
            expected if length == expected => Ok(()),
            expected => Err(CryptoError::DigestLength { length, expected }),
        }
    }
}

/// An opened private key: it works, and never shows its material. Each method fits some kinds of
/// keys ([`KeySpec`]'s algorithms) and answers [`CryptoError::Algorithm`] for the others, as the
/// methods do that an implementation leaves out.
pub trait PrivateKey: Send + Sync {
    /// The public half: SubjectPublicKeyInfo (RFC 5280), DER.
    fn public_key(&self) -> &[u8];

    /// Signs. Encodings: RSA as RFC 8017, ECDSA and SM2 as DER (RFC 3279, section 2.2.3), Ed25519
    /// and ML-DSA as their standards' octets.
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`], also for a form of the message that the algorithm does not
    /// take; [`CryptoError::DigestLength`]; [`CryptoError::RandomUnavailable`].
    fn sign(
        &self,
        _algorithm: SigningAlgorithm,
        _message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::Algorithm)
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// [`CryptoError::InvalidSignature`] if it is not one of this key on this message; otherwise
    /// as [`sign`](Self::sign).
    fn verify(
        &self,
        _algorithm: SigningAlgorithm,
        _message: Message<'_>,
        _signature: &[u8],
    ) -> Result<(), CryptoError> {
        Err(CryptoError::Algorithm)
    }

    /// Encrypts to the public half.
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`]; [`CryptoError::PlaintextTooLong`];
    /// [`CryptoError::RandomUnavailable`].
    fn encrypt(
        &self,
        _algorithm: EncryptionAlgorithm,
        _plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::Algorithm)
    }

    /// Decrypts.
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`]; [`CryptoError::InvalidCiphertext`] for whatever else is wrong.
    fn decrypt(
        &self,
        _algorithm: EncryptionAlgorithm,
        _ciphertext: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        Err(CryptoError::Algorithm)
    }

    /// Derives the secret shared with the holder of another key of the same curve: the raw
    /// x-coordinate (NIST SP 800-56A, section 5.7.1.2). `peer` is SubjectPublicKeyInfo, DER.
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`]; [`CryptoError::InvalidPublicKey`] unless `peer` is a point of
    /// that curve.
    fn agree(&self, _peer: &[u8]) -> Result<SecretBytes, CryptoError> {
        Err(CryptoError::Algorithm)
    }

    /// Unwraps key material that was wrapped to the public half. What it is a key of is judged
    /// when it is [imported](Provider::import).
    ///
    /// # Errors
    /// [`CryptoError::Algorithm`]; [`CryptoError::InvalidCiphertext`] for whatever else is wrong.
    fn unwrap_material(
        &self,
        _algorithm: WrappingAlgorithm,
        _wrapped: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        Err(CryptoError::Algorithm)
    }
}

/// An opened HMAC key: it works, and never shows its material. Its algorithm is that of its spec.
pub trait MacKey: Send + Sync {
    /// The MAC of a message (FIPS 198-1), as long as the digest.
    ///
    /// # Errors
    /// [`CryptoError::ReservedMessage`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError>;

    /// Checks a MAC in constant time.
    ///
    /// # Errors
    /// [`CryptoError::InvalidMac`] if it is not the whole MAC of this message, and
    /// [`CryptoError::ReservedMessage`].
    fn verify(&self, message: &[u8], mac: &[u8]) -> Result<(), CryptoError>;
}

impl OpenedKey {
    /// The handle, if the key is of symmetric encryption.
    #[must_use]
    pub fn symmetric(&self) -> Option<&dyn SymmetricKey> {
        match self {
            Self::Symmetric(key) => Some(key.as_ref()),
            Self::Private(_) | Self::Mac(_) => None,
        }
    }

    /// The handle, if the key is the private half of a pair.
    #[must_use]
    pub fn private(&self) -> Option<&dyn PrivateKey> {
        match self {
            Self::Private(key) => Some(key.as_ref()),
            Self::Symmetric(_) | Self::Mac(_) => None,
        }
    }

    /// The handle, if the key authenticates messages.
    #[must_use]
    pub fn mac(&self) -> Option<&dyn MacKey> {
        match self {
            Self::Mac(key) => Some(key.as_ref()),
            Self::Symmetric(_) | Self::Private(_) => None,
        }
    }
}
