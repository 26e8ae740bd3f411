//! Targets of STS: a role that a caller wants to become, and somebody for whom it wants credentials.

use std::sync::Arc;

use keystead_core::arn::{AccountId, IamArn, PARTITION};
use keystead_core::identity::{EntityKind, IdentityKind, SessionFacts};
use keystead_core::tag::Tags;

use super::Target;
use crate::authz::Gate;
use crate::fault::Fault;
use crate::identities::{Identities, RoleEntry};

const TAG_SESSION: &str = "sts:TagSession";
const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// How an input names a role, and what it wants to say of the session.
#[derive(Debug, Clone, Copy)]
pub struct RoleName<'a> {
    /// The role's ARN.
    pub arn: &'a str,
    /// Whether the session is to have tags of the caller's choice.
    pub has_tags: bool,
    /// Whether the caller says who stands behind the session.
    pub has_source_identity: bool,
}

/// A role whose trust policy lets the caller in. Tags and a source identity, also those that come
/// along from the caller's own session, ask for a permission each.
pub struct RoleToBecome {
    role: Arc<RoleEntry>,
}

impl RoleToBecome {
    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleEntry {
        &self.role
    }
}

impl Target for RoleToBecome {
    type Name<'a> = RoleName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(name: RoleName<'_>, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let Some(role) = find(name.arn, gate.scope().identities) else {
            return Err(gate.deny_role(action, name.arn));
        };
        gate.ask_role(action, &role)?;
        let caller = gate.caller();
        let session = caller.member().identity().session();
        let hands_on = |facts: &SessionFacts| !facts.transitive_tags.is_empty();
        let token = caller.web_identity();
        let is_tagged = token.is_some_and(|token| !token.tags().is_empty());
        if name.has_tags || is_tagged || session.is_some_and(hands_on) {
            gate.ask_role(TAG_SESSION, &role)?;
        }
        let has_source = |facts: &SessionFacts| facts.source_identity.is_some();
        let is_vouched_for = token.is_some_and(|token| token.source_identity().is_some());
        if name.has_source_identity || is_vouched_for || session.is_some_and(has_source) {
            gate.ask_role(SET_SOURCE_IDENTITY, &role)?;
        }
        Ok(Self { role })
    }
}

/// The role of an ARN, whose path must be the role's. Nobody becomes a role of a closed account.
fn find(arn: &str, identities: &Identities) -> Option<Arc<RoleEntry>> {
    let (account, name) = IamArn::parse_own(arn)?.entity(EntityKind::Role)?;
    identities
        .role(account, name)
        .filter(|role| role.arn() == arn && identities.is_open(account))
}

/// The account of a role's ARN; `None` if the text is not one.
pub(crate) fn account(arn: &str) -> Option<AccountId> {
    let (account, _) = IamArn::parse_own(arn)?.entity(EntityKind::Role)?;
    Some(account)
}

/// How an input names somebody who is to get credentials.
#[derive(Debug, Clone, Copy)]
pub struct FederatedName<'a> {
    /// What the session is to be called.
    pub name: &'a str,
    /// Whether it is to have tags.
    pub has_tags: bool,
}

/// Somebody for whom the caller may get credentials. Identity policies decide.
#[derive(Debug)]
pub struct FederatedUser;

impl Target for FederatedUser {
    type Name<'a> = FederatedName<'a>;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(
        name: FederatedName<'_>,
        action: &'static str,
        gate: &mut Gate<'_>,
    ) -> Result<Self, Fault> {
        let account = gate.scope().account;
        let arn = format!(
            "arn:{PARTITION}:sts::{account}:federated-user/{}",
            name.name
        );
        gate.ask_tagged(action, &arn, &Tags::default())?;
        if name.has_tags {
            gate.ask_tagged(TAG_SESSION, &arn, &Tags::default())?;
        }
        Ok(Self)
    }
}

/// A role for somebody whom an identity provider vouches for.
pub struct RoleOfWebIdentity(pub RoleToBecome);

impl Target for RoleOfWebIdentity {
    type Name<'a> = &'a str;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(arn: &str, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let caller = gate.caller().member().identity();
        // Whoever signs has not shown a token, whatever the trust policy says of it.
        if !matches!(caller.kind(), IdentityKind::WebIdentity { .. }) {
            return Err(gate.deny_role(action, arn));
        }
        let name = RoleName {
            arn,
            has_tags: false,
            has_source_identity: false,
        };
        RoleToBecome::admit(name, action, gate).map(Self)
    }
}
