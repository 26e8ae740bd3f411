//! `GenerateDataKeyPair` and `GenerateDataKeyPairWithoutPlaintext`.

use keystead_wire::kms::DataKeyPairSpec;
use serde_json::{Value, json};

use super::{DRY_RUN, Place, bytes, disabled, misused, with};

fn pair(key: &str, spec: &str) -> Value {
    json!({"KeyId": key, "KeyPairSpec": spec, "EncryptionContext": {"tenant": "blue"}})
}

const OPERATIONS: [&str; 2] = ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"];

#[tokio::test]
async fn every_kind_of_pair_is_made_and_its_private_key_decrypts() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let described = place.ok("DescribeKey", json!({"KeyId": key})).await;
    let material = &described["KeyMetadata"]["CurrentKeyMaterialId"];
    let slow = [DataKeyPairSpec::Rsa3072, DataKeyPairSpec::Rsa4096];
    let specs = DataKeyPairSpec::ALL.iter();
    for spec in specs.filter(|spec| !slow.contains(spec)) {
        let input = pair(&key, spec.as_str());
        for operation in OPERATIONS {
            let made = place.ok(operation, input.clone()).await;
            assert_eq!(made["KeyId"], key);
            assert_eq!(made["KeyPairSpec"], spec.as_str());
            assert_eq!(&made["KeyMaterialId"], material);
            assert_eq!(bytes(&made["PublicKey"])[0], 0x30);
            let decrypt = json!({
                "CiphertextBlob": made["PrivateKeyCiphertextBlob"],
                "EncryptionContext": {"tenant": "blue"},
            });
            let opened = place.ok("Decrypt", decrypt.clone()).await;
            match made.get("PrivateKeyPlaintext") {
                Some(plaintext) => assert_eq!(&opened["Plaintext"], plaintext),
                None => assert_eq!(operation, "GenerateDataKeyPairWithoutPlaintext"),
            }
            let elsewhere = with(&decrypt, "EncryptionContext", json!({"tenant": "red"}));
            let code = "InvalidCiphertextException";
            place
                .refused([("Decrypt", elsewhere, code, String::new())])
                .await;
        }
    }
}

/// Its private key is the longest plaintext of all.
#[tokio::test]
async fn the_largest_pair_fits() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let made = place
        .ok("GenerateDataKeyPair", pair(&key, "RSA_4096"))
        .await;
    assert!(bytes(&made["PrivateKeyPlaintext"]).len() > 2300);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let off = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    place.ok("DisableKey", json!({"KeyId": off})).await;
    let hmac = place.key("HMAC_256", "GENERATE_VERIFY_MAC").await;
    let rsa = place.key("RSA_2048", "ENCRYPT_DECRYPT").await;
    let spec = "ECC_NIST_P256";
    for operation in OPERATIONS {
        place.dry(operation, &pair(&key, spec)).await;
        let usage = "InvalidKeyUsageException";
        place
            .refused([
                (
                    operation,
                    pair(&hmac, spec),
                    usage,
                    misused(&hmac, "GENERATE_VERIFY_MAC", operation),
                ),
                (
                    operation,
                    pair(&rsa, spec),
                    usage,
                    misused(&rsa, "ENCRYPT_DECRYPT", operation),
                ),
                (
                    operation,
                    pair(&off, spec),
                    "DisabledException",
                    disabled(&off),
                ),
                (
                    operation,
                    with(&pair(&key, spec), "GrantTokens", json!(["nonsense"])),
                    "InvalidGrantTokenException",
                    "The grant token is not one of a grant that you may use.".into(),
                ),
            ])
            .await;
        let unknown = pair(&key, "ML_DSA_44");
        let code = place.err(operation, unknown).await.0;
        assert_eq!(code, "ValidationException");
    }
    let recipient = json!({"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256"});
    let to_enclave = with(&pair(&key, spec), "Recipient", recipient);
    let code = place.err("GenerateDataKeyPair", to_enclave).await.0;
    assert_eq!(code, "UnsupportedOperationException");
}

/// RSA keys are made on threads of their own, dry or not.
#[tokio::test]
async fn slow_pairs_do_not_hold_others_up() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let slow = with(&pair(&key, "RSA_3072"), "DryRun", true.into());
    let slow = async {
        let found = place.err("GenerateDataKeyPair", slow).await;
        let expected = ("DryRunOperationException".to_owned(), DRY_RUN.to_owned());
        assert_eq!(found, expected);
        "slow"
    };
    let quick = async {
        place.ok("DescribeKey", json!({"KeyId": key})).await;
        "quick"
    };
    // The one that is polled first would be done first, did it not wait for another thread.
    let first = tokio::select! {
        biased;
        name = slow => name,
        name = quick => name,
    };
    assert_eq!(first, "quick");
}

/// Whoever hangs up does not free the thread that still works for them.
#[tokio::test]
async fn hanging_up_frees_no_thread() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let lane = &place.node.node.corridor().slow;
    let all = lane.free();
    let slow = with(&pair(&key, "RSA_4096"), "DryRun", true.into());
    // Polled once, which hands the work to its thread, and dropped.
    let is_hung_up = tokio::select! {
        biased;
        _ = place.err("GenerateDataKeyPair", slow) => false,
        () = std::future::ready(()) => true,
    };
    assert!(is_hung_up);
    assert_eq!(lane.free(), all - 1);
}
