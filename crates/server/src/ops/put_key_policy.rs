//! `PutKeyPolicy`.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::KeyRecord;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::{policy_check, update_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Replaces a key's policy.
#[derive(Debug)]
pub enum PutKeyPolicy {}

impl Operation for PutKeyPolicy {
    const NAME: &'static str = "PutKeyPolicy";
    const ACTION: &'static str = "kms:PutKeyPolicy";
    const READ_ONLY: bool = false;
    type Input = input::PutKeyPolicy;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::BypassPolicyLockoutSafetyCheck) => {
                Values::truth(input.bypass_policy_lockout_safety_check)
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text(
                "policyName",
                input.policy_name.as_deref().unwrap_or(policy_check::NAME),
            )
            .text("policy", &input.policy)
            .value(
                "bypassPolicyLockoutSafetyCheck",
                Value::Boolean(input.bypass_policy_lockout_safety_check),
            );
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        if input
            .policy_name
            .as_ref()
            .is_some_and(|name| name != policy_check::NAME)
        {
            return Err(Fault::Unsupported {
                message: "Only default policy is supported".into(),
            });
        }
        let policy_principals = policy_check::accept(
            &input.policy,
            &entry.record,
            input.bypass_policy_lockout_safety_check,
            &call,
            tools,
        )?;
        let record = KeyRecord {
            policy: input.policy.clone(),
            policy_principals,
            ..entry.record.clone()
        };
        let change = update_key::put(entry, record);
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
