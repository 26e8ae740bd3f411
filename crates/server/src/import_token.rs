//! Import tokens: which wrapping key some material is wrapped to.
//!
//! A token is the id of a wrapping key and its expiry: an id that nobody else knows, found among the
//! wrapping keys of the key alone, so that there is nothing to sign. The expiry is there for what
//! comes when the wrapping key has been cleared away: whoever comes too late is told so.

use std::sync::Arc;

use keystead_core::key::{WrappingKeyId, WrappingKeyRecord};
use keystead_core::key_id::KeyId;
use keystead_core::time::Timestamp;

use crate::directory::Directory;
use crate::directory::wrapping_keys::WrappingKeyEntry;
use crate::fault::Fault;

/// The first byte: the form of the rest.
const FORM: u8 = 1;

/// The token of a wrapping key.
#[must_use]
pub fn of(wrapping_key: &WrappingKeyRecord) -> Vec<u8> {
    let expires = wrapping_key.expires.as_millis().to_be_bytes();
    let parts = [&[FORM][..], wrapping_key.id.bytes(), &expires];
    parts.concat()
}

/// The wrapping key that a token of a key names.
///
/// # Errors
/// [`Fault::ExpiredImportToken`] and [`Fault::InvalidImportToken`].
pub fn find(
    token: &[u8],
    key: KeyId,
    directory: &Directory,
    now: Timestamp,
) -> Result<Arc<WrappingKeyEntry>, Fault> {
    let (id, expires) = parse(token).ok_or(Fault::InvalidImportToken)?;
    let found = directory.wrapping_key(key, id);
    if found
        .as_ref()
        .is_some_and(|found| found.record.expires != expires)
    {
        return Err(Fault::InvalidImportToken);
    }
    if expires <= now {
        return Err(Fault::ExpiredImportToken);
    }
    found.ok_or(Fault::InvalidImportToken)
}

fn parse(token: &[u8]) -> Option<(WrappingKeyId, Timestamp)> {
    let rest = token.strip_prefix(&[FORM])?;
    let (id, expires) = rest.split_first_chunk()?;
    let expires = i64::from_be_bytes(expires.try_into().ok()?);
    Some((
        WrappingKeyId::from_bytes(*id),
        Timestamp::from_millis(expires),
    ))
}

#[cfg(test)]
mod tests {
    use keystead_core::key::{KeySpec, Sealed, WrappingAlgorithm};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tokens_say_which_key_and_until_when(id: [u8; 16], expires: i64, more in 0usize..3) {
            let record = WrappingKeyRecord {
                id: WrappingKeyId::from_bytes(id),
                account: "111122223333".parse().unwrap(),
                key: KeyId::from_random([1; 16]),
                spec: KeySpec::Rsa2048,
                algorithm: WrappingAlgorithm::RsaesOaepSha256,
                expires: Timestamp::from_millis(expires),
                sealed: Sealed::new(Vec::new()),
            };
            let mut token = of(&record);
            prop_assert_eq!(parse(&token), Some((record.id, record.expires)));
            token.extend(vec![0; more]);
            prop_assert_eq!(parse(&token).is_some(), more == 0);
            token[0] ^= 1;
            prop_assert_eq!(parse(&token), None);
        }

        #[test]
        fn whatever_comes_is_read_without_a_panic(token: Vec<u8>) {
            let parsed = parse(&token);
            prop_assert_eq!(parsed.is_some(), token.len() == 25 && token[0] == FORM);
        }
    }
}
