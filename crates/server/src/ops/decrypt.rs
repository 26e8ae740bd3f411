//! `Decrypt`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::SecretBlob;
use keystead_wire::kms::{EncryptionAlgorithmSpec, input, output};

use super::encryption::{self, Context, Manner};
use super::{check_grant_tokens, conditions, data_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Decrypts what a key encrypted. The ciphertext says which key that was.
#[derive(Debug)]
pub enum Decrypt {}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const ACTION: &'static str = "kms:Decrypt";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::Decrypt;
    type Output = output::Decrypt;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        encryption::check_source(&encryption::Source {
            blob: input.ciphertext_blob.as_deref(),
            key_id: input.key_id.as_deref(),
            key_member: "keyId",
            dry_run: input.dry_run,
            modifiers: &input.dry_run_modifiers,
        })?;
        data_key::refuse_recipient(input.recipient.as_ref())
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Ciphertext {
            blob: input.ciphertext_blob.as_deref(),
            given: input.key_id.as_deref(),
        }
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        conditions::of_encryption(input.encryption_algorithm, &input.encryption_context, key)
    }

    fn encryption_context<'a>(input: &'a Self::Input, _action: &str) -> Option<&'a Context> {
        Some(&input.encryption_context)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let algorithm = input
            .encryption_algorithm
            .unwrap_or(EncryptionAlgorithmSpec::SymmetricDefault);
        let elements = Elements::new()
            .text("encryptionAlgorithm", algorithm.as_str())
            .text_if("keyId", input.key_id.as_deref())
            .map("encryptionContext", &input.encryption_context);
        Some(elements)
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let manner = Manner::new(input.encryption_algorithm, &input.encryption_context);
        manner.check(entry)?;
        let Some(blob) = encryption::considered(&input.ciphertext_blob, &input.dry_run_modifiers)
        else {
            return Err(Fault::DryRun);
        };
        let decrypted = encryption::decrypt(entry, tools, blob, manner)?;
        let output = output::Decrypt {
            key_id: entry.arn.to_string(),
            // The caller asked for this plaintext and may have it.
            plaintext: Some(SecretBlob(decrypted.plaintext.disclose())),
            encryption_algorithm: manner.algorithm,
            ciphertext_for_recipient: None,
            key_material_id: decrypted.material.map(|material| material.to_string()),
        };
        Ok(Performed::new(call, output).note(encryption::note(decrypted.material)))
    }
}
