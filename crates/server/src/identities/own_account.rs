//! The accounts in which services have keys of their own: AWS owned keys, which are "in an account
//! managed by the AWS service" ("AWS KMS keys" in the KMS developer guide).
//!
//! A service's account is none of those that are kept here: nobody can be of it, it is in no list
//! and has no root user. Its number is made of the service's name alone, so that a service which is
//! removed and registered again finds its keys. It begins with 0, as no account does that
//! Organizations makes; one that the deployment began with can be told apart, and goes first.

use std::sync::LazyLock;

use keystead_core::arn::AccountId;
use keystead_core::policy::{AttachedPolicy, PolicySource};
use keystead_crypto::sha256;

use super::Identities;

/// What stands before the name in what is digested.
const LABEL: &[u8] = b"keystead service account v1\0";
/// How many numbers begin with 0.
const NUMBERS: u64 = 100_000_000_000;

/// Key policies decide on keys. What is no matter of one key a service may do in its account.
const OWN_KEYS: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;
static POLICY: LazyLock<AttachedPolicy> = LazyLock::new(|| {
    let name = "ServiceOwnKeys".to_owned();
    AttachedPolicy::compile(PolicySource::Inline { name }, OWN_KEYS)
});

/// The identity policy of services.
pub(super) fn policy() -> AttachedPolicy {
    POLICY.clone()
}

/// The number of a service's account.
fn number_of(service: &str) -> Option<AccountId> {
    let digest = sha256(&[LABEL, service.as_bytes()].concat());
    let bits = u64::from_be_bytes(*digest.first_chunk()?);
    format!("{:012}", bits % NUMBERS).parse().ok()
}

impl Identities {
    /// The account in which a service's own keys are, whether it is registered or not. `None` if the
    /// number is that of an account or of another service, which no service can be registered for.
    #[must_use]
    pub fn own_account(&self, service: &str) -> Option<AccountId> {
        let number = number_of(service)?;
        let is_others = |name: &String| name != service && number_of(name) == Some(number);
        let services = self.services();
        let mut names = services.iter().map(|entry| &entry.record.name);
        let is_taken = self.account(number).is_some() || names.any(is_others);
        (!is_taken).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen: with another number, a service would lose its keys.
    #[test]
    fn numbers_are_made_of_names() {
        for (service, number) in [
            ("s3.us-east-1.amazonaws.com", "094421462093"),
            ("logs.amazonaws.com", "052617931669"),
        ] {
            assert_eq!(number_of(service).unwrap().as_str(), number);
        }
    }
}
