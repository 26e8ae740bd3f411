//! Replies about key pairs. Their `KeyId` is the key's ARN, their public keys are `SubjectPublicKeyInfo` in DER.

use crate::json::{Blob, SecretBlob, outputs};
use crate::kms::{
    CustomerMasterKeySpec, DataKeyPairSpec, EncryptionAlgorithmSpec, KeyAgreementAlgorithmSpec,
    KeySpec, KeyUsageType, OriginType, SigningAlgorithmSpec,
};

outputs! {
    /// The data key pair, its private key encrypted, and in plaintext (PKCS #8, in DER) unless it is encrypted for a
    /// recipient.
    GenerateDataKeyPair {
        "PrivateKeyCiphertextBlob" private_key_ciphertext_blob: Blob = always;
        "PrivateKeyPlaintext" private_key_plaintext: Option<SecretBlob> = present;
        "PublicKey" public_key: Blob = always;
        "KeyId" key_id: String = always;
        "KeyPairSpec" key_pair_spec: DataKeyPairSpec = always;
        "CiphertextForRecipient" ciphertext_for_recipient: Option<Blob> = present;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The data key pair, its private key encrypted.
    GenerateDataKeyPairWithoutPlaintext {
        "PrivateKeyCiphertextBlob" private_key_ciphertext_blob: Blob = always;
        "PublicKey" public_key: Blob = always;
        "KeyId" key_id: String = always;
        "KeyPairSpec" key_pair_spec: DataKeyPairSpec = always;
        "KeyMaterialId" key_material_id: Option<String> = present;
    }

    /// The shared secret, unless it is encrypted for a recipient.
    DeriveSharedSecret {
        "KeyId" key_id: String = always;
        "SharedSecret" shared_secret: Option<SecretBlob> = present;
        "CiphertextForRecipient" ciphertext_for_recipient: Option<Blob> = present;
        "KeyAgreementAlgorithm" key_agreement_algorithm: KeyAgreementAlgorithmSpec = always;
        "KeyOrigin" key_origin: OriginType = always;
    }

    /// The public key, and what it may be used for: one of the three lists has elements.
    GetPublicKey {
        "KeyId" key_id: String = always;
        "PublicKey" public_key: Blob = always;
        "CustomerMasterKeySpec" customer_master_key_spec: Option<CustomerMasterKeySpec> = present;
        "KeySpec" key_spec: KeySpec = always;
        "KeyUsage" key_usage: KeyUsageType = always;
        "EncryptionAlgorithms" encryption_algorithms: Vec<EncryptionAlgorithmSpec> = nonempty;
        "SigningAlgorithms" signing_algorithms: Vec<SigningAlgorithmSpec> = nonempty;
        "KeyAgreementAlgorithms" key_agreement_algorithms: Vec<KeyAgreementAlgorithmSpec> = nonempty;
    }
}
