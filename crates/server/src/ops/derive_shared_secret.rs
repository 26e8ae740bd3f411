//! `DeriveSharedSecret`.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::json::SecretBlob;
use keystead_wire::kms::{input, output};

use super::key_use::KeyUse;
use super::{check_grant_tokens, convert, data_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Derives the secret that a key shares with the holder of another one of the same curve.
#[derive(Debug)]
pub enum DeriveSharedSecret {}

impl Operation for DeriveSharedSecret {
    const NAME: &'static str = "DeriveSharedSecret";
    const ACTION: &'static str = "kms:DeriveSharedSecret";
    const READ_ONLY: bool = true;
    const CROSS_ACCOUNT: bool = true;
    type Input = input::DeriveSharedSecret;
    type Output = output::DeriveSharedSecret;
    type Protocol = Json;
    type Target = OneKey;

    fn check(input: &Self::Input) -> Result<(), Fault> {
        data_key::refuse_recipient(input.recipient.as_ref())
    }

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::KeyOrAlias(&input.key_id)
    }

    fn conditions<'a>(input: &'a Self::Input, _action: &str, key: &ConditionKey) -> Values<'a> {
        match key {
            ConditionKey::Known(KnownKey::KeyAgreementAlgorithm) => {
                Values::one(input.key_agreement_algorithm.as_str())
            }
            _ => Values::Absent,
        }
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let algorithm = input.key_agreement_algorithm;
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text("keyAgreementAlgorithm", algorithm.as_str());
        Some(elements)
    }

    fn is_dry_run(input: &Self::Input) -> bool {
        input.dry_run == Some(true)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let (input, entry) = (call.input(), call.target().entry());
        check_grant_tokens(&input.grant_tokens, tools)?;
        let algorithm = input.key_agreement_algorithm;
        let known = entry.record.spec.agreement_algorithms();
        let (key, _) = KeyUse::with(entry, algorithm.as_str(), known)?;
        let secret = key.answer(key.private(tools)?.agree(&input.public_key))?;
        let output = output::DeriveSharedSecret {
            key_id: entry.arn.to_string(),
            // The caller asked for this secret and may have it.
            shared_secret: Some(SecretBlob(secret.disclose())),
            ciphertext_for_recipient: None,
            key_agreement_algorithm: algorithm,
            key_origin: convert::named(entry.record.origin.as_str())?,
        };
        Ok(Performed::new(call, output))
    }
}
