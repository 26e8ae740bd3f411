//! The operations, one file each. What they share is in `symmetric`, `conditions`, `page`,
//! `metadata`, `policy_check` and `update_key`.

mod cancel_key_deletion;
mod conditions;
mod create_alias;
mod create_key;
mod decrypt;
mod delete_alias;
mod describe_key;
mod disable_key;
mod enable_key;
mod encrypt;
mod generate_data_key;
mod generate_data_key_without_plaintext;
mod generate_random;
mod get_caller_identity;
mod get_key_policy;
mod list_aliases;
mod list_key_policies;
mod list_keys;
mod list_resource_tags;
mod metadata;
mod page;
mod policy_check;
mod put_key_policy;
mod re_encrypt;
mod schedule_key_deletion;
mod symmetric;
mod tag_resource;
mod untag_resource;
mod update_alias;
mod update_key;
mod update_key_description;

pub use cancel_key_deletion::CancelKeyDeletion;
pub use create_alias::CreateAlias;
pub use create_key::CreateKey;
pub use decrypt::Decrypt;
pub use delete_alias::DeleteAlias;
pub use describe_key::DescribeKey;
pub use disable_key::DisableKey;
pub use enable_key::EnableKey;
pub use encrypt::Encrypt;
pub use generate_data_key::GenerateDataKey;
pub use generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext;
pub use generate_random::GenerateRandom;
pub use get_caller_identity::GetCallerIdentity;
pub use get_key_policy::GetKeyPolicy;
pub use list_aliases::ListAliases;
pub use list_key_policies::ListKeyPolicies;
pub use list_keys::ListKeys;
pub use list_resource_tags::ListResourceTags;
pub use put_key_policy::PutKeyPolicy;
pub use re_encrypt::ReEncrypt;
pub use schedule_key_deletion::ScheduleKeyDeletion;
pub use tag_resource::TagResource;
pub use untag_resource::UntagResource;
pub use update_alias::UpdateAlias;
pub use update_key_description::UpdateKeyDescription;

use crate::fault::Fault;

/// There are no grants yet, so that no token can be one of a grant.
fn check_grant_tokens(tokens: &[String]) -> Result<(), Fault> {
    if tokens.is_empty() {
        Ok(())
    } else {
        Err(Fault::InvalidGrantToken)
    }
}
