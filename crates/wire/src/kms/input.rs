//! The inputs of operations, named as the operations are.

mod aliases;
mod cryptography;
mod custom_key_stores;
mod grants;
mod import;
mod key_pairs;
mod keys;
mod macs;
mod policies;
mod rotation;
mod signing;
mod tags;

pub use aliases::{CreateAlias, DeleteAlias, ListAliases, UpdateAlias};
pub use cryptography::{
    Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom, ReEncrypt,
    RecipientInfo,
};
pub use custom_key_stores::{
    ConnectCustomKeyStore, CreateCustomKeyStore, DeleteCustomKeyStore, DescribeCustomKeyStores,
    DisconnectCustomKeyStore, UpdateCustomKeyStore, XksProxyAuthenticationCredentialType,
};
pub use grants::{
    CreateGrant, GrantConstraints, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant,
};
pub use import::{DeleteImportedKeyMaterial, GetParametersForImport, ImportKeyMaterial};
pub use key_pairs::{
    DeriveSharedSecret, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GetPublicKey,
};
pub use keys::{
    CancelKeyDeletion, CreateKey, DescribeKey, DisableKey, EnableKey, GetKeyLastUsage, ListKeys,
    ScheduleKeyDeletion, UpdateKeyDescription,
};
pub use macs::{GenerateMac, VerifyMac};
pub use policies::{GetKeyPolicy, ListKeyPolicies, PutKeyPolicy};
pub use rotation::{
    DisableKeyRotation, EnableKeyRotation, GetKeyRotationStatus, ListKeyRotations,
    RotateKeyOnDemand,
};
pub use signing::{Sign, Verify};
pub use tags::{ListResourceTags, Tag, TagResource, UntagResource};
