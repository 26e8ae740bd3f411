//! The operations of KMS, and the events of its keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystead_server::clock::Clock as _;
use keystead_testkit::node::ACCOUNT;
use serde_json::{Value, json};

use crate::world::{CLUSTER, World, text};
use crate::wrapping::{Parameters, with};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;
const OAEP: &str = "RSAES_OAEP_SHA_256";

/// Makes a key; returns its ARN.
async fn made(world: &World, input: Value) -> String {
    let made = world.kms("CreateKey", input).await;
    text(&made, "/KeyMetadata/Arn")
}

pub(crate) async fn keys(world: &World) {
    let key = made(
        world,
        json!({
            "Description": "audited", "Policy": POLICY, "BypassPolicyLockoutSafetyCheck": true,
            "Tags": [{"TagKey": "team", "TagValue": "payments"}],
        }),
    )
    .await;
    let other = made(world, json!({})).await;
    for (operation, input) in [
        (
            "CreateAlias",
            json!({"AliasName": "alias/audited", "TargetKeyId": key}),
        ),
        (
            "UpdateAlias",
            json!({"AliasName": "alias/audited", "TargetKeyId": other}),
        ),
        ("ListAliases", json!({})),
        ("ListAliases", json!({"KeyId": other, "Limit": 9})),
        ("DescribeKey", json!({"KeyId": "alias/audited"})),
        ("DeleteAlias", json!({"AliasName": "alias/audited"})),
        (
            "TagResource",
            json!({"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "1"}]}),
        ),
        ("ListResourceTags", json!({"KeyId": key})),
        ("UntagResource", json!({"KeyId": key, "TagKeys": ["a"]})),
        (
            "UpdateKeyDescription",
            json!({"KeyId": key, "Description": "new"}),
        ),
        ("PutKeyPolicy", json!({"KeyId": key, "Policy": POLICY})),
        ("GetKeyPolicy", json!({"KeyId": key})),
        ("ListKeyPolicies", json!({"KeyId": key, "Limit": 3})),
        ("DisableKey", json!({"KeyId": key})),
        ("EnableKey", json!({"KeyId": key})),
        ("GetKeyLastUsage", json!({"KeyId": key})),
        ("ListKeys", json!({"Limit": 2})),
        ("ListKeys", json!({})),
    ] {
        world.kms(operation, input).await;
    }
}

pub(crate) async fn uses(world: &World) {
    let key = made(world, json!({})).await;
    let other = made(world, json!({})).await;
    let context = json!({"tenant": "7"});
    let encrypt = json!({"KeyId": key, "Plaintext": "aGk=", "EncryptionContext": context});
    let blob = world.kms("Encrypt", encrypt).await["CiphertextBlob"].clone();
    for (operation, input) in [
        (
            "Decrypt",
            json!({"CiphertextBlob": blob, "EncryptionContext": context}),
        ),
        (
            "Decrypt",
            json!({"CiphertextBlob": blob, "EncryptionContext": context, "KeyId": key}),
        ),
        (
            "ReEncrypt",
            json!({
                "CiphertextBlob": blob, "SourceEncryptionContext": context,
                "DestinationKeyId": other, "DestinationEncryptionContext": {"b": "c"},
            }),
        ),
        (
            "GenerateDataKey",
            json!({"KeyId": key, "KeySpec": "AES_256"}),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({"KeyId": key, "NumberOfBytes": 48}),
        ),
        (
            "GenerateDataKeyPair",
            json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": context}),
        ),
        (
            "GenerateDataKeyPairWithoutPlaintext",
            json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P384"}),
        ),
        ("GenerateRandom", json!({"NumberOfBytes": 32})),
    ] {
        world.kms(operation, input).await;
    }
}

pub(crate) async fn other_uses(world: &World) {
    let kind = |spec: &str, usage: &str| json!({"KeySpec": spec, "KeyUsage": usage});
    let message = STANDARD.encode("a message that is signed");
    let signing = made(world, kind("ECC_NIST_P256", "SIGN_VERIFY")).await;
    let sign = json!({"KeyId": signing, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"});
    let signature = world.kms("Sign", sign.clone()).await["Signature"].clone();
    let signature = json!({ "Signature": signature });
    world.kms("Verify", with(sign, &signature)).await;
    world.kms("GetPublicKey", json!({"KeyId": signing})).await;

    let hmac = made(world, kind("HMAC_256", "GENERATE_VERIFY_MAC")).await;
    let generate = json!({"KeyId": hmac, "Message": message, "MacAlgorithm": "HMAC_SHA_256"});
    let mac = world.kms("GenerateMac", generate.clone()).await["Mac"].clone();
    world
        .kms("VerifyMac", with(generate, &json!({ "Mac": mac })))
        .await;

    let agreeing = made(world, kind("ECC_NIST_P256", "KEY_AGREEMENT")).await;
    let shown = world.kms("GetPublicKey", json!({"KeyId": agreeing})).await;
    let derive = json!({
        "KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": shown["PublicKey"],
    });
    world.kms("DeriveSharedSecret", derive).await;
}

pub(crate) async fn grants(world: &World) {
    let key = made(world, json!({})).await;
    let ada = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let wanted = json!({
        "KeyId": key, "GranteePrincipal": ada, "RetiringPrincipal": ada,
        "Operations": ["Encrypt", "Decrypt"], "Name": "reads",
        "Constraints": {"EncryptionContextSubset": {"tenant": "7"}},
    });
    let grant = world.kms("CreateGrant", wanted).await;
    let plain = json!({"KeyId": key, "GranteePrincipal": ada, "Operations": ["DescribeKey"]});
    let other = world.kms("CreateGrant", plain).await;
    let third = json!({"KeyId": key, "GranteePrincipal": ada, "RetiringPrincipal": ada, "Operations": ["Sign"], "Name": "third"});
    // A key that can't sign has no such grant.
    let third = with(third, &json!({"Operations": ["RetireGrant"]}));
    let third = world.kms("CreateGrant", third).await;
    for (operation, input) in [
        ("ListGrants", json!({"KeyId": key, "Limit": 5})),
        (
            "ListGrants",
            json!({"KeyId": key, "GrantId": grant["GrantId"], "GranteePrincipal": ada}),
        ),
        (
            "ListRetirableGrants",
            json!({"RetiringPrincipal": ada, "Limit": 5}),
        ),
        ("RetireGrant", json!({"GrantToken": grant["GrantToken"]})),
        (
            "RetireGrant",
            json!({"KeyId": key, "GrantId": third["GrantId"]}),
        ),
        (
            "RevokeGrant",
            json!({"KeyId": key, "GrantId": other["GrantId"]}),
        ),
    ] {
        world.kms(operation, input).await;
    }
}

pub(crate) async fn rotations(world: &World) {
    let key = made(world, json!({})).await;
    world.kms("RotateKeyOnDemand", json!({"KeyId": key})).await;
    world.event_has_come("RotateKey", &key);
    for (operation, input) in [
        ("EnableKeyRotation", json!({"KeyId": key})),
        (
            "EnableKeyRotation",
            json!({"KeyId": key, "RotationPeriodInDays": 90}),
        ),
        ("GetKeyRotationStatus", json!({"KeyId": key})),
    ] {
        world.kms(operation, input).await;
    }
    world.node.clock.advance_days(90);
    world.event("RotateKey", &key).await;
    let rotations = json!({"KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL", "Limit": 7});
    world.kms("ListKeyRotations", rotations).await;
    world.kms("DisableKeyRotation", json!({"KeyId": key})).await;
}

pub(crate) async fn imports(world: &World) {
    let key = made(world, json!({"Origin": "EXTERNAL"})).await;
    let wanted = json!({"KeyId": key, "WrappingAlgorithm": OAEP, "WrappingKeySpec": "RSA_2048"});
    world.kms("GetParametersForImport", wanted).await;
    let parameters = Parameters::get(&world.node, &key, OAEP).await;
    world.pass_over("GetParametersForImport");
    let first = parameters.import(&key, &[1; 32]);
    let described =
        json!({"ImportType": "NEW_KEY_MATERIAL", "KeyMaterialDescription": "the first"});
    let imported = world
        .kms("ImportKeyMaterial", with(first, &described))
        .await;
    let material = json!({"KeyId": key, "KeyMaterialId": imported["KeyMaterialId"]});
    world.kms("DeleteImportedKeyMaterial", material).await;
    let until = world.node.clock.now().plus_days(1).as_seconds();
    let expiring = json!({"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": until});
    let again = with(parameters.import(&key, &[1; 32]), &expiring);
    world.kms("ImportKeyMaterial", again).await;
    world.node.clock.advance_days(1);
    world.event("DeleteExpiredKeyMaterial", &key).await;

    // An external key turns to material that was imported ahead.
    let key = made(world, json!({"Origin": "EXTERNAL"})).await;
    let parameters = Parameters::get(&world.node, &key, OAEP).await;
    world.pass_over("GetParametersForImport");
    world
        .kms("ImportKeyMaterial", parameters.import(&key, &[2; 32]))
        .await;
    let ahead = with(
        parameters.import(&key, &[3; 32]),
        &json!({"ImportType": "NEW_KEY_MATERIAL"}),
    );
    world.kms("ImportKeyMaterial", ahead).await;
    world.kms("RotateKeyOnDemand", json!({"KeyId": key})).await;
    world.event_has_come("RotateKey", &key);
}

pub(crate) async fn deletion(world: &World) {
    let key = made(world, json!({})).await;
    let schedule = json!({"KeyId": key, "PendingWindowInDays": 7});
    world.kms("ScheduleKeyDeletion", schedule.clone()).await;
    world.kms("CancelKeyDeletion", json!({"KeyId": key})).await;
    world.kms("ScheduleKeyDeletion", schedule).await;
    world.node.clock.advance_days(8);
    world.event("DeleteKey", &key).await;
}

pub(crate) async fn custom_key_stores(world: &World) {
    let (cluster, password) = CLUSTER;
    let store = json!({
        "CustomKeyStoreName": "hardware", "CloudHsmClusterId": cluster,
        "TrustAnchorCertificate": "certificate", "KeyStorePassword": password,
    });
    let made = world.kms("CreateCustomKeyStore", store).await;
    let id = &made["CustomKeyStoreId"];
    let change = json!({
        "CustomKeyStoreId": id, "NewCustomKeyStoreName": "better hardware",
        "KeyStorePassword": password, "CloudHsmClusterId": cluster,
    });
    world.kms("UpdateCustomKeyStore", change).await;
    let store = json!({"CustomKeyStoreId": id});
    world.kms("ConnectCustomKeyStore", store.clone()).await;
    for named in [
        json!({"Limit": 7}),
        json!({"CustomKeyStoreName": "better hardware"}),
        store.clone(),
    ] {
        world.kms("DescribeCustomKeyStores", named).await;
    }
    for operation in ["DisconnectCustomKeyStore", "DeleteCustomKeyStore"] {
        world.kms(operation, store.clone()).await;
    }
}
