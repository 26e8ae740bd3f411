//! Targets that are keys.

use std::sync::Arc;

use keystead_core::key_state::StateRule;

use super::lookup::{self, Forms};
use super::{Asked, AskedResource, AuditResource, Scope, Target, Unresolved};
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

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

type Ask<'a> = dyn FnMut(Asked<'_>) -> Result<(), Fault> + 'a;

/// One key.
#[derive(Debug)]
pub struct OneKey {
    entry: Arc<KeyEntry>,
    by_ciphertext: bool,
}

impl OneKey {
    /// The key.
    #[must_use]
    pub fn entry(&self) -> &KeyEntry {
        &self.entry
    }

    pub(super) fn by_text(
        given: &str,
        forms: Forms,
        action: &'static str,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        let entry = lookup::by_text(given, forms, scope)?.ok_or(Unresolved::Foreign { action })?;
        Ok(Self {
            entry,
            by_ciphertext: false,
        })
    }

    pub(super) fn question(&self, action: &'static str) -> Asked<'_> {
        let resource = AskedResource::Key {
            entry: &self.entry,
            by_ciphertext: self.by_ciphertext,
        };
        Asked { action, resource }
    }

    pub(super) fn resource(&self) -> AuditResource {
        AuditResource {
            account: self.entry.record.account,
            arn: Arc::clone(&self.entry.arn),
        }
    }
}

impl Target for OneKey {
    type Name<'a> = KeyName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn resolve(
        name: KeyName<'_>,
        action: &'static str,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        match name {
            KeyName::Key(given) => Self::by_text(given, Forms::Key, action, scope),
            KeyName::KeyOrAlias(given) => Self::by_text(given, Forms::KeyOrAlias, action, scope),
            KeyName::Ciphertext {
                given: Some(given), ..
            } => Self::by_text(given, Forms::Ciphertext, action, scope),
            KeyName::Ciphertext { given: None, blob } => {
                let entry = lookup::by_ciphertext(blob.unwrap_or_default(), scope)?
                    .ok_or(Unresolved::Ciphertext)?;
                Ok(Self {
                    entry,
                    by_ciphertext: true,
                })
            }
        }
    }

    fn ask(&self, action: &'static str, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(self.question(action))
    }

    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        let state = self.entry.record.state;
        rule.check(state).map_err(|error| Fault::State {
            arn: self.entry.arn.to_string(),
            error,
        })
    }

    fn resources(&self) -> Vec<AuditResource> {
        vec![self.resource()]
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

    fn resolve(
        (source, destination): Self::Name<'_>,
        (from, to): Self::Action,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        let source = OneKey::resolve(source, from, scope)?;
        let destination = OneKey::resolve(destination, to, scope)?;
        Ok(Self {
            source,
            destination,
        })
    }

    fn ask(&self, (from, to): Self::Action, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(self.source.question(from))?;
        ask(self.destination.question(to))
    }

    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        self.source.check_states(rule)?;
        self.destination.check_states(rule)
    }

    fn resources(&self) -> Vec<AuditResource> {
        vec![self.source.resource(), self.destination.resource()]
    }
}

/// The account, of which one key may be picked out: `ListAliases`. Identity policies decide.
#[derive(Debug)]
pub struct OneKeyOrAll {
    /// The key, if one was picked out.
    pub key: Option<OneKey>,
}

impl Target for OneKeyOrAll {
    type Name<'a> = Option<KeyName<'a>>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn resolve(
        name: Self::Name<'_>,
        action: &'static str,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        let key = name
            .map(|name| OneKey::resolve(name, action, scope))
            .transpose()?;
        Ok(Self { key })
    }

    fn ask(&self, action: &'static str, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(Asked {
            action,
            resource: AskedResource::Account,
        })
    }

    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        self.key
            .as_ref()
            .map_or(Ok(()), |key| key.check_states(rule))
    }

    fn resources(&self) -> Vec<AuditResource> {
        self.key.iter().map(OneKey::resource).collect()
    }
}
