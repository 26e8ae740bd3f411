//! `ReEncrypt`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::Blob;
use keystead_wire::kms::{EncryptionAlgorithmSpec, input, output};

use super::encryption::{self, Context, Manner};
use super::{check_grant_tokens, conditions};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, TwoKeys};

/// Decrypts under one key and encrypts under another, or under the same with another context. The
/// plaintext never leaves.
#[derive(Debug)]
pub enum ReEncrypt {}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    const ACTION: (&'static str, &'static str) = ("kms:ReEncryptFrom", "kms:ReEncryptTo");
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::ReEncrypt;
    type Output = output::ReEncrypt;
    type Protocol = Json;
    type Target = TwoKeys;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        encryption::check_source(&encryption::Source {
            blob: input.ciphertext_blob.as_deref(),
            key_id: input.source_key_id.as_deref(),
            key_member: "sourceKeyId",
            dry_run: input.dry_run,
            modifiers: &input.dry_run_modifiers,
        })
    }

    fn target(input: &Self::Input) -> (KeyName<'_>, KeyName<'_>) {
        let source = KeyName::Ciphertext {
            blob: input.ciphertext_blob.as_deref(),
            given: input.source_key_id.as_deref(),
        };
        (source, KeyName::KeyOrAlias(&input.destination_key_id))
    }

    fn conditions<'a>(input: &'a Self::Input, action: &str, key: &ConditionKey) -> Values<'a> {
        let (algorithm, context) = half(input, action);
        conditions::of_encryption(algorithm, context, key)
    }

    fn encryption_context<'a>(input: &'a Self::Input, action: &str) -> Option<&'a Context> {
        Some(half(input, action).1)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let name = |algorithm: Option<EncryptionAlgorithmSpec>| {
            algorithm
                .unwrap_or(EncryptionAlgorithmSpec::SymmetricDefault)
                .as_str()
        };
        let elements = Elements::new()
            .text(
                "sourceEncryptionAlgorithm",
                name(input.source_encryption_algorithm),
            )
            .map("sourceEncryptionContext", &input.source_encryption_context)
            .text_if("sourceKeyId", input.source_key_id.as_deref())
            .text("destinationKeyId", &input.destination_key_id)
            .text(
                "destinationEncryptionAlgorithm",
                name(input.destination_encryption_algorithm),
            )
            .map(
                "destinationEncryptionContext",
                &input.destination_encryption_context,
            );
        Some(elements)
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, keys) = (call.input(), call.target());
        let (source, destination) = (keys.source.entry(), keys.destination.entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let from = Manner::new(
            input.source_encryption_algorithm,
            &input.source_encryption_context,
        );
        let to = Manner::new(
            input.destination_encryption_algorithm,
            &input.destination_encryption_context,
        );
        from.check(source)?;
        to.check(destination)?;
        let Some(blob) = encryption::considered(&input.ciphertext_blob, &input.dry_run_modifiers)
        else {
            return Err(Fault::DryRun);
        };
        let opened = encryption::decrypt(source, tools, blob, from)?;
        // Exposed to be encrypted again.
        let plaintext = opened.plaintext.expose();
        let sealed = encryption::encrypt(destination, tools, plaintext, to)?;
        let output = output::ReEncrypt {
            ciphertext_blob: Blob(sealed.blob),
            source_key_id: source.arn.to_string(),
            key_id: destination.arn.to_string(),
            source_encryption_algorithm: from.algorithm,
            destination_encryption_algorithm: to.algorithm,
            source_key_material_id: opened.material.map(|id| id.to_string()),
            destination_key_material_id: sealed.material.map(|id| id.to_string()),
        };
        let note = Elements::new()
            .text_if("sourceKeyMaterialId", output.source_key_material_id.clone())
            .text_if(
                "destinationKeyMaterialId",
                output.destination_key_material_id.clone(),
            );
        Ok(Performed::new(call, output).note(note))
    }
}

/// What the input says of the key that an action is asked of.
fn half<'a>(
    input: &'a input::ReEncrypt,
    action: &str,
) -> (Option<EncryptionAlgorithmSpec>, &'a Context) {
    let (from, _) = ReEncrypt::ACTION;
    if action == from {
        (
            input.source_encryption_algorithm,
            &input.source_encryption_context,
        )
    } else {
        (
            input.destination_encryption_algorithm,
            &input.destination_encryption_context,
        )
    }
}
