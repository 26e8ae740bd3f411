//! `GenerateMac` and `VerifyMac`.

use keystead_core::key::{KeySpec, KeyUsage};
use serde_json::{Value, json};

use super::{Place, altered, base64, bytes, disabled, misused, unfit, with};

fn generate(key: &str, algorithm: &str) -> Value {
    json!({"KeyId": key, "Message": base64(b"attack at dawn"), "MacAlgorithm": algorithm})
}

#[tokio::test]
async fn every_kind_has_one_algorithm() {
    let place = Place::new().await;
    for spec in KeySpec::ALL {
        let [algorithm] = spec.mac_algorithms() else {
            continue;
        };
        let usage = KeyUsage::GenerateVerifyMac.as_str();
        let key = place.key(spec.as_str(), usage).await;
        let input = generate(&key, algorithm.as_str());
        let made = place.ok("GenerateMac", input.clone()).await;
        assert_eq!(bytes(&made["Mac"]).len(), algorithm.mac_len());
        assert_eq!(made["KeyId"], key);
        assert_eq!(made["MacAlgorithm"], algorithm.as_str());
        let verify = with(&input, "Mac", made["Mac"].clone());
        let valid = json!({"KeyId": key, "MacValid": true, "MacAlgorithm": algorithm.as_str()});
        assert_eq!(place.ok("VerifyMac", verify).await, valid);
    }
}

#[tokio::test]
async fn a_mac_that_does_not_fit_is_never_told_to_be_false() {
    let place = Place::new().await;
    let (key, other) = (
        place.key("HMAC_256", "GENERATE_VERIFY_MAC").await,
        place.key("HMAC_256", "GENERATE_VERIFY_MAC").await,
    );
    let input = generate(&key, "HMAC_SHA_256");
    let mac = place.ok("GenerateMac", input.clone()).await["Mac"].clone();
    let valid = with(&input, "Mac", mac.clone());
    let cut = base64(bytes(&mac).split_last().unwrap().1);
    for invalid in [
        with(&valid, "KeyId", other.into()),
        with(&valid, "Message", base64(b"attack at noon").into()),
        with(&valid, "Mac", altered(&mac)),
        with(&valid, "Mac", cut.into()),
        with(&valid, "Mac", base64(&[0; 6144]).into()),
    ] {
        let answer = place.node.call("ada", "VerifyMac", &invalid).await;
        let body = json!({"__type": "KMSInvalidMacException"});
        assert_eq!((answer.status, answer.json()), (400, body), "{invalid}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_order() {
    let place = Place::new().await;
    let key = place.key("HMAC_224", "GENERATE_VERIFY_MAC").await;
    let off = place.key("HMAC_224", "GENERATE_VERIFY_MAC").await;
    place.ok("DisableKey", json!({"KeyId": off})).await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let wrong = "HMAC_SHA_256";
    for operation in ["GenerateMac", "VerifyMac"] {
        let complete = |key: &str| with(&generate(key, wrong), "Mac", "eA==".into());
        let no_token = |key: &str| with(&complete(key), "GrantTokens", json!(["nonsense"]));
        place
            .refused([
                (
                    operation,
                    complete(&symmetric),
                    "InvalidKeyUsageException",
                    misused(&symmetric, "ENCRYPT_DECRYPT", operation),
                ),
                (
                    operation,
                    no_token(&off),
                    "DisabledException",
                    disabled(&off),
                ),
                (
                    operation,
                    no_token(&key),
                    "InvalidGrantTokenException",
                    "The grant token is not one of a grant that you may use.".into(),
                ),
                (
                    operation,
                    complete(&key),
                    "InvalidKeyUsageException",
                    unfit(wrong, "HMAC_224"),
                ),
            ])
            .await;
    }
}

#[tokio::test]
async fn dry_runs_check_everything() {
    let place = Place::new().await;
    let key = place.key("HMAC_512", "GENERATE_VERIFY_MAC").await;
    let input = generate(&key, "HMAC_SHA_512");
    place.dry("GenerateMac", &input).await;
    let mac = place.ok("GenerateMac", input.clone()).await["Mac"].clone();
    place
        .dry("VerifyMac", &with(&input, "Mac", mac.clone()))
        .await;
    let invalid = with(&with(&input, "Mac", altered(&mac)), "DryRun", true.into());
    let code = "KMSInvalidMacException";
    place
        .refused([("VerifyMac", invalid, code, String::new())])
        .await;
}
