//! Using keys, and random bytes.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::json::{inputs, structures};
use crate::kms::shapes::{
    AttestationDocumentType, CiphertextType, CustomKeyStoreIdType, DryRunModifierList,
    EncryptionContextType, GrantTokenList, KeyIdType, NullableBooleanType, NumberOfBytesType,
    PlaintextType,
};
use crate::kms::{
    DataKeySpec, DryRunModifierType, EncryptionAlgorithmSpec, KeyEncryptionMechanism,
};

inputs! {
    /// Encrypts up to 4 KiB under a key.
    Encrypt {
        "KeyId" key_id: String = required KeyIdType;
        "Plaintext" plaintext: Zeroizing<Vec<u8>> = required PlaintextType;
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "EncryptionAlgorithm" encryption_algorithm: Option<EncryptionAlgorithmSpec> = optional EncryptionAlgorithmSpec;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Decrypts what was encrypted under a key. The ciphertext may be absent in a dry run that ignores it, which
    /// is the operation's to check.
    Decrypt {
        "CiphertextBlob" ciphertext_blob: Option<Vec<u8>> = optional CiphertextType;
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "KeyId" key_id: Option<String> = optional KeyIdType;
        "EncryptionAlgorithm" encryption_algorithm: Option<EncryptionAlgorithmSpec> = optional EncryptionAlgorithmSpec;
        "Recipient" recipient: Option<RecipientInfo> = optional RecipientInfo;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
        "DryRunModifiers" dry_run_modifiers: Vec<DryRunModifierType> = defaulted DryRunModifierList;
    }

    /// Decrypts under one key and encrypts under another. The ciphertext may be absent as in [`Decrypt`].
    ReEncrypt {
        "CiphertextBlob" ciphertext_blob: Option<Vec<u8>> = optional CiphertextType;
        "SourceEncryptionContext" source_encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "SourceKeyId" source_key_id: Option<String> = optional KeyIdType;
        "DestinationKeyId" destination_key_id: String = required KeyIdType;
        "DestinationEncryptionContext" destination_encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "SourceEncryptionAlgorithm" source_encryption_algorithm: Option<EncryptionAlgorithmSpec> = optional EncryptionAlgorithmSpec;
        "DestinationEncryptionAlgorithm" destination_encryption_algorithm: Option<EncryptionAlgorithmSpec> = optional EncryptionAlgorithmSpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
        "DryRunModifiers" dry_run_modifiers: Vec<DryRunModifierType> = defaulted DryRunModifierList;
    }

    /// Makes a data key, and gives it in plaintext and encrypted under a key.
    GenerateDataKey {
        "KeyId" key_id: String = required KeyIdType;
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "NumberOfBytes" number_of_bytes: Option<i64> = optional NumberOfBytesType;
        "KeySpec" key_spec: Option<DataKeySpec> = optional DataKeySpec;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "Recipient" recipient: Option<RecipientInfo> = optional RecipientInfo;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Makes a data key, and gives it encrypted under a key only.
    GenerateDataKeyWithoutPlaintext {
        "KeyId" key_id: String = required KeyIdType;
        "EncryptionContext" encryption_context: BTreeMap<String, String> = defaulted EncryptionContextType;
        "KeySpec" key_spec: Option<DataKeySpec> = optional DataKeySpec;
        "NumberOfBytes" number_of_bytes: Option<i64> = optional NumberOfBytesType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Makes random bytes. Without a number of them the service refuses, though the model does not.
    GenerateRandom {
        "NumberOfBytes" number_of_bytes: Option<i64> = optional NumberOfBytesType;
        "CustomKeyStoreId" custom_key_store_id: Option<String> = optional CustomKeyStoreIdType;
        "Recipient" recipient: Option<RecipientInfo> = optional RecipientInfo;
    }
}

structures! {
    /// The enclave that a reply is encrypted to.
    RecipientInfo {
        "KeyEncryptionAlgorithm" key_encryption_algorithm: Option<KeyEncryptionMechanism> = optional KeyEncryptionMechanism;
        "AttestationDocument" attestation_document: Option<Vec<u8>> = optional AttestationDocumentType;
    }
}
