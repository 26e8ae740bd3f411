//! Message authentication codes.

use zeroize::Zeroizing;

use crate::json::inputs;
use crate::kms::MacAlgorithmSpec;
use crate::kms::shapes::{
    CiphertextType, GrantTokenList, KeyIdType, NullableBooleanType, PlaintextType,
};

inputs! {
    /// Makes the code of a message of up to 4 KiB.
    GenerateMac {
        "Message" message: Zeroizing<Vec<u8>> = required PlaintextType;
        "KeyId" key_id: String = required KeyIdType;
        "MacAlgorithm" mac_algorithm: MacAlgorithmSpec = required MacAlgorithmSpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Verifies the code of a message.
    VerifyMac {
        "Message" message: Zeroizing<Vec<u8>> = required PlaintextType;
        "KeyId" key_id: String = required KeyIdType;
        "MacAlgorithm" mac_algorithm: MacAlgorithmSpec = required MacAlgorithmSpec;
        "Mac" mac: Vec<u8> = required CiphertextType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }
}
