//! `GetKeyPolicy`.

use keystead_core::audit::Elements;
use keystead_wire::kms::{input, output};

use super::policy_check;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Shows a key's policy, as it was given.
#[derive(Debug)]
pub enum GetKeyPolicy {}

impl Operation for GetKeyPolicy {
    const NAME: &'static str = "GetKeyPolicy";
    const ACTION: &'static str = "kms:GetKeyPolicy";
    const READ_ONLY: bool = true;
    type Input = input::GetKeyPolicy;
    type Output = output::GetKeyPolicy;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let name = input.policy_name.as_deref().unwrap_or(policy_check::NAME);
        Some(
            Elements::new()
                .text("keyId", &input.key_id)
                .text("policyName", name),
        )
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        if call
            .input()
            .policy_name
            .as_ref()
            .is_some_and(|name| name != policy_check::NAME)
        {
            return Err(Fault::NoSuchPolicy);
        }
        let output = output::GetKeyPolicy {
            policy: call.target().entry().record.policy.clone(),
            policy_name: policy_check::NAME.to_owned(),
        };
        Ok(Performed::new(call, output))
    }
}
