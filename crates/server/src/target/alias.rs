//! Targets that are an alias with the keys it points at. Aliases have no policy of their own:
//! identity policies decide on them, and the keys' policies on the keys.

use std::sync::Arc;

use keystead_core::alias::{AliasName, MalformedAlias};
use keystead_core::arn::{KeyReference, alias_arn};
use keystead_core::key_state::StateRule;

use super::lookup::Forms;
use super::{Asked, AskedResource, AuditResource, OneKey, Scope, Target, Unresolved};
use crate::directory::AliasEntry;
use crate::fault::Fault;

type Ask<'a> = dyn FnMut(Asked<'_>) -> Result<(), Fault> + 'a;

/// An alias that is to point at a key: `CreateAlias`.
#[derive(Debug)]
pub struct NewAlias {
    /// The alias's name.
    pub name: AliasName,
    /// The key.
    pub target: OneKey,
    alias: AuditResource,
}

/// An alias that is there, and the key that it is to point at: `UpdateAlias`.
#[derive(Debug)]
pub struct AliasTarget {
    /// The alias as it is.
    pub entry: Arc<AliasEntry>,
    /// The key that it is to point at.
    pub target: OneKey,
    former: OneKey,
    alias: AuditResource,
}

/// An alias that is to go: `DeleteAlias`.
#[derive(Debug)]
pub struct RemovedAlias {
    /// The alias as it is.
    pub entry: Arc<AliasEntry>,
    /// The key that it points at.
    pub target: OneKey,
    alias: AuditResource,
}

/// How an input names an alias and a key.
#[derive(Debug, Clone, Copy)]
pub struct AliasTargetName<'a> {
    /// The alias's name.
    pub alias: &'a str,
    /// The key's id or ARN.
    pub target: &'a str,
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

fn target_key(given: &str, action: &'static str, scope: &Scope<'_>) -> Result<OneKey, Unresolved> {
    if matches!(
        given.parse(),
        Ok(KeyReference::Alias(_) | KeyReference::AliasArn { .. })
    ) {
        return Err(Fault::AliasOfAlias.into());
    }
    OneKey::by_text(given, Forms::Key, action, scope)
}

fn existing(name: &AliasName, scope: &Scope<'_>) -> Result<Arc<AliasEntry>, Fault> {
    let arn = || alias_arn(scope.region, scope.account, name);
    scope
        .directory
        .alias(scope.account, name)
        .ok_or_else(|| Fault::NoSuchAlias { arn: arn() })
}

fn pointed_at(
    entry: &AliasEntry,
    action: &'static str,
    scope: &Scope<'_>,
) -> Result<OneKey, Unresolved> {
    OneKey::by_text(&entry.record.target.to_string(), Forms::Key, action, scope)
}

fn audit_resource(name: &AliasName, scope: &Scope<'_>) -> AuditResource {
    AuditResource {
        account: scope.account,
        arn: alias_arn(scope.region, scope.account, name).into(),
    }
}

fn question<'a>(action: &'static str, alias: &'a AuditResource) -> Asked<'a> {
    Asked {
        action,
        resource: AskedResource::Alias { arn: &alias.arn },
    }
}

impl Target for NewAlias {
    type Name<'a> = AliasTargetName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn resolve(
        name: Self::Name<'_>,
        action: &'static str,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        let alias_name = parse_name(name.alias)?;
        let target = target_key(name.target, action, scope)?;
        Ok(Self {
            alias: audit_resource(&alias_name, scope),
            name: alias_name,
            target,
        })
    }

    fn ask(&self, action: &'static str, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(question(action, &self.alias))?;
        ask(self.target.question(action))
    }

    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        self.target.check_states(rule)
    }

    fn resources(&self) -> Vec<AuditResource> {
        vec![self.target.resource(), self.alias.clone()]
    }
}

impl Target for AliasTarget {
    type Name<'a> = AliasTargetName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn resolve(
        name: Self::Name<'_>,
        action: &'static str,
        scope: &Scope<'_>,
    ) -> Result<Self, Unresolved> {
        let alias_name = parse_name(name.alias)?;
        let target = target_key(name.target, action, scope)?;
        let entry = existing(&alias_name, scope)?;
        let former = pointed_at(&entry, action, scope)?;
        Ok(Self {
            alias: audit_resource(&alias_name, scope),
            entry,
            target,
            former,
        })
    }

    fn ask(&self, action: &'static str, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(question(action, &self.alias))?;
        ask(self.former.question(action))?;
        ask(self.target.question(action))
    }

    /// The former key may be in any state, the new one may not be pending deletion.
    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        self.target.check_states(rule)
    }

    fn resources(&self) -> Vec<AuditResource> {
        vec![self.target.resource(), self.alias.clone()]
    }
}

impl Target for RemovedAlias {
    type Name<'a> = &'a str;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn resolve(name: &str, action: &'static str, scope: &Scope<'_>) -> Result<Self, Unresolved> {
        let alias_name = parse_name(name)?;
        let entry = existing(&alias_name, scope)?;
        let target = pointed_at(&entry, action, scope)?;
        Ok(Self {
            alias: audit_resource(&alias_name, scope),
            entry,
            target,
        })
    }

    fn ask(&self, action: &'static str, ask: &mut Ask<'_>) -> Result<(), Fault> {
        ask(question(action, &self.alias))?;
        ask(self.target.question(action))
    }

    fn check_states(&self, rule: StateRule) -> Result<(), Fault> {
        self.target.check_states(rule)
    }

    fn resources(&self) -> Vec<AuditResource> {
        vec![self.alias.clone(), self.target.resource()]
    }
}
