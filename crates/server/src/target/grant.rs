//! Targets that are a grant, or whoever may retire some.

use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn};
use keystead_core::policy::{NamedPrincipal, Principal};

use super::lookup::{self, Forms};
use super::{Target, key};
use crate::authz::Gate;
use crate::directory::grants::GrantEntry;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::grant_token;

/// How an input names a grant.
#[derive(Debug, Clone, Copy)]
pub enum GrantName<'a> {
    /// By one of its tokens.
    Token(&'a str),
    /// By its key and its id.
    Id {
        /// The key's id or ARN.
        key: &'a str,
        /// The grant's id.
        grant: &'a str,
    },
}

/// A grant that is to be retired: `RetireGrant`. The grant itself says who may.
#[derive(Debug)]
pub struct RetiredGrant {
    /// Its key.
    pub key: Arc<KeyEntry>,
    /// The grant.
    pub grant: GrantEntry,
}

impl Target for RetiredGrant {
    type Name<'a> = GrantName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = true;

    fn admit(
        name: GrantName<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        let found = match name {
            GrantName::Token(token) => by_token(token, gate)?,
            GrantName::Id { key, grant } => by_id(key, grant, action, gate)?,
        };
        gate.found(found.key.resource());
        key::refuse_closed(&found.key, action, gate)?;
        gate.ask_retirement(action, &found.key, &found.grant.record)?;
        Ok(found)
    }
}

fn by_token(token: &str, gate: &Gate<'_>) -> Result<RetiredGrant, Fault> {
    let directory = gate.scope().directory;
    let grant = grant_token::find(token, directory)?;
    let key = directory.key(grant.record.key);
    let key = key.ok_or(Fault::InvalidGrantToken)?;
    Ok(RetiredGrant { key, grant })
}

fn by_id(
    key: &str,
    id: &str,
    action: &'static str,
    gate: &Gate<'_>,
) -> Result<RetiredGrant, Fault> {
    let scope = gate.scope();
    let Some(key) = lookup::by_text(key, Forms::Key, scope)? else {
        return Err(gate.deny_foreign(action));
    };
    match scope.directory.grant(key.record.id, id) {
        Some(grant) => Ok(RetiredGrant { key, grant }),
        // Of another account's key nobody is told which grants it has, or whether it is there.
        None if key.record.account != scope.account => Err(gate.deny_foreign(action)),
        None => Err(Fault::NoSuchGrant { id: id.to_owned() }),
    }
}

/// How an input names who may retire grants.
#[derive(Debug, Clone, Copy)]
pub enum RetiringName<'a> {
    /// By ARN.
    Arn(&'a str),
    /// A service, which can ask for itself alone.
    Service(&'a str),
}

/// A principal of the caller's account, of which the grants are asked that it may retire:
/// `ListRetirableGrants`. Identity policies decide, and the principal is the resource.
#[derive(Debug)]
pub struct RetiringPrincipal;

impl Target for RetiringPrincipal {
    type Name<'a> = RetiringName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(
        name: RetiringName<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        match name {
            RetiringName::Arn(arn) => {
                let account = account_of(arn).ok_or_else(|| Fault::InvalidPrincipal {
                    arn: arn.to_owned(),
                })?;
                if account != gate.scope().account {
                    return Err(gate.deny_foreign(action));
                }
                gate.ask_own(action, arn)?;
            }
            RetiringName::Service(name) => {
                let caller = gate.caller().member().principal();
                if caller != (Principal::Service { name }) {
                    return Err(gate.deny_foreign(action));
                }
            }
        }
        Ok(Self)
    }
}

/// The account of a principal's ARN.
fn account_of(arn: &str) -> Option<AccountId> {
    NamedPrincipal::parse_aws(arn)?;
    IamArn::parse(arn)?.account_id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_and_their_accounts() {
        let account = |arn: &str| account_of(arn).map(|account| account.to_string());
        for resource in [
            "iam::111122223333:root",
            "iam::111122223333:user/a/b",
            "sts::111122223333:assumed-role/r/s",
        ] {
            let found = account(&format!("arn:aws:{resource}"));
            assert_eq!(found.as_deref(), Some("111122223333"), "{resource}");
        }
        for other in [
            "",
            "*",
            "111122223333",
            "AIDAEXAMPLEEXAMPLEEXA",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:organizations::111122223333:organization/o-1",
            "arn:aws:s3:::bucket",
        ] {
            assert_eq!(account_of(other), None, "{other}");
        }
    }
}
