//! Everybody whom the policies of a key and its grants can mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn};
use keystead_core::grant::{GrantOperation, GrantRecord};
use keystead_core::identity::lower;
use keystead_core::policy::{KeyPolicy, NamedPrincipal};

use super::position::{Local, Position};
use super::visible::Visible;
use crate::directory::key_entry::KeyEntry;
use crate::identities::{Part, RoleEntry, UserEntry};
use crate::operation::Tools;

/// Somebody who may be allowed.
pub(super) enum Candidate {
    /// The root user of an account that the caller sees.
    Root(AccountId),
    /// A user of such an account.
    User(Arc<UserEntry>),
    /// Any session of a role of such an account.
    Role(Arc<RoleEntry>),
    /// Somebody whom the key policy names and who is none of these.
    Named(NamedPrincipal),
    /// Everybody else: any principal of any account that the caller does not see.
    Everyone,
    /// The grantee of a grant.
    Grantee(Arc<GrantRecord>),
}

/// The candidates for an action on a key.
pub(super) struct Candidates<'a> {
    pub(super) action: &'static str,
    pub(super) entry: &'a KeyEntry,
    pub(super) tools: &'a Tools<'a>,
    /// The accounts whose principals are all candidates.
    pub(super) visible: Visible<'a>,
}

type Found = Vec<(Position, Candidate)>;

impl Candidates<'_> {
    /// Up to `limit` candidates after one of them, in the order of their positions.
    pub(super) fn after(&self, after: Option<&Position>, limit: usize) -> Found {
        let mut found = Vec::new();
        for add in [Self::add_local, Self::add_named, Self::add_grantees] {
            if found.len() < limit {
                add(self, after, limit, &mut found);
            }
        }
        found
    }

    fn add_local(&self, after: Option<&Position>, limit: usize, found: &mut Found) {
        let mut next = match after {
            None => self.visible.after(None),
            Some(Position::Local(account, _)) if self.visible.has(*account) => Some(*account),
            // The account is gone since, or the marker is not one that was given to the caller.
            Some(Position::Local(account, _)) => self.visible.after(Some(*account)),
            Some(_) => None,
        };
        while let Some(account) = next.filter(|_| found.len() < limit) {
            let from = match after {
                Some(Position::Local(begun, local)) if *begun == account => Some(local),
                _ => None,
            };
            self.add_of_account(account, from, limit, found);
            next = self.visible.after(Some(account));
        }
    }

    fn add_of_account(
        &self,
        account: AccountId,
        after: Option<&Local>,
        limit: usize,
        found: &mut Found,
    ) {
        let identities = self.tools.identities;
        let part = |after, room: usize| Part {
            after,
            path_prefix: "",
            limit: room,
        };
        if after.is_none() {
            let position = Position::Local(account, Local::Root);
            found.push((position, Candidate::Root(account)));
        }
        let users_after = match after {
            None | Some(Local::Root) => Some(None),
            Some(Local::User(name)) => Some(Some(name.as_str())),
            Some(Local::Role(_)) => None,
        };
        if let Some(users_after) = users_after {
            let room = limit.saturating_sub(found.len());
            for user in identities.users(account, part(users_after, room)) {
                let local = Local::User(lower(&user.record.name));
                found.push((Position::Local(account, local), Candidate::User(user)));
            }
        }
        let roles_after = match after {
            Some(Local::Role(name)) => Some(name.as_str()),
            _ => None,
        };
        let room = limit.saturating_sub(found.len());
        for role in identities.roles(account, part(roles_after, room)) {
            let local = Local::Role(lower(&role.record.name));
            found.push((Position::Local(account, local), Candidate::Role(role)));
        }
    }

    /// Those whom the key policy names, each once, and everybody else.
    fn add_named(&self, after: Option<&Position>, limit: usize, found: &mut Found) {
        let mut named = BTreeMap::new();
        let mentioned = self.entry.policy().into_iter();
        for principal in mentioned.flat_map(KeyPolicy::mentioned) {
            if let Some(present) = self.present(principal)
                && let Some(name) = self.name(&present)
            {
                named.insert(name.clone(), present);
            }
        }
        let named = named
            .into_iter()
            .map(|(name, principal)| (Position::Named(name), Candidate::Named(principal)))
            .chain([(Position::Everyone, Candidate::Everyone)])
            .filter(|(position, _)| after.is_none_or(|after| position > after));
        let room = limit.saturating_sub(found.len());
        found.extend(named.take(room));
    }

    /// The principal under its present ARN, as the key policy is shown; `None` if it is gone.
    fn present(&self, principal: &NamedPrincipal) -> Option<NamedPrincipal> {
        let now = |arn: &String, id: &Option<String>| match id {
            Some(id) => self.tools.identities.arn_of_unique_id(id),
            None => Some(arn.clone()),
        };
        Some(match principal {
            NamedPrincipal::User { arn, id } => NamedPrincipal::User {
                arn: now(arn, id)?,
                id: id.clone(),
            },
            NamedPrincipal::Role { arn, id } => NamedPrincipal::Role {
                arn: now(arn, id)?,
                id: id.clone(),
            },
            other => other.clone(),
        })
    }

    /// What a principal is called that is not listed otherwise; `None` if it is, or is nobody.
    fn name<'p>(&self, principal: &'p NamedPrincipal) -> Option<&'p String> {
        let is_listed = |account: &str| {
            let account = account.parse().ok();
            account.is_some_and(|account| self.visible.has(account))
        };
        match principal {
            NamedPrincipal::Account { account, .. } => (!is_listed(account)).then_some(account),
            // A user or role of an account that is seen is listed there, or gone.
            NamedPrincipal::User { arn, .. } | NamedPrincipal::Role { arn, .. } => {
                let account = IamArn::parse(arn)?.account;
                (!is_listed(account)).then_some(arn)
            }
            NamedPrincipal::RoleSession { arn } | NamedPrincipal::FederatedUser { arn } => {
                Some(arn)
            }
            NamedPrincipal::Service { name } => Some(name),
            NamedPrincipal::Everyone
            | NamedPrincipal::UniqueId { .. }
            | NamedPrincipal::Federated { .. } => None,
        }
    }

    fn add_grantees(&self, after: Option<&Position>, limit: usize, found: &mut Found) {
        let Some(operation) = GrantOperation::of_action(self.action) else {
            return;
        };
        let Some(grants) = self.tools.directory.grants(self.entry.record.id) else {
            return;
        };
        let last = match after {
            Some(Position::Grant(id)) => Some(id.as_str()),
            _ => None,
        };
        let room = limit.saturating_sub(found.len());
        let grants = grants.read();
        let permits = |grant: &&Arc<GrantRecord>| grant.operations.contains(operation);
        for grant in grants.after(last).filter(permits).take(room) {
            let position = Position::Grant(grant.id.clone());
            found.push((position, Candidate::Grantee(Arc::clone(grant))));
        }
    }
}
