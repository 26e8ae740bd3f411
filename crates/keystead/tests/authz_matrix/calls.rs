//! The rows: each operation of KMS with an input that would do no harm to the other rows.

use serde_json::{Value, json};

use crate::scene::{MESSAGE, Scene};

/// A row of the matrix.
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    /// What is particular about this call, where an operation has several rows.
    pub(crate) variant: &'static str,
    pub(crate) input: fn(&Scene) -> Value,
}

const fn call(operation: &'static str, input: fn(&Scene) -> Value) -> Call {
    variant(operation, "", input)
}

const fn variant(
    operation: &'static str,
    variant: &'static str,
    input: fn(&Scene) -> Value,
) -> Call {
    Call {
        operation,
        variant,
        input,
    }
}

/// By operation, then from the plain call to the particular one.
pub(crate) const CALLS: &[Call] = &[
    call(
        "CancelKeyDeletion",
        |scene| json!({"KeyId": scene.keys.doomed}),
    ),
    call("ConnectCustomKeyStore", of_no_store),
    call(
        "CreateAlias",
        |scene| json!({"AliasName": scene.alias("new"), "TargetKeyId": scene.keys.main}),
    ),
    call("CreateCustomKeyStore", |_| {
        json!({
            "CustomKeyStoreName": "matrix", "CloudHsmClusterId": "cluster-77777777777",
            "TrustAnchorCertificate": "certificate", "KeyStorePassword": "password",
        })
    }),
    call("CreateGrant", |scene| {
        json!({
            "KeyId": scene.keys.main, "GranteePrincipal": scene.bystander,
            "Operations": ["Decrypt"], "Constraints": scene.constraints(),
        })
    }),
    call("CreateKey", |_| json!({})),
    variant("CreateKey", "with Tags", |_| json!({"Tags": [tag()]})),
    call("Decrypt", |scene| {
        json!({
            "KeyId": scene.keys.main, "CiphertextBlob": scene.made.blob,
            "EncryptionContext": scene.context,
        })
    }),
    variant(
        "Decrypt",
        "without KeyId",
        |scene| json!({"CiphertextBlob": scene.made.blob, "EncryptionContext": scene.context}),
    ),
    call(
        "DeleteAlias",
        |scene| json!({"AliasName": scene.alias("old")}),
    ),
    call("DeleteCustomKeyStore", of_no_store),
    call("DeleteImportedKeyMaterial", of_empty_key),
    call("DeriveSharedSecret", |scene| {
        json!({
            "KeyId": scene.keys.agreeing, "KeyAgreementAlgorithm": "ECDH",
            "PublicKey": scene.made.peer,
        })
    }),
    call("DescribeCustomKeyStores", |_| json!({})),
    call("DescribeKey", of_key),
    variant(
        "DescribeKey",
        "by alias",
        |scene| json!({"KeyId": scene.alias_arn("kept")}),
    ),
    call("DisableKey", |scene| json!({"KeyId": scene.keys.resting})),
    call("DisableKeyRotation", of_key),
    call("DisconnectCustomKeyStore", of_no_store),
    call("EnableKey", |scene| json!({"KeyId": scene.keys.resting})),
    call("EnableKeyRotation", of_key),
    call("Encrypt", encrypt),
    variant("Encrypt", "by alias", |scene| {
        let mut input = encrypt(scene);
        input["KeyId"] = scene.alias_arn("kept").into();
        input
    }),
    call("GenerateDataKey", data_key),
    call("GenerateDataKeyPair", data_key_pair),
    call("GenerateDataKeyPairWithoutPlaintext", data_key_pair),
    call("GenerateDataKeyWithoutPlaintext", data_key),
    call("GenerateMac", mac),
    call("GenerateRandom", |_| json!({"NumberOfBytes": 8})),
    call("GetKeyLastUsage", of_key),
    call("GetKeyPolicy", of_key),
    call("GetKeyRotationStatus", of_key),
    call("GetParametersForImport", |scene| {
        let mut input = of_empty_key(scene);
        input["WrappingAlgorithm"] = "RSAES_OAEP_SHA_256".into();
        input["WrappingKeySpec"] = "RSA_2048".into();
        input
    }),
    call("GetPublicKey", |scene| json!({"KeyId": scene.keys.signing})),
    variant("ImportKeyMaterial", "with a bad token", |scene| {
        let mut input = of_empty_key(scene);
        input["ImportToken"] = MESSAGE.into();
        input["EncryptedKeyMaterial"] = MESSAGE.into();
        input["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE".into();
        input
    }),
    call("ListAliases", |_| json!({})),
    variant("ListAliases", "of the key", of_key),
    call("ListGrants", of_key),
    call("ListKeyPolicies", of_key),
    call("ListKeyRotations", of_key),
    call("ListKeys", |_| json!({})),
    call("ListResourceTags", of_key),
    call(
        "ListRetirableGrants",
        |scene| json!({"RetiringPrincipal": format!("arn:aws:iam::{}:root", scene.callers_account)}),
    ),
    call(
        "PutKeyPolicy",
        |scene| json!({"KeyId": scene.keys.main, "Policy": scene.policy}),
    ),
    call("ReEncrypt", |scene| {
        json!({
            "SourceKeyId": scene.keys.main, "CiphertextBlob": scene.made.blob,
            "SourceEncryptionContext": scene.context,
            "DestinationKeyId": scene.keys.main, "DestinationEncryptionContext": scene.context,
        })
    }),
    variant("ReEncrypt", "without SourceKeyId", |scene| {
        json!({
            "CiphertextBlob": scene.made.blob, "SourceEncryptionContext": scene.context,
            "DestinationKeyId": scene.keys.main, "DestinationEncryptionContext": scene.context,
        })
    }),
    call(
        "RetireGrant",
        |scene| json!({"KeyId": scene.keys.main, "GrantId": scene.grants.to_retire}),
    ),
    call(
        "RevokeGrant",
        |scene| json!({"KeyId": scene.keys.main, "GrantId": scene.grants.to_revoke}),
    ),
    call("RotateKeyOnDemand", of_key),
    call(
        "ScheduleKeyDeletion",
        |scene| json!({"KeyId": scene.keys.spare}),
    ),
    call("Sign", sign),
    call(
        "TagResource",
        |scene| json!({"KeyId": scene.keys.main, "Tags": [tag()]}),
    ),
    call(
        "UntagResource",
        |scene| json!({"KeyId": scene.keys.main, "TagKeys": ["matrix"]}),
    ),
    call(
        "UpdateAlias",
        |scene| json!({"AliasName": scene.alias("kept"), "TargetKeyId": scene.keys.main}),
    ),
    call("UpdateCustomKeyStore", |scene| {
        let mut input = of_no_store(scene);
        input["NewCustomKeyStoreName"] = "matrix".into();
        input
    }),
    call(
        "UpdateKeyDescription",
        |scene| json!({"KeyId": scene.keys.main, "Description": "of the matrix"}),
    ),
    call("Verify", |scene| {
        let mut input = sign(scene);
        input["Signature"] = scene.made.signature.as_str().into();
        input
    }),
    call("VerifyMac", |scene| {
        let mut input = mac(scene);
        input["Mac"] = scene.made.mac.as_str().into();
        input
    }),
];

fn of_key(scene: &Scene) -> Value {
    json!({"KeyId": scene.keys.main})
}

/// The server has no custom key stores: who may ask is told so.
fn of_no_store(_: &Scene) -> Value {
    json!({"CustomKeyStoreId": "cks-1234567890abcdef0"})
}

fn of_empty_key(scene: &Scene) -> Value {
    json!({"KeyId": scene.keys.empty})
}

fn encrypt(scene: &Scene) -> Value {
    json!({
        "KeyId": scene.keys.main, "Plaintext": MESSAGE, "EncryptionContext": scene.context,
    })
}

fn data_key(scene: &Scene) -> Value {
    json!({
        "KeyId": scene.keys.main, "KeySpec": "AES_256", "EncryptionContext": scene.context,
    })
}

fn data_key_pair(scene: &Scene) -> Value {
    json!({
        "KeyId": scene.keys.main, "KeyPairSpec": "ECC_NIST_P256",
        "EncryptionContext": scene.context,
    })
}

fn sign(scene: &Scene) -> Value {
    json!({
        "KeyId": scene.keys.signing, "Message": MESSAGE, "SigningAlgorithm": "ECDSA_SHA_256",
    })
}

fn mac(scene: &Scene) -> Value {
    json!({"KeyId": scene.keys.mac, "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"})
}

fn tag() -> Value {
    json!({"TagKey": "matrix", "TagValue": ""})
}
