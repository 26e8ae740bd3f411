//! SM2 (GB/T 32918) with SM3 (GB/T 32905), by RustCrypto's sm2.

mod public;
mod wiped;

use std::sync::Arc;

use keystead_core::key::{EncryptionAlgorithm, SigningAlgorithm, WrappingAlgorithm};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, der::Decode};
use sm2::{
    Scalar, SecretKey,
    dsa::{
        Signature, SigningKey,
        signature::{RandomizedSigner, hazmat::RandomizedPrehashSigner},
    },
    elliptic_curve::Generate,
    pke::{Cipher, DecryptingKey},
};

pub(super) use self::public::{PublicHalf, parse};
use self::{public::DISTINGUISHING_ID, wiped::Wiped};
use super::{refused, rng::Rng};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, Random, SecretBytes};

/// The most that `Encrypt` takes, in bytes ("Encrypt" in the KMS API reference).
const MAX_PLAINTEXT_LEN: usize = 1024;

/// An opened private key, for everything that SM2 is: its owner's purpose is not known here.
pub(super) struct Sm2Key {
    secret: Box<SecretKey>,
    signing: Wiped<SigningKey>,
    decrypting: Wiped<DecryptingKey>,
    public: PublicHalf,
    random: Arc<dyn Random>,
}

/// A new pair.
pub(super) fn generate(random: &dyn Random) -> Result<DataKeyPair, CryptoError> {
    let mut rng = Rng::new(random);
    let secret = SecretKey::try_generate_from_rng(&mut rng);
    let secret = rng.outcome(secret, "make an SM2 key")?;
    let document = secret
        .to_pkcs8_der()
        .map_err(refused("encode an SM2 key"))?;
    let public = secret.public_key().to_public_key_der();
    Ok(DataKeyPair {
        public: public.map_err(refused("encode an SM2 key"))?.into_vec(),
        private: SecretBytes::from(document.as_bytes().to_vec()),
    })
}

impl Sm2Key {
    /// A handle on PKCS #8 (RFC 5208) around `ECPrivateKey` (RFC 5915), with or without the public
    /// key in it. The scalar must be in [1, n-2] (GB/T 32918.1, section 6.1), and the point its own.
    pub(super) fn open(material: &SecretBytes, random: &Arc<dyn Random>) -> Option<Self> {
        // Exposed to the parser.
        let secret = SecretKey::from_pkcs8_der(material.expose()).ok()?;
        if *secret.to_nonzero_scalar() == -Scalar::ONE {
            return None;
        }
        let signing = SigningKey::new(DISTINGUISHING_ID, &secret).ok()?;
        let decrypting = DecryptingKey::from_nonzero_scalar(secret.to_nonzero_scalar()).ok()?;
        Some(Self {
            public: PublicHalf::of(secret.public_key())?,
            secret: Box::new(secret),
            signing: Wiped::new(signing),
            decrypting: Wiped::new(decrypting),
            random: Arc::clone(random),
        })
    }

    /// What [`PublicHalf::encrypt`] made, as DER. C1 is checked to be a point of the curve.
    fn decipher(&self, ciphertext: &[u8]) -> Result<SecretBytes, CryptoError> {
        let cipher = Cipher::<'_, sm2::Sm2, sm3::Sm3>::from_der(ciphertext)
            .ok()
            .filter(|cipher| !cipher.c2().is_empty())
            .ok_or(CryptoError::InvalidCiphertext)?;
        SecretBytes::try_filled_in_part(cipher.c2().len(), |out| {
            self.decrypting
                .get()
                .decrypt_cipher_with_buf(&cipher, out)
                .map_err(|_| CryptoError::InvalidCiphertext)
        })
    }
}

impl PrivateKey for Sm2Key {
    fn public_key(&self) -> &[u8] {
        self.public.spki()
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        public::check(algorithm, message)?;
        let mut rng = Rng::new(&*self.random);
        let key = self.signing.get();
        let signature: Result<Signature, _> = match message {
            Message::Raw(message) => key.try_sign_with_rng(&mut rng, message),
            Message::Digest(digest) => key.sign_prehash_with_rng(&mut rng, digest),
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        };
        let signature = rng.outcome(signature, "sign with SM2")?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.public.verify(algorithm, message, signature)
    }

    fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        if algorithm != EncryptionAlgorithm::Sm2Pke {
            return Err(CryptoError::Algorithm);
        }
        let (length, limit) = (plaintext.len(), MAX_PLAINTEXT_LEN);
        if length > limit {
            return Err(CryptoError::PlaintextTooLong { length, limit });
        }
        self.public.encrypt(&*self.random, plaintext)
    }

    fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        if algorithm != EncryptionAlgorithm::Sm2Pke {
            return Err(CryptoError::Algorithm);
        }
        self.decipher(ciphertext)
    }

    fn agree(&self, peer: &[u8]) -> Result<SecretBytes, CryptoError> {
        // The parser checks that the point is one of the curve; its cofactor is 1.
        let peer = parse(peer).ok_or(CryptoError::InvalidPublicKey)?;
        let shared = self.secret.diffie_hellman(&peer);
        Ok(SecretBytes::from(shared.raw_secret_bytes().to_vec()))
    }

    fn unwrap_material(
        &self,
        algorithm: WrappingAlgorithm,
        wrapped: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        if algorithm != WrappingAlgorithm::Sm2Pke {
            return Err(CryptoError::Algorithm);
        }
        self.decipher(wrapped)
    }
}
