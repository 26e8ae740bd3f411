//! `GenerateDataKey`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::{Blob, SecretBlob};
use keystead_wire::kms::{DataKeySpec, input, output};

use super::encryption::{self, Context, Manner};
use super::{check_grant_tokens, conditions, data_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Makes a key for use outside, and encrypts it under a key of ours.
#[derive(Debug)]
pub enum GenerateDataKey {}

impl Operation for GenerateDataKey {
    const NAME: &'static str = "GenerateDataKey";
    const ACTION: &'static str = "kms:GenerateDataKey";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::GenerateDataKey;
    type Output = output::GenerateDataKey;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        data_key::data_key_length(input.key_spec, input.number_of_bytes)?;
        data_key::refuse_recipient(input.recipient.as_ref())
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        conditions::of_encryption(None, &input.encryption_context, key)
    }

    fn encryption_context<'a>(input: &'a Self::Input, _action: &str) -> Option<&'a Context> {
        Some(&input.encryption_context)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text_if("keySpec", input.key_spec.map(DataKeySpec::as_str))
            .integer_if("numberOfBytes", input.number_of_bytes)
            .map("encryptionContext", &input.encryption_context);
        Some(elements)
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let length = data_key::data_key_length(input.key_spec, input.number_of_bytes)?;
        let data_key = data_key::random(tools, length)?;
        // Exposed to be encrypted.
        let manner = Manner::new(None, &input.encryption_context);
        let encrypted = encryption::encrypt(entry, tools, data_key.expose(), manner)?;
        let output = output::GenerateDataKey {
            ciphertext_blob: Blob(encrypted.blob),
            // The caller asked for this data key and may have it.
            plaintext: Some(SecretBlob(data_key.disclose())),
            key_id: entry.arn.to_string(),
            ciphertext_for_recipient: None,
            key_material_id: encrypted.material.map(|id| id.to_string()),
        };
        Ok(Performed::new(call, output).note(encryption::note(encrypted.material)))
    }
}
