//! Principals that a key policy or a grant names and of which the caller is told no more than that:
//! they are not of this deployment, or of an account that the caller does not see.

use keystead_core::arn::{IamArn, PARTITION};
use keystead_core::identity::EntityKind;
use keystead_core::policy::{NamedPrincipal, Principal};
use keystead_wire::keystead::PrincipalKind;

use super::judgement::ANY_SESSION;

/// The name and the account of everybody at once.
pub(super) const EVERYBODY: &str = "*";

/// Somebody of whom nothing is known but a name.
pub(super) struct Stranger {
    pub(super) kind: PrincipalKind,
    /// What it is called in the answer.
    pub(super) name: String,
    account: String,
    /// The ARN of the role behind a session, or of the session.
    session_arn: String,
    unique_id: String,
}

impl Stranger {
    /// Any principal of any account.
    pub(super) fn anybody() -> Self {
        Self::new(PrincipalKind::Everyone, EVERYBODY, EVERYBODY)
    }

    /// The principal of a name; `None` if it can mean nobody whom a policy would allow.
    pub(super) fn named(named: &NamedPrincipal) -> Option<Self> {
        let account = |arn| IamArn::parse(arn).map_or("", |arn| arn.account);
        Some(match named {
            NamedPrincipal::Account { partition, account } => {
                let partition = partition.as_deref().unwrap_or(PARTITION);
                let arn = format!("arn:{partition}:iam::{account}:root");
                Self::new(PrincipalKind::Account, &arn, account)
            }
            NamedPrincipal::User { arn, id } => Self {
                unique_id: id.clone().unwrap_or_default(),
                ..Self::new(PrincipalKind::User, arn, account(arn))
            },
            NamedPrincipal::Role { arn, id } => {
                let (account, role) = IamArn::parse(arn)?.entity(EntityKind::Role)?;
                Self {
                    unique_id: id.clone().unwrap_or_default(),
                    session_arn: format!(
                        "arn:{PARTITION}:sts::{account}:assumed-role/{role}/{ANY_SESSION}"
                    ),
                    ..Self::new(PrincipalKind::Role, arn, account.as_str())
                }
            }
            NamedPrincipal::RoleSession { arn } => {
                Self::new(PrincipalKind::RoleSession, arn, account(arn))
            }
            NamedPrincipal::FederatedUser { arn } => {
                Self::new(PrincipalKind::FederatedUser, arn, account(arn))
            }
            NamedPrincipal::Service { name } => Self::new(PrincipalKind::Service, name, ""),
            NamedPrincipal::Everyone
            | NamedPrincipal::UniqueId { .. }
            | NamedPrincipal::Federated { .. } => return None,
        })
    }

    fn new(kind: PrincipalKind, name: &str, account: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            account: account.to_owned(),
            session_arn: String::new(),
            unique_id: String::new(),
        }
    }

    /// As policies see it.
    pub(super) fn principal(&self) -> Principal<'_> {
        let (account, arn) = (self.account.as_str(), self.name.as_str());
        match self.kind {
            PrincipalKind::Service => Principal::Service { name: arn },
            PrincipalKind::Account | PrincipalKind::RootUser => Principal::Root { account, arn },
            PrincipalKind::Role => Principal::RoleSession {
                account,
                arn: &self.session_arn,
                role_arn: arn,
                role_id: &self.unique_id,
                service_linked: false,
            },
            PrincipalKind::RoleSession => Principal::RoleSession {
                account,
                arn,
                role_arn: "",
                role_id: "",
                service_linked: false,
            },
            PrincipalKind::FederatedUser => Principal::FederatedUser {
                account,
                arn,
                user_arn: "",
                user_id: "",
            },
            PrincipalKind::User | PrincipalKind::Everyone => Principal::User {
                account,
                arn,
                user_id: &self.unique_id,
            },
        }
    }

    /// What is left open because its own account decides on it, given whether it may `alone`,
    /// without any policy of that account: nothing of a service, which is of no account. Whoever is
    /// of one may be denied by its policies, or by those of its organization.
    pub(super) const fn needs(&self, alone: bool) -> Option<&'static str> {
        match self.kind {
            PrincipalKind::Service => None,
            PrincipalKind::Account => Some(
                "an identity policy that allows it, but for its root user, and no policy of its own account that denies it",
            ),
            _ if alone => Some("no policy of its own account that denies it"),
            _ => Some(
                "an identity policy of its own account that allows it, and none there that denies it",
            ),
        }
    }
}
