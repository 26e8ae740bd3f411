//! The condition keys that the inputs give policies to ask about.

use keystead_testkit::NodeOptions;
use serde_json::{Value, json};

use super::{Place, base64, with};

/// The keys, and what the calls are made of.
struct Scene {
    place: Place,
    symmetric: String,
    signing: String,
    mac: String,
    agreeing: String,
    peer: Value,
}

/// A user for each condition: allowed everything under it.
const USERS: [(&str, &str, &str); 8] = [
    ("signer", "kms:SigningAlgorithm", "ED25519_SHA_512"),
    ("rawer", "kms:MessageType", "RAW"),
    ("digester", "kms:MessageType", "DIGEST"),
    ("macker", "kms:MacAlgorithm", "HMAC_SHA_384"),
    ("agreer", "kms:KeyAgreementAlgorithm", "ECDH"),
    ("pairer", "kms:DataKeyPairSpec", "ECC_NIST_P384"),
    ("contexter", "kms:EncryptionContext:tenant", "blue"),
    ("symmetrist", "kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
];

impl Scene {
    async fn new() -> Self {
        let allowed = |name: &str, value: &str| {
            json!({
                "Version": "2012-10-17", "Statement": {
                    "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                    "Condition": {"StringEquals": {name: value}},
                },
            })
            .to_string()
        };
        let mut options = NodeOptions::new();
        for (user, name, value) in USERS {
            options = options.user(user, Some(&allowed(name, value)));
        }
        let place = Place::with(options).await;
        let agreeing = place.key("ECC_NIST_P256", "KEY_AGREEMENT").await;
        let shown = place.ok("GetPublicKey", json!({"KeyId": agreeing})).await;
        Self {
            symmetric: place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await,
            signing: place.key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY").await,
            mac: place.key("HMAC_384", "GENERATE_VERIFY_MAC").await,
            peer: shown["PublicKey"].clone(),
            agreeing,
            place,
        }
    }

    fn calls(&self) -> Vec<(&'static str, Value, Vec<&'static str>)> {
        let message = base64(&[7; 64]);
        let pure = json!({
            "KeyId": self.signing, "Message": message, "SigningAlgorithm": "ED25519_SHA_512",
        });
        let prehashed = json!({
            "KeyId": self.signing, "Message": message, "MessageType": "DIGEST",
            "SigningAlgorithm": "ED25519_PH_SHA_512",
        });
        let mac = json!({"KeyId": self.mac, "Message": message, "MacAlgorithm": "HMAC_SHA_384"});
        let pair = json!({"KeyId": self.symmetric, "KeyPairSpec": "ECC_NIST_P256"});
        let other_pair = json!({
            "KeyId": self.symmetric, "KeyPairSpec": "ECC_NIST_P384",
            "EncryptionContext": {"tenant": "blue"},
        });
        let signed = |input: &Value| with(input, "Signature", base64(&[1; 64]).into());
        vec![
            // The default of MessageType counts.
            ("Sign", pure.clone(), vec!["signer", "rawer"]),
            ("Sign", prehashed.clone(), vec!["digester"]),
            ("Verify", signed(&pure), vec!["signer", "rawer"]),
            ("Verify", signed(&prehashed), vec!["digester"]),
            ("GenerateMac", mac.clone(), vec!["macker"]),
            (
                "VerifyMac",
                with(&mac, "Mac", message.clone().into()),
                vec!["macker"],
            ),
            (
                "DeriveSharedSecret",
                json!({
                    "KeyId": self.agreeing, "KeyAgreementAlgorithm": "ECDH",
                    "PublicKey": self.peer,
                }),
                vec!["agreer"],
            ),
            ("GenerateDataKeyPair", pair.clone(), vec!["symmetrist"]),
            (
                "GenerateDataKeyPair",
                other_pair.clone(),
                vec!["pairer", "contexter", "symmetrist"],
            ),
            (
                "GenerateDataKeyPairWithoutPlaintext",
                pair,
                vec!["symmetrist"],
            ),
            (
                "GenerateDataKeyPairWithoutPlaintext",
                other_pair,
                vec!["pairer", "contexter", "symmetrist"],
            ),
            ("GetPublicKey", json!({"KeyId": self.signing}), vec![]),
        ]
    }
}

#[tokio::test]
async fn each_is_supplied_by_its_operations_and_by_no_other() {
    let scene = Scene::new().await;
    for (operation, input, allowed) in scene.calls() {
        for (user, name, value) in USERS {
            let answer = scene.place.node.call(user, operation, &input).await;
            let is_denied = answer.status == 400 && answer.error() == "AccessDeniedException";
            let is_expected = allowed.contains(&user) != is_denied;
            assert!(
                is_expected,
                "{operation} {input} where {name} is {value}: {}",
                answer.text()
            );
        }
    }
}
