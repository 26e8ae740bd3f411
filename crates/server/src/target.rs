//! What an operation acts on: nothing in particular, one key, two keys, or an alias with its keys.
//!
//! A target is found and asked about in one go ([`Target::admit`]), at the gate of the
//! authorization room: a key of another account that is not there and one that is not allowed are
//! refused at the same point and in the same words.

mod alias;
mod bucket;
mod grant;
mod identity;
mod key;
mod lookup;
mod organization;
mod own_key;
mod role;

use std::sync::Arc;

use keystead_core::arn::AccountId;
use keystead_core::key_rule::KeyRule;
use keystead_core::time::Timestamp;

pub use self::alias::{AliasTarget, AliasTargetName, NewAlias, RemovedAlias};
pub(crate) use self::bucket::no_such_bucket;
pub use self::bucket::{BucketTarget, InBucket};
pub use self::grant::{GrantName, RetiredGrant, RetiringName, RetiringPrincipal};
pub use self::identity::{Named, OneIdentity};
pub use self::key::{KeyName, OneKey, OneKeyOrAll, TwoKeys};
pub use self::organization::Parts;
pub use self::own_key::OwnKey;
pub(crate) use self::role::account as role_account;
pub use self::role::{FederatedName, FederatedUser, RoleName, RoleOfWebIdentity, RoleToBecome};
use crate::authz::Gate;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

/// What an operation acts on.
pub trait Target: Sized + Send + Sync {
    /// How an input names it.
    type Name<'a>;
    /// The permission that it takes, or the permissions.
    type Action: Copy;
    /// Whether there is a key in it.
    const HAS_KEY: bool;

    /// Finds it, and has every question about it answered with yes. Each is put as soon as what it
    /// is about is found, and nothing more is looked up before it is answered.
    ///
    /// # Errors
    /// The first refusal, or AWS's answer to a name that means nothing here.
    fn admit(
        name: Self::Name<'_>,
        action: Self::Action,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault>;

    /// Checks the kind and the state of the keys that the operation's row of the key-state table is
    /// about.
    ///
    /// # Errors
    /// [`Fault::refused`].
    fn check_keys(&self, _rule: KeyRule, _now: Timestamp) -> Result<(), Fault> {
        Ok(())
    }

    /// The keys that a cryptographic operation uses.
    fn keys(&self) -> [Option<&KeyEntry>; 2] {
        [None; 2]
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

/// Nothing in particular: `ListKeys`, `GenerateRandom`. Identity policies decide.
#[derive(Debug)]
pub struct Account;

impl Target for Account {
    type Name<'a> = ();
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit((): (), action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        gate.ask_account(action).map(|()| Self)
    }
}

/// A key that is to be made: `CreateKey`. Identity policies decide, and tags ask for a permission
/// of their own.
#[derive(Debug)]
pub struct NewKey;

impl Target for NewKey {
    /// Whether there are tags.
    type Name<'a> = bool;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(tagged: bool, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        gate.ask_account(action)?;
        if tagged {
            gate.ask_account("kms:TagResource")?;
        }
        Ok(Self)
    }
}

/// Nothing, and nobody is refused: `GetCallerIdentity`, which AWS allows under any policy.
#[derive(Debug)]
pub struct Everyone;

impl Target for Everyone {
    type Name<'a> = ();
    type Action = ();
    const HAS_KEY: bool = false;

    fn admit((): (), (): (), _gate: &mut Gate<'_>) -> Result<Self, Fault> {
        Ok(Self)
    }
}
