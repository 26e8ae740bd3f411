//! What comes from outside: every usual form is taken, and nothing that is no good key.

use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, ML_DSA_44_SIGNING, PqdsaKeyPair,
};
use keystead_core::key::KeySpec;
use zeroize::Zeroizing;

use super::{ec, ed25519, ml_dsa, rsa, sm2, vectors::imported};
use crate::{
    CryptoError, SecretBytes, SystemRandom,
    vectors::{hex, unhex},
};

const ORDER_OF_P256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// PKCS #8 around a scalar of P-256 alone.
fn p256(scalar: &str) -> Vec<u8> {
    let head = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
    unhex(&format!("{head}{scalar}"))
}

fn assert_refused(spec: KeySpec, material: &[u8], what: &str) {
    let result = imported(spec, material).err();
    assert!(
        matches!(result, Some(CryptoError::InvalidMaterial { .. })),
        "{spec}, {what}: {result:?}"
    );
}

#[test]
fn an_ec_key_may_come_without_its_public_key() {
    let pair = ec::generate(&ec::P256).unwrap();
    // In the whole document the scalar comes behind 36 bytes, and then the point.
    let scalar = hex(&pair.private.expose()[36..68]);
    for document in [pair.private.expose(), &p256(&scalar)] {
        let key = imported(KeySpec::EccNistP256, document).unwrap();
        assert_eq!(key.private().unwrap().public_key(), pair.public);
    }
}

#[test]
fn scalars_out_of_range_are_refused() {
    let past = format!("{}{}", &ORDER_OF_P256[..62], "52");
    for scalar in [
        "00".repeat(32),
        ORDER_OF_P256.to_owned(),
        past,
        "ff".repeat(32),
    ] {
        assert_refused(KeySpec::EccNistP256, &p256(&scalar), &scalar);
    }
    let last = format!("{}{}", &ORDER_OF_P256[..62], "50");
    imported(KeySpec::EccNistP256, &p256(&last)).unwrap();
}

/// The point is the last thing in the document.
#[test]
fn another_keys_point_is_refused() {
    for (spec, length) in [(KeySpec::EccNistP256, 64), (KeySpec::Sm2, 64)] {
        let make = || match spec {
            KeySpec::Sm2 => sm2::generate(&SystemRandom).unwrap().private,
            _ => ec::generate(&ec::P256).unwrap().private,
        };
        let (one, other) = (make(), make());
        let (one, other) = (one.expose(), other.expose());
        let cut = one.len() - length;
        let mixed = Zeroizing::new([&one[..cut], &other[cut..]].concat());
        imported(spec, one).unwrap();
        assert_refused(spec, &mixed, "another's point");
        let mut off = one.to_vec();
        *off.last_mut().unwrap() ^= 1;
        assert_refused(spec, &off, "a point off the curve");
    }
}

#[test]
fn other_curves_are_refused() {
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap();
    let p384 = p384.to_pkcs8v1().unwrap();
    imported(KeySpec::EccNistP384, p384.as_ref()).unwrap();
    for spec in [
        KeySpec::EccNistP256,
        KeySpec::EccNistP521,
        KeySpec::EccSecgP256k1,
        KeySpec::Sm2,
    ] {
        assert_refused(spec, p384.as_ref(), "a key of P-384");
    }
}

/// Of RFC 8410's forms, the second tells the public key.
#[test]
fn ed25519_comes_in_both_versions() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let (first, second) = (pair.to_pkcs8v1().unwrap(), pair.to_pkcs8().unwrap());
    assert!(second.as_ref().len() > first.as_ref().len());
    for document in [&first, &second] {
        imported(KeySpec::EccNistEdwards25519, document.as_ref()).unwrap();
    }
    let mut wrong = second.as_ref().to_vec();
    *wrong.last_mut().unwrap() ^= 1;
    assert_refused(KeySpec::EccNistEdwards25519, &wrong, "another's point");
    let generated = ed25519::generate(&SystemRandom).unwrap();
    assert_eq!(generated.private.len(), first.as_ref().len());
}

/// Whatever is altered in an RSA key, its numbers no longer fit each other.
#[test]
fn altered_rsa_keys_are_refused() {
    let pair = rsa::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let document = pair.private.expose();
    for position in (0..document.len()).step_by(17) {
        let mut altered = Zeroizing::new(document.to_vec());
        altered[position] ^= 1;
        assert_refused(KeySpec::Rsa2048, &altered, &format!("byte {position}"));
    }
    assert_refused(KeySpec::Rsa3072, document, "a key of 2048 bits");
}

/// Its second factor is a product of two primes. All numbers fit each other as if it were a prime, and
/// AWS-LC opens the key: what it signs does not verify.
#[test]
fn an_rsa_key_of_three_primes_that_says_two_is_refused() {
    let document = include_bytes!("../../tests/keys/rsa-2048-composite-factor.der");
    let material = SecretBytes::from(document.to_vec());
    assert!(rsa::RsaKey::open(aws_lc_rs::rsa::KeySize::Rsa2048, &material).is_some());
    assert_refused(KeySpec::Rsa2048, document, "a composite factor");
}

#[test]
fn an_expanded_ml_dsa_key_is_refused() {
    let parameters = &ml_dsa::ML_DSA_44;
    let pair = ml_dsa::generate(parameters, &SystemRandom).unwrap();
    imported(KeySpec::MlDsa44, pair.private.expose()).unwrap();
    let key = PqdsaKeyPair::from_pkcs8(&ML_DSA_44_SIGNING, pair.private.expose()).unwrap();
    let expanded = aws_lc_rs::encoding::AsRawBytes::as_raw_bytes(&key.private_key()).unwrap();
    let head = unhex("30820a18020100300b060960864801650304031104820a0404820a00");
    let document = [&head, expanded.as_ref()].concat();
    PqdsaKeyPair::from_pkcs8(&ML_DSA_44_SIGNING, &document).unwrap();
    assert_refused(KeySpec::MlDsa44, &document, "an expanded key");
}
