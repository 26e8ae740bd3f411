//! The provider and the `openssl` command of OpenSSL 3 read each other's keys, verify each other's
//! signatures, decrypt each other's ciphertexts and agree on secrets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing check panics")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use keystead_core::key::{EncryptionAlgorithm, KeySpec, SigningAlgorithm};
use keystead_crypto::{
    Binding, CryptoError, Message, OpenedKey, Provider, Purpose, RootKey, SecretBytes,
    SoftwareProvider, SystemRandom,
};
use tempfile::TempDir;

const MESSAGE: &[u8] = b"what is signed";

/// A directory to work in, and a provider.
struct Desk {
    directory: TempDir,
    provider: SoftwareProvider,
}

impl Desk {
    fn new() -> Self {
        let root = RootKey::generate(&SystemRandom).unwrap();
        let desk = Self {
            directory: TempDir::new().unwrap(),
            provider: SoftwareProvider::new(Arc::new(root), Arc::new(SystemRandom)),
        };
        desk.write("message", MESSAGE);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs the command with these words in the directory. It must be there: nothing is skipped.
    fn openssl(&self, words: &str) {
        let output = openssl(self.directory.path(), words);
        assert!(
            output.status.success(),
            "openssl {words}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A key that OpenSSL made, as `name.pem`, `name.der` (PKCS #8) and `name.pub.der`.
    fn make(&self, name: &str, how: &str) -> Vec<u8> {
        self.openssl(&format!("genpkey {how} -out {name}.pem"));
        self.openssl(&format!(
            "pkcs8 -topk8 -nocrypt -in {name}.pem -outform DER -out {name}.der"
        ));
        self.openssl(&format!(
            "pkey -in {name}.pem -pubout -outform DER -out {name}.pub.der"
        ));
        self.read(&format!("{name}.der"))
    }

    fn import(&self, spec: KeySpec, material: &[u8]) -> Result<OpenedKey, CryptoError> {
        let binding = Binding {
            region: "us-east-1",
            account: "111122223333",
            key_id: "1234abcd-12ab-34cd-56ef-1234567890ab",
            material_id: "",
            purpose: Purpose::KeyMaterial(spec),
        };
        let material = SecretBytes::from(material.to_vec());
        let sealed = self.provider.import(&material, &binding)?;
        self.provider.open(&sealed, &binding)
    }

    /// A key that the provider made, read, checked and written again by OpenSSL.
    fn export(&self, spec: KeySpec) {
        let pair = self.provider.generate_pair(spec).unwrap();
        self.write("pair.der", pair.private.expose());
        self.openssl("pkey -inform DER -in pair.der -check -noout");
        self.openssl("pkey -inform DER -in pair.der -pubout -outform DER -out pair.pub.der");
        assert_eq!(self.read("pair.pub.der"), pair.public, "{spec}");
    }
}

fn openssl(directory: &Path, words: &str) -> std::process::Output {
    Command::new("openssl")
        .args(words.split(' '))
        .current_dir(directory)
        .output()
        .unwrap_or_else(|error| {
            panic!("this test needs the program openssl (Debian: apt-get install openssl): {error}")
        })
}

/// OpenSSL's words for how an algorithm signs.
fn signing_words(algorithm: SigningAlgorithm) -> &'static str {
    use SigningAlgorithm::{
        EcdsaSha256, EcdsaSha384, EcdsaSha512, Ed25519Sha512, RsassaPkcs1V15Sha256,
        RsassaPkcs1V15Sha384, RsassaPkcs1V15Sha512, RsassaPssSha256, RsassaPssSha384,
        RsassaPssSha512, Sm2Dsa,
    };
    match algorithm {
        RsassaPssSha256 => {
            "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32"
        }
        RsassaPssSha384 => {
            "-digest sha384 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:48"
        }
        RsassaPssSha512 => {
            "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:64"
        }
        RsassaPkcs1V15Sha256 => "-digest sha256 -pkeyopt rsa_padding_mode:pkcs1",
        RsassaPkcs1V15Sha384 => "-digest sha384 -pkeyopt rsa_padding_mode:pkcs1",
        RsassaPkcs1V15Sha512 => "-digest sha512 -pkeyopt rsa_padding_mode:pkcs1",
        EcdsaSha256 => "-digest sha256",
        EcdsaSha384 => "-digest sha384",
        EcdsaSha512 => "-digest sha512",
        Sm2Dsa => "-digest sm3 -pkeyopt distid:1234567812345678",
        Ed25519Sha512 => "",
        other => panic!("OpenSSL 3.0 does not sign with {other}"),
    }
}

fn encryption_words(algorithm: EncryptionAlgorithm) -> &'static str {
    match algorithm {
        EncryptionAlgorithm::RsaesOaepSha1 => {
            "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1"
        }
        EncryptionAlgorithm::RsaesOaepSha256 => {
            "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"
        }
        EncryptionAlgorithm::Sm2Pke => "",
        EncryptionAlgorithm::SymmetricDefault => panic!("no key pair"),
    }
}

/// Both sides with one key, which OpenSSL made.
fn check(spec: KeySpec, how: &str) {
    let desk = Desk::new();
    let material = desk.make("key", how);
    let key = desk.import(spec, &material).unwrap();
    let key = key.private().unwrap();
    assert_eq!(desk.read("key.pub.der"), key.public_key(), "{spec}");

    for algorithm in spec.signing_algorithms() {
        if *algorithm == SigningAlgorithm::Ed25519PhSha512 {
            continue; // OpenSSL has it from 3.2 on. RFC 8032's own vector is met instead.
        }
        let words = signing_words(*algorithm);
        let space = if words.is_empty() { "" } else { " " };
        desk.openssl(&format!(
            "pkeyutl -sign -rawin -inkey key.pem -in message -out theirs{space}{words}"
        ));
        key.verify(*algorithm, Message::Raw(MESSAGE), &desk.read("theirs"))
            .unwrap();
        let ours = key.sign(*algorithm, Message::Raw(MESSAGE)).unwrap();
        desk.write("ours", &ours);
        desk.openssl(&format!(
            "pkeyutl -verify -rawin -inkey key.pem -in message -sigfile ours{space}{words}"
        ));
    }
    for algorithm in spec.encryption_algorithms() {
        let words = encryption_words(*algorithm);
        let space = if words.is_empty() { "" } else { " " };
        desk.openssl(&format!(
            "pkeyutl -encrypt -inkey key.pem -in message -out theirs{space}{words}"
        ));
        let plaintext = key.decrypt(*algorithm, &desk.read("theirs")).unwrap();
        assert_eq!(plaintext.expose(), MESSAGE, "{algorithm}");
        desk.write("ours", &key.encrypt(*algorithm, MESSAGE).unwrap());
        desk.openssl(&format!(
            "pkeyutl -decrypt -inkey key.pem -in ours -out plaintext{space}{words}"
        ));
        assert_eq!(desk.read("plaintext"), MESSAGE, "{algorithm}");
    }
    desk.export(spec);
}

/// Of two sizes: keys of the third take longest to find, and differ in nothing else.
#[test]
fn rsa() {
    for (spec, bits) in [(KeySpec::Rsa2048, 2048), (KeySpec::Rsa3072, 3072)] {
        check(
            spec,
            &format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}"),
        );
    }
}

const CURVES: [(KeySpec, &str); 4] = [
    (KeySpec::EccNistP256, "P-256"),
    (KeySpec::EccNistP384, "P-384"),
    (KeySpec::EccNistP521, "P-521"),
    (KeySpec::EccSecgP256k1, "secp256k1"),
];

fn on_curve(name: &str) -> String {
    format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name} -pkeyopt ec_param_enc:named_curve")
}

#[test]
fn ecdsa() {
    for (spec, curve) in CURVES {
        check(spec, &on_curve(curve));
    }
}

#[test]
fn ed25519() {
    check(KeySpec::EccNistEdwards25519, "-algorithm ED25519");
}

#[test]
fn sm2() {
    check(KeySpec::Sm2, "-algorithm SM2");
}

#[test]
fn ecdh() {
    for (spec, curve) in CURVES {
        if spec.agreement_algorithms().is_empty() {
            continue;
        }
        let desk = Desk::new();
        let ours = desk.import(spec, &desk.make("ours", &on_curve(curve)));
        desk.make("theirs", &on_curve(curve));
        desk.openssl("pkey -in ours.pem -pubout -out ours.pub.pem");
        desk.openssl("pkeyutl -derive -inkey theirs.pem -peerkey ours.pub.pem -out secret");
        let peer = desk.read("theirs.pub.der");
        let secret = ours.unwrap().private().unwrap().agree(&peer).unwrap();
        assert_eq!(secret.expose(), desk.read("secret"), "{spec}");
        // The same point, on a curve that is told by its numbers.
        desk.openssl(
            "pkey -in theirs.pem -pubout -outform DER -out explicit.der -ec_param_enc explicit",
        );
        let ours = desk.import(spec, &desk.read("ours.der")).unwrap();
        let result = ours.private().unwrap().agree(&desk.read("explicit.der"));
        assert!(
            matches!(result, Err(CryptoError::InvalidPublicKey)),
            "{result:?}"
        );
    }
}

/// Good keys, but none of a kind that there is, or weak.
#[test]
fn other_keys_are_refused() {
    let desk = Desk::new();
    for (spec, how) in [
        (
            KeySpec::Rsa2048,
            "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
        ),
        (
            KeySpec::Rsa2048,
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2056",
        ),
        (
            KeySpec::Rsa2048,
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3",
        ),
        (
            KeySpec::Rsa2048,
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3",
        ),
        (
            KeySpec::Rsa2048,
            "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
        ),
        (
            KeySpec::EccNistP256,
            "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1",
        ),
        (
            KeySpec::EccNistP256,
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
        ),
        (KeySpec::EccNistEdwards25519, "-algorithm X25519"),
        (KeySpec::EccNistEdwards25519, "-algorithm ED448"),
    ] {
        let result = desk.import(spec, &desk.make("other", how)).err();
        assert!(
            matches!(result, Some(CryptoError::InvalidMaterial { .. })),
            "{how}: {result:?}"
        );
    }
}
