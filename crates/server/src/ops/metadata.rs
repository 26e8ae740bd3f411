//! A key as the API shows it.

use keystead_core::audit::{Elements, Value};
use keystead_core::key::KeyRecord;
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{
    CustomerMasterKeySpec, EncryptionAlgorithmSpec, KeyManagerType, KeySpec, KeyState,
    KeyUsageType, OriginType, output,
};

/// The API's view of a key.
pub(super) fn of(record: &KeyRecord, arn: &str) -> output::KeyMetadata {
    let state = match record.state {
        keystead_core::key_state::KeyState::Enabled => KeyState::Enabled,
        keystead_core::key_state::KeyState::Disabled => KeyState::Disabled,
        keystead_core::key_state::KeyState::PendingDeletion { .. } => KeyState::PendingDeletion,
    };
    output::KeyMetadata {
        aws_account_id: record.account.to_string(),
        key_id: record.id.to_string(),
        arn: arn.to_owned(),
        creation_date: EpochSeconds(record.created.as_millis()),
        enabled: state == KeyState::Enabled,
        description: record.description.clone(),
        key_usage: KeyUsageType::EncryptDecrypt,
        key_state: state,
        deletion_date: record
            .state
            .deletion_date()
            .map(|date| EpochSeconds(date.as_millis())),
        valid_to: None,
        origin: OriginType::AwsKms,
        custom_key_store_id: None,
        cloud_hsm_cluster_id: None,
        expiration_model: None,
        key_manager: KeyManagerType::Customer,
        customer_master_key_spec: Some(CustomerMasterKeySpec::SymmetricDefault),
        key_spec: KeySpec::SymmetricDefault,
        encryption_algorithms: vec![EncryptionAlgorithmSpec::SymmetricDefault],
        signing_algorithms: Vec::new(),
        key_agreement_algorithms: Vec::new(),
        multi_region: false,
        multi_region_configuration: None,
        pending_deletion_window_in_days: None,
        mac_algorithms: Vec::new(),
        xks_key_configuration: None,
        current_key_material_id: record
            .current_material()
            .map(|material| material.id.to_string()),
    }
}

/// CloudTrail's view of a key that was made.
pub(super) fn elements(record: &KeyRecord, arn: &str) -> Elements<'static> {
    let metadata = Elements::new()
        .text("aWSAccountId", record.account.to_string())
        .text("keyId", record.id.to_string())
        .text("arn", arn.to_owned())
        .text("creationDate", record.created.to_english())
        .value("enabled", Value::Boolean(true))
        .text("description", record.description.clone())
        .text("keyUsage", "ENCRYPT_DECRYPT")
        .text("keyState", record.state.as_str())
        .text("origin", "AWS_KMS")
        .text("keyManager", "CUSTOMER")
        .text("customerMasterKeySpec", "SYMMETRIC_DEFAULT")
        .text("keySpec", "SYMMETRIC_DEFAULT")
        .value(
            "encryptionAlgorithms",
            Value::List(vec!["SYMMETRIC_DEFAULT".into()]),
        )
        .value("multiRegion", Value::Boolean(false))
        .text_if(
            "currentKeyMaterialId",
            record
                .current_material()
                .map(|material| material.id.to_string()),
        );
    Elements::new().value("keyMetadata", Value::Object(metadata))
}
