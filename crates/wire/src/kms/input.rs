//! The inputs of operations, named as the operations are.

mod aliases;
mod cryptography;
mod grants;
mod keys;
mod policies;
mod tags;

pub use aliases::{CreateAlias, DeleteAlias, ListAliases, UpdateAlias};
pub use cryptography::{
    Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom, ReEncrypt,
    RecipientInfo,
};
pub use grants::{
    CreateGrant, GrantConstraints, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant,
};
pub use keys::{
    CancelKeyDeletion, CreateKey, DescribeKey, DisableKey, EnableKey, ListKeys,
    ScheduleKeyDeletion, UpdateKeyDescription,
};
pub use policies::{GetKeyPolicy, ListKeyPolicies, PutKeyPolicy};
pub use tags::{ListResourceTags, Tag, TagResource, UntagResource};
