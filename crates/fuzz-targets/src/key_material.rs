//! Key material from outside: the bytes of secret keys, and private keys in PKCS #8.

use std::sync::{Arc, LazyLock};

use keystead_core::key::KeySpec;
use keystead_crypto::ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm};
use keystead_crypto::{
    Binding, CryptoError, MacKey, Message, OpenedKey, PrivateKey, Provider as _, Purpose, RootKey,
    SecretBytes, SoftwareProvider, SymmetricKey,
};

use crate::parts::Parts;
use crate::random::Counted;

const MESSAGE: &[u8] = b"a message";

/// Kinds of keys whose pairs are made quickly, to begin with. RSA's larger kinds are read by the same code.
const PAIRS: [KeySpec; 7] = [
    KeySpec::Rsa2048,
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256k1,
    KeySpec::EccNistEdwards25519,
    KeySpec::Sm2,
];

/// The first byte is the kind of key, and the second says what is imported: any bytes, or a key with changes.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let spec = parts.one_of(KeySpec::ALL);
    let is_any = parts.byte().is_multiple_of(2);
    let material = if is_any {
        parts.rest().to_vec()
    } else {
        let known = MADE.pairs.iter().find(|(known, _)| *known == spec);
        parts.edits(known.map_or(&[7; 32], |(_, material)| material))
    };
    admitted(spec, material);
}

/// Material that is admitted is that of a key which works; all other is refused in one way.
fn admitted(spec: KeySpec, material: Vec<u8>) {
    let binding = binding(spec);
    let sealed = match MADE.provider.import(&SecretBytes::from(material), &binding) {
        Ok(sealed) => sealed,
        Err(CryptoError::InvalidMaterial { spec: refused }) => return assert_eq!(refused, spec),
        Err(error) => panic!("{error}"),
    };
    match MADE
        .provider
        .open(&sealed, &binding)
        .expect("a key that was admitted")
    {
        OpenedKey::Symmetric(key) => encrypts(key.as_ref()),
        OpenedKey::Mac(key) => authenticates(key.as_ref()),
        OpenedKey::Private(key) => works(spec, key.as_ref()),
    }
}

fn encrypts(key: &dyn SymmetricKey) {
    let identity = BlobIdentity {
        form: KeyIdForm::Uuid,
        key_id: [0; 16],
        material_id: [0; 32],
    };
    let context = ContextAad::default();
    let blob = key.encrypt(&identity, &context, MESSAGE).expect("a blob");
    let blob = Blob::parse(&blob).expect("a blob");
    let decrypted = key.decrypt(&blob, &context).expect("its plaintext");
    assert_eq!(decrypted.expose(), MESSAGE);
}

fn authenticates(key: &dyn MacKey) {
    let mac = key.sign(MESSAGE).expect("a MAC");
    assert!(key.verify(MESSAGE, &mac).is_ok());
    assert!(key.verify(b"another", &mac).is_err());
}

fn works(spec: KeySpec, key: &dyn PrivateKey) {
    let raw = |algorithm: &&_| {
        let algorithm: keystead_core::key::SigningAlgorithm = **algorithm;
        algorithm.message_forms().raw
    };
    if let Some(algorithm) = spec.signing_algorithms().iter().find(raw) {
        let signature = key
            .sign(*algorithm, Message::Raw(MESSAGE))
            .expect("a signature");
        let verified = key.verify(*algorithm, Message::Raw(MESSAGE), &signature);
        assert!(verified.is_ok(), "{spec} {algorithm}");
    }
    if let Some(algorithm) = spec.encryption_algorithms().first() {
        let ciphertext = key.encrypt(*algorithm, MESSAGE).expect("a ciphertext");
        let decrypted = key.decrypt(*algorithm, &ciphertext).expect("its plaintext");
        assert_eq!(decrypted.expose(), MESSAGE);
    }
    if !spec.agreement_algorithms().is_empty() {
        assert!(key.agree(key.public_key()).is_ok(), "{spec}");
    }
}

fn binding(spec: KeySpec) -> Binding<'static> {
    Binding {
        region: "us-east-1",
        account: "111122223333",
        key_id: "k",
        material_id: "m",
        purpose: Purpose::KeyMaterial(spec),
    }
}

struct Made {
    provider: SoftwareProvider,
    /// Private keys in PKCS #8.
    pairs: Vec<(KeySpec, Vec<u8>)>,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let root = RootKey::generate(&Counted::default()).expect("a root key");
    let provider = SoftwareProvider::new(Arc::new(root), Arc::new(Counted::default()));
    let pairs = PAIRS.map(|spec| {
        let pair = provider.generate_pair(spec).expect("a pair");
        (spec, pair.private.expose().to_vec())
    });
    Made {
        provider,
        pairs: pairs.into(),
    }
});
