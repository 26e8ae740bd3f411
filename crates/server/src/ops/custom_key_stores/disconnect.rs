//! `DisconnectCustomKeyStore`.

use keystead_core::audit::Elements;
use keystead_core::change::Expected;
use keystead_wire::json::EmptyOutput;
use keystead_wire::kms::input;

use super::store;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::Account;

/// Disconnects a custom key store. Its keys are unavailable as soon as this is answered.
#[derive(Debug)]
pub enum DisconnectCustomKeyStore {}

impl Operation for DisconnectCustomKeyStore {
    const NAME: &'static str = "DisconnectCustomKeyStore";
    const ACTION: &'static str = "kms:DisconnectCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = input::DisconnectCustomKeyStore;
    type Output = EmptyOutput;
    type Protocol = Json;
    type Target = Account;

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(Elements::new().text("customKeyStoreId", &input.custom_key_store_id))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let account = call.caller().member().identity().account();
        let entry = store::find(account, &call.input().custom_key_store_id, tools)?;
        let mut record = entry.record.clone();
        let disconnected = record.connection.disconnect();
        record.connection = disconnected.map_err(|error| store::wrong_state(&record, error))?;
        let note = store::note(&record);
        let change = store::put(record, Expected::Revision(entry.revision));
        Ok(Performed::new(call, EmptyOutput).change(change).note(note))
    }
}
