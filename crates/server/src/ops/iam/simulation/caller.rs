//! Whose policies are simulated, and who is taken to call.

use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn, IamResource, PARTITION};
use keystead_core::identity::{EntityKind, SessionFacts};
use keystead_core::policy::{NamedPrincipal, Principal};

use super::super::error;
use super::invalid;
use crate::fault::Fault;
use crate::identities::{GroupEntry, Member, RoleEntry, Session, UserEntry};
use crate::operation::Tools;

/// A user, group or role whose policies are simulated.
pub(super) enum Source {
    /// A user, with its groups.
    User(Arc<UserEntry>),
    /// A group, as if a user had nothing else.
    Group(Arc<GroupEntry>),
    /// A role.
    Role(Arc<RoleEntry>),
}

/// Who is taken to call.
pub(super) struct SimulatedCaller {
    /// 12 digits.
    pub(super) account: String,
    arn: String,
    unique_id: String,
    /// Whose policies they are, if it is there.
    pub(super) member: Option<Member>,
    /// Whether the caller of the simulator said who it is.
    pub(super) is_named: bool,
}

impl SimulatedCaller {
    /// As policies see it.
    pub(super) fn principal(&self) -> Principal<'_> {
        match &self.member {
            Some(member) if !self.is_named => member.principal(),
            _ => Principal::User {
                account: &self.account,
                arn: &self.arn,
                user_id: &self.unique_id,
            },
        }
    }

    fn nobody(account: AccountId) -> Self {
        Self {
            account: account.to_string(),
            arn: format!("arn:{PARTITION}:iam::{account}:user/"),
            unique_id: String::new(),
            member: None,
            is_named: false,
        }
    }

    /// A user that need not be there.
    fn named(arn: &str) -> Result<Self, Fault> {
        let is_user = matches!(
            NamedPrincipal::parse_aws(arn),
            Some(NamedPrincipal::User { .. })
        );
        let Some(IamArn { account, .. }) = IamArn::parse(arn).filter(|_| is_user) else {
            return Err(invalid(format!(
                "CallerArn {arn} is not the ARN of a user."
            )));
        };
        Ok(Self {
            account: account.to_owned(),
            arn: arn.to_owned(),
            unique_id: String::new(),
            member: None,
            is_named: true,
        })
    }
}

/// The caller where policies are given: a user of this name, or a user without one.
pub(super) fn of_custom(
    account: AccountId,
    caller_arn: Option<&str>,
) -> Result<SimulatedCaller, Fault> {
    caller_arn.map_or_else(
        || Ok(SimulatedCaller::nobody(account)),
        SimulatedCaller::named,
    )
}

/// The user, group or role of an ARN, in the account of whoever asks.
///
/// # Errors
/// `InvalidInput`, `NoSuchEntity`.
pub(super) fn source(tools: &Tools<'_>, account: AccountId, arn: &str) -> Result<Source, Fault> {
    let named = IamArn::parse_own(arn).filter(|named| named.account_id() == Some(account));
    let Some(IamResource::Entity { kind, name, .. }) = named.map(|named| named.resource) else {
        return Err(error::invalid_arn(arn));
    };
    let identities = tools.identities;
    let found = match kind {
        EntityKind::User => identities
            .user(account, name)
            .filter(|user| user.arn() == arn)
            .map(Source::User),
        EntityKind::Group => identities
            .group(account, name)
            .filter(|group| group.arn() == arn)
            .map(Source::Group),
        EntityKind::Role => identities
            .role(account, name)
            .filter(|role| role.arn() == arn)
            .map(Source::Role),
        EntityKind::Policy => return Err(error::invalid_arn(arn)),
    };
    found.ok_or_else(|| error::no_such(kind, name))
}

impl Source {
    /// Who calls: the user itself or a session of the role, or else the user of this ARN, whose own
    /// policies do not count.
    ///
    /// # Errors
    /// `InvalidInput`.
    pub(super) fn caller(
        &self,
        tools: &Tools<'_>,
        caller_arn: Option<&str>,
    ) -> Result<SimulatedCaller, Fault> {
        let member = self.member(tools);
        let own = match &member {
            Some(member) => SimulatedCaller {
                arn: member.identity().arn().to_owned(),
                ..SimulatedCaller::nobody(member.identity().account())
            },
            None => SimulatedCaller::nobody(self.account()),
        };
        let caller = match caller_arn {
            Some(arn) => SimulatedCaller::named(arn)?,
            None => own,
        };
        Ok(SimulatedCaller { member, ..caller })
    }

    fn member(&self, tools: &Tools<'_>) -> Option<Member> {
        match self {
            Self::User(user) => tools.identities.user_member(user),
            Self::Group(_) => None,
            Self::Role(role) => {
                let facts = SessionFacts::between(tools.now, tools.now);
                tools
                    .identities
                    .role_session(role, "*", &Session::new(facts))
            }
        }
    }

    /// Its account.
    pub(super) fn account(&self) -> AccountId {
        match self {
            Self::User(user) => user.record.account,
            Self::Group(group) => group.record.account,
            Self::Role(role) => role.record.account,
        }
    }

    /// Whether it is one who can call, and so needs no other to be named.
    pub(super) const fn is_user(&self) -> bool {
        matches!(self, Self::User(_))
    }
}
