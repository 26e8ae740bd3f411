//! The signature schemes, as AWS-LC names them.

use aws_lc_rs::{
    digest::{self, Digest, SHA256, SHA384, SHA512},
    rsa::RsaParameters,
    signature::{self, RsaSignatureEncoding},
};
use keystead_core::key::SigningAlgorithm;

use crate::{CryptoError, software::refused};

/// RSASSA-PSS or RSASSA-PKCS1-v1_5 with one hash function. The salts of PSS are as long as the
/// digest, here and in `verifying`, which refuses any other length: AWS-LC's default.
pub(super) struct Scheme {
    /// Its place among the schemes.
    pub(super) index: usize,
    hash: &'static digest::Algorithm,
    pub(super) encoding: &'static RsaSignatureEncoding,
    pub(super) verifying: &'static RsaParameters,
}

/// How many schemes there are.
pub(super) const SCHEMES: usize = 6;

static ALL: [Scheme; SCHEMES] = [
    Scheme {
        index: 0,
        hash: &SHA256,
        encoding: &signature::RSA_PSS_SHA256,
        verifying: &signature::RSA_PSS_2048_8192_SHA256,
    },
    Scheme {
        index: 1,
        hash: &SHA384,
        encoding: &signature::RSA_PSS_SHA384,
        verifying: &signature::RSA_PSS_2048_8192_SHA384,
    },
    Scheme {
        index: 2,
        hash: &SHA512,
        encoding: &signature::RSA_PSS_SHA512,
        verifying: &signature::RSA_PSS_2048_8192_SHA512,
    },
    Scheme {
        index: 3,
        hash: &SHA256,
        encoding: &signature::RSA_PKCS1_SHA256,
        verifying: &signature::RSA_PKCS1_2048_8192_SHA256,
    },
    Scheme {
        index: 4,
        hash: &SHA384,
        encoding: &signature::RSA_PKCS1_SHA384,
        verifying: &signature::RSA_PKCS1_2048_8192_SHA384,
    },
    Scheme {
        index: 5,
        hash: &SHA512,
        encoding: &signature::RSA_PKCS1_SHA512,
        verifying: &signature::RSA_PKCS1_2048_8192_SHA512,
    },
];

impl Scheme {
    pub(super) fn of(algorithm: SigningAlgorithm) -> Result<&'static Self, CryptoError> {
        let [pss256, pss384, pss512, pkcs256, pkcs384, pkcs512] = &ALL;
        match algorithm {
            SigningAlgorithm::RsassaPssSha256 => Ok(pss256),
            SigningAlgorithm::RsassaPssSha384 => Ok(pss384),
            SigningAlgorithm::RsassaPssSha512 => Ok(pss512),
            SigningAlgorithm::RsassaPkcs1V15Sha256 => Ok(pkcs256),
            SigningAlgorithm::RsassaPkcs1V15Sha384 => Ok(pkcs384),
            SigningAlgorithm::RsassaPkcs1V15Sha512 => Ok(pkcs512),
            _ => Err(CryptoError::Algorithm),
        }
    }

    pub(super) fn digest(&self, bytes: &[u8]) -> Result<Digest, CryptoError> {
        Digest::import_less_safe(bytes, self.hash).map_err(refused("take a digest"))
    }
}
