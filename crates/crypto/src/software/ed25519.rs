//! Ed25519 by AWS-LC, and Ed25519ph, which aws-lc-rs does not show, by ed25519-dalek (RFC 8032,
//! section 5.1; FIPS 186-5, section 7).

mod public;

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, Curve25519SeedBin},
    signature::{Ed25519KeyPair, KeyPair},
};
use ed25519_dalek::SigningKey;
use keystead_core::key::SigningAlgorithm;

use self::public::Input;
pub(super) use self::public::PublicHalf;
use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, Random, SecretArray, SecretBytes};

/// An opened private key. AWS-LC wipes its half when it is freed, ed25519-dalek when it is dropped.
pub(super) struct Ed25519Key {
    pure: Ed25519KeyPair,
    /// In a box, so that moving the handle leaves no copy of the seed behind.
    prehashing: Box<SigningKey>,
    public: PublicHalf,
}

/// A new pair.
pub(super) fn generate(random: &dyn Random) -> Result<DataKeyPair, CryptoError> {
    let seed = SecretArray::<32>::try_filled(|out| random.fill(out))?;
    // Exposed to become a key.
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose())
        .map_err(refused("make an Ed25519 key"))?;
    let document = pair
        .to_pkcs8v1()
        .map_err(refused("encode an Ed25519 key"))?;
    let public = pair.public_key().as_der();
    Ok(DataKeyPair {
        public: public
            .map_err(refused("encode an Ed25519 key"))?
            .as_ref()
            .to_vec(),
        private: SecretBytes::from(document.as_ref().to_vec()),
    })
}

impl Ed25519Key {
    /// A handle on PKCS #8 (RFC 8410, section 7), of version 1 or 2. A public key in it must be the
    /// private key's own.
    pub(super) fn open(material: &SecretBytes) -> Option<Self> {
        // Exposed to the parser.
        let document = material.expose();
        if !der::is_one_value(document) {
            return None;
        }
        let pure = Ed25519KeyPair::from_pkcs8(document).ok()?;
        let seed: Curve25519SeedBin<'_> = pure.seed().ok()?.as_be_bytes().ok()?;
        let prehashing = Box::new(SigningKey::from_bytes(seed.as_ref().try_into().ok()?));
        let public = PublicHalf::of(pure.public_key().as_ref())?;
        Some(Self {
            pure,
            prehashing,
            public,
        })
    }

    fn sign_input(&self, input: Input<'_>) -> Result<Vec<u8>, CryptoError> {
        match input {
            Input::Pure(message) => self
                .pure
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(refused("sign with Ed25519")),
            Input::Prehashed(hash) => self
                .prehashing
                .sign_prehashed(hash, None)
                .map(|signature| signature.to_bytes().to_vec())
                .map_err(refused("sign with Ed25519ph")),
        }
    }
}

impl PrivateKey for Ed25519Key {
    fn public_key(&self) -> &[u8] {
        &self.public.spki
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        self.sign_input(Input::of(algorithm, message)?)
    }

    fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.public.verify(algorithm, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Digest, Sha512};

    use super::*;
    use crate::vectors::{hex, unhex};

    /// RFC 8032, section 7.3, whose message is no digest: it goes in where a digest would.
    #[test]
    fn the_published_prehashed_signature_is_made_and_verifies() {
        let seed = unhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
        let head = unhex("302e020100300506032b657004220420");
        let key = Ed25519Key::open(&SecretBytes::from([head, seed].concat())).unwrap();
        assert_eq!(
            hex(&key.public_key()[12..]),
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"
        );
        let input = || Input::Prehashed(Sha512::new_with_prefix(b"abc"));
        let signature = key.sign_input(input()).unwrap();
        assert_eq!(
            hex(&signature),
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41\
             31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
        );
        key.public.verify_input(input(), &signature).unwrap();
    }

    /// The digest that the caller gives is hashed once more.
    #[test]
    fn a_digest_is_the_message_of_ed25519ph() {
        let pair = generate(&crate::SystemRandom).unwrap();
        let key = Ed25519Key::open(&pair.private).unwrap();
        let digest = [7; 64];
        let signature = key
            .sign(SigningAlgorithm::Ed25519PhSha512, Message::Digest(&digest))
            .unwrap();
        let twice = Input::Prehashed(Sha512::new_with_prefix(digest));
        key.public.verify_input(twice, &signature).unwrap();
    }
}
