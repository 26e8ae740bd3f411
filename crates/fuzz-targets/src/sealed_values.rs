//! What the disk keeps of secrets: sealed values, the record of the seal, key files.

use std::sync::LazyLock;

use keystead_crypto::seal::{KeyFile, Seal as _, SealRecord};
use keystead_crypto::{Binding, Purpose, RootKey, SealedKey};

use crate::parts::{Parts, edited};
use crate::random::Counted;

const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BINDING: Binding<'_> = Binding {
    region: "",
    account: "111122223333",
    key_id: "AKIAIOSFODNN7EXAMPLE",
    material_id: "",
    purpose: Purpose::AccessKeySecret,
};

/// The first byte says what of: any bytes, or one of what was made with changes.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let kind = parts.byte() % 4;
    let rest = parts.rest();
    match kind {
        0 => {
            sealed(rest);
            key_file(rest);
            record(rest);
        }
        1 => sealed(&edited(MADE.sealed.as_bytes(), rest)),
        2 => key_file(&edited(MADE.file.to_text().expose(), rest)),
        _ => record(&edited(&MADE.record, rest)),
    }
}

/// A sealed value opens if it is the one that was made.
fn sealed(bytes: &[u8]) {
    let value = SealedKey::from_bytes(bytes.to_vec());
    assert_eq!(value.as_bytes(), bytes);
    let written = serde_json::to_vec(&value).expect("JSON");
    assert_eq!(
        serde_json::from_slice::<SealedKey>(&written).ok(),
        Some(value.clone())
    );
    match MADE.root.open(&value, &BINDING) {
        Ok(secret) => {
            assert_eq!((bytes, secret.expose()), (MADE.sealed.as_bytes(), SECRET));
            assert_eq!(value.sealed_by(), Some(MADE.root.fingerprint()));
            let elsewhere = Binding {
                account: "444455556666",
                ..BINDING
            };
            assert!(MADE.root.open(&value, &elsewhere).is_err());
        }
        Err(error) => {
            assert_ne!(bytes, MADE.sealed.as_bytes(), "{error}");
        }
    }
}

/// A key file that is read is written as the same key.
fn key_file(text: &[u8]) {
    if let Ok(file) = KeyFile::parse(text) {
        let again = KeyFile::parse(file.to_text().expose());
        assert_eq!(again.ok().as_ref(), Some(&file));
    }
}

/// The record of a seal gives the root key that it was made for, or none.
fn record(json: &[u8]) {
    let Ok(record) = serde_json::from_slice::<SealRecord>(json) else {
        return;
    };
    let written = serde_json::to_vec(&record).expect("JSON");
    assert_eq!(
        serde_json::from_slice::<SealRecord>(&written).ok().as_ref(),
        Some(&record)
    );
    if let Ok(root) = MADE.file.unwrap_root(&record) {
        assert_eq!(root, MADE.root);
        assert_eq!(written, MADE.record);
    }
}

/// A root key with its seal, and what it sealed.
struct Made {
    root: RootKey,
    file: KeyFile,
    record: Vec<u8>,
    sealed: SealedKey,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let random = Counted::default();
    let root = RootKey::generate(&random).expect("a root key");
    let file = KeyFile::generate(&random).expect("a key file");
    let record = file.wrap(&root, &random).expect("a record");
    Made {
        record: serde_json::to_vec(&record).expect("JSON"),
        sealed: root
            .seal(&random, &BINDING, SECRET)
            .expect("a sealed value"),
        root,
        file,
    }
});
