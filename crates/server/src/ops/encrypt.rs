//! `Encrypt`.

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
use crate::target::{KeyName, OneKey};

/// Encrypts up to 4,096 bytes under a key.
#[derive(Debug)]
pub enum Encrypt {}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const ACTION: &'static str = "kms:Encrypt";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::Encrypt;
    type Output = output::Encrypt;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
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
            .text("keyId", &input.key_id)
            .map("encryptionContext", &input.encryption_context)
            .text("encryptionAlgorithm", algorithm.as_str());
        Some(elements)
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let manner = Manner::new(input.encryption_algorithm, &input.encryption_context);
        let encrypted = encryption::encrypt(entry, tools, &input.plaintext, manner)?;
        let output = output::Encrypt {
            ciphertext_blob: Blob(encrypted.blob),
            key_id: entry.arn.to_string(),
            encryption_algorithm: manner.algorithm,
        };
        Ok(Performed::new(call, output).note(encryption::note(encrypted.material)))
    }
}
