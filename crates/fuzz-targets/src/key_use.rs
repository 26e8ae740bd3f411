//! What callers hand to a private key: signatures, public keys of others, ciphertexts, wrapped material.

use std::sync::{Arc, LazyLock};

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm, WrappingAlgorithm};
use keystead_crypto::{
    Binding, CryptoError, Message, OpenedKey, PrivateKey, Provider as _, Purpose, RootKey,
    RsaVerifier, SecretBytes, SoftwareProvider, wrap_material,
};

use crate::parts::Parts;
use crate::random::Counted;

const MESSAGE: &[u8] = b"a message";

const SPECS: [KeySpec; 9] = [
    KeySpec::EccNistP256,
    KeySpec::EccNistP384,
    KeySpec::EccNistP521,
    KeySpec::EccSecgP256k1,
    KeySpec::EccNistEdwards25519,
    KeySpec::Sm2,
    KeySpec::MlDsa44,
    KeySpec::Rsa2048,
    KeySpec::MlDsa87,
];

/// The first byte is the kind of key, the second what is asked of it, the third the algorithm, and the fourth whether
/// it is given any bytes or those that were made for it, with changes.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = Parts::of(bytes);
    let key = pick(&KEYS, parts.byte()).expect("a key");
    let (deed, algorithm, is_any) = (
        parts.byte() % 4,
        parts.byte(),
        parts.byte().is_multiple_of(2),
    );
    let given = Given {
        script: parts.rest(),
        is_any,
    };
    match deed {
        0 => verifies(key, algorithm, &given),
        1 => agrees(key, &given),
        2 => decrypts(key, algorithm, &given),
        _ => unwraps(key, algorithm, &given),
    }
}

/// What a key is given.
struct Given<'a> {
    script: &'a [u8],
    is_any: bool,
}

impl Given<'_> {
    fn bytes(&self, made: &[u8]) -> Vec<u8> {
        if self.is_any {
            return self.script.to_vec();
        }
        Parts::of(self.script).edits(made)
    }
}

/// One of what there is, if there is something.
fn pick<T>(all: &[T], choice: u8) -> Option<&T> {
    let index = usize::from(choice).checked_rem(all.len())?;
    all.get(index)
}

/// A signature is good if it is the one that was made.
fn verifies(key: &Key, choice: u8, given: &Given<'_>) {
    let Some((algorithm, signature)) = pick(&key.signatures, choice) else {
        return;
    };
    let bytes = given.bytes(signature);
    let verified = key
        .private()
        .verify(*algorithm, Message::Raw(MESSAGE), &bytes);
    if bytes == *signature {
        assert!(verified.is_ok());
    } else {
        assert!(
            matches!(verified, Err(CryptoError::InvalidSignature)),
            "{} {algorithm} {}",
            key.spec,
            bytes.len()
        );
    }
    public_keys(&bytes);
}

/// A public key is one of the curve, or it is refused.
fn agrees(key: &Key, given: &Given<'_>) {
    let peer = given.bytes(key.private().public_key());
    let agreed = key.private().agree(&peer);
    match (&agreed, key.spec.agreement_algorithms()) {
        (Err(CryptoError::Algorithm), []) => {}
        (Ok(secret), [_, ..]) => {
            assert!((32..=66).contains(&secret.len()), "{}", secret.len());
            let again = key.private().agree(&peer).expect("the same secret");
            assert_eq!(again.expose(), secret.expose());
        }
        (Err(CryptoError::InvalidPublicKey), [_, ..]) => {
            assert_ne!(peer, key.private().public_key());
        }
        (other, _) => panic!("{:?}", other.as_ref().err()),
    }
    public_keys(&peer);
}

/// A public key that checks signatures is written in one way, and read again.
fn public_keys(bytes: &[u8]) {
    if let Some(verifier) = RsaVerifier::from_der(bytes) {
        let written = verifier.pkcs1_der();
        let again = RsaVerifier::from_der(written).expect("a public key");
        assert_eq!(again.pkcs1_der(), written);
        assert!(bytes.ends_with(written));
    }
    let material = SecretBytes::from(vec![7; 32]);
    for algorithm in [
        WrappingAlgorithm::RsaesOaepSha256,
        WrappingAlgorithm::Sm2Pke,
    ] {
        match wrap_material(algorithm, bytes, &material) {
            Ok(_) | Err(CryptoError::InvalidPublicKey | CryptoError::PlaintextTooLong { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A ciphertext decrypts if it is the one that was made.
fn decrypts(key: &Key, choice: u8, given: &Given<'_>) {
    let Some((algorithm, ciphertext)) = pick(&key.ciphertexts, choice) else {
        return;
    };
    let bytes = given.bytes(ciphertext);
    match key.private().decrypt(*algorithm, &bytes) {
        Ok(plaintext) => {
            assert_eq!(plaintext.expose(), MESSAGE);
            assert_eq!(&bytes, ciphertext, "{algorithm}");
        }
        Err(CryptoError::InvalidCiphertext) => assert_ne!(&bytes, ciphertext),
        Err(error) => panic!("{error}"),
    }
}

/// So does wrapped material.
fn unwraps(key: &Key, choice: u8, given: &Given<'_>) {
    let Some((algorithm, wrapped)) = pick(&key.wrapped, choice) else {
        return;
    };
    let bytes = given.bytes(wrapped);
    match key.private().unwrap_material(*algorithm, &bytes) {
        Ok(material) => {
            assert_eq!(material.expose(), [7; 32]);
            assert_eq!(&bytes, wrapped, "{algorithm}");
        }
        Err(CryptoError::InvalidCiphertext) => assert_ne!(&bytes, wrapped),
        Err(error) => panic!("{error}"),
    }
}

/// A key, and what was made for it.
struct Key {
    spec: KeySpec,
    opened: OpenedKey,
    signatures: Vec<(SigningAlgorithm, Vec<u8>)>,
    ciphertexts: Vec<(EncryptionAlgorithm, Vec<u8>)>,
    wrapped: Vec<(WrappingAlgorithm, Vec<u8>)>,
}

impl Key {
    fn make(spec: KeySpec) -> Self {
        let root = RootKey::generate(&Counted::default()).expect("a root key");
        let provider = SoftwareProvider::new(Arc::new(root), Arc::new(Counted::default()));
        let binding = Binding {
            region: "us-east-1",
            account: "111122223333",
            key_id: "k",
            material_id: "m",
            purpose: Purpose::KeyMaterial(spec),
        };
        let sealed = provider.generate(&binding).expect("a key");
        let opened = provider.open(&sealed, &binding).expect("a key");
        let mut key = Self {
            spec,
            opened,
            signatures: Vec::new(),
            ciphertexts: Vec::new(),
            wrapped: Vec::new(),
        };
        let raw = spec.signing_algorithms().iter().copied();
        let raw = raw.filter(|algorithm| algorithm.message_forms().raw);
        let signed = raw.map(|algorithm| {
            let signature = key.private().sign(algorithm, Message::Raw(MESSAGE));
            (algorithm, signature.expect("a signature"))
        });
        key.signatures = signed.collect();
        let encrypted = spec.encryption_algorithms().iter().map(|algorithm| {
            let ciphertext = key.private().encrypt(*algorithm, MESSAGE);
            (*algorithm, ciphertext.expect("a ciphertext"))
        });
        key.ciphertexts = encrypted.collect();
        let material = SecretBytes::from(vec![7; 32]);
        let wrapped = WrappingAlgorithm::ALL.iter().filter_map(|algorithm| {
            let wrapped = wrap_material(*algorithm, key.private().public_key(), &material);
            Some((*algorithm, wrapped.ok()?))
        });
        key.wrapped = wrapped.collect();
        key
    }

    fn private(&self) -> &dyn PrivateKey {
        self.opened.private().expect("a private key")
    }
}

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| SPECS.map(Key::make).into());
