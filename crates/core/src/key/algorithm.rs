//! What keys compute: the algorithms of the API, by their names there.

use super::names::names;

names! {
    /// An algorithm of `Encrypt`, `Decrypt` and `ReEncrypt`.
    EncryptionAlgorithm {
        /// AES-256-GCM under a key of its own for each message; the ciphertext names its key.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        /// RSA-OAEP with SHA-1 in both places (RFC 8017, section 7.1).
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSA-OAEP with SHA-256 in both places (RFC 8017, section 7.1).
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// SM2 public key encryption (GB/T 32918.4).
        Sm2Pke = "SM2PKE",
    }

    /// An algorithm of `Sign` and `Verify`.
    SigningAlgorithm {
        /// RSASSA-PSS with SHA-256, a salt as long as the digest (RFC 8017, section 8.1).
        RsassaPssSha256 = "RSASSA_PSS_SHA_256",
        /// The same with SHA-384.
        RsassaPssSha384 = "RSASSA_PSS_SHA_384",
        /// The same with SHA-512.
        RsassaPssSha512 = "RSASSA_PSS_SHA_512",
        /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
        RsassaPkcs1V15Sha256 = "RSASSA_PKCS1_V1_5_SHA_256",
        /// The same with SHA-384.
        RsassaPkcs1V15Sha384 = "RSASSA_PKCS1_V1_5_SHA_384",
        /// The same with SHA-512.
        RsassaPkcs1V15Sha512 = "RSASSA_PKCS1_V1_5_SHA_512",
        /// ECDSA with SHA-256 (FIPS 186-5, section 6).
        EcdsaSha256 = "ECDSA_SHA_256",
        /// ECDSA with SHA-384.
        EcdsaSha384 = "ECDSA_SHA_384",
        /// ECDSA with SHA-512.
        EcdsaSha512 = "ECDSA_SHA_512",
        /// SM2 signatures with SM3 (GB/T 32918.2) and the default distinguishing id.
        Sm2Dsa = "SM2DSA",
        /// ML-DSA (FIPS 204).
        MlDsaShake256 = "ML_DSA_SHAKE_256",
        /// Ed25519 (RFC 8032, section 5.1).
        Ed25519Sha512 = "ED25519_SHA_512",
        /// Ed25519ph (RFC 8032, section 5.1).
        Ed25519PhSha512 = "ED25519_PH_SHA_512",
    }

    /// An algorithm of `GenerateMac` and `VerifyMac`.
    MacAlgorithm {
        /// HMAC with SHA-224 (FIPS 198-1).
        HmacSha224 = "HMAC_SHA_224",
        /// HMAC with SHA-256.
        HmacSha256 = "HMAC_SHA_256",
        /// HMAC with SHA-384.
        HmacSha384 = "HMAC_SHA_384",
        /// HMAC with SHA-512.
        HmacSha512 = "HMAC_SHA_512",
    }

    /// An algorithm of `DeriveSharedSecret`.
    AgreementAlgorithm {
        /// Elliptic curve cofactor Diffie-Hellman (NIST SP 800-56A, section 5.7.1.2).
        Ecdh = "ECDH",
    }

    /// How key material is wrapped on its way here.
    WrappingAlgorithm {
        /// RSA-OAEP with SHA-1 around the material itself.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSA-OAEP with SHA-256 around the material itself.
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
        /// RSA-OAEP with SHA-1 around an AES-256 key, then AES-KWP (RFC 5649) around the material.
        RsaAesKeyWrapSha1 = "RSA_AES_KEY_WRAP_SHA_1",
        /// RSA-OAEP with SHA-256 around an AES-256 key, then AES-KWP (RFC 5649) around the material.
        RsaAesKeyWrapSha256 = "RSA_AES_KEY_WRAP_SHA_256",
        /// SM2 public key encryption around the material itself.
        Sm2Pke = "SM2PKE",
    }
}

/// What a caller of `Sign` or `Verify` may hand over as the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageForms {
    /// Whether the message itself.
    pub raw: bool,
    /// The length of the digest, in bytes, if one may stand for the message.
    pub digest_len: Option<usize>,
    /// Whether the 64 bytes μ of FIPS 204.
    pub external_mu: bool,
}

impl SigningAlgorithm {
    /// What may be signed with it ("Sign" in the KMS API reference, `MessageType`).
    #[must_use]
    pub const fn message_forms(self) -> MessageForms {
        let (raw, digest_len, external_mu) = match self {
            Self::RsassaPssSha256
            | Self::RsassaPkcs1V15Sha256
            | Self::EcdsaSha256
            | Self::Sm2Dsa => (true, Some(32), false),
            Self::RsassaPssSha384 | Self::RsassaPkcs1V15Sha384 | Self::EcdsaSha384 => {
                (true, Some(48), false)
            }
            Self::RsassaPssSha512 | Self::RsassaPkcs1V15Sha512 | Self::EcdsaSha512 => {
                (true, Some(64), false)
            }
            Self::MlDsaShake256 => (true, None, true),
            Self::Ed25519Sha512 => (true, None, false),
            Self::Ed25519PhSha512 => (false, Some(64), false),
        };
        MessageForms {
            raw,
            digest_len,
            external_mu,
        }
    }
}

impl MacAlgorithm {
    /// The length of its MACs, in bytes.
    #[must_use]
    pub const fn mac_len(self) -> usize {
        match self {
            Self::HmacSha224 => 28,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }
}
