//! What the standards and the KMS developer guide say, told once more for the checks.

use keystead_core::key::{EncryptionAlgorithm, KeySpec};

/// How SubjectPublicKeyInfo of the kind begins, hexadecimal, and how many bytes it has.
pub(super) fn public_key(spec: KeySpec) -> (&'static str, usize) {
    match spec {
        KeySpec::Rsa2048 => ("30820122300d06092a864886f70d01010105000382010f00", 294),
        KeySpec::Rsa3072 => ("308201a2300d06092a864886f70d01010105000382018f00", 422),
        KeySpec::Rsa4096 => ("30820222300d06092a864886f70d01010105000382020f00", 550),
        KeySpec::EccNistP256 => ("3059301306072a8648ce3d020106082a8648ce3d03010703420004", 91),
        KeySpec::EccNistP384 => ("3076301006072a8648ce3d020106052b8104002203620004", 120),
        KeySpec::EccNistP521 => ("30819b301006072a8648ce3d020106052b810400230381860004", 158),
        KeySpec::EccSecgP256k1 => ("3056301006072a8648ce3d020106052b8104000a03420004", 88),
        KeySpec::EccNistEdwards25519 => ("302a300506032b6570032100", 44),
        KeySpec::MlDsa44 => ("30820532300b060960864801650304031103820521", 1334),
        KeySpec::MlDsa65 => ("308207b2300b0609608648016503040312038207a1", 1974),
        KeySpec::MlDsa87 => ("30820a32300b060960864801650304031303820a21", 2614),
        KeySpec::Sm2 => ("3059301306072a8648ce3d020106082a811ccf5501822d03420004", 91),
        KeySpec::SymmetricDefault
        | KeySpec::Hmac224
        | KeySpec::Hmac256
        | KeySpec::Hmac384
        | KeySpec::Hmac512 => panic!("{spec} has no public key"),
    }
}

/// The most that a key of the kind encrypts, in bytes ("Encrypt" in the KMS API reference).
pub(super) fn plaintext_limit(spec: KeySpec, algorithm: EncryptionAlgorithm) -> usize {
    match (spec, algorithm) {
        (KeySpec::Rsa2048, EncryptionAlgorithm::RsaesOaepSha1) => 214,
        (KeySpec::Rsa2048, EncryptionAlgorithm::RsaesOaepSha256) => 190,
        (KeySpec::Rsa3072, EncryptionAlgorithm::RsaesOaepSha1) => 342,
        (KeySpec::Rsa3072, EncryptionAlgorithm::RsaesOaepSha256) => 318,
        (KeySpec::Rsa4096, EncryptionAlgorithm::RsaesOaepSha1) => 470,
        (KeySpec::Rsa4096, EncryptionAlgorithm::RsaesOaepSha256) => 446,
        (KeySpec::Sm2, EncryptionAlgorithm::Sm2Pke) => 1024,
        _ => panic!("{spec} does not know {algorithm}"),
    }
}

/// The length of a secret shared by two keys of the kind, in bytes.
pub(super) fn secret_len(spec: KeySpec) -> Option<usize> {
    match spec {
        KeySpec::EccNistP256 | KeySpec::Sm2 => Some(32),
        KeySpec::EccNistP384 => Some(48),
        KeySpec::EccNistP521 => Some(66),
        _ => None,
    }
}

/// The longest signature of the kind, in bytes.
pub(super) fn signature_len(spec: KeySpec) -> usize {
    match spec {
        KeySpec::Rsa2048 => 256,
        KeySpec::Rsa3072 => 384,
        KeySpec::Rsa4096 => 512,
        KeySpec::EccNistP256 | KeySpec::EccSecgP256k1 | KeySpec::Sm2 => 72,
        KeySpec::EccNistP384 => 104,
        KeySpec::EccNistP521 => 139,
        KeySpec::EccNistEdwards25519 => 64,
        KeySpec::MlDsa44 => 2420,
        KeySpec::MlDsa65 => 3309,
        KeySpec::MlDsa87 => 4627,
        _ => panic!("{spec} signs nothing"),
    }
}

/// Whether `GenerateDataKeyPair` makes pairs of the kind.
pub(super) fn is_data_key_pair(spec: KeySpec) -> bool {
    !matches!(
        spec,
        KeySpec::SymmetricDefault
            | KeySpec::Hmac224
            | KeySpec::Hmac256
            | KeySpec::Hmac384
            | KeySpec::Hmac512
            | KeySpec::MlDsa44
            | KeySpec::MlDsa65
            | KeySpec::MlDsa87
    )
}
