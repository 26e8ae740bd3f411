//! ML-DSA (FIPS 204) by AWS-LC, hedged with its own generator. What begins with a μ that was
//! computed outside is in [`mu`].

mod mu;
mod parameters;
mod public;

use std::sync::{Arc, OnceLock};

use aws_lc_rs::{
    encoding::AsDer,
    signature::{KeyPair, PqdsaKeyPair},
};
use keystead_core::key::SigningAlgorithm;

use self::{mu::MuSigner, public::check};
pub(super) use self::{
    parameters::{ML_DSA_44, ML_DSA_65, ML_DSA_87, Parameters},
    public::PublicHalf,
};
use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, Random, SecretArray, SecretBytes};

/// Length of a seed, in bytes (FIPS 204, section 5.1).
const SEED_LEN: usize = 32;

/// An opened private key.
pub(super) struct MlDsaKey {
    key: PqdsaKeyPair,
    seed: SecretArray<SEED_LEN>,
    /// Made out of the seed when it is first asked for: it takes up to 100 KiB, and few ask.
    mu: OnceLock<Box<dyn MuSigner>>,
    public: PublicHalf,
    random: Arc<dyn Random>,
}

/// A new pair, its private half a seed (RFC 9881, section 6).
pub(super) fn generate(
    parameters: &Parameters,
    random: &dyn Random,
) -> Result<DataKeyPair, CryptoError> {
    let seed = SecretArray::<SEED_LEN>::try_filled(|out| random.fill(out))?;
    // Exposed to become a key.
    let pair = PqdsaKeyPair::from_seed(parameters.signing, seed.expose())
        .map_err(refused("make an ML-DSA key"))?;
    let document = pair.to_pkcs8v1().map_err(refused("encode an ML-DSA key"))?;
    let public = pair.public_key().as_der();
    Ok(DataKeyPair {
        public: public
            .map_err(refused("encode an ML-DSA key"))?
            .as_ref()
            .to_vec(),
        private: SecretBytes::from(document.as_ref().to_vec()),
    })
}

impl MlDsaKey {
    /// A handle on PKCS #8 with a seed in it (RFC 9881, section 6); an expanded key alone is not
    /// taken.
    pub(super) fn open(
        parameters: &'static Parameters,
        material: &SecretBytes,
        random: &Arc<dyn Random>,
    ) -> Option<Self> {
        // Exposed to the parser.
        let document = material.expose();
        if !der::is_one_value(document) {
            return None;
        }
        let key = PqdsaKeyPair::from_pkcs8(parameters.signing, document).ok()?;
        // AWS-LC writes the seed alone, at the end, and fails if there is none.
        let document = key.to_pkcs8v1().ok()?;
        let (_, seed) = document.as_ref().split_last_chunk::<SEED_LEN>()?;
        let seed = SecretArray::copied_from(seed)?;
        let public = PublicHalf::of(parameters, key.public_key().as_ref())?;
        Some(Self {
            key,
            seed,
            mu: OnceLock::new(),
            public,
            random: Arc::clone(random),
        })
    }

    fn mu(&self) -> &dyn MuSigner {
        let make = || (self.public.parameters.mu_signer)(&self.seed);
        self.mu.get_or_init(make).as_ref()
    }
}

impl PrivateKey for MlDsaKey {
    fn public_key(&self) -> &[u8] {
        &self.public.spki
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        check(algorithm, message)?;
        match message {
            Message::Raw(message) => {
                let mut signature = vec![0; self.key.algorithm().signature_len()];
                self.key
                    .sign(message, &mut signature)
                    .map_err(refused("sign with ML-DSA"))?;
                Ok(signature)
            }
            Message::ExternalMu(mu) => self.mu().sign(mu, &*self.random),
            Message::Digest(_) => Err(CryptoError::Algorithm),
        }
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
