//! Key material that callers bring along.

use crate::json::{EpochSeconds, inputs};
use crate::kms::shapes::{
    BackingKeyIdType, CiphertextType, DateType, KeyIdType, KeyMaterialDescriptionType,
};
use crate::kms::{AlgorithmSpec, ExpirationModelType, ImportType, WrappingKeySpec};

inputs! {
    /// Gives the public key to wrap material with, and the token that goes with it.
    GetParametersForImport {
        "KeyId" key_id: String = required KeyIdType;
        "WrappingAlgorithm" wrapping_algorithm: AlgorithmSpec = required AlgorithmSpec;
        "WrappingKeySpec" wrapping_key_spec: WrappingKeySpec = required WrappingKeySpec;
    }

    /// Gives a key its material. Which members go with which kind of key, and with each other, is the operation's to
    /// check; the model has no limit for `ValidTo`.
    ImportKeyMaterial {
        "KeyId" key_id: String = required KeyIdType;
        "ImportToken" import_token: Vec<u8> = required CiphertextType;
        "EncryptedKeyMaterial" encrypted_key_material: Vec<u8> = required CiphertextType;
        "ValidTo" valid_to: Option<EpochSeconds> = optional DateType;
        "ExpirationModel" expiration_model: Option<ExpirationModelType> = optional ExpirationModelType;
        "ImportType" import_type: Option<ImportType> = optional ImportType;
        "KeyMaterialDescription" key_material_description: Option<String> = optional KeyMaterialDescriptionType;
        "KeyMaterialId" key_material_id: Option<String> = optional BackingKeyIdType;
    }

    /// Takes imported material from a key: the one named, or that which encrypts.
    DeleteImportedKeyMaterial {
        "KeyId" key_id: String = required KeyIdType;
        "KeyMaterialId" key_material_id: Option<String> = optional BackingKeyIdType;
    }
}
