//! Replies about signatures. Their `KeyId` is the key's ARN.

use crate::json::{Blob, outputs};
use crate::kms::SigningAlgorithmSpec;

outputs! {
    /// The signature.
    Sign {
        "KeyId" key_id: String = always;
        "Signature" signature: Blob = always;
        "SigningAlgorithm" signing_algorithm: SigningAlgorithmSpec = always;
    }

    /// That the signature is valid: one that is not is answered with an error.
    Verify {
        "KeyId" key_id: String = always;
        "SignatureValid" signature_valid: bool = always;
        "SigningAlgorithm" signing_algorithm: SigningAlgorithmSpec = always;
    }
}
