//! `DeriveSharedSecret`.

use serde_json::{Value, json};

use super::{Place, base64, bytes, misused, with};

async fn public_key(place: &Place, key: &str) -> Value {
    place.ok("GetPublicKey", json!({"KeyId": key})).await["PublicKey"].clone()
}

fn derive(key: &str, peer: Value) -> Value {
    json!({"KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer})
}

#[tokio::test]
async fn both_sides_derive_the_same_secret() {
    let place = Place::new().await;
    for (spec, length) in [
        ("ECC_NIST_P256", 32),
        ("ECC_NIST_P384", 48),
        ("ECC_NIST_P521", 66),
        ("SM2", 32),
    ] {
        let one = place.key(spec, "KEY_AGREEMENT").await;
        let other = place.key(spec, "KEY_AGREEMENT").await;
        let ours = derive(&one, public_key(&place, &other).await);
        let theirs = derive(&other, public_key(&place, &one).await);
        let ours = place.ok("DeriveSharedSecret", ours).await;
        let theirs = place.ok("DeriveSharedSecret", theirs).await;
        assert_eq!(ours["SharedSecret"], theirs["SharedSecret"]);
        assert_eq!(bytes(&ours["SharedSecret"]).len(), length, "{spec}");
        assert_eq!(ours["KeyId"], one);
        assert_eq!(ours["KeyAgreementAlgorithm"], "ECDH");
        assert_eq!(ours["KeyOrigin"], "AWS_KMS");
    }
}

#[tokio::test]
async fn a_public_key_that_does_not_fit_is_refused_without_words() {
    let place = Place::new().await;
    let key = place.key("ECC_NIST_P256", "KEY_AGREEMENT").await;
    let longer = place.key("ECC_NIST_P384", "KEY_AGREEMENT").await;
    let signing = place.key("ECC_SECG_P256K1", "SIGN_VERIFY").await;
    let own = bytes(&public_key(&place, &key).await);
    let mut off_the_curve = own.clone();
    *off_the_curve.last_mut().unwrap() ^= 1;
    for peer in [
        public_key(&place, &longer).await,
        public_key(&place, &signing).await,
        base64(b"no key").into(),
        base64(own.split_last().unwrap().1).into(),
        base64(&[own.as_slice(), &[0]].concat()).into(),
        base64(&off_the_curve).into(),
        // The point alone, without what it is of.
        base64(&own[own.len() - 65..]).into(),
    ] {
        let input = derive(&key, peer);
        let answer = place.node.call("ada", "DeriveSharedSecret", &input).await;
        let body = json!({"__type": "ValidationException"});
        assert_eq!((answer.status, answer.json()), (400, body), "{input}");
    }
}

#[tokio::test]
async fn only_keys_for_agreement_agree() {
    let place = Place::new().await;
    let agreeing = place.key("ECC_NIST_P256", "KEY_AGREEMENT").await;
    let peer = public_key(&place, &agreeing).await;
    let signing = place.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let operation = "DeriveSharedSecret";
    let input = derive(&agreeing, peer.clone());
    let recipient = json!({"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256"});
    place
        .refused([
            (
                operation,
                derive(&signing, peer),
                "InvalidKeyUsageException",
                misused(&signing, "SIGN_VERIFY", operation),
            ),
            (
                operation,
                with(&input, "GrantTokens", json!(["nonsense"])),
                "InvalidGrantTokenException",
                "The grant token is not one of a grant that you may use.".into(),
            ),
            (
                operation,
                with(&input, "Recipient", recipient),
                "UnsupportedOperationException",
                "Recipient is not supported.".into(),
            ),
        ])
        .await;
    place.dry(operation, &input).await;
    let invalid = with(&input, "PublicKey", "eA==".into());
    let invalid = with(&invalid, "DryRun", true.into());
    let code = "ValidationException";
    place
        .refused([(operation, invalid, code, String::new())])
        .await;
}
