//! `DisableKeyRotation`.

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

/// Ends the automatic rotation of a key. Its materials stay.
#[derive(Debug)]
pub enum DisableKeyRotation {}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    const ACTION: &'static str = "kms:DisableKeyRotation";
    const READ_ONLY: bool = false;
    type Input = input::DisableKeyRotation;
    type Output = NoOutput;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("keyId", &input.key_id))
    }

    fn perform(call: Authorized<'_, Self>, _tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let record = KeyRecord {
            rotation: None,
            ..entry.record.clone()
        };
        let (change, answered) = (update_key::put(entry, record), update_key::answered(entry));
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
