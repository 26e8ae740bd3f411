//! `ReEncrypt`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, Values};
use keystead_wire::json::Blob;
use keystead_wire::kms::{EncryptionAlgorithmSpec, input, output};

use super::symmetric::{self, Context};
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
        symmetric::check_source(&symmetric::Source {
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
        symmetric::check_algorithm(input.source_encryption_algorithm)?;
        symmetric::check_algorithm(input.destination_encryption_algorithm)?;
        let Some(blob) = symmetric::considered(&input.ciphertext_blob, &input.dry_run_modifiers)
        else {
            return Err(Fault::DryRun);
        };
        let opened = symmetric::decrypt(source, tools, blob, &input.source_encryption_context)?;
        // Exposed to be encrypted again.
        let plaintext = opened.plaintext.expose();
        let sealed = symmetric::encrypt(
            destination,
            tools,
            plaintext,
            &input.destination_encryption_context,
        )?;
        let output = output::ReEncrypt {
            ciphertext_blob: Blob(sealed.blob),
            source_key_id: source.arn.to_string(),
            key_id: destination.arn.to_string(),
            source_encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
            destination_encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
            source_key_material_id: Some(opened.material.to_string()),
            destination_key_material_id: Some(sealed.material.to_string()),
        };
        let note = Elements::new()
            .text("sourceKeyMaterialId", opened.material.to_string())
            .text("destinationKeyMaterialId", sealed.material.to_string());
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
