//! Sealed keys: where they open, and that nothing else does.

use super::subject::{Subject, place};
use crate::{Binding, CryptoError, Provider, Purpose, SealedKey};
use keystead_core::key::KeySpec;

pub(super) fn check(provider: &dyn Provider, one: &Subject, other: &Subject) {
    assert_ne!(one.sealed, other.sealed, "two keys are one");
    they_open_in_their_place_only(provider, one);
    they_open_as_their_kind_only(provider, one);
    altered_ones_are_refused(provider, one);
    other_purposes_are_refused(provider, one);
}

fn they_open_in_their_place_only(provider: &dyn Provider, one: &Subject) {
    let place = place(one.spec);
    let elsewhere = [
        Binding {
            region: "us-east-2",
            ..place
        },
        Binding {
            account: "111122223334",
            ..place
        },
        Binding {
            key_id: "1234abcd-12ab-34cd-56ef-1234567890ac",
            ..place
        },
        Binding {
            material_id: "5b",
            ..place
        },
        Binding {
            material_id: "",
            ..place
        },
    ];
    for binding in elsewhere {
        assert!(provider.open(&one.sealed, &binding).is_err(), "{binding:?}");
    }
}

fn they_open_as_their_kind_only(provider: &dyn Provider, one: &Subject) {
    for other in KeySpec::ALL.iter().filter(|spec| **spec != one.spec) {
        let opened = provider.open(&one.sealed, &place(*other));
        assert!(opened.is_err(), "{} opens as {other}", one.spec);
    }
    let wrapping = Binding {
        purpose: Purpose::WrappingKey(one.spec),
        ..place(one.spec)
    };
    assert!(provider.open(&one.sealed, &wrapping).is_err());
}

fn altered_ones_are_refused(provider: &dyn Provider, one: &Subject) {
    let place = place(one.spec);
    let sealed = one.sealed.as_bytes();
    for position in 0..sealed.len() {
        let mut bytes = sealed.to_vec();
        bytes[position] ^= 1;
        let altered = provider.open(&SealedKey::from_bytes(bytes), &place);
        assert!(altered.is_err(), "byte {position} altered");
        let cut = SealedKey::from_bytes(sealed[..position].to_vec());
        let cut = provider.open(&cut, &place);
        assert!(cut.is_err(), "cut to {position} bytes");
    }
}

fn other_purposes_are_refused(provider: &dyn Provider, one: &Subject) {
    let secret = Binding {
        purpose: Purpose::AccessKeySecret,
        ..place(one.spec)
    };
    let refusals = [
        provider.generate(&secret).err(),
        provider.open(&one.sealed, &secret).err(),
    ];
    for refusal in refusals {
        assert!(
            matches!(refusal, Some(CryptoError::WrongPurpose { .. })),
            "{refusal:?}"
        );
    }
}

pub(super) fn random_bytes_fill_their_place(provider: &dyn Provider) {
    let (mut one, mut other) = ([0; 1024], [0; 1024]);
    provider.fill_random(&mut one).unwrap();
    provider.fill_random(&mut other).unwrap();
    assert_ne!(one, other);
    // Chance leaves 32 zeros in a row here less often than once in 2²⁴⁰ runs.
    assert!(
        one.windows(32).all(|part| part != [0; 32]),
        "a part was not filled"
    );
    provider.fill_random(&mut []).unwrap();
}
