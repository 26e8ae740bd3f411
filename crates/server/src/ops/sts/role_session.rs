//! Opening a session of a role: what all ways of becoming one have in common.

use keystead_core::identity::{Identity, SessionFacts};
use keystead_wire::sts::input::PolicyDescriptorType;
use keystead_wire::sts::output;

use super::session_tags::SessionTags;
use super::{duration, packed_size, session_policies, written};
use crate::fault::Fault;
use crate::identities::RoleEntry;
use crate::operation::Tools;
use crate::sessions::Owner;

/// What a caller asks of a session.
pub(super) struct RoleSession<'a> {
    /// The role, which the caller may become.
    pub(super) role: &'a RoleEntry,
    /// What the session is to be called.
    pub(super) name: &'a str,
    /// How long it is to last, in seconds.
    pub(super) duration: Option<i64>,
    /// The text of the policy that limits it.
    pub(super) policy: Option<&'a String>,
    /// The managed policies that limit it.
    pub(super) policy_arns: &'a [PolicyDescriptorType],
    /// Its tags.
    pub(super) tags: SessionTags,
    /// Who stands behind it.
    pub(super) source_identity: Option<String>,
    /// The ARN of the identity provider that vouches for the caller.
    pub(super) federated_provider: Option<String>,
}

/// A session that was opened.
pub(super) struct OpenedSession {
    pub(super) credentials: output::Credentials,
    pub(super) user: output::AssumedRoleUser,
    pub(super) packed_policy_size: Option<i64>,
}

impl RoleSession<'_> {
    /// Opens the session for this caller.
    ///
    /// # Errors
    /// It can't last that long, or its policies and tags are refused.
    pub(super) fn open(self, caller: &Identity, tools: &Tools<'_>) -> Result<OpenedSession, Fault> {
        let role = &self.role.record;
        let expires = duration::of_role(self.duration, role, caller, tools.now)?;
        let policies = session_policies::read(
            self.policy,
            self.policy_arns,
            role.account,
            tools.identities,
        )?;
        let packed_policy_size = packed_size::check(policies.as_ref(), &self.tags.tags)?;
        let facts = SessionFacts {
            source_identity: self.source_identity,
            federated_provider: self.federated_provider,
            tags: self.tags.tags,
            transitive_tags: self.tags.transitive,
            ..SessionFacts::between(tools.now, expires)
        };
        let owner = Owner::Role {
            account: role.account,
            role_id: role.role_id.clone(),
            session_name: self.name.to_owned(),
        };
        let credentials = tools
            .sessions
            .issue(owner, facts, policies, tools.provider)?;
        Ok(OpenedSession {
            credentials: written(credentials),
            user: output::AssumedRoleUser {
                assumed_role_id: format!("{}:{}", role.role_id, self.name),
                arn: role.session_arn(self.name),
            },
            packed_policy_size,
        })
    }
}
