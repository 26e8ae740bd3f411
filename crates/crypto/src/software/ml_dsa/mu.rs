//! ML-DSA from the message representative μ on (FIPS 204, section 6.2), which aws-lc-rs does not
//! show, by RustCrypto's ml-dsa.

use ml_dsa::{ExpandedSigningKey, MlDsaParams, Seed, Signature, SignatureEncoding, VerifyingKey};

use super::{SEED_LEN, refused};
use crate::{CryptoError, Random, SecretArray, software::rng::Rng};

/// Signs what a μ of 64 bytes stands for.
pub(super) trait MuSigner: Send + Sync {
    fn sign(&self, mu: &[u8], random: &dyn Random) -> Result<Vec<u8>, CryptoError>;
}

/// Verifies what a μ of 64 bytes stands for.
pub(super) trait MuVerifier: Send + Sync {
    fn verify(&self, mu: &[u8], signature: &[u8]) -> bool;
}

/// The signer of a seed's key. It is wiped when dropped.
pub(super) fn signer<P: MlDsaParams + Send + Sync + 'static>(
    seed: &SecretArray<SEED_LEN>,
) -> Box<dyn MuSigner> {
    // Exposed to become a key.
    let seed: &Seed = seed.expose().into();
    Box::new(ExpandedSigningKey::<P>::from_seed(seed))
}

/// The verifier of a public key's signatures.
pub(super) fn verifier<P: MlDsaParams + Send + Sync + 'static>(
    key: &[u8],
) -> Option<Box<dyn MuVerifier>> {
    Some(Box::new(VerifyingKey::<P>::decode(key.try_into().ok()?)))
}

impl<P: MlDsaParams + Send + Sync + 'static> MuSigner for ExpandedSigningKey<P> {
    fn sign(&self, mu: &[u8], random: &dyn Random) -> Result<Vec<u8>, CryptoError> {
        let mu = mu.try_into().map_err(refused("take a μ"))?;
        let mut rng = Rng::new(random);
        let signature = self.sign_mu_randomized(mu, &mut rng);
        let signature = rng.outcome(signature, "sign with ML-DSA")?;
        Ok(signature.to_vec())
    }
}

impl<P: MlDsaParams + Send + Sync + 'static> MuVerifier for VerifyingKey<P> {
    fn verify(&self, mu: &[u8], signature: &[u8]) -> bool {
        let (Ok(mu), Ok(signature)) = (mu.try_into(), Signature::<P>::try_from(signature)) else {
            return false;
        };
        self.verify_mu(mu, &signature)
    }
}
