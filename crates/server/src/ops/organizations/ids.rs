//! New ids: of the organization, its root, units, policies and requests for accounts; and of new
//! accounts and the roles in them.
//!
//! Sources: the patterns of ids in the Organizations API model; "IAM identifiers" in the IAM guide. That an id is not taken is for the
//! commit to find out, which expects nothing in its place.

use keystead_core::arn::AccountId;
use keystead_crypto::Provider;

use crate::fault::Fault;

/// Base32 (RFC 4648) in lower case: as many as divide 256, so that each is equally likely.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// How many account numbers there are.
const ACCOUNTS: u64 = 1_000_000_000_000;

/// `o-` and ten letters.
pub(super) fn organization(provider: &dyn Provider) -> Result<String, Fault> {
    Ok(format!("o-{}", letters::<10>(provider)?))
}

/// `r-` and four letters.
pub(super) fn root(provider: &dyn Provider) -> Result<String, Fault> {
    Ok(format!("r-{}", letters::<4>(provider)?))
}

/// `ou-`, the root's letters, `-` and eight letters.
pub(super) fn unit(root_id: &str, provider: &dyn Provider) -> Result<String, Fault> {
    let root = root_id.trim_start_matches("r-");
    Ok(format!("ou-{root}-{}", letters::<8>(provider)?))
}

/// `p-` and ten letters.
pub(super) fn policy(provider: &dyn Provider) -> Result<String, Fault> {
    Ok(format!("p-{}", letters::<10>(provider)?))
}

/// `car-` and 32 letters.
pub(super) fn creation(provider: &dyn Provider) -> Result<String, Fault> {
    Ok(format!("car-{}", letters::<32>(provider)?))
}

/// A role's unique id: `AROA` and seventeen capitals.
pub(super) fn role(provider: &dyn Provider) -> Result<String, Fault> {
    let letters = letters::<17>(provider)?;
    Ok(format!("AROA{}", letters.to_ascii_uppercase()))
}

/// Twelve digits that `is_taken` knows nothing of, the first of which is not zero: those are for the
/// keys of services.
///
/// # Errors
/// The random generator's; [`Fault::Contention`] if every number that was tried is taken.
pub(super) fn account(
    provider: &dyn Provider,
    is_taken: impl Fn(AccountId) -> bool,
) -> Result<AccountId, Fault> {
    const TRIES: usize = 64;
    for _ in 0..TRIES {
        let mut random = [0; 8];
        provider.fill_random(&mut random)?;
        let number = u64::from_be_bytes(random) % ACCOUNTS;
        let account = format!("{number:012}").parse::<AccountId>();
        match account {
            Ok(account) if number >= ACCOUNTS / 10 && !is_taken(account) => return Ok(account),
            _ => {}
        }
    }
    Err(Fault::Contention)
}

fn letters<const COUNT: usize>(provider: &dyn Provider) -> Result<String, Fault> {
    let mut random = [0; COUNT];
    provider.fill_random(&mut random)?;
    let letter = |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len());
    Ok(random
        .iter()
        .filter_map(letter)
        .map(|byte| char::from(*byte))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use keystead_crypto::{RootKey, SoftwareProvider, SystemRandom};

    use super::*;

    fn provider() -> SoftwareProvider {
        let root = RootKey::generate(&SystemRandom).unwrap();
        SoftwareProvider::new(Arc::new(root), Arc::new(SystemRandom))
    }

    #[test]
    fn ids_fit_the_model() {
        let provider = provider();
        let root = root(&provider).unwrap();
        let unit = unit(&root, &provider).unwrap();
        let cases = [
            (organization(&provider).unwrap(), "o-".to_owned(), 10),
            (root.clone(), "r-".to_owned(), 4),
            (unit, format!("ou-{}-", &root[2..]), 8),
            (policy(&provider).unwrap(), "p-".to_owned(), 10),
            (creation(&provider).unwrap(), "car-".to_owned(), 32),
        ];
        for (id, prefix, count) in cases {
            let letters = id.strip_prefix(&prefix).unwrap();
            assert_eq!(letters.len(), count, "{id}");
            assert!(letters.bytes().all(|b| LETTERS.contains(&b)), "{id}");
        }
    }

    #[test]
    fn a_number_that_is_taken_is_not_given() {
        let first = account(&provider(), |_| false).unwrap();
        assert_ne!(first.as_str().as_bytes()[0], b'0');
        let tried = std::cell::RefCell::new(Vec::new());
        let second = account(&provider(), |number| {
            tried.borrow_mut().push(number);
            tried.borrow().len() < 4
        });
        assert_eq!(second.unwrap(), tried.borrow()[3]);
        assert!(matches!(
            account(&provider(), |_| true),
            Err(Fault::Contention)
        ));
    }
}
