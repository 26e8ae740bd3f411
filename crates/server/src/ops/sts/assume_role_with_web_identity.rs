//! `AssumeRoleWithWebIdentity`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::sts::{input, output};

use super::denied;
use super::role_session::RoleSession;
use super::session_tags;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::management;
use crate::protocol::{Query, Service};
use crate::target::RoleOfWebIdentity;

/// Gives temporary credentials of a role to somebody whom an identity provider vouches for. The
/// token was verified when the call came in: nobody else gets here as a web identity.
#[derive(Debug)]
pub enum AssumeRoleWithWebIdentity {}

impl Operation for AssumeRoleWithWebIdentity {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRoleWithWebIdentity";
    const ACTION: &'static str = "sts:AssumeRoleWithWebIdentity";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::AssumeRoleWithWebIdentity;
    type Output = output::AssumeRoleWithWebIdentity;
    type Protocol = Query;
    type Target = RoleOfWebIdentity;

    fn target(input: &Self::Input) -> &str {
        &input.role_arn
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        management::elements(input)
    }

    fn conditions<'a>(input: &'a Self::Input, _: &str, key: &ConditionKey) -> Values<'a> {
        management::conditions(input, key)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, caller) = (call.input(), call.caller());
        let identity = caller.member().identity();
        let token = caller.web_identity();
        let token = token.ok_or_else(|| denied("There is no verified token."))?;
        let RoleOfWebIdentity(target) = call.target();
        let asked = token
            .tags()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let session = RoleSession {
            role: target.role(),
            name: &input.role_session_name,
            duration: input.duration_seconds,
            policy: input.policy.as_ref(),
            policy_arns: &input.policy_arns,
            tags: session_tags::chain(asked, token.transitive_tags(), None)?,
            source_identity: token.source_identity().map(str::to_owned),
            federated_provider: Some(token.provider().to_owned()),
        };
        let source_identity = session.source_identity.clone();
        let opened = session.open(identity, tools)?;
        let output = output::AssumeRoleWithWebIdentity {
            credentials: opened.credentials,
            subject_from_web_identity_token: token.subject().to_owned(),
            assumed_role_user: opened.user,
            packed_policy_size: opened.packed_policy_size,
            provider: Some(token.provider().to_owned()),
            audience: token.audience().to_owned(),
            source_identity,
            session_token_utilization: None,
            session_token_size: None,
        };
        let response = management::elements(&output);
        Ok(Performed::new(call, output).respond_if(response))
    }
}
