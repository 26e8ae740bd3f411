//! Grants on keys of every kind, and calls from another account.

use keystead_testkit::node::{ACCOUNT, OTHER_ACCOUNT};
use serde_json::{Value, json};

use super::{Place, base64, user, with};

/// A key, what a grant on it permits, and a call that it then permits and one that it does not.
async fn cases(place: &Place) -> Vec<(String, &'static str, Value, &'static str, Value)> {
    let signing = place.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let mac = place.key("HMAC_256", "GENERATE_VERIFY_MAC").await;
    let agreeing = place.key("ECC_NIST_P256", "KEY_AGREEMENT").await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let message = base64(b"attack at dawn");
    let sign = json!({"KeyId": signing, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"});
    let generate = json!({"KeyId": mac, "Message": message, "MacAlgorithm": "HMAC_SHA_256"});
    let public = json!({"KeyId": agreeing});
    let peer = place.ok("GetPublicKey", public.clone()).await["PublicKey"].clone();
    let derive = json!({"KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer});
    let pair = json!({"KeyId": symmetric, "KeyPairSpec": "ECC_NIST_P256"});
    let pair_without = "GenerateDataKeyPairWithoutPlaintext";
    vec![
        (
            signing.clone(),
            "Sign",
            sign.clone(),
            "Verify",
            with(&sign, "Signature", "eA==".into()),
        ),
        (
            signing.clone(),
            "GetPublicKey",
            json!({"KeyId": signing}),
            "Sign",
            sign,
        ),
        (
            mac,
            "GenerateMac",
            generate.clone(),
            "VerifyMac",
            with(&generate, "Mac", "eA==".into()),
        ),
        (
            agreeing,
            "DeriveSharedSecret",
            derive,
            "GetPublicKey",
            public,
        ),
        (
            symmetric.clone(),
            "GenerateDataKeyPair",
            pair.clone(),
            pair_without,
            pair.clone(),
        ),
        (
            symmetric,
            pair_without,
            pair.clone(),
            "GenerateDataKeyPair",
            pair,
        ),
    ]
}

async fn is_denied(place: &Place, caller: &str, operation: &str, input: &Value) -> bool {
    let answer = place.node.call(caller, operation, input).await;
    answer.status != 200 && answer.error() == "AccessDeniedException"
}

#[tokio::test]
async fn a_grant_permits_what_it_names_with_its_token_too() {
    let place = Place::new().await;
    for (key, operation, input, other, other_input) in cases(&place).await {
        assert!(is_denied(&place, "eve", operation, &input).await);
        let grant = json!({
            "KeyId": key, "GranteePrincipal": user("eve"), "Operations": [operation],
        });
        let made = place.ok("CreateGrant", grant).await;
        place.node.ok("eve", operation, &input).await;
        let by_token = with(&input, "GrantTokens", json!([made["GrantToken"]]));
        place.node.ok("eve", operation, &by_token).await;
        assert!(
            is_denied(&place, "eve", other, &other_input).await,
            "{other}"
        );
        let revoke = json!({"KeyId": key, "GrantId": made["GrantId"]});
        place.ok("RevokeGrant", revoke).await;
        assert!(is_denied(&place, "eve", operation, &input).await);
    }
}

#[tokio::test]
async fn a_grants_encryption_context_binds_pairs() {
    let place = Place::new().await;
    let key = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let operation = "GenerateDataKeyPair";
    let grant = json!({
        "KeyId": key, "GranteePrincipal": user("eve"), "Operations": [operation],
        "Constraints": {"EncryptionContextEquals": {"tenant": "blue"}},
    });
    place.ok("CreateGrant", grant).await;
    let pair = json!({"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"});
    let blue = with(&pair, "EncryptionContext", json!({"tenant": "blue"}));
    let red = with(&pair, "EncryptionContext", json!({"tenant": "red"}));
    place.node.ok("eve", operation, &blue).await;
    for other in [&pair, &red] {
        assert!(is_denied(&place, "eve", operation, other).await);
    }
}

#[tokio::test]
async fn another_accounts_keys_are_used_by_their_arns_where_their_policies_allow() {
    let place = Place::new().await;
    for (key, operation, input, ..) in cases(&place).await {
        assert!(is_denied(&place, "fay", operation, &input).await);
        let statement = |account: &str, action: &str| {
            json!({
                "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
                "Action": action, "Resource": "*",
            })
        };
        let foreign = statement(OTHER_ACCOUNT, &format!("kms:{operation}"));
        let policy = json!({
            "Version": "2012-10-17", "Statement": [statement(ACCOUNT, "kms:*"), foreign],
        });
        let put = json!({"KeyId": key, "Policy": policy.to_string()});
        place.ok("PutKeyPolicy", put).await;
        place.node.ok("fay", operation, &input).await;
    }
}
