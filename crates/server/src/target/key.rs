//! Targets that are keys.

use std::sync::Arc;

use keystead_core::alias::AliasName;
use keystead_core::key_id::KeyId;
use keystead_core::key_rule::KeyRule;
use keystead_core::time::Timestamp;

use super::Target;
use super::lookup::{self, Forms};
use crate::authz::{Gate, Naming, Scope};
use crate::directory::key_entry::KeyEntry;
use crate::directory::policies::KeyPolicies;
use crate::fault::Fault;
use crate::managed_keys::ManagedKey;

/// How an input names a key.
#[derive(Debug, Clone, Copy)]
pub enum KeyName<'a> {
    /// By key id or key ARN.
    Key(&'a str),
    /// By key id, key ARN, alias name or alias ARN.
    KeyOrAlias(&'a str),
    /// By a ciphertext that it made, and by any of these if the caller says so.
    Ciphertext {
        /// The ciphertext. Without one and without a word for the key, there is none.
        blob: Option<&'a [u8]>,
        /// The caller's word for the key.
        given: Option<&'a str>,
    },
}

impl KeyName<'_> {
    /// The caller's word for the key.
    const fn given(&self) -> Option<&str> {
        match *self {
            Self::Key(given) | Self::KeyOrAlias(given) => Some(given),
            Self::Ciphertext { given, .. } => given,
        }
    }

    /// The key that is meant, if there is one.
    fn id(&self, scope: &Scope<'_>) -> Option<KeyId> {
        let found = match *self {
            Self::Ciphertext { given: None, blob } => {
                lookup::by_ciphertext(blob.unwrap_or_default(), scope)
            }
            _ => lookup::by_text(self.given().unwrap_or_default(), Forms::Ciphertext, scope),
        };
        found.ok().flatten().map(|entry| entry.record.id)
    }
}

/// One key.
#[derive(Debug)]
pub struct OneKey {
    entry: Arc<KeyEntry>,
}

impl OneKey {
    /// The key.
    #[must_use]
    pub fn entry(&self) -> &KeyEntry {
        &self.entry
    }

    pub(super) fn admit_text(
        given: &str,
        forms: Forms,
        action: &'static str,
        same_key: Option<bool>,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        let alias = lookup::alias_of(given);
        let naming = Naming {
            alias: alias.as_ref(),
            same_key,
        };
        let found = lookup::by_text(given, forms, gate.scope());
        if let (Err(Fault::NoSuchAlias { .. }), Some(alias)) = (&found, &alias) {
            ask_for_managed(alias, action, naming, gate)?;
        }
        let Some(entry) = found? else {
            return Err(gate.deny_foreign(action));
        };
        // A bare id does not say that it is another account's: whoever may not use that key is told
        // no more of it than of one that is not there.
        let is_hidden = entry.record.account != gate.scope().account && !given.contains(':');
        let absent = is_hidden.then(|| lookup::no_such_key(entry.record.id, gate.scope()));
        Self::admit_entry(entry, action, naming, gate).map_err(|refusal| absent.unwrap_or(refusal))
    }

    pub(super) fn admit_entry(
        entry: Arc<KeyEntry>,
        action: &'static str,
        naming: Naming<'_>,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        gate.found(entry.resource());
        refuse_closed(&entry, action, gate)?;
        gate.ask_key(action, &entry, naming)?;
        Ok(Self { entry })
    }

    fn admit_ciphertext(
        blob: &[u8],
        action: &'static str,
        same_key: Option<bool>,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        let Some(entry) = lookup::by_ciphertext(blob, gate.scope())? else {
            return Err(gate.deny_ciphertext());
        };
        let naming = Naming {
            alias: None,
            same_key,
        };
        Self::admit_entry(entry, action, naming, gate).map_err(|_| gate.deny_ciphertext())
    }

    /// Like [`Target::admit`], where the request has two keys and they may be the same.
    fn admit_of_two(
        name: KeyName<'_>,
        action: &'static str,
        same_key: Option<bool>,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        let forms = match name {
            KeyName::Ciphertext { given: None, blob } => {
                let blob = blob.unwrap_or_default();
                return Self::admit_ciphertext(blob, action, same_key, gate);
            }
            KeyName::Key(_) => Forms::Key,
            KeyName::KeyOrAlias(_) => Forms::KeyOrAlias,
            KeyName::Ciphertext { .. } => Forms::Ciphertext,
        };
        let given = name.given().unwrap_or_default();
        Self::admit_text(given, forms, action, same_key, gate)
    }
}

/// Has the account's key of a service made, if that is what an alias means and the key as it would be
/// lets the caller do this. Whom it would not is told that it is not there.
fn ask_for_managed(
    alias: &AliasName,
    action: &'static str,
    naming: Naming<'_>,
    gate: &mut Gate<'_>,
) -> Result<(), Fault> {
    let scope = gate.scope();
    let Some(key) = ManagedKey::of(alias, scope.account, scope) else {
        return Ok(());
    };
    let nobody = KeyId::from_random([0; 16]);
    let record = key.record(nobody, Timestamp::from_millis(0));
    let policies = KeyPolicies::default();
    let entry = KeyEntry::new(scope.region, record, 0, Arc::default(), &policies);
    match gate.ask_key(action, &entry, naming) {
        Ok(()) => Err(Fault::ManagedKeyAbsent { key: Box::new(key) }),
        Err(_) => Ok(()),
    }
}

/// The keys of a closed account are of no use to anybody, whomever their policies name. Nobody of
/// the account itself calls, so that only others' keys are looked at.
pub(super) fn refuse_closed(
    entry: &KeyEntry,
    action: &'static str,
    gate: &Gate<'_>,
) -> Result<(), Fault> {
    let scope = gate.scope();
    let owner = entry.record.account;
    if owner == scope.account || scope.identities.is_open(owner) {
        Ok(())
    } else {
        Err(gate.deny_foreign(action))
    }
}

impl Target for OneKey {
    type Name<'a> = KeyName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(name: KeyName<'_>, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        Self::admit_of_two(name, action, None, gate)
    }

    fn check_keys(&self, rule: KeyRule, now: Timestamp) -> Result<(), Fault> {
        rule.check(&self.entry.record, now)
            .map_err(|refusal| Fault::refused(&self.entry.arn, rule, refusal))
    }

    fn keys(&self) -> [Option<&KeyEntry>; 2] {
        [Some(&self.entry), None]
    }
}

/// Two keys, each with a permission of its own: `ReEncrypt` asks one of the source and another of
/// the destination.
#[derive(Debug)]
pub struct TwoKeys {
    /// The key that the ciphertext comes from.
    pub source: OneKey,
    /// The key that it goes to.
    pub destination: OneKey,
}

impl Target for TwoKeys {
    type Name<'a> = (KeyName<'a>, KeyName<'a>);
    type Action = (&'static str, &'static str);
    const HAS_KEY: bool = true;

    fn admit(
        (source, destination): Self::Name<'_>,
        (from, to): Self::Action,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        // Policies on either key may ask whether it is the other one too. Nothing else is said of
        // the destination before the source is admitted.
        let same_key = Some(source.id(gate.scope()) == destination.id(gate.scope()));
        Ok(Self {
            source: OneKey::admit_of_two(source, from, same_key, gate)?,
            destination: OneKey::admit_of_two(destination, to, same_key, gate)?,
        })
    }

    fn check_keys(&self, rule: KeyRule, now: Timestamp) -> Result<(), Fault> {
        self.source.check_keys(rule, now)?;
        self.destination.check_keys(rule, now)
    }

    fn keys(&self) -> [Option<&KeyEntry>; 2] {
        [Some(&self.source.entry), Some(&self.destination.entry)]
    }
}

/// The account, of which one key may be picked out: `ListAliases`. Identity policies decide.
#[derive(Debug)]
pub struct OneKeyOrAll {
    /// The key, if one was picked out.
    pub key: Option<Arc<KeyEntry>>,
}

impl Target for OneKeyOrAll {
    type Name<'a> = Option<&'a str>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(
        name: Self::Name<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        gate.ask_account(action)?;
        let Some(given) = name else {
            return Ok(Self { key: None });
        };
        let own = gate.scope().account;
        let found = lookup::by_text(given, Forms::Key, gate.scope())?;
        // Nothing is asked of the key, so that another account's is none of the caller's business.
        let Some(entry) = found.filter(|entry| entry.record.account == own) else {
            return Err(gate.deny_foreign(action));
        };
        gate.found(entry.resource());
        Ok(Self { key: Some(entry) })
    }
}
