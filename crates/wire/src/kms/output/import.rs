//! Replies about imported key material. Their `KeyId` is the key's ARN.

use crate::json::{Blob, EpochSeconds, outputs};

outputs! {
    /// The public key to wrap material with, a `SubjectPublicKeyInfo` in DER, and the token that goes with it.
    GetParametersForImport {
        "KeyId" key_id: String = always;
        "ImportToken" import_token: Blob = always;
        "PublicKey" public_key: Blob = always;
        "ParametersValidTo" parameters_valid_to: EpochSeconds = always;
    }

    /// The material that the key was given. Only symmetric keys' materials have ids.
    ImportKeyMaterial {
        "KeyId" key_id: String = always;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The material that was taken from the key. Only symmetric keys' materials have ids.
    DeleteImportedKeyMaterial {
        "KeyId" key_id: String = always;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }
}
