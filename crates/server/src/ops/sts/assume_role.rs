//! `AssumeRole`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::sts::{input, output};

use super::role_session::RoleSession;
use super::{denied, invalid, mfa, restriction, session_tags};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::management;
use crate::protocol::{Query, Service};
use crate::target::{RoleName, RoleToBecome};

/// Gives temporary credentials of a role to a caller whom its trust policy names.
#[derive(Debug)]
pub enum AssumeRole {}

impl Operation for AssumeRole {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "AssumeRole";
    const ACTION: &'static str = "sts:AssumeRole";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::AssumeRole;
    type Output = output::AssumeRole;
    type Protocol = Query;
    type Target = RoleToBecome;

    fn target(input: &Self::Input) -> RoleName<'_> {
        RoleName {
            arn: &input.role_arn,
            has_tags: !input.tags.is_empty(),
            has_source_identity: input.source_identity.is_some(),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        management::elements(input)
    }

    fn conditions<'a>(input: &'a Self::Input, _: &str, key: &ConditionKey) -> Values<'a> {
        management::conditions(input, key)
    }

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if !input.provided_contexts.is_empty() {
            return Err(invalid("There are no providers of contexts here."));
        }
        mfa::check(input.serial_number.as_ref(), input.token_code.as_ref())
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, caller) = (call.input(), call.caller().member().identity());
        restriction::may_assume_roles(caller)?;
        let asked = input
            .tags
            .iter()
            .map(|tag| (tag.key.as_str(), tag.value.as_str()));
        let inherited = caller
            .session()
            .and_then(|facts| facts.source_identity.clone());
        let session = RoleSession {
            role: call.target().role(),
            name: &input.role_session_name,
            duration: input.duration_seconds,
            policy: input.policy.as_ref(),
            policy_arns: &input.policy_arns,
            tags: session_tags::chain(asked, &input.transitive_tag_keys, caller.session())?,
            source_identity: source_identity(inherited, input.source_identity.as_ref())?,
            federated_provider: None,
        };
        let source_identity = session.source_identity.clone();
        let opened = session.open(caller, tools)?;
        let output = output::AssumeRole {
            credentials: opened.credentials,
            assumed_role_user: opened.user,
            packed_policy_size: opened.packed_policy_size,
            source_identity,
            session_token_utilization: None,
            session_token_size: None,
        };
        let response = management::elements(&output);
        Ok(Performed::new(call, output).respond_if(response))
    }
}

/// Who stands behind the session: once said, it can't be unsaid along the chain.
fn source_identity(
    inherited: Option<String>,
    asked: Option<&String>,
) -> Result<Option<String>, Fault> {
    match (inherited, asked) {
        (Some(inherited), Some(asked)) if inherited != *asked => {
            Err(denied("SourceIdentity can't be changed once it is set."))
        }
        (inherited, asked) => Ok(inherited.or_else(|| asked.cloned())),
    }
}
