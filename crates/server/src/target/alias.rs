//! Targets that are an alias with the keys it points at. Aliases have no policy of their own:
//! identity policies decide on them, and the keys' policies on the keys.

use std::sync::Arc;

use keystead_core::alias::{AliasName, MalformedAlias};
use keystead_core::arn::{KeyReference, alias_arn};
use keystead_core::key_rule::KeyRule;
use keystead_core::time::Timestamp;

use super::lookup::Forms;
use super::{AuditResource, OneKey, Target};
use crate::authz::{Gate, Naming};
use crate::directory::AliasEntry;
use crate::fault::Fault;

/// An alias that is to point at a key: `CreateAlias`.
#[derive(Debug)]
pub struct NewAlias {
    /// The alias's name.
    pub name: AliasName,
    /// The key.
    pub target: OneKey,
}

/// An alias that is there, and the key that it is to point at: `UpdateAlias`.
#[derive(Debug)]
pub struct AliasTarget {
    /// The alias as it is.
    pub entry: Arc<AliasEntry>,
    /// The key that it is to point at.
    pub target: OneKey,
}

/// An alias that is to go: `DeleteAlias`.
#[derive(Debug)]
pub struct RemovedAlias {
    /// The alias as it is.
    pub entry: Arc<AliasEntry>,
    /// The key that it points at, if that is still there.
    pub target: Option<OneKey>,
}

/// How an input names an alias and a key.
#[derive(Debug, Clone, Copy)]
pub struct AliasTargetName<'a> {
    /// The alias's name.
    pub alias: &'a str,
    /// The key's id or ARN.
    pub target: &'a str,
}

impl Target for NewAlias {
    type Name<'a> = AliasTargetName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(
        name: Self::Name<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        refuse_alias(name.target)?;
        let (alias_name, alias) = admit_name(name.alias, action, gate)?;
        let target = OneKey::admit_text(name.target, Forms::Key, action, None, gate)?;
        gate.found(alias);
        Ok(Self {
            name: alias_name,
            target,
        })
    }

    fn check_keys(&self, rule: KeyRule, now: Timestamp) -> Result<(), Fault> {
        self.target.check_keys(rule, now)
    }
}

impl Target for AliasTarget {
    type Name<'a> = AliasTargetName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(
        name: Self::Name<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        refuse_alias(name.target)?;
        let (alias_name, alias) = admit_name(name.alias, action, gate)?;
        let entry = existing(&alias_name, gate)?;
        gate.ask_key_id(action, entry.record.target)?;
        let target = OneKey::admit_text(name.target, Forms::Key, action, None, gate)?;
        gate.found(alias);
        Ok(Self { entry, target })
    }

    /// The former key may be in any state, the new one may not be pending deletion.
    fn check_keys(&self, rule: KeyRule, now: Timestamp) -> Result<(), Fault> {
        self.target.check_keys(rule, now)
    }
}

impl Target for RemovedAlias {
    type Name<'a> = &'a str;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(name: &str, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let (alias_name, alias) = admit_name(name, action, gate)?;
        let entry = existing(&alias_name, gate)?;
        gate.found(alias);
        let key = gate.scope().directory.key(entry.record.target);
        let target = key
            .map(|key| OneKey::admit_entry(key, action, Naming::default(), gate))
            .transpose()?;
        Ok(Self { entry, target })
    }
}

fn admit_name(
    given: &str,
    action: &'static str,
    gate: &mut Gate<'_>,
) -> Result<(AliasName, AuditResource), Fault> {
    let name = parse_name(given)?;
    let scope = *gate.scope();
    let alias = AuditResource {
        account: scope.account,
        arn: alias_arn(scope.region, scope.account, &name).into(),
    };
    gate.ask_own(action, &alias.arn)?;
    Ok((name, alias))
}

fn parse_name(given: &str) -> Result<AliasName, Fault> {
    let name: AliasName = given.parse().map_err(|error| match error {
        MalformedAlias::NoPrefix => Fault::AliasPrefix,
        MalformedAlias::Characters => Fault::AliasCharacters {
            given: given.to_owned(),
        },
    })?;
    if name.is_reserved() {
        Err(Fault::AliasReserved)
    } else {
        Ok(name)
    }
}

fn existing(name: &AliasName, gate: &Gate<'_>) -> Result<Arc<AliasEntry>, Fault> {
    let scope = gate.scope();
    let entry = scope.directory.alias(scope.account, name);
    entry.ok_or_else(|| Fault::NoSuchAlias {
        arn: alias_arn(scope.region, scope.account, name),
    })
}

/// The form of the target's name is told before anything is looked up.
fn refuse_alias(given: &str) -> Result<(), Fault> {
    match given.parse() {
        Ok(KeyReference::Alias(_) | KeyReference::AliasArn { .. }) => Err(Fault::AliasOfAlias),
        _ => Ok(()),
    }
}
