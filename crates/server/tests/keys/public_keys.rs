//! `GetPublicKey`.

use keystead_core::key::{KeySpec, KeyUsage};
use serde_json::{Value, json};

use super::Place;

#[tokio::test]
async fn it_says_what_the_key_is_for() {
    let place = Place::new().await;
    for (spec, usage, list, algorithms) in [
        (
            "RSA_2048",
            "ENCRYPT_DECRYPT",
            "EncryptionAlgorithms",
            json!(["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]),
        ),
        (
            "ECC_NIST_P521",
            "SIGN_VERIFY",
            "SigningAlgorithms",
            json!(["ECDSA_SHA_512"]),
        ),
        (
            "ECC_NIST_P521",
            "KEY_AGREEMENT",
            "KeyAgreementAlgorithms",
            json!(["ECDH"]),
        ),
        (
            "ML_DSA_65",
            "SIGN_VERIFY",
            "SigningAlgorithms",
            json!(["ML_DSA_SHAKE_256"]),
        ),
    ] {
        let key = place.key(spec, usage).await;
        let mut shown = place.ok("GetPublicKey", json!({"KeyId": key})).await;
        let public_key = shown.as_object_mut().unwrap().remove("PublicKey").unwrap();
        assert!(public_key.as_str().unwrap().starts_with("MI"), "{spec}");
        let mut expected =
            json!({"KeyId": key, "KeySpec": spec, "KeyUsage": usage, list: algorithms});
        if !spec.starts_with("ML_DSA") {
            expected["CustomerMasterKeySpec"] = spec.into();
        }
        assert_eq!(shown, expected);
        // As often as one asks.
        let again = place.ok("GetPublicKey", json!({"KeyId": key})).await;
        assert_eq!(again["PublicKey"], public_key);
    }
}

#[tokio::test]
async fn a_secret_key_has_none() {
    let place = Place::new().await;
    for spec in KeySpec::ALL.iter().filter(|spec| !spec.is_asymmetric()) {
        let usage: &KeyUsage = &spec.usages()[0];
        let key = place.key(spec.as_str(), usage.as_str()).await;
        let input = json!({"KeyId": key});
        let answer = place.node.call("ada", "GetPublicKey", &input).await;
        let body = json!({"__type": "UnsupportedOperationException"});
        assert_eq!((answer.status, answer.json()), (400, body), "{spec}");
    }
}

#[tokio::test]
async fn a_disabled_key_shows_it_and_a_dying_one_does_not() {
    let place = Place::new().await;
    let key = place.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let input = json!({"KeyId": key});
    assert_eq!(place.ok("DisableKey", input.clone()).await, Value::Null);
    let shown = place.ok("GetPublicKey", input.clone()).await;
    assert_eq!(shown["KeyId"], key);
    let token = json!({"KeyId": key, "GrantTokens": ["nonsense"]});
    let found = place.err("GetPublicKey", token).await.0;
    assert_eq!(found, "InvalidGrantTokenException");
    place.ok("ScheduleKeyDeletion", input.clone()).await;
    let dying = format!("{key} is pending deletion.");
    place
        .refused([("GetPublicKey", input, "KMSInvalidStateException", dying)])
        .await;
}
