//! `ConnectCustomKeyStore`.

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

/// Has a custom key store connected: each node logs in to what is behind it, soon after this is answered. A store that is
/// connected, or about to be, stays so.
#[derive(Debug)]
pub enum ConnectCustomKeyStore {}

impl Operation for ConnectCustomKeyStore {
    const NAME: &'static str = "ConnectCustomKeyStore";
    const ACTION: &'static str = "kms:ConnectCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = input::ConnectCustomKeyStore;
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
        let connected = record.connection.connect();
        record.connection = connected.map_err(|error| store::wrong_state(&record, error))?;
        let note = store::note(&record);
        let change = store::put(record, Expected::Revision(entry.revision));
        Ok(Performed::new(call, EmptyOutput).change(change).note(note))
    }
}
