//! Wrapping keys, and what is wrapped to them.

use keystead_core::key::{KeySpec, WrappingAlgorithm};

use super::subject::place;
use crate::{Binding, CryptoError, PrivateKey, Provider, Purpose, SecretBytes, wrap_material};

/// Whether keys of the kind serve in an import ("WrappingKeySpec" in the KMS API reference), and
/// with which algorithms.
fn algorithms(spec: KeySpec) -> &'static [WrappingAlgorithm] {
    match spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => &[
            WrappingAlgorithm::RsaesOaepSha1,
            WrappingAlgorithm::RsaesOaepSha256,
            WrappingAlgorithm::RsaAesKeyWrapSha1,
            WrappingAlgorithm::RsaAesKeyWrapSha256,
        ],
        KeySpec::Sm2 => &[WrappingAlgorithm::Sm2Pke],
        _ => &[],
    }
}

fn wrapping_place(spec: KeySpec) -> Binding<'static> {
    Binding {
        purpose: Purpose::WrappingKey(spec),
        ..place(spec)
    }
}

pub(super) fn check(provider: &dyn Provider, spec: KeySpec) {
    let place = wrapping_place(spec);
    let known = algorithms(spec);
    if known.is_empty() {
        let result = provider.generate(&place);
        assert!(
            matches!(result, Err(CryptoError::WrongPurpose { .. })),
            "{spec}: {result:?}"
        );
        return;
    }
    let sealed = provider.generate(&place).unwrap();
    let key = provider.open(&sealed, &place).unwrap();
    let key = key.private().unwrap();
    for algorithm in WrappingAlgorithm::ALL {
        if known.contains(algorithm) {
            what_is_wrapped_unwraps(key, *algorithm);
            nothing_else_unwraps(key, *algorithm, known);
        } else {
            let result = key.unwrap_material(*algorithm, &[0; 256]);
            assert!(
                matches!(result, Err(CryptoError::Algorithm)),
                "{algorithm}: {result:?}"
            );
            let result = wrap_material(*algorithm, key.public_key(), &material(32));
            assert!(
                matches!(result, Err(CryptoError::InvalidPublicKey)),
                "{algorithm}: {result:?}"
            );
        }
    }
}

fn material(length: usize) -> SecretBytes {
    SecretBytes::from(vec![7; length])
}

fn what_is_wrapped_unwraps(key: &dyn PrivateKey, algorithm: WrappingAlgorithm) {
    use WrappingAlgorithm::{RsaesOaepSha1, RsaesOaepSha256};
    // A private key of RSA_4096 has up to 2,400 bytes.
    let lengths: &[usize] = match algorithm {
        RsaesOaepSha1 | RsaesOaepSha256 => &[28, 32, 48, 64, 138, 190],
        _ => &[28, 32, 48, 64, 138, 241, 1219, 2375],
    };
    for length in lengths {
        let wrapped = wrap_material(algorithm, key.public_key(), &material(*length)).unwrap();
        let unwrapped = key.unwrap_material(algorithm, &wrapped).unwrap();
        assert_eq!(unwrapped, material(*length), "{algorithm}");
    }
    if matches!(algorithm, RsaesOaepSha1 | RsaesOaepSha256) {
        let result = wrap_material(algorithm, key.public_key(), &material(512));
        assert!(
            matches!(result, Err(CryptoError::PlaintextTooLong { .. })),
            "{algorithm}: {result:?}"
        );
    }
}

fn nothing_else_unwraps(
    key: &dyn PrivateKey,
    algorithm: WrappingAlgorithm,
    known: &[WrappingAlgorithm],
) {
    let wrapped = wrap_material(algorithm, key.public_key(), &material(32)).unwrap();
    let assert_invalid = |algorithm, wrapped: &[u8], what| {
        let result = key.unwrap_material(algorithm, wrapped);
        assert!(
            matches!(result, Err(CryptoError::InvalidCiphertext)),
            "{algorithm}, {what}: {result:?}"
        );
    };
    for position in (0..wrapped.len()).step_by(wrapped.len() / 16) {
        let mut altered = wrapped.clone();
        altered[position] ^= 1;
        assert_invalid(algorithm, &altered, "altered");
        assert_invalid(algorithm, &wrapped[..position], "cut");
    }
    let mut altered = wrapped.clone();
    altered[wrapped.len() - 1] ^= 1;
    assert_invalid(algorithm, &altered, "altered at its end");
    let longer = [wrapped.as_slice(), &[0; 8]].concat();
    assert_invalid(algorithm, &longer, "extended");
    for other in known.iter().filter(|other| **other != algorithm) {
        assert_invalid(*other, &wrapped, "another algorithm");
    }
    let result = wrap_material(algorithm, b"no key", &material(32));
    assert!(matches!(result, Err(CryptoError::InvalidPublicKey)));
}
