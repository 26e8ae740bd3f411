//! Encryption to public halves.

use keystead_core::key::EncryptionAlgorithm;

use super::{expected, subject::Subject};
use crate::{CryptoError, PrivateKey};

pub(super) fn check(one: &Subject, other: &Subject) {
    let (Some(key), Some(another)) = (one.private(), other.private()) else {
        return;
    };
    for algorithm in EncryptionAlgorithm::ALL {
        if one.spec.encryption_algorithms().contains(algorithm) {
            let limit = expected::plaintext_limit(one.spec, *algorithm);
            up_to_the_limit_it_round_trips(key, *algorithm, limit);
            nothing_else_decrypts(key, another, *algorithm);
        } else {
            let results = [
                key.encrypt(*algorithm, b"plaintext").map(drop),
                key.decrypt(*algorithm, &[0; 256]).map(drop),
            ];
            for result in results {
                assert!(
                    matches!(result, Err(CryptoError::Algorithm)),
                    "{algorithm}: {result:?}"
                );
            }
        }
    }
    algorithms_do_not_mix(one.spec.encryption_algorithms(), key);
}

fn up_to_the_limit_it_round_trips(
    key: &dyn PrivateKey,
    algorithm: EncryptionAlgorithm,
    limit: usize,
) {
    for length in [1, 32, limit] {
        let plaintext = vec![7; length];
        let ciphertext = key.encrypt(algorithm, &plaintext).unwrap();
        let decrypted = key.decrypt(algorithm, &ciphertext).unwrap();
        assert_eq!(decrypted.expose(), plaintext, "{algorithm}");
        assert_ne!(
            ciphertext,
            key.encrypt(algorithm, &plaintext).unwrap(),
            "{algorithm}: two ciphertexts are equal"
        );
    }
    let result = key.encrypt(algorithm, &vec![7; limit + 1]);
    assert!(
        matches!(
            result,
            Err(CryptoError::PlaintextTooLong { length, limit: said })
                if length == limit + 1 && said == limit
        ),
        "{algorithm}: {result:?}"
    );
}

fn assert_invalid(
    key: &dyn PrivateKey,
    algorithm: EncryptionAlgorithm,
    ciphertext: &[u8],
    what: &str,
) {
    let result = key.decrypt(algorithm, ciphertext);
    assert!(
        matches!(result, Err(CryptoError::InvalidCiphertext)),
        "{algorithm}, {what}: {result:?}"
    );
}

fn nothing_else_decrypts(
    key: &dyn PrivateKey,
    another: &dyn PrivateKey,
    algorithm: EncryptionAlgorithm,
) {
    let ciphertext = key.encrypt(algorithm, b"plaintext").unwrap();
    for position in (0..ciphertext.len()).step_by(ciphertext.len() / 32) {
        let mut altered = ciphertext.clone();
        altered[position] ^= 1;
        assert_invalid(key, algorithm, &altered, "altered");
        assert_invalid(key, algorithm, &ciphertext[..position], "cut");
    }
    let longer = [ciphertext.as_slice(), &[0]].concat();
    assert_invalid(key, algorithm, &longer, "extended");
    let high = vec![0xff; ciphertext.len()];
    assert_invalid(key, algorithm, &high, "beyond the modulus");
    assert_invalid(another, algorithm, &ciphertext, "another key's");
}

fn algorithms_do_not_mix(algorithms: &[EncryptionAlgorithm], key: &dyn PrivateKey) {
    for algorithm in algorithms {
        let ciphertext = key.encrypt(*algorithm, b"plaintext").unwrap();
        for other in algorithms.iter().filter(|other| *other != algorithm) {
            assert_invalid(key, *other, &ciphertext, "another algorithm");
        }
    }
}
