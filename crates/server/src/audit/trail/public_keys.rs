//! The list of public keys as a file, for whoever checks digests without a server: in the form of the
//! answer to `aws cloudtrail list-public-keys`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_crypto::RsaVerifier;
use serde::{Deserialize, Serialize};

use super::digest::fingerprint;
use super::keys::PublicKey;

/// The file's name in the trail's folder.
pub(in crate::audit) const FILE: &str = "public-keys.json";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    public_key_list: Vec<Listed>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    value: String,
    #[serde(default, skip_deserializing)]
    validity_start_time: String,
    #[serde(default, skip_deserializing)]
    validity_end_time: String,
    #[serde(default, skip_deserializing)]
    fingerprint: String,
    #[serde(default, skip_deserializing)]
    region: String,
}

/// The file with these keys.
///
/// # Errors
/// None in practice: every list is serializable.
pub(super) fn written(keys: &[PublicKey]) -> Result<Vec<u8>, serde_json::Error> {
    let listed = |key: &PublicKey| Listed {
        value: STANDARD.encode(&key.der),
        validity_start_time: key.from.to_string(),
        validity_end_time: key.until.to_string(),
        fingerprint: key.fingerprint.clone(),
        region: key.region.to_string(),
    };
    let mut file = serde_json::to_vec_pretty(&List {
        public_key_list: keys.iter().map(listed).collect(),
    })?;
    file.push(b'\n');
    Ok(file)
}

/// Why a list of keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyListError {
    /// It is not in the form of the answer to ListPublicKeys.
    #[error("it is no answer to `aws cloudtrail list-public-keys`: {source}")]
    Form {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// A key in it is none.
    #[error("its key number {number} is no RSA public key in Base64")]
    Key {
        /// Its place in the list, from 1.
        number: usize,
    },
}

/// The keys in a file, by the fingerprints that they have: what the file says of these does not
/// count.
///
/// # Errors
/// [`KeyListError`].
pub(super) fn read(file: &[u8]) -> Result<Vec<(String, RsaVerifier)>, KeyListError> {
    let list: List = serde_json::from_slice(file)?;
    let keys = list.public_key_list.into_iter().enumerate();
    keys.map(|(index, listed)| {
        let der = STANDARD.decode(listed.value).ok();
        let key = der.as_deref().and_then(RsaVerifier::from_der);
        let number = index + 1;
        let key = key.ok_or(KeyListError::Key { number })?;
        Ok((fingerprint(key.pkcs1_der()), key))
    })
    .collect()
}
