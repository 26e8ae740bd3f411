//! The outputs of operations, named as the operations are. Those that are not here answer
//! [`NoOutput`](crate::json::NoOutput) or [`EmptyOutput`](crate::json::EmptyOutput).

mod cryptography;
mod custom_key_stores;
mod grants;
mod import;
mod key_metadata;
mod key_pairs;
mod keys;
mod lists;
mod macs;
mod rotation;
mod signing;

pub use cryptography::{
    Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom, ReEncrypt,
};
pub use custom_key_stores::{
    CreateCustomKeyStore, CustomKeyStoresListEntry, DescribeCustomKeyStores,
    XksProxyConfigurationType,
};
pub use grants::{CreateGrant, GrantConstraints, GrantListEntry, ListGrants};
pub use import::{DeleteImportedKeyMaterial, GetParametersForImport, ImportKeyMaterial};
pub use key_metadata::{
    KeyMetadata, MultiRegionConfiguration, MultiRegionKey, XksKeyConfigurationType,
};
pub use key_pairs::{
    DeriveSharedSecret, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GetPublicKey,
};
pub use keys::{
    CancelKeyDeletion, CreateKey, DescribeKey, GetKeyLastUsage, GetKeyPolicy, KeyLastUsageData,
    ScheduleKeyDeletion,
};
pub use lists::{
    AliasListEntry, KeyListEntry, ListAliases, ListKeyPolicies, ListKeys, ListResourceTags, Tag,
};
pub use macs::{GenerateMac, VerifyMac};
pub use rotation::{GetKeyRotationStatus, ListKeyRotations, RotateKeyOnDemand, RotationsListEntry};
pub use signing::{Sign, Verify};
