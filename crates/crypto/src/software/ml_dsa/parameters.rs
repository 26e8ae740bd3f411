//! The sets of parameters (FIPS 204, section 4), as the libraries name them.

use aws_lc_rs::signature::{self, PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm};
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87};

use super::{
    SEED_LEN,
    mu::{self, MuSigner, MuVerifier},
};
use crate::SecretArray;

/// A set of parameters.
pub(in crate::software) struct Parameters {
    pub(super) signing: &'static PqdsaSigningAlgorithm,
    pub(super) verifying: &'static PqdsaVerificationAlgorithm,
    pub(super) mu_signer: fn(&SecretArray<SEED_LEN>) -> Box<dyn MuSigner>,
    pub(super) mu_verifier: fn(&[u8]) -> Option<Box<dyn MuVerifier>>,
}

pub(in crate::software) static ML_DSA_44: Parameters = Parameters {
    signing: &signature::ML_DSA_44_SIGNING,
    verifying: &signature::ML_DSA_44,
    mu_signer: mu::signer::<MlDsa44>,
    mu_verifier: mu::verifier::<MlDsa44>,
};

pub(in crate::software) static ML_DSA_65: Parameters = Parameters {
    signing: &signature::ML_DSA_65_SIGNING,
    verifying: &signature::ML_DSA_65,
    mu_signer: mu::signer::<MlDsa65>,
    mu_verifier: mu::verifier::<MlDsa65>,
};

pub(in crate::software) static ML_DSA_87: Parameters = Parameters {
    signing: &signature::ML_DSA_87_SIGNING,
    verifying: &signature::ML_DSA_87,
    mu_signer: mu::signer::<MlDsa87>,
    mu_verifier: mu::verifier::<MlDsa87>,
};
