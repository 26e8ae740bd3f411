//! `GenerateMac`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::Blob;
use keystead_wire::kms::{input, output};

use super::{check_grant_tokens, mac};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Makes the HMAC of a message of up to 4,096 bytes.
#[derive(Debug)]
pub enum GenerateMac {}

impl Operation for GenerateMac {
    const NAME: &'static str = "GenerateMac";
    const ACTION: &'static str = "kms:GenerateMac";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::GenerateMac;
    type Output = output::GenerateMac;
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
        let output = output::GenerateMac {
            mac: Blob(key.answer(key.mac(tools)?.sign(&input.message))?),
            mac_algorithm: input.mac_algorithm,
            key_id: entry.arn.to_string(),
        };
        Ok(Performed::new(call, output))
    }
}
