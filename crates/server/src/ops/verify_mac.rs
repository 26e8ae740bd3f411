//! `VerifyMac`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::kms::{input, output};

use super::{check_grant_tokens, mac};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Verifies an HMAC. The answer is never "no": one that does not fit is an error.
#[derive(Debug)]
pub enum VerifyMac {}

impl Operation for VerifyMac {
    const NAME: &'static str = "VerifyMac";
    const ACTION: &'static str = "kms:VerifyMac";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::VerifyMac;
    type Output = output::VerifyMac;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        mac::conditions(input.mac_algorithm, key)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(mac::parameters(&input.key_id, input.mac_algorithm))
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let key = mac::key(entry, input.mac_algorithm)?;
        key.answer(key.mac(tools)?.verify(&input.message, &input.mac))?;
        let output = output::VerifyMac {
            key_id: entry.arn.to_string(),
            mac_valid: true,
            mac_algorithm: input.mac_algorithm,
        };
        Ok(Performed::new(call, output))
    }
}
