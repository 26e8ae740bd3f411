//! Signatures, by each algorithm over each form of the message.

mod digests;

use keystead_core::key::SigningAlgorithm;

use self::digests::{digest, mu};
use super::{expected, subject::Subject};
use crate::{CryptoError, Message, PrivateKey};

const MESSAGE: &[u8] = b"what is signed";

pub(super) fn check(one: &Subject, other: &Subject) {
    let (Some(key), Some(another)) = (one.private(), other.private()) else {
        return;
    };
    let length = expected::signature_len(one.spec);
    for algorithm in SigningAlgorithm::ALL {
        if one.spec.signing_algorithms().contains(algorithm) {
            what_is_signed_verifies(key, *algorithm, length);
            forms_of_one_message_are_equal(key, *algorithm);
            nothing_else_verifies(key, another, *algorithm);
            other_forms_are_refused(key, *algorithm);
        } else {
            let forms = [
                Message::Raw(MESSAGE),
                Message::Digest(&[1; 32]),
                Message::ExternalMu(&[1; 64]),
            ];
            for message in forms {
                assert_refused(key, *algorithm, message, "an algorithm of other keys");
            }
        }
    }
    algorithms_do_not_mix(one.spec.signing_algorithms(), key);
}

/// The message in every form that the algorithm takes.
fn forms<R>(key: &dyn PrivateKey, algorithm: SigningAlgorithm, each: impl Fn(Message<'_>) -> R) {
    let forms = algorithm.message_forms();
    if forms.raw {
        each(Message::Raw(MESSAGE));
    }
    if forms.digest_len.is_some() {
        each(Message::Digest(&digest(key, algorithm, MESSAGE)));
    }
    if forms.external_mu {
        each(Message::ExternalMu(&mu(key, MESSAGE)));
    }
}

fn what_is_signed_verifies(key: &dyn PrivateKey, algorithm: SigningAlgorithm, length: usize) {
    forms(key, algorithm, |message| {
        let signature = key.sign(algorithm, message).unwrap();
        assert!(signature.len() <= length, "{algorithm}");
        key.verify(algorithm, message, &signature).unwrap();
    });
    if algorithm.message_forms().raw {
        for message in [&b""[..], &[0; 4096]] {
            let signature = key.sign(algorithm, Message::Raw(message)).unwrap();
            key.verify(algorithm, Message::Raw(message), &signature)
                .unwrap();
        }
    }
}

/// What is signed in one form verifies in every other.
fn forms_of_one_message_are_equal(key: &dyn PrivateKey, algorithm: SigningAlgorithm) {
    forms(key, algorithm, |signed| {
        let signature = key.sign(algorithm, signed).unwrap();
        forms(key, algorithm, |verified| {
            key.verify(algorithm, verified, &signature).unwrap();
        });
    });
}

fn nothing_else_verifies(
    key: &dyn PrivateKey,
    another: &dyn PrivateKey,
    algorithm: SigningAlgorithm,
) {
    forms(key, algorithm, |message| {
        let signature = key.sign(algorithm, message).unwrap();
        let assert_invalid = |key: &dyn PrivateKey, message, signature: &[u8], what| {
            let result = key.verify(algorithm, message, signature);
            assert!(
                matches!(result, Err(CryptoError::InvalidSignature)),
                "{algorithm}, {what}: {result:?}"
            );
        };
        // Of long signatures a part, spread over the whole.
        for position in (0..signature.len()).step_by(signature.len() / 64) {
            let mut altered = signature.clone();
            altered[position] ^= 1;
            assert_invalid(key, message, &altered, "an altered signature");
            assert_invalid(key, message, &signature[..position], "a cut signature");
        }
        let longer = [signature.as_slice(), &[0]].concat();
        assert_invalid(key, message, &longer, "an extended signature");
        let zeros = vec![0; signature.len()];
        assert_invalid(key, message, &zeros, "zeros");
        assert_invalid(another, message, &signature, "another key's signature");
        let mut bytes = match message {
            Message::Raw(bytes) | Message::Digest(bytes) | Message::ExternalMu(bytes) => {
                bytes.to_vec()
            }
        };
        bytes[0] ^= 1;
        let other = match message {
            Message::Raw(_) => Message::Raw(&bytes),
            Message::Digest(_) => Message::Digest(&bytes),
            Message::ExternalMu(_) => Message::ExternalMu(&bytes),
        };
        assert_invalid(key, other, &signature, "another message");
    });
}

fn other_forms_are_refused(key: &dyn PrivateKey, algorithm: SigningAlgorithm) {
    let forms = algorithm.message_forms();
    if !forms.raw {
        assert_refused(key, algorithm, Message::Raw(MESSAGE), "the message itself");
    }
    match forms.digest_len {
        None => assert_refused(key, algorithm, Message::Digest(&[1; 64]), "a digest"),
        Some(length) => {
            for wrong in [0, length - 1, length + 1] {
                assert_wrong_length(key, algorithm, Message::Digest(&[1; 65][..wrong]), length);
            }
        }
    }
    if forms.external_mu {
        for wrong in [0, 63, 65] {
            assert_wrong_length(key, algorithm, Message::ExternalMu(&[1; 65][..wrong]), 64);
        }
    } else {
        assert_refused(key, algorithm, Message::ExternalMu(&[1; 64]), "a μ");
    }
}

fn assert_refused(
    key: &dyn PrivateKey,
    algorithm: SigningAlgorithm,
    message: Message<'_>,
    what: &str,
) {
    let results = [
        key.sign(algorithm, message).map(drop),
        key.verify(algorithm, message, &[0; 64]),
    ];
    for result in results {
        assert!(
            matches!(result, Err(CryptoError::Algorithm)),
            "{algorithm}, {what}: {result:?}"
        );
    }
}

fn assert_wrong_length(
    key: &dyn PrivateKey,
    algorithm: SigningAlgorithm,
    message: Message<'_>,
    right: usize,
) {
    let results = [
        key.sign(algorithm, message).map(drop),
        key.verify(algorithm, message, &[0; 64]),
    ];
    for result in results {
        assert!(
            matches!(result, Err(CryptoError::DigestLength { expected, .. }) if expected == right),
            "{algorithm}: {result:?}"
        );
    }
}

/// A signature by one algorithm is none by another of the same key.
fn algorithms_do_not_mix(algorithms: &[SigningAlgorithm], key: &dyn PrivateKey) {
    for algorithm in algorithms {
        forms(key, *algorithm, |message| {
            let signature = key.sign(*algorithm, message).unwrap();
            for other in algorithms.iter().filter(|other| *other != algorithm) {
                forms(key, *other, |message| {
                    let result = key.verify(*other, message, &signature);
                    assert!(
                        matches!(result, Err(CryptoError::InvalidSignature)),
                        "{algorithm} as {other}: {result:?}"
                    );
                });
            }
        });
    }
}
