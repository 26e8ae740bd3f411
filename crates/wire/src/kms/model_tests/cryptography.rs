//! Outputs of the operations that use keys.

use super::{ALGORITHM, blob, check_output, secret, text};
use crate::kms::{
    CustomerMasterKeySpec, DataKeyPairSpec, KeyAgreementAlgorithmSpec, KeySpec, KeyUsageType,
    MacAlgorithmSpec, OriginType, SigningAlgorithmSpec, output,
};

#[test]
fn cryptographic_outputs_have_the_models_members() {
    check_output(
        "EncryptResponse",
        &output::Encrypt {
            ciphertext_blob: blob(),
            key_id: text(),
            encryption_algorithm: ALGORITHM,
        },
    );
    check_output(
        "DecryptResponse",
        &output::Decrypt {
            key_id: text(),
            plaintext: Some(secret()),
            encryption_algorithm: ALGORITHM,
            ciphertext_for_recipient: Some(blob()),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "ReEncryptResponse",
        &output::ReEncrypt {
            ciphertext_blob: blob(),
            source_key_id: text(),
            key_id: text(),
            source_encryption_algorithm: ALGORITHM,
            destination_encryption_algorithm: ALGORITHM,
            source_key_material_id: Some(text()),
            destination_key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateDataKeyResponse",
        &output::GenerateDataKey {
            ciphertext_blob: blob(),
            plaintext: Some(secret()),
            key_id: text(),
            ciphertext_for_recipient: Some(blob()),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateDataKeyWithoutPlaintextResponse",
        &output::GenerateDataKeyWithoutPlaintext {
            ciphertext_blob: blob(),
            key_id: text(),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateRandomResponse",
        &output::GenerateRandom {
            plaintext: Some(secret()),
            ciphertext_for_recipient: Some(blob()),
        },
    );
}

#[test]
fn outputs_about_signatures_have_the_models_members() {
    check_output(
        "SignResponse",
        &output::Sign {
            key_id: text(),
            signature: blob(),
            signing_algorithm: SigningAlgorithmSpec::EcdsaSha256,
        },
    );
    check_output(
        "VerifyResponse",
        &output::Verify {
            key_id: text(),
            signature_valid: true,
            signing_algorithm: SigningAlgorithmSpec::EcdsaSha256,
        },
    );
    check_output(
        "GenerateMacResponse",
        &output::GenerateMac {
            mac: blob(),
            mac_algorithm: MacAlgorithmSpec::HmacSha256,
            key_id: text(),
        },
    );
    check_output(
        "VerifyMacResponse",
        &output::VerifyMac {
            key_id: text(),
            mac_valid: true,
            mac_algorithm: MacAlgorithmSpec::HmacSha256,
        },
    );
}

#[test]
fn outputs_about_key_pairs_have_the_models_members() {
    check_output(
        "GenerateDataKeyPairResponse",
        &output::GenerateDataKeyPair {
            private_key_ciphertext_blob: blob(),
            private_key_plaintext: Some(secret()),
            public_key: blob(),
            key_id: text(),
            key_pair_spec: DataKeyPairSpec::EccNistP256,
            ciphertext_for_recipient: Some(blob()),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "GenerateDataKeyPairWithoutPlaintextResponse",
        &output::GenerateDataKeyPairWithoutPlaintext {
            private_key_ciphertext_blob: blob(),
            public_key: blob(),
            key_id: text(),
            key_pair_spec: DataKeyPairSpec::EccNistP256,
            key_material_id: Some(text()),
        },
    );
    check_output(
        "DeriveSharedSecretResponse",
        &output::DeriveSharedSecret {
            key_id: text(),
            shared_secret: Some(secret()),
            ciphertext_for_recipient: Some(blob()),
            key_agreement_algorithm: KeyAgreementAlgorithmSpec::Ecdh,
            key_origin: OriginType::AwsKms,
        },
    );
    check_output(
        "GetPublicKeyResponse",
        &output::GetPublicKey {
            key_id: text(),
            public_key: blob(),
            customer_master_key_spec: Some(CustomerMasterKeySpec::EccNistP256),
            key_spec: KeySpec::EccNistP256,
            key_usage: KeyUsageType::SignVerify,
            encryption_algorithms: vec![ALGORITHM],
            signing_algorithms: vec![SigningAlgorithmSpec::EcdsaSha256],
            key_agreement_algorithms: vec![KeyAgreementAlgorithmSpec::Ecdh],
        },
    );
}
