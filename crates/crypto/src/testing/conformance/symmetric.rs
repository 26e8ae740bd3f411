//! Keys of `SYMMETRIC_DEFAULT`: what encrypts into ciphertexts that name their key.

use super::{binding, identity};
use crate::{
    CryptoError, KeyMaterial, OpenedKey, Provider, SealedKey, SecretBytes, SymmetricKey,
    ciphertext::{Blob, ContextAad, MAX_PLAINTEXT_LEN, OVERHEAD},
};

pub(super) const CHECKS: &[fn(&dyn Provider)] = &[
    round_trips,
    no_two_ciphertexts_are_equal,
    too_much_plaintext_is_refused,
    every_altered_byte_is_refused,
    every_truncation_is_refused,
    every_other_context_is_refused,
    another_key_is_refused,
    reopened_keys_are_the_same,
    imported_keys_are_what_was_imported,
];

fn context() -> ContextAad {
    ContextAad::new([("department", "10103.0"), ("purpose", "test")])
}

fn new_key(provider: &dyn Provider) -> Box<dyn SymmetricKey> {
    open(provider, &provider.generate(&binding()).unwrap())
}

fn open(provider: &dyn Provider, sealed: &SealedKey) -> Box<dyn SymmetricKey> {
    match provider.open(sealed, &binding()).unwrap() {
        OpenedKey::Symmetric(key) => key,
        OpenedKey::Private(_) | OpenedKey::Mac(_) => panic!("not a symmetric key"),
    }
}

fn encrypted(key: &dyn SymmetricKey, plaintext: &[u8]) -> Vec<u8> {
    key.encrypt(&identity(), &context(), plaintext).unwrap()
}

fn assert_invalid(key: &dyn SymmetricKey, bytes: &[u8], context: &ContextAad, what: &str) {
    let result = Blob::parse(bytes).and_then(|blob| key.decrypt(&blob, context));
    assert!(
        matches!(result, Err(CryptoError::InvalidCiphertext)),
        "{what}: {result:?}"
    );
}

fn round_trips(provider: &dyn Provider) {
    let key = new_key(provider);
    for length in [0, 1, 15, 16, 17, 32, 4096, MAX_PLAINTEXT_LEN] {
        let plaintext: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        let bytes = encrypted(&*key, &plaintext);
        assert_eq!(bytes.len(), length + OVERHEAD);
        let blob = Blob::parse(&bytes).unwrap();
        assert_eq!(blob.identity(), &identity());
        assert!(
            length < 16 || blob.ciphertext() != plaintext,
            "{length} bytes are not encrypted"
        );
        assert_eq!(key.decrypt(&blob, &context()).unwrap().expose(), plaintext);
    }
}

fn no_two_ciphertexts_are_equal(provider: &dyn Provider) {
    let key = new_key(provider);
    let (one, other) = (encrypted(&*key, b"same"), encrypted(&*key, b"same"));
    let (one, other) = (Blob::parse(&one).unwrap(), Blob::parse(&other).unwrap());
    assert_ne!(one.salt(), other.salt());
    assert_ne!(one.iv(), other.iv());
    assert_ne!(one.ciphertext(), other.ciphertext());
}

fn too_much_plaintext_is_refused(provider: &dyn Provider) {
    let result = new_key(provider).encrypt(&identity(), &context(), &[0; MAX_PLAINTEXT_LEN + 1]);
    assert!(
        matches!(
            result,
            Err(CryptoError::PlaintextTooLong {
                length: 6051,
                limit: 6050
            })
        ),
        "{result:?}"
    );
}

fn every_altered_byte_is_refused(provider: &dyn Provider) {
    let key = new_key(provider);
    let good = encrypted(&*key, b"plaintext");
    for position in 0..good.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[position] ^= mask;
            assert_invalid(
                &*key,
                &bytes,
                &context(),
                &format!("byte {position} ^ {mask:#x}"),
            );
        }
    }
}

fn every_truncation_is_refused(provider: &dyn Provider) {
    let key = new_key(provider);
    let good = encrypted(&*key, b"plaintext");
    for length in 0..good.len() {
        assert_invalid(
            &*key,
            &good[..length],
            &context(),
            &format!("cut to {length} bytes"),
        );
    }
    assert_invalid(
        &*key,
        &[good.as_slice(), &[0]].concat(),
        &context(),
        "a byte appended",
    );
}

fn every_other_context_is_refused(provider: &dyn Provider) {
    let key = new_key(provider);
    let blob = encrypted(&*key, b"plaintext");
    let others: &[&[(&str, &str)]] = &[
        &[],
        &[("department", "10103.0")],
        &[("department", "10103.0"), ("purpose", "Test")],
        &[("Department", "10103.0"), ("purpose", "test")],
        &[("department", "test"), ("purpose", "10103.0")],
        &[("department", "10103.0"), ("purpose", "test"), ("", "")],
        &[("departmen", "t10103.0"), ("purpose", "test")],
    ];
    for other in others {
        assert_invalid(
            &*key,
            &blob,
            &ContextAad::new(other.iter().copied()),
            &format!("{other:?}"),
        );
    }
}

fn another_key_is_refused(provider: &dyn Provider) {
    let blob = encrypted(&*new_key(provider), b"plaintext");
    assert_invalid(&*new_key(provider), &blob, &context(), "another key");
}

fn reopened_keys_are_the_same(provider: &dyn Provider) {
    let sealed = provider.generate(&binding()).unwrap();
    let bytes = encrypted(&*open(provider, &sealed), b"plaintext");
    // As it comes back from the store, after the first handle is gone.
    let sealed = SealedKey::from_bytes(sealed.as_bytes().to_vec());
    let key = open(provider, &sealed);
    assert_eq!(
        key.decrypt(&Blob::parse(&bytes).unwrap(), &context())
            .unwrap()
            .expose(),
        b"plaintext"
    );
}

fn imported_keys_are_what_was_imported(provider: &dyn Provider) {
    let import = |byte| {
        let bytes = SecretBytes::from(vec![byte; KeyMaterial::LEN]);
        open(provider, &provider.import(&bytes, &binding()).unwrap())
    };
    let blob = encrypted(import(1).as_ref(), b"plaintext");
    let opened = import(1).decrypt(&Blob::parse(&blob).unwrap(), &context());
    assert_eq!(opened.unwrap().expose(), b"plaintext");
    assert_invalid(import(2).as_ref(), &blob, &context(), "another key");
}
