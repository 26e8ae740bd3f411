//! ML-DSA (FIPS 204) by AWS-LC, hedged with its own generator. What begins with a μ that was
//! computed outside is in [`mu`].

mod mu;

use std::sync::{Arc, OnceLock};

use aws_lc_rs::{
    encoding::AsDer,
    signature::{self, KeyPair, ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm},
};
use keystead_core::key::SigningAlgorithm;

use self::mu::{MuSigner, MuVerifier};
use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, Random, SecretArray, SecretBytes};

/// Length of a seed, in bytes (FIPS 204, section 5.1).
const SEED_LEN: usize = 32;

/// A set of parameters.
pub(super) struct Parameters {
    signing: &'static PqdsaSigningAlgorithm,
    verifying: &'static signature::PqdsaVerificationAlgorithm,
    mu_signer: fn(&SecretArray<SEED_LEN>) -> Box<dyn MuSigner>,
    mu_verifier: fn(&[u8]) -> Option<Box<dyn MuVerifier>>,
}

pub(super) static ML_DSA_44: Parameters = Parameters {
    signing: &signature::ML_DSA_44_SIGNING,
    verifying: &signature::ML_DSA_44,
    mu_signer: mu::signer::<ml_dsa::MlDsa44>,
    mu_verifier: mu::verifier::<ml_dsa::MlDsa44>,
};

pub(super) static ML_DSA_65: Parameters = Parameters {
    signing: &signature::ML_DSA_65_SIGNING,
    verifying: &signature::ML_DSA_65,
    mu_signer: mu::signer::<ml_dsa::MlDsa65>,
    mu_verifier: mu::verifier::<ml_dsa::MlDsa65>,
};

pub(super) static ML_DSA_87: Parameters = Parameters {
    signing: &signature::ML_DSA_87_SIGNING,
    verifying: &signature::ML_DSA_87,
    mu_signer: mu::signer::<ml_dsa::MlDsa87>,
    mu_verifier: mu::verifier::<ml_dsa::MlDsa87>,
};

/// An opened private key.
pub(super) struct MlDsaKey {
    key: PqdsaKeyPair,
    seed: SecretArray<SEED_LEN>,
    /// Made out of the seed when it is first asked for: it takes up to 100 KiB, and few ask.
    mu: OnceLock<Box<dyn MuSigner>>,
    public: PublicHalf,
    random: Arc<dyn Random>,
}

/// What verifies, and all that it takes.
pub(super) struct PublicHalf {
    parameters: &'static Parameters,
    key: ParsedPublicKey,
    /// As in [`MlDsaKey`].
    mu: OnceLock<Box<dyn MuVerifier>>,
    spki: Vec<u8>,
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

impl PublicHalf {
    /// The key with these bytes (FIPS 204, algorithm 22).
    pub(super) fn of(parameters: &'static Parameters, bytes: &[u8]) -> Option<Self> {
        let key = ParsedPublicKey::new(parameters.verifying, bytes).ok()?;
        let spki = key.as_der().ok()?.as_ref().to_vec();
        Some(Self {
            parameters,
            key,
            mu: OnceLock::new(),
            spki,
        })
    }

    fn mu(&self) -> Result<&dyn MuVerifier, CryptoError> {
        if let Some(made) = self.mu.get() {
            return Ok(made.as_ref());
        }
        let made = (self.parameters.mu_verifier)(self.key.as_ref());
        let made = made.ok_or_else(|| refused("take an ML-DSA key")(()))?;
        Ok(self.mu.get_or_init(|| made).as_ref())
    }

    pub(super) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        check(algorithm, message)?;
        let fits = match message {
            Message::Raw(message) => self.key.verify_sig(message, signature).is_ok(),
            Message::ExternalMu(mu) => self.mu()?.verify(mu, signature),
            Message::Digest(_) => return Err(CryptoError::Algorithm),
        };
        fits.then_some(()).ok_or(CryptoError::InvalidSignature)
    }
}

fn check(algorithm: SigningAlgorithm, message: Message<'_>) -> Result<(), CryptoError> {
    if algorithm != SigningAlgorithm::MlDsaShake256 {
        return Err(CryptoError::Algorithm);
    }
    message.check(algorithm)
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
