//! Compiled key policies, each kept once.
//!
//! Most keys of an account have the policy that keys have by default, or one that a tool gives all of them. To compile
//! it for each would take most of a start's time and much of its memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use keystead_core::policy::{KeyPolicy, PolicyError, PrincipalIds};
use keystead_crypto::sha256;

/// As many may be known before those that no key has any more are looked for.
const FIRST_SWEEP: usize = 64;

/// Gives keys whose policies say the same, of the same principals, one compiled policy.
#[derive(Debug, Default)]
pub struct KeyPolicies(Mutex<Known>);

/// By a digest of what is compiled: two that were taken for one would open keys to strangers.
#[derive(Debug, Default)]
struct Known {
    compiled: HashMap<[u8; 32], Weak<KeyPolicy>>,
    /// How many there may be until the next sweep.
    room: usize,
}

impl KeyPolicies {
    /// The compiled policy of a text, [bound](KeyPolicy::parse_bound) to these principals.
    ///
    /// # Errors
    /// Why the text does not parse.
    pub fn compile(&self, text: &str, ids: &PrincipalIds) -> Result<Arc<KeyPolicy>, PolicyError> {
        let name = digest(text, ids);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known.compiled.get(&name).and_then(Weak::upgrade) {
            return Ok(policy);
        }
        let policy = Arc::new(KeyPolicy::parse_bound(text, ids)?);
        known.put(name, &policy);
        Ok(policy)
    }
}

impl Known {
    fn put(&mut self, name: [u8; 32], policy: &Arc<KeyPolicy>) {
        if self.compiled.len() >= self.room {
            self.compiled.retain(|_, kept| kept.strong_count() > 0);
            self.room = FIRST_SWEEP.max(2 * self.compiled.len());
        }
        self.compiled.insert(name, Arc::downgrade(policy));
    }
}

/// A digest of all that a compiled policy is made of. Every text is preceded by its length, so that none can pass for two.
fn digest(text: &str, ids: &PrincipalIds) -> [u8; 32] {
    let pairs = ids.iter().flat_map(|(arn, id)| [arn.as_str(), id.as_str()]);
    let mut bytes = Vec::with_capacity(text.len() + 8);
    for part in std::iter::once(text).chain(pairs) {
        bytes.extend_from_slice(&part.len().to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOB: &str = "arn:aws:iam::111122223333:user/bob";

    fn policy_of(principal: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"kms:*","Resource":"*"}}]}}"#
        )
    }

    fn bound_to(id: &str) -> PrincipalIds {
        PrincipalIds::from([(BOB.to_owned(), id.to_owned())])
    }

    #[test]
    fn what_says_the_same_of_the_same_principals_is_compiled_once() {
        let policies = KeyPolicies::default();
        let compile = |text: &str, ids: &PrincipalIds| policies.compile(text, ids).unwrap();
        let text = policy_of(BOB);
        let first = compile(&text, &bound_to("AIDAFIRST"));
        assert!(Arc::ptr_eq(&first, &compile(&text, &bound_to("AIDAFIRST"))));
        let others = [
            compile(&text, &bound_to("AIDASECOND")),
            compile(&text, &PrincipalIds::new()),
            compile(&policy_of("111122223333"), &bound_to("AIDAFIRST")),
            compile(&format!("{text} "), &bound_to("AIDAFIRST")),
        ];
        assert!(others.iter().all(|other| !Arc::ptr_eq(&first, other)));
    }

    #[test]
    fn what_does_not_parse_is_an_error_each_time() {
        let policies = KeyPolicies::default();
        for _ in 0..2 {
            policies.compile("{}", &PrincipalIds::new()).unwrap_err();
        }
        assert!(policies.0.lock().unwrap().compiled.is_empty());
    }

    #[test]
    fn policies_that_no_key_has_are_forgotten() {
        let policies = KeyPolicies::default();
        let kept = policies
            .compile(&policy_of(BOB), &PrincipalIds::new())
            .unwrap();
        for number in 0..10 * FIRST_SWEEP {
            let text = policy_of(&format!("{number:012}"));
            drop(policies.compile(&text, &PrincipalIds::new()).unwrap());
        }
        assert!(policies.0.lock().unwrap().compiled.len() <= FIRST_SWEEP);
        let again = policies
            .compile(&policy_of(BOB), &PrincipalIds::new())
            .unwrap();
        assert!(Arc::ptr_eq(&kept, &again));
    }
}
