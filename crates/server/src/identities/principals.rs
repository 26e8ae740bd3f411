//! The principals that policies and grants name: whether they exist, and by which ids they are kept
//! apart from others of the same name.

use keystead_core::arn::{IamArn, IamResource};
use keystead_core::identity::{EntityKind, IdentityPlace};
use keystead_core::policy::{NamedPrincipal, PrincipalIds};

use super::{Identities, Link};

/// A policy names somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy names {name}, who does not exist")]
pub struct UnknownPrincipal {
    /// As the policy writes it.
    pub name: String,
}

impl Identities {
    /// The unique ids of the users and roles among these principals, all of whom must exist.
    /// Services and `*` always do. In development mode everybody does, and nobody has an id.
    ///
    /// # Errors
    /// [`UnknownPrincipal`], the first one.
    pub fn resolve_principals<'p>(
        &self,
        principals: impl IntoIterator<Item = &'p NamedPrincipal>,
    ) -> Result<PrincipalIds, UnknownPrincipal> {
        let mut ids = PrincipalIds::new();
        for principal in principals {
            match principal {
                NamedPrincipal::User { arn, .. } | NamedPrincipal::Role { arn, .. } => {
                    match self.unique_id_of(arn) {
                        Some(id) => drop(ids.insert(arn.clone(), id)),
                        None if self.takes_anyone() => {}
                        None => return Err(unknown(arn)),
                    }
                }
                other => self.check_exists(other)?,
            }
        }
        Ok(ids)
    }

    /// The unique id of the user or role of an ARN.
    #[must_use]
    pub fn unique_id_of(&self, arn: &str) -> Option<String> {
        let named = IamArn::parse_own(arn)?;
        if let Some((account, name)) = named.entity(EntityKind::User) {
            let user = self.user(account, name).filter(|user| user.arn() == arn)?;
            return Some(user.record.user_id.clone());
        }
        let (account, name) = named.entity(EntityKind::Role)?;
        let role = self.role(account, name).filter(|role| role.arn() == arn)?;
        Some(role.record.role_id.clone())
    }

    /// The ARN of the user, group, role or managed policy of a unique id.
    #[must_use]
    pub fn arn_of_unique_id(&self, id: &str) -> Option<String> {
        let link = Link::UniqueId(id.to_owned());
        let place = self.linked(&link, None, 1).into_iter().next()?;
        let IdentityPlace::Entity {
            kind,
            account,
            name,
        } = place
        else {
            return None;
        };
        match kind {
            EntityKind::User => self
                .user(account, &name)
                .map(|entry| entry.arn().to_owned()),
            EntityKind::Group => self
                .group(account, &name)
                .map(|entry| entry.arn().to_owned()),
            EntityKind::Role => self
                .role(account, &name)
                .map(|entry| entry.arn().to_owned()),
            EntityKind::Policy => self
                .own_policy(account, &name)
                .map(|entry| entry.arn().to_owned()),
        }
    }

    /// Whether there is such an account.
    #[must_use]
    pub fn has_account(&self, account: &str) -> bool {
        self.takes_anyone()
            || account
                .parse()
                .is_ok_and(|account| self.account(account).is_some())
    }

    fn check_exists(&self, principal: &NamedPrincipal) -> Result<(), UnknownPrincipal> {
        let (exists, name) = match principal {
            NamedPrincipal::Everyone | NamedPrincipal::Service { .. } => return Ok(()),
            NamedPrincipal::Account { account, .. } => (self.has_account(account), account),
            NamedPrincipal::User { arn, .. } | NamedPrincipal::Role { arn, .. } => {
                (self.unique_id_of(arn).is_some(), arn)
            }
            NamedPrincipal::UniqueId { id } => (self.arn_of_unique_id(id).is_some(), id),
            NamedPrincipal::RoleSession { arn } => (self.has_role_of_session(arn), arn),
            // Whoever may ask for a federated user's session, names it.
            NamedPrincipal::FederatedUser { arn } => (self.has_account_of(arn), arn),
            NamedPrincipal::Federated { provider } => (self.has_provider(provider), provider),
        };
        if exists || self.takes_anyone() {
            Ok(())
        } else {
            Err(unknown(name))
        }
    }

    fn has_role_of_session(&self, arn: &str) -> bool {
        IamArn::parse_own(arn).is_some_and(|arn| match (arn.account_id(), arn.resource) {
            (Some(account), IamResource::RoleSession { role, .. }) => {
                self.role(account, role).is_some()
            }
            _ => false,
        })
    }

    fn has_account_of(&self, arn: &str) -> bool {
        IamArn::parse(arn).is_some_and(|arn| self.has_account(arn.account))
    }

    /// A provider that is named by its host is a well-known one, which nobody registers.
    fn has_provider(&self, provider: &str) -> bool {
        if !provider.starts_with("arn:") {
            return true;
        }
        IamArn::parse_own(provider).is_some_and(|arn| match (arn.account_id(), arn.resource) {
            (Some(account), IamResource::OidcProvider { url }) => {
                self.oidc_provider(account, url).is_some()
            }
            _ => false,
        })
    }
}

fn unknown(name: &str) -> UnknownPrincipal {
    let name = name.to_owned();
    UnknownPrincipal { name }
}
