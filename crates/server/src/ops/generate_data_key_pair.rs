//! `GenerateDataKeyPair`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::{Blob, SecretBlob};
use keystead_wire::kms::{input, output};

use super::data_key_pair::Order;
use super::encryption::{self, Context};
use super::{check_grant_tokens, data_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Makes a key pair for use outside, and encrypts its private key under a key of ours.
#[derive(Debug)]
pub enum GenerateDataKeyPair {}

impl Operation for GenerateDataKeyPair {
    const NAME: &'static str = "GenerateDataKeyPair";
    const ACTION: &'static str = "kms:GenerateDataKeyPair";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::GenerateDataKeyPair;
    type Output = output::GenerateDataKeyPair;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        data_key::refuse_recipient(input.recipient.as_ref())
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        order(input).conditions(key)
    }

    fn encryption_context<'a>(input: &'a Self::Input, _action: &str) -> Option<&'a Context> {
        Some(&input.encryption_context)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        Some(order(input).parameters())
    }

    fn blocks(input: &Self::Input) -> bool {
        order(input).blocks()
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let pair = order(input).make(entry, tools)?;
        let material = pair.encrypted.material;
        let output = output::GenerateDataKeyPair {
            private_key_ciphertext_blob: Blob(pair.encrypted.blob),
            // The caller asked for this private key and may have it.
            private_key_plaintext: Some(SecretBlob(pair.private.disclose())),
            public_key: Blob(pair.public),
            key_id: entry.arn.to_string(),
            key_pair_spec: input.key_pair_spec,
            ciphertext_for_recipient: None,
            key_material_id: material.map(|id| id.to_string()),
        };
        Ok(Performed::new(call, output).note(encryption::note(material)))
    }
}

fn order(input: &input::GenerateDataKeyPair) -> Order<'_> {
    Order {
        key_id: &input.key_id,
        spec: input.key_pair_spec,
        context: &input.encryption_context,
    }
}
