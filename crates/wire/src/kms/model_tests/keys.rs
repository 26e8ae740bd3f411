//! Outputs about one key.

use super::{ALGORITHM, INSTANT, check_output, text};
use crate::kms::{
    CustomerMasterKeySpec, ExpirationModelType, KeyAgreementAlgorithmSpec,
    KeyLastUsageTrackingOperation, KeyManagerType, KeySpec, KeyState, KeyUsageType,
    MacAlgorithmSpec, MultiRegionKeyType, OriginType, SigningAlgorithmSpec, output,
};

#[test]
fn key_outputs_have_the_models_members() {
    check_output("KeyMetadata", &metadata());
    check_output(
        "CreateKeyResponse",
        &output::CreateKey {
            key_metadata: metadata(),
        },
    );
    check_output(
        "DescribeKeyResponse",
        &output::DescribeKey {
            key_metadata: metadata(),
        },
    );
    let family = metadata().multi_region_configuration.unwrap();
    check_output("MultiRegionKey", &family.primary_key);
    check_output("MultiRegionConfiguration", &family);
    check_output(
        "XksKeyConfigurationType",
        &output::XksKeyConfigurationType { id: text() },
    );
    check_output(
        "ScheduleKeyDeletionResponse",
        &output::ScheduleKeyDeletion {
            key_id: text(),
            deletion_date: Some(INSTANT),
            key_state: KeyState::PendingDeletion,
            pending_window_in_days: Some(7),
        },
    );
    check_output(
        "CancelKeyDeletionResponse",
        &output::CancelKeyDeletion { key_id: text() },
    );
    check_output(
        "GetKeyPolicyResponse",
        &output::GetKeyPolicy {
            policy: text(),
            policy_name: text(),
        },
    );
}

#[test]
fn the_last_usage_of_a_key_has_the_models_members() {
    let last_usage = || output::KeyLastUsageData {
        operation: Some(KeyLastUsageTrackingOperation::Sign),
        timestamp: Some(INSTANT),
        cloud_trail_event_id: Some(text()),
        kms_request_id: Some(text()),
    };
    check_output("KeyLastUsageData", &last_usage());
    check_output(
        "GetKeyLastUsageResponse",
        &output::GetKeyLastUsage {
            key_id: text(),
            key_last_usage: last_usage(),
            tracking_start_date: INSTANT,
            key_creation_date: INSTANT,
        },
    );
}

fn metadata() -> output::KeyMetadata {
    output::KeyMetadata {
        aws_account_id: text(),
        key_id: text(),
        arn: text(),
        creation_date: INSTANT,
        enabled: true,
        description: text(),
        key_usage: KeyUsageType::EncryptDecrypt,
        key_state: KeyState::Enabled,
        deletion_date: Some(INSTANT),
        valid_to: Some(INSTANT),
        origin: OriginType::AwsKms,
        custom_key_store_id: Some(text()),
        cloud_hsm_cluster_id: Some(text()),
        expiration_model: Some(ExpirationModelType::KeyMaterialExpires),
        key_manager: KeyManagerType::Customer,
        customer_master_key_spec: Some(CustomerMasterKeySpec::SymmetricDefault),
        key_spec: KeySpec::SymmetricDefault,
        encryption_algorithms: vec![ALGORITHM],
        signing_algorithms: vec![SigningAlgorithmSpec::EcdsaSha256],
        key_agreement_algorithms: vec![KeyAgreementAlgorithmSpec::Ecdh],
        multi_region: true,
        multi_region_configuration: Some(output::MultiRegionConfiguration {
            multi_region_key_type: MultiRegionKeyType::Primary,
            primary_key: output::MultiRegionKey {
                arn: text(),
                region: text(),
            },
            replica_keys: vec![],
        }),
        pending_deletion_window_in_days: Some(7),
        mac_algorithms: vec![MacAlgorithmSpec::HmacSha256],
        xks_key_configuration: Some(output::XksKeyConfigurationType { id: text() }),
        current_key_material_id: Some(text()),
    }
}
