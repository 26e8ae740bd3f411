//! `DeleteCustomKeyStore`.

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_wire::json::EmptyOutput;
use keystead_wire::kms::input;

use super::store;
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::Account;

/// Removes a custom key store that is disconnected. What is in its token stays there.
#[derive(Debug)]
pub enum DeleteCustomKeyStore {}

impl Operation for DeleteCustomKeyStore {
    const NAME: &'static str = "DeleteCustomKeyStore";
    const ACTION: &'static str = "kms:DeleteCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = input::DeleteCustomKeyStore;
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
        let record = &entry.record;
        let disconnected = record.connection.require_disconnected();
        disconnected.map_err(|error| store::wrong_state(record, error))?;
        let change = Change::DeleteCustomKeyStore {
            account,
            id: record.id,
            expected: Expected::Revision(entry.revision),
        };
        let note = store::note(record);
        Ok(Performed::new(call, EmptyOutput).change(change).note(note))
    }
}
