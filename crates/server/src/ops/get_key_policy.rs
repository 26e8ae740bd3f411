//! `GetKeyPolicy`.

use std::collections::BTreeMap;

use keystead_core::audit::Elements;
use keystead_core::key::KeyRecord;
use keystead_core::policy::with_principals_renamed;
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
        let output = output::GetKeyPolicy {
            policy: shown(&call.target().entry().record, tools.identities),
            policy_name: policy_check::NAME.to_owned(),
        };
        Ok(Performed::new(call, output))
    }
}

/// The text as it was given, but that users and roles have their present ARN, and those that are
/// gone their unique id.
fn shown(record: &KeyRecord, identities: &Identities) -> String {
    let renamed: BTreeMap<String, String> = record
        .policy_principals
        .iter()
        .map(|(arn, id)| {
            let present = identities.arn_of_unique_id(id);
            (arn.clone(), present.unwrap_or_else(|| id.clone()))
        })
        .filter(|(arn, present)| arn != present)
        .collect();
    if renamed.is_empty() {
        return record.policy.clone();
    }
    // A policy that does not parse names nobody.
    with_principals_renamed(&record.policy, &renamed).unwrap_or_else(|_| record.policy.clone())
}
