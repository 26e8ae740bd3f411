//! `Verify`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::kms::{input, output};

use super::check_grant_tokens;
use super::signing::Subject;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Verifies a signature. The answer is never "no": a signature that does not fit is an error.
#[derive(Debug)]
pub enum Verify {}

impl Operation for Verify {
    const NAME: &'static str = "Verify";
    const ACTION: &'static str = "kms:Verify";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::Verify;
    type Output = output::Verify;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        subject(input).conditions(key)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(subject(input).parameters(&input.key_id))
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        subject(input).verify(&input.signature, entry, tools)?;
        let output = output::Verify {
            key_id: entry.arn.to_string(),
            signature_valid: true,
            signing_algorithm: input.signing_algorithm,
        };
        Ok(Performed::new(call, output))
    }
}

fn subject(input: &input::Verify) -> Subject<'_> {
    Subject {
        algorithm: input.signing_algorithm,
        message_type: input.message_type,
        message: &input.message,
    }
}
