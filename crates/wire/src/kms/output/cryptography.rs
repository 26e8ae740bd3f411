//! Replies of the cryptographic operations. Their `KeyId` is the key's ARN.

use crate::json::{Blob, SecretBlob, outputs};
use crate::kms::EncryptionAlgorithmSpec;

outputs! {
    /// The ciphertext.
    Encrypt {
        "CiphertextBlob" ciphertext_blob: Blob = always;
        "KeyId" key_id: String = always;
        "EncryptionAlgorithm" encryption_algorithm: EncryptionAlgorithmSpec = always;
    }

    /// The plaintext, unless it is encrypted for a recipient.
    Decrypt {
        "KeyId" key_id: String = always;
        "Plaintext" plaintext: Option<SecretBlob> = present;
        "EncryptionAlgorithm" encryption_algorithm: EncryptionAlgorithmSpec = always;
        "CiphertextForRecipient" ciphertext_for_recipient: Option<Blob> = present;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The new ciphertext.
    ReEncrypt {
        "CiphertextBlob" ciphertext_blob: Blob = always;
        "SourceKeyId" source_key_id: String = always;
        "KeyId" key_id: String = always;
        "SourceEncryptionAlgorithm" source_encryption_algorithm: EncryptionAlgorithmSpec = always;
        "DestinationEncryptionAlgorithm" destination_encryption_algorithm: EncryptionAlgorithmSpec = always;
        "SourceKeyMaterialId" source_key_material_id: Option<String> = present;
        "DestinationKeyMaterialId" destination_key_material_id: Option<String> = present;
    }

    /// The data key, encrypted, and in plaintext unless it is encrypted for a recipient.
    GenerateDataKey {
        "CiphertextBlob" ciphertext_blob: Blob = always;
        "Plaintext" plaintext: Option<SecretBlob> = present;
        "KeyId" key_id: String = always;
        "CiphertextForRecipient" ciphertext_for_recipient: Option<Blob> = present;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The encrypted data key.
    GenerateDataKeyWithoutPlaintext {
        "CiphertextBlob" ciphertext_blob: Blob = always;
        "KeyId" key_id: String = always;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The random bytes, unless they are encrypted for a recipient.
    GenerateRandom {
        "Plaintext" plaintext: Option<SecretBlob> = present;
        "CiphertextForRecipient" ciphertext_for_recipient: Option<Blob> = present;
    }
}
