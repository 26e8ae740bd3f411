//! Replies about message authentication codes. Their `KeyId` is the key's ARN.

use crate::json::{Blob, outputs};
use crate::kms::MacAlgorithmSpec;

outputs! {
    /// The code.
    GenerateMac {
        "Mac" mac: Blob = always;
        "MacAlgorithm" mac_algorithm: MacAlgorithmSpec = always;
        "KeyId" key_id: String = always;
    }

    /// That the code is valid: one that is not is answered with an error.
    VerifyMac {
        "KeyId" key_id: String = always;
        "MacValid" mac_valid: bool = always;
        "MacAlgorithm" mac_algorithm: MacAlgorithmSpec = always;
    }
}
