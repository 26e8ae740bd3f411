//! The key that signs one day's requests to one service in one region.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use super::TERMINATOR;
use super::error::SigV4Error;

/// A derived signing key: an HMAC-SHA-256 key that is wiped when dropped and never shown.
///
/// Deriving one costs four HMACs, so servers keep the day's keys: a key is good for every request with the same
/// access key, day, region and service.
pub struct SigningKey(Box<Zeroizing<[u8; 32]>>);

impl SigningKey {
    /// Derives the key: HMAC over date, region, service and terminator in turn, beginning with `"AWS4" + secret`.
    ///
    /// `date` is `yyyymmdd`.
    #[must_use]
    pub fn derive(secret_access_key: &[u8], date: &str, region: &str, service: &str) -> Self {
        let mut first = Zeroizing::new(Vec::with_capacity(4 + secret_access_key.len()));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret_access_key);

        let mut key = Box::new(authenticate(&first, date.as_bytes()));
        for element in [region, service, TERMINATOR] {
            *key = authenticate(key.as_slice(), element.as_bytes());
        }
        Self(key)
    }

    /// The signature of a string to sign.
    pub(super) fn sign(&self, string_to_sign: &[u8]) -> Zeroizing<[u8; 32]> {
        authenticate(self.0.as_slice(), string_to_sign)
    }

    /// Compares a signature in constant time.
    pub(super) fn verify(
        &self,
        string_to_sign: &[u8],
        signature: &[u8; 32],
    ) -> Result<(), SigV4Error> {
        let key = hmac::Key::new(HMAC_SHA256, self.0.as_slice());
        hmac::verify(&key, string_to_sign, signature).map_err(|_| SigV4Error::SignatureMismatch)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

/// HMAC-SHA-256. Most of its results here are keys, hence the wiping.
fn authenticate(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    let computed = hmac::sign(&hmac::Key::new(HMAC_SHA256, key), message);
    let mut tag = Zeroizing::new([0; 32]);
    for (to, from) in tag.iter_mut().zip(computed.as_ref()) {
        *to = *from;
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::super::hex;
    use super::*;

    #[test]
    fn derivation_vectors() {
        for (secret, date, region, service, key) in [
            (
                "S3cretKeyForTestingOnly0123456789abcdefg",
                "20260102",
                "eu-west-1",
                "kms",
                "04e62627a994b4ef68c6247d3667b518b0cbe2e09e96a66195a1b912102b259a",
            ),
            // "Examples of how to derive a signing key", AWS General Reference.
            (
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                "20150830",
                "us-east-1",
                "iam",
                "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
            ),
        ] {
            let derived = SigningKey::derive(secret.as_bytes(), date, region, service);
            assert_eq!(**derived.0, hex::parse(key).unwrap());
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let key = SigningKey::derive(b"secret", "20260102", "r", "s");
        assert_eq!(format!("{key:?}"), "SigningKey { .. }");
    }
}
