//! Signatures.

use zeroize::Zeroizing;

use crate::json::inputs;
use crate::kms::shapes::{
    CiphertextType, GrantTokenList, KeyIdType, NullableBooleanType, PlaintextType,
};
use crate::kms::{MessageType, SigningAlgorithmSpec};

inputs! {
    /// Signs a message of up to 4 KiB, or the digest of any message.
    Sign {
        "KeyId" key_id: String = required KeyIdType;
        "Message" message: Zeroizing<Vec<u8>> = required PlaintextType;
        "MessageType" message_type: Option<MessageType> = optional MessageType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "SigningAlgorithm" signing_algorithm: SigningAlgorithmSpec = required SigningAlgorithmSpec;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Verifies a signature of a message, or of its digest.
    Verify {
        "KeyId" key_id: String = required KeyIdType;
        "Message" message: Zeroizing<Vec<u8>> = required PlaintextType;
        "MessageType" message_type: Option<MessageType> = optional MessageType;
        "Signature" signature: Vec<u8> = required CiphertextType;
        "SigningAlgorithm" signing_algorithm: SigningAlgorithmSpec = required SigningAlgorithmSpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }
}
