//! Public halves, pairs that leave, and material that comes.

use keystead_core::key::KeySpec;

use super::{
    expected,
    subject::{Subject, place},
};
use crate::{Binding, CryptoError, Provider, Purpose, SecretBytes};

/// Answers with a key that was made as a pair and imported, if there are such of this kind.
pub(super) fn check(provider: &dyn Provider, one: &Subject) -> Option<Subject> {
    if let Some(key) = one.private() {
        public_keys_are_encoded_as_everywhere(one.spec, key.public_key());
    }
    what_is_no_key_is_not_imported(provider, one.spec);
    if expected::is_data_key_pair(one.spec) {
        Some(pairs_leave_and_come_back(provider, one.spec))
    } else {
        let refusal = provider.generate_pair(one.spec).err();
        assert!(
            matches!(refusal, Some(CryptoError::InvalidMaterial { spec }) if spec == one.spec),
            "{refusal:?}"
        );
        None
    }
}

fn public_keys_are_encoded_as_everywhere(spec: KeySpec, key: &[u8]) {
    let (start, length) = expected::public_key(spec);
    let found: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(found.starts_with(start), "{spec}: {found}");
    assert_eq!(key.len(), length, "{spec}: {found}");
}

fn pairs_leave_and_come_back(provider: &dyn Provider, spec: KeySpec) -> Subject {
    let pair = provider.generate_pair(spec).unwrap();
    public_keys_are_encoded_as_everywhere(spec, &pair.public);
    let sealed = provider.import(&pair.private, &place(spec)).unwrap();
    let subject = Subject::opened(provider, spec, sealed);
    assert_eq!(
        subject.private().unwrap().public_key(),
        pair.public,
        "{spec}"
    );

    // Raw keys may be any bytes of their length, even the 48 of an Ed25519 key.
    let others = KeySpec::ALL.iter().filter(|other| other.is_asymmetric());
    for other in others.filter(|other| **other != spec) {
        assert_not_imported(
            provider,
            *other,
            pair.private.expose(),
            "another kind of key",
        );
    }
    let private = pair.private.expose();
    assert_not_imported(provider, spec, &private[..private.len() - 1], "a cut key");
    assert_not_imported(provider, spec, &[private, &[0]].concat(), "an extended key");
    assert_not_imported(provider, spec, &pair.public, "a public key");
    subject
}

fn what_is_no_key_is_not_imported(provider: &dyn Provider, spec: KeySpec) {
    for wrong in [&[][..], &[0], &[0x30, 0], &[1; 27], &[1; 33], &[1; 65]] {
        assert_not_imported(provider, spec, wrong, "no key");
    }
    for purpose in [Purpose::AccessKeySecret, Purpose::WrappingKey(spec)] {
        let binding = Binding {
            purpose,
            ..place(spec)
        };
        let refusal = provider.import(&SecretBytes::from(vec![1; 32]), &binding);
        assert!(
            matches!(refusal, Err(CryptoError::WrongPurpose { .. })),
            "{refusal:?}"
        );
    }
}

fn assert_not_imported(provider: &dyn Provider, spec: KeySpec, material: &[u8], what: &str) {
    let result = provider.import(&SecretBytes::from(material.to_vec()), &place(spec));
    assert!(
        matches!(result, Err(CryptoError::InvalidMaterial { spec: refused }) if refused == spec),
        "{what} as {spec}: {result:?}"
    );
}
