//! A provider's public keys: a JSON Web Key Set (RFC 7517).

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

/// The most keys of a set that are looked at.
const MAX_KEYS: usize = 100;

/// The algorithms that a token may be signed with, all of them asymmetric: a public key must never
/// be taken for a shared secret (RFC 8725, section 3.1).
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];

/// The keys of a set that can verify tokens.
#[derive(Debug, Default)]
pub struct KeySet(Vec<VerifyingKey>);

#[derive(Debug)]
struct VerifyingKey {
    id: Option<String>,
    /// The only algorithm that the key is for, if it says so.
    algorithm: Option<Algorithm>,
    key: DecodingKey,
}

/// The text is not a key set, or none of its keys can be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// It is not one.
    #[error("the keys of the identity provider are not a JSON Web Key Set: {source}")]
    Malformed {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// None of the keys can be used.
    #[error("the identity provider has no key that can be used")]
    Empty,
}

impl KeySet {
    /// Reads a set. Keys of kinds that are not used here are passed over.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        #[derive(serde::Deserialize)]
        struct Raw {
            keys: Vec<Value>,
        }
        let Raw { keys } = serde_json::from_slice(text)?;
        let keys: Vec<Jwk> = keys
            .into_iter()
            .take(MAX_KEYS)
            .filter_map(|key| serde_json::from_value(key).ok())
            .collect();
        let keys: Vec<_> = JwkSet { keys }
            .keys
            .iter()
            .filter_map(VerifyingKey::of)
            .collect();
        if keys.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(Self(keys))
    }

    /// Whether the set has a key of this id; any key will do for a token that names none.
    pub(super) fn has(&self, id: Option<&str>) -> bool {
        self.candidates(id).next().is_some()
    }

    /// The claims of a token, if its signature is that of one of the keys.
    pub(super) fn verify(&self, token: &str, header: &Header) -> Option<Map<String, Value>> {
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let mut validation = Validation::new(header.alg);
        // Times and audiences are checked where the clock and the provider are at hand.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let fits = |key: &&VerifyingKey| key.algorithm.is_none_or(|only| only == header.alg);
        self.candidates(header.kid.as_deref())
            .filter(fits)
            .find_map(|key| jsonwebtoken::decode(token, &key.key, &validation).ok())
            .map(|verified| verified.claims)
    }

    fn candidates(&self, id: Option<&str>) -> impl Iterator<Item = &VerifyingKey> {
        let is_it =
            move |key: &&VerifyingKey| id.is_none() || key.id.is_none() || key.id.as_deref() == id;
        self.0.iter().filter(is_it)
    }
}

impl VerifyingKey {
    fn of(key: &Jwk) -> Option<Self> {
        let signs = |of: &PublicKeyUse| *of == PublicKeyUse::Signature;
        if !key.common.public_key_use.as_ref().is_none_or(signs) {
            return None;
        }
        let algorithm = match key.common.key_algorithm {
            Some(algorithm) => Some(algorithm.to_string().parse().ok()?),
            None => None,
        };
        if algorithm.is_some_and(|algorithm| !ALGORITHMS.contains(&algorithm)) {
            return None;
        }
        Some(Self {
            id: key.common.key_id.clone(),
            algorithm,
            key: DecodingKey::from_jwk(key).ok()?,
        })
    }
}
