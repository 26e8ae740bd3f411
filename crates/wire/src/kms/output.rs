//! The outputs of operations, named as the operations are. Those that are not here answer
//! [`NoOutput`](crate::json::NoOutput).

mod cryptography;
mod grants;
mod key_metadata;
mod keys;
mod lists;

pub use cryptography::{
    Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom, ReEncrypt,
};
pub use grants::{CreateGrant, GrantConstraints, GrantListEntry, ListGrants};
pub use key_metadata::{
    KeyMetadata, MultiRegionConfiguration, MultiRegionKey, XksKeyConfigurationType,
};
pub use keys::{CancelKeyDeletion, CreateKey, DescribeKey, GetKeyPolicy, ScheduleKeyDeletion};
pub use lists::{
    AliasListEntry, KeyListEntry, ListAliases, ListKeyPolicies, ListKeys, ListResourceTags, Tag,
};
