//! What DescribeKey and CreateKey tell of a key.

use crate::json::{EpochSeconds, outputs};
use crate::kms::{
    CustomerMasterKeySpec, EncryptionAlgorithmSpec, ExpirationModelType, KeyAgreementAlgorithmSpec,
    KeyManagerType, KeySpec, KeyState, KeyUsageType, MacAlgorithmSpec, MultiRegionKeyType,
    OriginType, SigningAlgorithmSpec,
};

outputs! {
    /// All of a key but its material.
    KeyMetadata {
        "AWSAccountId" aws_account_id: String = always;
        "KeyId" key_id: String = always;
        "Arn" arn: String = always;
        "CreationDate" creation_date: EpochSeconds = always;
        "Enabled" enabled: bool = always;
        "Description" description: String = always;
        "KeyUsage" key_usage: KeyUsageType = always;
        "KeyState" key_state: KeyState = always;
        "DeletionDate" deletion_date: Option<EpochSeconds> = present;
        "ValidTo" valid_to: Option<EpochSeconds> = present;
        "Origin" origin: OriginType = always;
        "CustomKeyStoreId" custom_key_store_id: Option<String> = present;
        "CloudHsmClusterId" cloud_hsm_cluster_id: Option<String> = present;
        "ExpirationModel" expiration_model: Option<ExpirationModelType> = present;
        "KeyManager" key_manager: KeyManagerType = always;
        "CustomerMasterKeySpec" customer_master_key_spec: Option<CustomerMasterKeySpec> = present;
        "KeySpec" key_spec: KeySpec = always;
        "EncryptionAlgorithms" encryption_algorithms: Vec<EncryptionAlgorithmSpec> = nonempty;
        "SigningAlgorithms" signing_algorithms: Vec<SigningAlgorithmSpec> = nonempty;
        "KeyAgreementAlgorithms" key_agreement_algorithms: Vec<KeyAgreementAlgorithmSpec> = nonempty;
        "MultiRegion" multi_region: bool = always;
        "MultiRegionConfiguration" multi_region_configuration: Option<MultiRegionConfiguration> = present;
        "PendingDeletionWindowInDays" pending_deletion_window_in_days: Option<i64> = present;
        "MacAlgorithms" mac_algorithms: Vec<MacAlgorithmSpec> = nonempty;
        "XksKeyConfiguration" xks_key_configuration: Option<XksKeyConfigurationType> = present;
        "CurrentKeyMaterialId" current_key_material_id: Option<String> = present;
    }

    /// The family of a multi-Region key.
    MultiRegionConfiguration {
        "MultiRegionKeyType" multi_region_key_type: MultiRegionKeyType = always;
        "PrimaryKey" primary_key: MultiRegionKey = always;
        "ReplicaKeys" replica_keys: Vec<MultiRegionKey> = always;
    }

    /// One of a family of multi-Region keys.
    MultiRegionKey {
        "Arn" arn: String = always;
        "Region" region: String = always;
    }

    /// The key behind a key of an external key store.
    XksKeyConfigurationType {
        "Id" id: String = always;
    }
}
