//! The three parts of temporary credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_core::arn::AccountId;
use keystead_core::time::Timestamp;
use keystead_crypto::{CryptoError, Provider, SecretArray, SecretBytes};
use zeroize::Zeroizing;

/// What the ids of temporary access keys begin with.
const PREFIX: &str = "ASIA";
/// The alphabet of AWS's ids (RFC 4648, base32).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How many characters follow the prefix: 80 bits.
const ID_CHARS: usize = 16;
/// Where the account stands in an id's 80 bits: behind the first one, 40 bits long.
const ACCOUNT_SHIFT: u32 = 39;
const ACCOUNT_MASK: u128 = (1 << 40) - 1;
/// The first bit, which AWS's newer ids have set.
const FIRST_BIT: u128 = 1 << 79;

/// What a client signs with for a while.
#[derive(Debug)]
pub struct TemporaryCredentials {
    /// The access key's id, `ASIA…`.
    pub access_key_id: String,
    /// The secret, 40 characters.
    pub secret_access_key: Zeroizing<String>,
    /// The token that goes along with every request.
    pub session_token: Zeroizing<String>,
    /// When they end.
    pub expires: Timestamp,
}

/// The bytes of a secret access key, whose 40 characters are their base64.
pub(super) struct Secret(SecretArray<{ Self::BYTES }>);

impl Secret {
    pub(super) const BYTES: usize = 30;

    pub(super) fn generate(provider: &dyn Provider) -> Result<Self, CryptoError> {
        SecretArray::try_filled(|place| provider.fill_random(place)).map(Self)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SecretArray::copied_from(bytes).map(Self)
    }

    /// The bytes, to be sealed.
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The secret as its owner gets it.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        // Not `encode_string`, whose buffer on the stack would keep a copy.
        Zeroizing::new(STANDARD.encode(self.0.expose()))
    }

    /// The secret as signing keys are derived from it.
    pub(super) fn to_signing_secret(&self) -> SecretBytes {
        SecretBytes::from(self.to_text().as_bytes().to_vec())
    }
}

/// A fresh id of an access key of an account: `ASIA` and 16 characters of base32. The account stands
/// in the id, as it does in AWS's, so that `GetAccessKeyInfo` can tell it without a record of the
/// key. The other 39 bits are random.
pub(super) fn access_key_id(
    account: AccountId,
    provider: &dyn Provider,
) -> Result<String, CryptoError> {
    let mut random = [0; 8];
    provider.fill_random(&mut random)?;
    let number: u128 = account.as_str().parse().unwrap_or_default();
    let random = u128::from(u64::from_be_bytes(random)) & ((1 << ACCOUNT_SHIFT) - 1);
    let bits = FIRST_BIT | (number << ACCOUNT_SHIFT) | random;
    let letters = (0..ID_CHARS).rev().filter_map(|place| {
        let letter = usize::try_from((bits >> (5 * place)) & 31).ok()?;
        BASE32.get(letter).map(|letter| char::from(*letter))
    });
    Ok(PREFIX.chars().chain(letters).collect())
}

/// The account of a temporary access key; `None` if the text is not the id of one.
#[must_use]
pub fn account_of_key(access_key_id: &str) -> Option<AccountId> {
    let letters = access_key_id.strip_prefix(PREFIX)?.as_bytes();
    if letters.len() != ID_CHARS {
        return None;
    }
    let bits = letters.iter().try_fold(0_u128, |bits, letter| {
        let value = BASE32.iter().position(|known| known == letter)?;
        Some((bits << 5) | u128::try_from(value).ok()?)
    })?;
    let number = (bits >> ACCOUNT_SHIFT) & ACCOUNT_MASK;
    format!("{number:012}").parse().ok()
}

#[cfg(test)]
mod tests {
    use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};

    use super::*;

    fn provider() -> SoftwareProvider {
        let root = RootKey::generate(&SystemRandom).unwrap();
        SoftwareProvider::new(root.into(), std::sync::Arc::new(SystemRandom))
    }

    #[test]
    fn ids_tell_their_account() {
        let provider = provider();
        for digits in ["000000000000", "111122223333", "999999999999"] {
            let account: AccountId = digits.parse().unwrap();
            let one = access_key_id(account, &provider).unwrap();
            assert!(one.starts_with("ASIA") && one.len() == 20, "{one}");
            assert_eq!(account_of_key(&one), Some(account));
            assert_ne!(access_key_id(account, &provider).unwrap(), one);
        }
    }

    /// As AWS lays out its own, by the account that people read out of them.
    #[test]
    fn the_layout_is_awss() {
        let account = account_of_key("ASIAQNZGKIQY56JQ7WML");
        assert_eq!(account, "029608264753".parse().ok());
    }

    #[test]
    fn what_is_no_such_id() {
        for text in [
            "",
            "ASIA",
            "AKIAQNZGKIQY56JQ7WML",
            "ASIAQNZGKIQY56JQ7WM",
            "ASIAQNZGKIQY56JQ7WMLA",
            "ASIAQNZGKIQY56JQ7WM1",
            "ASIAqnzgkiqy56jq7wml",
            // More than twelve digits.
            "ASIA7777777777777777",
        ] {
            assert_eq!(account_of_key(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_have_forty_characters() {
        let secret = Secret::generate(&provider()).unwrap();
        assert_eq!(secret.to_text().len(), 40);
        assert_eq!(
            secret.to_signing_secret().expose(),
            secret.to_text().as_bytes()
        );
        assert!(Secret::from_bytes(&[0; 29]).is_none());
    }
}
