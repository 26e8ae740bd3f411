//! `GenerateRandom`.

use keystead_core::audit::Elements;
use keystead_wire::json::SecretBlob;
use keystead_wire::kms::{input, output};

use super::{custom_key_stores, data_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::Account;

/// Gives out random bytes.
#[derive(Debug)]
pub enum GenerateRandom {}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    const ACTION: &'static str = "kms:GenerateRandom";
    const READ_ONLY: bool = true;
    type Input = input::GenerateRandom;
    type Output = output::GenerateRandom;
    type Protocol = Json;
    type Target = Account;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        if input.number_of_bytes.is_none() {
            return Err(Fault::Validation {
                message: "NumberOfBytes is required.".into(),
            });
        }
        data_key::refuse_recipient(input.recipient.as_ref())
    }

    fn target(_input: &Self::Input) {}

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().integer_if("numberOfBytes", input.number_of_bytes);
        Some(elements.text_if("customKeyStoreId", input.custom_key_store_id.as_deref()))
    }

    fn blocks(input: &Self::Input) -> bool {
        input.custom_key_store_id.is_some()
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let length = data_key::data_key_length(None, call.input().number_of_bytes)?;
        let bytes = match &call.input().custom_key_store_id {
            Some(id) => {
                let account = call.caller().member().identity().account();
                custom_key_stores::random(account, id, length, tools)?
            }
            None => data_key::random(tools, length)?,
        };
        // The caller asked for these bytes and may have them.
        let plaintext = Some(SecretBlob(bytes.disclose()));
        Ok(Performed::new(
            call,
            output::GenerateRandom {
                plaintext,
                ciphertext_for_recipient: None,
            },
        ))
    }
}
