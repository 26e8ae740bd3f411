//! Key pairs: data key pairs, a key's public key, and the secrets that a key shares with the owners of others.

use std::collections::BTreeMap;

use super::RecipientInfo;
use crate::json::inputs;
use crate::kms::shapes::{
    EncryptionContextType, GrantTokenList, KeyIdType, NullableBooleanType, PublicKeyType,
};
use crate::kms::{DataKeyPairSpec, KeyAgreementAlgorithmSpec};

inputs! {
    /// Makes a data key pair, and gives the private key in plaintext and encrypted under a key.
    GenerateDataKeyPair {
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "KeyId" key_id: String = required KeyIdType;
        "KeyPairSpec" key_pair_spec: DataKeyPairSpec = required DataKeyPairSpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "Recipient" recipient: Option<RecipientInfo> = optional RecipientInfo;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Makes a data key pair, and gives the private key encrypted under a key only.
    GenerateDataKeyPairWithoutPlaintext {
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "KeyId" key_id: String = required KeyIdType;
        "KeyPairSpec" key_pair_spec: DataKeyPairSpec = required DataKeyPairSpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Derives the secret that a key shares with the owner of a public key, which is a `SubjectPublicKeyInfo` in DER.
    DeriveSharedSecret {
        "KeyId" key_id: String = required KeyIdType;
        "KeyAgreementAlgorithm" key_agreement_algorithm: KeyAgreementAlgorithmSpec = required KeyAgreementAlgorithmSpec;
        "PublicKey" public_key: Vec<u8> = required PublicKeyType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
        "Recipient" recipient: Option<RecipientInfo> = optional RecipientInfo;
    }

    /// Gives the public key of a key.
    GetPublicKey {
        "KeyId" key_id: String = required KeyIdType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
    }
}
