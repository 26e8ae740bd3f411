//! The kinds of keys, and what each can do.

use super::algorithm::{
    AgreementAlgorithm, EncryptionAlgorithm, MacAlgorithm, SigningAlgorithm, WrappingAlgorithm,
};
use super::names::names;

names! {
    /// What kind of material a key has.
    KeySpec {
        /// RSA, 2048 bits.
        Rsa2048 = "RSA_2048",
        /// RSA, 3072 bits.
        Rsa3072 = "RSA_3072",
        /// RSA, 4096 bits.
        Rsa4096 = "RSA_4096",
        /// The NIST curve P-256.
        EccNistP256 = "ECC_NIST_P256",
        /// The NIST curve P-384.
        EccNistP384 = "ECC_NIST_P384",
        /// The NIST curve P-521.
        EccNistP521 = "ECC_NIST_P521",
        /// The curve secp256k1.
        EccSecgP256k1 = "ECC_SECG_P256K1",
        /// A 256-bit key for AES-GCM, under one message key for each message.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        /// A 224-bit key for HMAC.
        Hmac224 = "HMAC_224",
        /// A 256-bit key for HMAC.
        Hmac256 = "HMAC_256",
        /// A 384-bit key for HMAC.
        Hmac384 = "HMAC_384",
        /// A 512-bit key for HMAC.
        Hmac512 = "HMAC_512",
        /// The curve of SM2.
        Sm2 = "SM2",
        /// ML-DSA-44.
        MlDsa44 = "ML_DSA_44",
        /// ML-DSA-65.
        MlDsa65 = "ML_DSA_65",
        /// ML-DSA-87.
        MlDsa87 = "ML_DSA_87",
        /// The curve of Ed25519.
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
    }

    /// What a key may be used for.
    KeyUsage {
        /// Signatures.
        SignVerify = "SIGN_VERIFY",
        /// Encryption and decryption, data keys included.
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        /// Message authentication codes.
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        /// Shared secrets.
        KeyAgreement = "KEY_AGREEMENT",
    }

    /// Where a key's material comes from.
    Origin {
        /// It is made here.
        AwsKms = "AWS_KMS",
        /// Its owner imports it.
        External = "EXTERNAL",
    }

    /// Who manages a key.
    KeyManager {
        /// A service: its key policy, tags, state and rotation are not the account's to change.
        Aws = "AWS",
        /// The account that owns it.
        Customer = "CUSTOMER",
    }
}

/// What keys of a kind can do: a row of the table "Key spec reference" in the KMS developer guide.
#[derive(Debug, Clone, Copy)]
struct Row {
    usages: &'static [KeyUsage],
    encryption: &'static [EncryptionAlgorithm],
    signing: &'static [SigningAlgorithm],
    mac: &'static [MacAlgorithm],
    wrapping: &'static [WrappingAlgorithm],
}

const NOTHING: Row = Row {
    usages: &[],
    encryption: &[],
    signing: &[],
    mac: &[],
    wrapping: &[],
};

/// Secret keys are short enough to be wrapped by RSA alone.
const SECRET: &[WrappingAlgorithm] = &[
    WrappingAlgorithm::RsaesOaepSha256,
    WrappingAlgorithm::RsaesOaepSha1,
];

const RSA: Row = Row {
    usages: &[KeyUsage::EncryptDecrypt, KeyUsage::SignVerify],
    encryption: &[
        EncryptionAlgorithm::RsaesOaepSha1,
        EncryptionAlgorithm::RsaesOaepSha256,
    ],
    signing: &[
        SigningAlgorithm::RsassaPkcs1V15Sha256,
        SigningAlgorithm::RsassaPkcs1V15Sha384,
        SigningAlgorithm::RsassaPkcs1V15Sha512,
        SigningAlgorithm::RsassaPssSha256,
        SigningAlgorithm::RsassaPssSha384,
        SigningAlgorithm::RsassaPssSha512,
    ],
    wrapping: &[
        WrappingAlgorithm::RsaAesKeyWrapSha256,
        WrappingAlgorithm::RsaAesKeyWrapSha1,
        WrappingAlgorithm::Sm2Pke,
    ],
    ..NOTHING
};

const fn curve(usages: &'static [KeyUsage], signing: &'static [SigningAlgorithm]) -> Row {
    Row {
        usages,
        signing,
        wrapping: &[
            WrappingAlgorithm::RsaAesKeyWrapSha256,
            WrappingAlgorithm::RsaAesKeyWrapSha1,
            WrappingAlgorithm::RsaesOaepSha256,
            WrappingAlgorithm::RsaesOaepSha1,
        ],
        ..NOTHING
    }
}

const fn hmac(mac: &'static [MacAlgorithm]) -> Row {
    Row {
        usages: &[KeyUsage::GenerateVerifyMac],
        mac,
        wrapping: SECRET,
        ..NOTHING
    }
}

const SIGN: &[KeyUsage] = &[KeyUsage::SignVerify];
const SIGN_OR_AGREE: &[KeyUsage] = &[KeyUsage::SignVerify, KeyUsage::KeyAgreement];

impl KeySpec {
    const fn row(self) -> Row {
        match self {
            Self::SymmetricDefault => Row {
                usages: &[KeyUsage::EncryptDecrypt],
                encryption: &[EncryptionAlgorithm::SymmetricDefault],
                wrapping: SECRET,
                ..NOTHING
            },
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => RSA,
            Self::EccNistP256 => curve(SIGN_OR_AGREE, &[SigningAlgorithm::EcdsaSha256]),
            Self::EccNistP384 => curve(SIGN_OR_AGREE, &[SigningAlgorithm::EcdsaSha384]),
            Self::EccNistP521 => curve(SIGN_OR_AGREE, &[SigningAlgorithm::EcdsaSha512]),
            Self::EccSecgP256k1 => curve(SIGN, &[SigningAlgorithm::EcdsaSha256]),
            Self::EccNistEdwards25519 => curve(
                SIGN,
                &[
                    SigningAlgorithm::Ed25519Sha512,
                    SigningAlgorithm::Ed25519PhSha512,
                ],
            ),
            Self::Hmac224 => hmac(&[MacAlgorithm::HmacSha224]),
            Self::Hmac256 => hmac(&[MacAlgorithm::HmacSha256]),
            Self::Hmac384 => hmac(&[MacAlgorithm::HmacSha384]),
            Self::Hmac512 => hmac(&[MacAlgorithm::HmacSha512]),
            // Not to be imported.
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => Row {
                usages: SIGN,
                signing: &[SigningAlgorithm::MlDsaShake256],
                ..NOTHING
            },
            Self::Sm2 => Row {
                usages: &[
                    KeyUsage::EncryptDecrypt,
                    KeyUsage::SignVerify,
                    KeyUsage::KeyAgreement,
                ],
                encryption: &[EncryptionAlgorithm::Sm2Pke],
                signing: &[SigningAlgorithm::Sm2Dsa],
                wrapping: &[
                    WrappingAlgorithm::RsaesOaepSha256,
                    WrappingAlgorithm::RsaesOaepSha1,
                    WrappingAlgorithm::Sm2Pke,
                ],
                ..NOTHING
            },
        }
    }

    /// What keys of this kind may be used for; each key for one of these.
    #[must_use]
    pub const fn usages(self) -> &'static [KeyUsage] {
        self.row().usages
    }

    /// The algorithms of `Encrypt`, for keys used so.
    #[must_use]
    pub const fn encryption_algorithms(self) -> &'static [EncryptionAlgorithm] {
        self.row().encryption
    }

    /// The algorithms of `Sign`, for keys used so.
    #[must_use]
    pub const fn signing_algorithms(self) -> &'static [SigningAlgorithm] {
        self.row().signing
    }

    /// The algorithm of `GenerateMac`, for keys used so.
    #[must_use]
    pub const fn mac_algorithms(self) -> &'static [MacAlgorithm] {
        self.row().mac
    }

    /// The algorithm of `DeriveSharedSecret`, for keys used so.
    #[must_use]
    pub fn agreement_algorithms(self) -> &'static [AgreementAlgorithm] {
        if self.usages().contains(&KeyUsage::KeyAgreement) {
            AgreementAlgorithm::ALL
        } else {
            &[]
        }
    }

    /// The algorithms that material of this kind may be wrapped with for import; none if it can't
    /// be imported ("Supported key material types" in the KMS developer guide).
    #[must_use]
    pub const fn wrapping_algorithms(self) -> &'static [WrappingAlgorithm] {
        self.row().wrapping
    }

    /// Whether it is a secret key that encrypts: the one kind that is rotated, and that makes data
    /// keys.
    #[must_use]
    pub const fn is_symmetric_encryption(self) -> bool {
        matches!(self, Self::SymmetricDefault)
    }

    /// Whether making such a key takes long, up to seconds: two large primes are searched for.
    #[must_use]
    pub const fn is_slow_to_make(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }

    /// Whether it has a public half.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !self.is_symmetric_encryption() && self.mac_algorithms().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for spec in KeySpec::ALL {
            assert_eq!(spec.as_str().parse(), Ok(*spec));
        }
        assert!("rsa_2048".parse::<KeySpec>().is_err());
    }

    /// A key has algorithms for each of its usages, and for no other.
    #[test]
    fn algorithms_fit_usages() {
        for spec in KeySpec::ALL {
            let has = |usage| spec.usages().contains(&usage);
            assert_eq!(
                has(KeyUsage::EncryptDecrypt),
                !spec.encryption_algorithms().is_empty(),
                "{spec}"
            );
            assert_eq!(
                has(KeyUsage::SignVerify),
                !spec.signing_algorithms().is_empty(),
                "{spec}"
            );
            assert_eq!(
                has(KeyUsage::GenerateVerifyMac),
                !spec.mac_algorithms().is_empty(),
                "{spec}"
            );
            assert_eq!(
                has(KeyUsage::KeyAgreement),
                !spec.agreement_algorithms().is_empty(),
                "{spec}"
            );
        }
    }

    #[test]
    fn every_kind_but_ml_dsa_can_be_imported() {
        let not: Vec<_> = KeySpec::ALL
            .iter()
            .filter(|spec| spec.wrapping_algorithms().is_empty())
            .collect();
        assert_eq!(
            not,
            [&KeySpec::MlDsa44, &KeySpec::MlDsa65, &KeySpec::MlDsa87]
        );
    }
}
