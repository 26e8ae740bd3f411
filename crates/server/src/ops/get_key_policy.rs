//! `GetKeyPolicy`.

use keystead_core::audit::Elements;
use keystead_core::policy::{PrincipalIds, with_principals_renamed};
use keystead_wire::kms::{input, output};

use super::policy_check;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Shows a key's policy.
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

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        if call
            .input()
            .policy_name
            .as_ref()
            .is_some_and(|name| name != policy_check::NAME)
        {
            return Err(Fault::NoSuchPolicy);
        }
        let record = &call.target().entry().record;
        let output = output::GetKeyPolicy {
            policy: shown(&record.policy, &record.policy_principals, tools.identities),
            policy_name: policy_check::NAME.to_owned(),
        };
        Ok(Performed::new(call, output))
    }
}

/// The text of a key policy or a trust policy as it was given, but that the users and roles which
/// are bound to these unique ids have their present ARN, and those that are gone their unique id.
pub(super) fn shown(text: &str, ids: &PrincipalIds, identities: &Identities) -> String {
    let renamed: PrincipalIds = ids
        .iter()
        .map(|(arn, id)| {
            let present = identities.arn_of_unique_id(id);
            (arn.clone(), present.unwrap_or_else(|| id.clone()))
        })
        .filter(|(arn, present)| arn != present)
        .collect();
    if renamed.is_empty() {
        return text.to_owned();
    }
    // A policy that does not parse names nobody.
    with_principals_renamed(text, &renamed).unwrap_or_else(|_| text.to_owned())
}
