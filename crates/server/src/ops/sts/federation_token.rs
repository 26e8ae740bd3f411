//! `GetFederationToken`.

use keystead_core::arn::PARTITION;
use keystead_core::audit::Elements;
use keystead_core::identity::SessionFacts;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::sts::{input, output};

use super::{duration, packed_size, restriction, session_policies, session_tags, written};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::ops::management;
use crate::protocol::{Query, Service};
use crate::sessions::{Issuer, Owner};
use crate::target::{FederatedName, FederatedUser};

/// Gives temporary credentials for somebody else, with no more rights than the caller's, and none
/// but what the policies sent along allow.
#[derive(Debug)]
pub enum GetFederationToken {}

impl Operation for GetFederationToken {
    const SERVICE: Service = Service::Sts;
    const NAME: &'static str = "GetFederationToken";
    const ACTION: &'static str = "sts:GetFederationToken";
    const READ_ONLY: bool = true;
    type Input = input::GetFederationToken;
    type Output = output::GetFederationToken;
    type Protocol = Query;
    type Target = FederatedUser;

    fn target(input: &Self::Input) -> FederatedName<'_> {
        FederatedName {
            name: &input.name,
            has_tags: !input.tags.is_empty(),
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        management::elements(input)
    }

    fn conditions<'a>(input: &'a Self::Input, _: &str, key: &ConditionKey) -> Values<'a> {
        management::conditions(input, key)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, caller) = (call.input(), call.caller().member().identity());
        restriction::long_term_only(caller, Self::NAME)?;
        let account = caller.account();
        let policies = session_policies::read(
            input.policy.as_ref(),
            &input.policy_arns,
            account,
            tools.identities,
        )?;
        let asked = input
            .tags
            .iter()
            .map(|tag| (tag.key.as_str(), tag.value.as_str()));
        let tags = session_tags::chain(asked, &[], None)?.tags;
        let packed_policy_size = packed_size::check(policies.as_ref(), &tags)?;
        let expires = duration::of_long_term_caller(input.duration_seconds, caller, tools.now);
        let facts = SessionFacts {
            tags,
            ..SessionFacts::between(tools.now, expires)
        };
        let name = input.name.clone();
        let owner = Owner::Federated {
            issuer: Issuer::of(caller),
            name,
        };
        let credentials = tools
            .sessions
            .issue(owner, facts, policies, tools.provider)?;
        let name = &input.name;
        let output = output::GetFederationToken {
            credentials: written(credentials),
            federated_user: output::FederatedUser {
                federated_user_id: format!("{account}:{name}"),
                arn: format!("arn:{PARTITION}:sts::{account}:federated-user/{name}"),
            },
            packed_policy_size,
            session_token_utilization: None,
            session_token_size: None,
        };
        let response = management::elements(&output);
        Ok(Performed::new(call, output).respond_if(response))
    }
}
