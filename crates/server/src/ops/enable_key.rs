//! `EnableKey`.

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

/// Makes a key usable again.
#[derive(Debug)]
pub enum EnableKey {}

impl Operation for EnableKey {
    const NAME: &'static str = "EnableKey";
    const ACTION: &'static str = "kms:EnableKey";
    const READ_ONLY: bool = false;
    type Input = input::EnableKey;
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
        let change = update_key::transition(entry, KeyState::enable)?;
        let answered = update_key::answered(entry);
        Ok(Performed::new(call, NoOutput)
            .change(change)
            .respond(answered))
    }
}
