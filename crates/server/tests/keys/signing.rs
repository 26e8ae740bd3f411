//! `Sign` and `Verify`.

use keystead_core::key::{KeySpec, KeyUsage, SigningAlgorithm};
use serde_json::{Value, json};

use super::{Place, altered, base64, disabled, misused, unfit, with};

const MESSAGE: &[u8] = b"attack at dawn";

fn sign(key: &str, algorithm: &str) -> Value {
    json!({"KeyId": key, "Message": base64(MESSAGE), "SigningAlgorithm": algorithm})
}

/// The message in each form, with whether the algorithm takes it.
fn forms(algorithm: SigningAlgorithm) -> [(&'static str, Vec<u8>, bool); 3] {
    let forms = algorithm.message_forms();
    let digest = vec![7; forms.digest_len.unwrap_or(32)];
    [
        ("RAW", MESSAGE.to_vec(), forms.raw),
        ("DIGEST", digest, forms.digest_len.is_some()),
        ("EXTERNAL_MU", vec![7; 64], forms.external_mu),
    ]
}

async fn check_forms(place: &Place, key: &str, algorithm: SigningAlgorithm) {
    for (form, message, is_taken) in forms(algorithm) {
        let input = json!({
            "KeyId": key, "Message": base64(&message), "MessageType": form,
            "SigningAlgorithm": algorithm.as_str(),
        });
        let verify = |signature: &Value| with(&input, "Signature", signature.clone());
        if !is_taken {
            let message = format!("Algorithm {algorithm} does not support message type {form}.");
            let code = "ValidationException";
            let verify = verify(&base64(b"x").into());
            place
                .refused([
                    ("Sign", input.clone(), code, message.clone()),
                    ("Verify", verify, code, message),
                ])
                .await;
            continue;
        }
        let signed = place.ok("Sign", input.clone()).await;
        assert_eq!(signed["KeyId"], key);
        assert_eq!(signed["SigningAlgorithm"], algorithm.as_str());
        let verified = place.ok("Verify", verify(&signed["Signature"])).await;
        let expected =
            json!({"KeyId": key, "SignatureValid": true, "SigningAlgorithm": algorithm.as_str()});
        assert_eq!(verified, expected);
        let invalid = verify(&altered(&signed["Signature"]));
        let code = "KMSInvalidSignatureException";
        place
            .refused([("Verify", invalid, code, String::new())])
            .await;
    }
}

#[tokio::test]
async fn every_algorithm_takes_its_forms_of_messages() {
    let place = Place::new().await;
    for spec in KeySpec::ALL {
        if spec.signing_algorithms().is_empty() || spec.is_slow_to_make() {
            continue;
        }
        let usage = KeyUsage::SignVerify.as_str();
        let key = place.key(spec.as_str(), usage).await;
        for algorithm in spec.signing_algorithms() {
            check_forms(&place, &key, *algorithm).await;
        }
    }
}

#[tokio::test]
async fn rsa_signs_by_both_schemes() {
    let place = Place::new().await;
    let key = place.key("RSA_2048", "SIGN_VERIFY").await;
    for algorithm in KeySpec::Rsa2048.signing_algorithms() {
        check_forms(&place, &key, *algorithm).await;
    }
    // The one's signatures are not the other's.
    let signed = place.ok("Sign", sign(&key, "RSASSA_PSS_SHA_256")).await;
    let other = with(
        &sign(&key, "RSASSA_PKCS1_V1_5_SHA_256"),
        "Signature",
        signed["Signature"].clone(),
    );
    let code = "KMSInvalidSignatureException";
    place
        .refused([("Verify", other, code, String::new())])
        .await;
}

#[tokio::test]
async fn a_digest_stands_for_its_message() {
    let place = Place::new().await;
    let key = place.key("ECC_NIST_P256", "SIGN_VERIFY").await;
    let raw = sign(&key, "ECDSA_SHA_256");
    let digest = base64(&keystead_crypto::sha256(MESSAGE));
    let digest = with(
        &with(&raw, "Message", digest.into()),
        "MessageType",
        "DIGEST".into(),
    );
    for (signed, verified) in [(&raw, &digest), (&digest, &raw)] {
        let signature = place.ok("Sign", signed.clone()).await["Signature"].clone();
        let valid = place.ok("Verify", with(verified, "Signature", signature));
        assert_eq!(valid.await["SignatureValid"], true);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_order() {
    let place = Place::new().await;
    let key = place.key("ECC_NIST_P384", "SIGN_VERIFY").await;
    let off = place.key("ECC_NIST_P384", "SIGN_VERIFY").await;
    place.ok("DisableKey", json!({"KeyId": off})).await;
    let symmetric = place.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT").await;
    let agreeing = place.key("ECC_NIST_P384", "KEY_AGREEMENT").await;
    let wrong = "RSASSA_PSS_SHA_256";
    let short = with(&sign(&key, "ECDSA_SHA_384"), "MessageType", "DIGEST".into());
    let no_token = |input: &Value| with(input, "GrantTokens", json!(["nonsense"]));
    let usage = "InvalidKeyUsageException";
    for operation in ["Sign", "Verify"] {
        let complete = |input: Value| with(&input, "Signature", "eA==".into());
        let cases = [
            (
                sign(&symmetric, wrong),
                usage,
                misused(&symmetric, "ENCRYPT_DECRYPT", operation),
            ),
            (
                sign(&agreeing, "ECDSA_SHA_384"),
                usage,
                misused(&agreeing, "KEY_AGREEMENT", operation),
            ),
            // The key's state goes before the token, the token before the algorithm, that before
            // the message.
            (
                no_token(&sign(&off, wrong)),
                "DisabledException",
                disabled(&off),
            ),
            (
                no_token(&sign(&key, wrong)),
                "InvalidGrantTokenException",
                "The grant token is not one of a grant that you may use.".into(),
            ),
            (
                with(&short, "SigningAlgorithm", wrong.into()),
                usage,
                unfit(wrong, "ECC_NIST_P384"),
            ),
            (
                short.clone(),
                "ValidationException",
                "Digest is invalid length for algorithm ECDSA_SHA_384.".into(),
            ),
            // Of the same curve, and of another hash.
            (
                sign(&key, "ECDSA_SHA_256"),
                usage,
                unfit("ECDSA_SHA_256", "ECC_NIST_P384"),
            ),
        ];
        let cases = cases.map(|(input, code, message)| (operation, complete(input), code, message));
        place.refused(cases).await;
    }
}

#[tokio::test]
async fn a_mu_has_64_bytes() {
    let place = Place::new().await;
    let key = place.key("ML_DSA_44", "SIGN_VERIFY").await;
    let input = json!({
        "KeyId": key, "Message": base64(&[1; 63]), "MessageType": "EXTERNAL_MU",
        "SigningAlgorithm": "ML_DSA_SHAKE_256",
    });
    let message = "Digest is invalid length for algorithm ML_DSA_SHAKE_256.";
    let refusal = ("Sign", input, "ValidationException", message.into());
    place.refused([refusal]).await;
}

/// An invalid signature is an error that says nothing, whatever is wrong with it.
#[tokio::test]
async fn a_signature_that_does_not_fit_is_never_told_to_be_false() {
    let place = Place::new().await;
    let (key, other) = (
        place.key("ECC_NIST_P256", "SIGN_VERIFY").await,
        place.key("ECC_NIST_P256", "SIGN_VERIFY").await,
    );
    let input = sign(&key, "ECDSA_SHA_256");
    let signature = place.ok("Sign", input.clone()).await["Signature"].clone();
    let valid = with(&input, "Signature", signature.clone());
    for invalid in [
        with(&valid, "KeyId", other.into()),
        with(&valid, "Message", base64(b"attack at noon").into()),
        with(&valid, "Signature", altered(&signature)),
        with(&valid, "Signature", base64(&[0]).into()),
        with(&valid, "Signature", base64(&[0x30; 6144]).into()),
        with(&valid, "Signature", base64(&[0; 64]).into()),
    ] {
        let answer = place.node.call("ada", "Verify", &invalid).await;
        let body = json!({"__type": "KMSInvalidSignatureException"});
        assert_eq!((answer.status, answer.json()), (400, body), "{invalid}");
    }
}

#[tokio::test]
async fn dry_runs_check_everything() {
    let place = Place::new().await;
    let key = place.key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY").await;
    let input = sign(&key, "ED25519_SHA_512");
    place.dry("Sign", &input).await;
    let signature = place.ok("Sign", input.clone()).await["Signature"].clone();
    let verify = with(&input, "Signature", signature.clone());
    place.dry("Verify", &verify).await;
    let invalid = with(&verify, "Signature", altered(&signature));
    let invalid = with(&invalid, "DryRun", true.into());
    let code = "KMSInvalidSignatureException";
    place
        .refused([("Verify", invalid, code, String::new())])
        .await;
}
