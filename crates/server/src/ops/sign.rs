//! `Sign`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::Blob;
use keystead_wire::kms::{input, output};

use super::check_grant_tokens;
use super::signing::Subject;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Signs a message of up to 4,096 bytes, or the digest of any.
#[derive(Debug)]
pub enum Sign {}

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    const ACTION: &'static str = "kms:Sign";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::Sign;
    type Output = output::Sign;
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
        let output = output::Sign {
            signature: Blob(subject(input).sign(entry, tools)?),
            key_id: entry.arn.to_string(),
            signing_algorithm: input.signing_algorithm,
        };
        Ok(Performed::new(call, output))
    }
}

fn subject(input: &input::Sign) -> Subject<'_> {
    Subject {
        algorithm: input.signing_algorithm,
        message_type: input.message_type,
        message: &input.message,
    }
}
