//! `DisableKey`.

use keystead_core::audit::Elements;
use keystead_core::key_state::KeyState;
use keystead_wire::json::NoOutput;
use keystead_wire::kms::input;

use super::update_key;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Makes a key unusable for a while.
#[derive(Debug)]
pub enum DisableKey {}

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    const ACTION: &'static str = "kms:DisableKey";
    const READ_ONLY: bool = false;
    type Input = input::DisableKey;
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
        let change = update_key::transition(entry, KeyState::disable)?;
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
