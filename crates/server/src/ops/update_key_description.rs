//! `UpdateKeyDescription`.

use keystead_core::audit::Elements;
use keystead_core::key::KeyRecord;
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Replaces what a key's owner says of it.
#[derive(Debug)]
pub enum UpdateKeyDescription {}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    const ACTION: &'static str = "kms:UpdateKeyDescription";
    const READ_ONLY: bool = false;
    type Input = input::UpdateKeyDescription;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(
            Elements::new()
                .text("keyId", &input.key_id)
                .text("description", &input.description),
        )
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let description = call.input().description.clone();
        let change = update_key::put(
            entry,
            KeyRecord {
                description,
                ..entry.record.clone()
            },
        );
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
