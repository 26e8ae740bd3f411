//! Secret access keys: sealed in the store, opened in memory; and the random names of identities.

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::identity::AccessKeyRecord;
use keystead_core::key::Sealed;
use keystead_crypto::{
    Binding, CryptoError, KeyFingerprint, Provider, Purpose, Random, RootKey, SecretBytes,
};

use crate::directory::record::sealed_key;

/// The alphabet of AWS's unique ids and access key ids (RFC 4648, base32).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of AWS's secret access keys (RFC 4648, base64).
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What seals secret access keys.
#[derive(Debug, Clone)]
pub struct Secrets(Arc<RootKey>);

impl Secrets {
    /// Secrets are sealed under this root key.
    #[must_use]
    pub const fn new(root: Arc<RootKey>) -> Self {
        Self(root)
    }

    /// The root key's public name.
    #[must_use]
    pub fn root(&self) -> KeyFingerprint {
        self.0.fingerprint()
    }

    /// Seals the secret of an access key for its place.
    ///
    /// # Errors
    /// The source of randomness failed.
    pub fn seal(
        &self,
        random: &dyn Random,
        account: AccountId,
        access_key_id: &str,
        secret: &SecretBytes,
    ) -> Result<Sealed, CryptoError> {
        let binding = binding(&account, access_key_id);
        // Exposed to be sealed.
        let sealed = self.0.seal(random, &binding, secret.expose())?;
        Ok(Sealed::new(sealed.as_bytes().to_vec()))
    }

    /// Opens the secret of a record.
    ///
    /// # Errors
    /// As [`RootKey::open`].
    pub fn open(&self, record: &AccessKeyRecord) -> Result<SecretBytes, CryptoError> {
        let binding = binding(&record.account, &record.id);
        self.0.open(&sealed_key(&record.secret), &binding)
    }
}

/// The place that an access key's secret is sealed to. Identities belong to no Region.
fn binding<'a>(account: &'a AccountId, access_key_id: &'a str) -> Binding<'a> {
    Binding {
        region: "",
        account: account.as_str(),
        key_id: access_key_id,
        material_id: "",
        purpose: Purpose::AccessKeySecret,
    }
}

/// A provider as a source of randomness.
pub struct RandomOf<'a>(pub &'a dyn Provider);

impl Random for RandomOf<'_> {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        self.0.fill_random(out)
    }
}

/// A new unique id: its kind's four letters (`AIDA`, `AROA`, `AGPA`, `ANPA`), and 17 random ones.
///
/// # Errors
/// The source of randomness failed.
pub fn unique_id(random: &dyn Random, prefix: &str) -> Result<String, CryptoError> {
    named(random, prefix, 17)
}

/// A new access key id: `AKIA`, or `ASIA` of temporary credentials, and 16 random letters.
///
/// # Errors
/// The source of randomness failed.
pub fn access_key_id(random: &dyn Random, prefix: &str) -> Result<String, CryptoError> {
    named(random, prefix, 16)
}

/// A new secret access key, of 240 bits.
///
/// # Errors
/// The source of randomness failed.
pub fn secret_access_key(random: &dyn Random) -> Result<SecretBytes, CryptoError> {
    letters(random, BASE64, 40)
}

fn named(random: &dyn Random, prefix: &str, count: usize) -> Result<String, CryptoError> {
    let letters = letters(random, BASE32, count)?;
    // Exposed because a name is no secret.
    let name = String::from_utf8_lossy(letters.expose());
    Ok(format!("{prefix}{name}"))
}

/// Random letters of an alphabet whose size divides 256, so that each is equally likely.
fn letters(random: &dyn Random, alphabet: &[u8], count: usize) -> Result<SecretBytes, CryptoError> {
    SecretBytes::try_filled(count, |out| {
        random.fill(out)?;
        for byte in out {
            *byte = alphabet
                .get(usize::from(*byte) % alphabet.len())
                .copied()
                .unwrap_or_default();
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use keystead_crypto::SystemRandom;

    use super::*;

    #[test]
    fn the_forms_of_ids_and_secrets() {
        let id = unique_id(&SystemRandom, "AIDA").unwrap();
        assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
        let id = access_key_id(&SystemRandom, "AKIA").unwrap();
        assert!(id.bytes().skip(4).all(|b| BASE32.contains(&b)), "{id}");
        assert_eq!(id.len(), 20);
        let secret = secret_access_key(&SystemRandom).unwrap();
        assert!(secret.expose().iter().all(|b| BASE64.contains(b)));
        assert_eq!(secret.len(), 40);
    }
}
