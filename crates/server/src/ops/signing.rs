//! What `Sign` and `Verify` share.

use keystead_core::audit::Elements;
use keystead_core::key::SigningAlgorithm;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_crypto::{CryptoError, Message};
use keystead_wire::kms::{MessageType, SigningAlgorithmSpec};

use super::key_use::KeyUse;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

/// What is signed, and how: what a request says of it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) algorithm: SigningAlgorithmSpec,
    /// The message itself unless said otherwise.
    pub(super) message_type: Option<MessageType>,
    pub(super) message: &'a [u8],
}

impl<'a> Subject<'a> {
    fn message_type(self) -> MessageType {
        self.message_type.unwrap_or(MessageType::Raw)
    }

    /// The values of condition keys.
    pub(super) fn conditions<'v>(self, key: &ConditionKey) -> Values<'v> {
        match key {
            ConditionKey::Known(KnownKey::SigningAlgorithm) => Values::one(self.algorithm.as_str()),
            ConditionKey::Known(KnownKey::MessageType) => Values::one(self.message_type().as_str()),
            _ => Values::Absent,
        }
    }

    /// What the audit record says.
    pub(super) fn parameters(self, key_id: &str) -> Elements<'_> {
        Elements::new()
            .text("keyId", key_id)
            .text("messageType", self.message_type().as_str())
            .text("signingAlgorithm", self.algorithm.as_str())
    }

    /// Signs it.
    pub(super) fn sign(self, entry: &KeyEntry, tools: &Tools<'_>) -> Result<Vec<u8>, Fault> {
        let (key, algorithm, message) = self.check(entry)?;
        key.answer(key.private(tools)?.sign(algorithm, message))
    }

    /// Checks a signature of it.
    pub(super) fn verify(
        self,
        signature: &[u8],
        entry: &KeyEntry,
        tools: &Tools<'_>,
    ) -> Result<(), Fault> {
        let (key, algorithm, message) = self.check(entry)?;
        key.answer(key.private(tools)?.verify(algorithm, message, signature))
    }

    /// Whether the algorithm fits the key, then whether it takes such a message.
    fn check(self, entry: &KeyEntry) -> Result<(KeyUse<'_>, SigningAlgorithm, Message<'a>), Fault> {
        let known = entry.record.spec.signing_algorithms();
        let (key, algorithm) = KeyUse::with(entry, self.algorithm.as_str(), known)?;
        let message = match self.message_type() {
            MessageType::Raw => Message::Raw(self.message),
            MessageType::Digest => Message::Digest(self.message),
            MessageType::ExternalMu => Message::ExternalMu(self.message),
        };
        match message.check(algorithm) {
            Err(CryptoError::Algorithm) => Err(self.unfit()),
            checked => key.answer(checked).map(|()| (key, algorithm, message)),
        }
    }

    /// What is said of a message that the algorithm does not take. AWS's words are not known.
    fn unfit(self) -> Fault {
        Fault::Validation {
            message: format!(
                "Algorithm {} does not support message type {}.",
                self.algorithm.as_str(),
                self.message_type().as_str()
            ),
        }
    }
}
