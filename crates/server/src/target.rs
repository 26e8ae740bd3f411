//! What an operation acts on: nothing in particular, one key, two keys, or an alias with its keys.
//!
//! A target is found ([`Target::resolve`]) and asked about ([`Target::ask`]) by the authorization
//! room alone, so that "not there" and "not allowed" are told apart in one place.

mod alias;
mod key;
mod lookup;

use std::sync::Arc;

use keystead_core::arn::{AccountId, Region};
use keystead_core::key_state::StateRule;

pub use self::alias::{AliasTarget, AliasTargetName, NewAlias, RemovedAlias};
pub use self::key::{KeyName, OneKey, OneKeyOrAll, TwoKeys};
use crate::directory::Directory;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

/// Where names are looked up.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The Region that serves the call.
    pub region: &'a Region,
    /// What it holds.
    pub directory: &'a Directory,
    /// The caller's account, in which bare names are meant.
    pub account: AccountId,
}

/// What an operation acts on.
pub trait Target: Sized + Send + Sync {
    /// How an input names it.
    type Name<'a>;
    /// The permission that it takes, or the permissions.
    type Action: Copy;
    /// Whether there is a key in it.
    const HAS_KEY: bool;

    /// Finds it.
    ///
    /// # Errors
    /// [`Unresolved`].
    fn resolve(
        name: Self::Name<'_>,
        action: Self::Action,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved>;

    /// Puts every question that must be answered with yes, in AWS's order.
    ///
    /// # Errors
    /// The first refusal.
    fn ask(
        &self,
        action: Self::Action,
        ask: &mut dyn FnMut(Asked<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault>;

    /// Checks the states of the keys that the operation's row of the key-state table is about.
    ///
    /// # Errors
    /// [`Fault::State`].
    fn check_states(&self, rule: StateRule) -> Result<(), Fault>;

    /// The keys and aliases that the audit record names.
    fn resources(&self) -> Vec<AuditResource>;
}

/// Why a target was not found.
#[derive(Debug)]
pub enum Unresolved {
    /// The name means nothing here, which the caller may know.
    Fault(Fault),
    /// There is nothing of that name in another account. The caller gets the answer of a denial,
    /// or existence leaks.
    Foreign {
        /// The permission that it would have taken.
        action: &'static str,
    },
    /// The ciphertext names a key that is not there. The caller gets the answer of a denial.
    Ciphertext,
}

impl From<Fault> for Unresolved {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A key or an alias of an audit record.
#[derive(Debug, Clone)]
pub struct AuditResource {
    /// Its owner.
    pub account: AccountId,
    /// Its ARN.
    pub arn: Arc<str>,
}

/// One question to the policies.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The permission.
    pub action: &'static str,
    /// What it is asked for.
    pub resource: AskedResource<'a>,
}

/// What a permission is asked for.
#[derive(Debug, Clone, Copy)]
pub enum AskedResource<'a> {
    /// The account as a whole: identity policies decide, on `*`.
    Account,
    /// An alias of the caller's account: identity policies decide.
    Alias {
        /// The alias's ARN.
        arn: &'a str,
    },
    /// A key: its key policy decides first.
    Key {
        /// The key.
        entry: &'a KeyEntry,
        /// Whether the caller did not name the key, but sent a ciphertext that does.
        by_ciphertext: bool,
    },
}

/// Nothing in particular: `ListKeys`, `CreateKey`, `GenerateRandom`. Identity policies decide.
#[derive(Debug)]
pub struct Account;

impl Target for Account {
    type Name<'a> = ();
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn resolve((): (), _action: &'static str, _scope: &Scope<'_>) -> Result<Self, Unresolved> {
        Ok(Self)
    }

    fn ask(
        &self,
        action: &'static str,
        ask: &mut dyn FnMut(Asked<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        ask(Asked {
            action,
            resource: AskedResource::Account,
        })
    }

    fn check_states(&self, _rule: StateRule) -> Result<(), Fault> {
        Ok(())
    }

    fn resources(&self) -> Vec<AuditResource> {
        Vec::new()
    }
}

/// A key that is to be made: `CreateKey`. Identity policies decide, and tags ask for a permission
/// of their own.
#[derive(Debug)]
pub struct NewKey {
    tagged: bool,
}

impl Target for NewKey {
    type Name<'a> = bool;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn resolve(
        tagged: bool,
        _action: &'static str,
        _scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        Ok(Self { tagged })
    }

    fn ask(
        &self,
        action: &'static str,
        ask: &mut dyn FnMut(Asked<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let resource = AskedResource::Account;
        ask(Asked { action, resource })?;
        if self.tagged {
            ask(Asked {
                action: "kms:TagResource",
                resource,
            })
        } else {
            Ok(())
        }
    }

    fn check_states(&self, _rule: StateRule) -> Result<(), Fault> {
        Ok(())
    }

    fn resources(&self) -> Vec<AuditResource> {
        Vec::new()
    }
}

/// Nothing, and nobody is refused: `GetCallerIdentity`, which AWS allows under any policy.
#[derive(Debug)]
pub struct Everyone;

impl Target for Everyone {
    type Name<'a> = ();
    type Action = ();
    const HAS_KEY: bool = false;

    fn resolve((): (), (): (), _scope: &Scope<'_>) -> Result<Self, Unresolved> {
        Ok(Self)
    }

    fn ask(
        &self,
        (): (),
        _ask: &mut dyn FnMut(Asked<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    fn check_states(&self, _rule: StateRule) -> Result<(), Fault> {
        Ok(())
    }

    fn resources(&self) -> Vec<AuditResource> {
        Vec::new()
    }
}
