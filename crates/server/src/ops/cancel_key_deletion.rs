//! `CancelKeyDeletion`.

use keystead_core::audit::Elements;
use keystead_wire::kms::{input, output};

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Keeps a key that was to be destroyed. It is disabled afterwards.
#[derive(Debug)]
pub enum CancelKeyDeletion {}

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "CancelKeyDeletion";
    const ACTION: &'static str = "kms:CancelKeyDeletion";
    const READ_ONLY: bool = false;
    type Input = input::CancelKeyDeletion;
    type Output = output::CancelKeyDeletion;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let is_complete = entry.record.as_of(tools.now).is_complete();
        let change = update_key::transition(entry, |state| state.cancel_deletion(is_complete))?;
        let answered = update_key::answered(entry);
        let output = output::CancelKeyDeletion {
            key_id: entry.arn.to_string(),
        };
        Ok(Performed::new(call, output)
            .change(change)
            .respond(answered))
    }
}
