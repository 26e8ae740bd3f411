//! Ciphertexts of symmetric keys.

use std::sync::{Arc, LazyLock};

use keystead_core::key::KeySpec;
use keystead_core::key_id::KeyId;
use keystead_crypto::ciphertext::{
    Blob, BlobIdentity, ContextAad, KeyIdForm, MAX_BLOB_LEN, MAX_PLAINTEXT_LEN, OVERHEAD,
};
use keystead_crypto::{
    Binding, OpenedKey, Provider as _, Purpose, RootKey, SoftwareProvider, SymmetricKey,
};

use crate::parts::Parts;
use crate::random::Counted;

const PLAINTEXT: &[u8] = b"attack at dawn";

/// The first byte says what of: any bytes, or a ciphertext with changes. The second is the encryption context's.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let is_any = parts.byte().is_multiple_of(2);
    let context = context(parts.byte());
    if is_any {
        any(parts.rest(), &context);
    } else {
        let changed = parts.edits(&MADE.blob);
        any(&changed, &context);
        opens_if_it_is_the_one(&changed, &context);
    }
}

/// What has the form of a ciphertext keeps to its bounds, and names its key in one way.
fn any(bytes: &[u8], context: &ContextAad) {
    let Ok(blob) = Blob::parse(bytes) else {
        return;
    };
    assert!((OVERHEAD..=MAX_BLOB_LEN).contains(&bytes.len()));
    assert!(blob.ciphertext().len() <= MAX_PLAINTEXT_LEN);
    let parts = [&blob.header()[..], blob.ciphertext(), blob.tag()];
    assert_eq!(parts.concat(), bytes);
    let identity = blob.identity();
    let is_multi_region = identity.form == KeyIdForm::MultiRegion;
    let id = KeyId::from_parts(identity.key_id, is_multi_region);
    assert_eq!(id.to_string().parse(), Ok(id));
    if bytes != MADE.blob {
        assert!(MADE.key().decrypt(&blob, context).is_err());
    }
}

/// A ciphertext decrypts if it is the one that was made and comes with its context, and not otherwise.
fn opens_if_it_is_the_one(bytes: &[u8], context: &ContextAad) {
    let decrypted = Blob::parse(bytes).and_then(|blob| MADE.key().decrypt(&blob, context));
    let is_the_one = bytes == MADE.blob && *context == MADE.context;
    match decrypted {
        Ok(plaintext) => assert!(is_the_one && plaintext.expose() == PLAINTEXT),
        Err(_) => assert!(!is_the_one),
    }
}

fn context(choice: u8) -> ContextAad {
    match choice {
        0 => ContextAad::new([("purpose", "test")]),
        1 => ContextAad::default(),
        2 => ContextAad::new([("purpos", "etest")]),
        3 => ContextAad::new([("purpose", "test"), ("purpose", "test")]),
        _ => ContextAad::new([("purpose", "Test")]),
    }
}

/// A key, and a ciphertext of it.
struct Made {
    key: OpenedKey,
    context: ContextAad,
    blob: Vec<u8>,
}

impl Made {
    fn key(&self) -> &dyn SymmetricKey {
        self.key.symmetric().expect("a symmetric key")
    }
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let root = RootKey::generate(&Counted::default()).expect("a root key");
    let provider = SoftwareProvider::new(Arc::new(root), Arc::new(Counted::default()));
    let binding = Binding {
        region: "us-east-1",
        account: "111122223333",
        key_id: "k",
        material_id: "m",
        purpose: Purpose::KeyMaterial(KeySpec::SymmetricDefault),
    };
    let sealed = provider.generate(&binding).expect("a key");
    let key = provider.open(&sealed, &binding).expect("a key");
    let context = context(0);
    let identity = BlobIdentity {
        form: KeyIdForm::Uuid,
        key_id: [7; 16],
        material_id: [8; 32],
    };
    let symmetric = key.symmetric().expect("a symmetric key");
    let blob = symmetric
        .encrypt(&identity, &context, PLAINTEXT)
        .expect("a ciphertext");
    Made { key, context, blob }
});
