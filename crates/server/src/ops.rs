//! The operations, one file each. What they share is in `key_use`, `encryption`,
//! `data_key`, `data_key_pair`, `signing`, `mac`, `conditions`, `page`, `metadata`, `policy_check`
//! and `update_key`.

mod cancel_key_deletion;
pub mod cloudtrail;
mod conditions;
mod convert;
mod create_alias;
mod create_grant;
mod create_key;
pub(crate) mod custom_key_stores;
mod data_key;
mod data_key_pair;
mod decrypt;
mod delete_alias;
mod delete_imported_key_material;
mod derive_shared_secret;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod enable_key;
mod enable_key_rotation;
mod encrypt;
mod encryption;
mod generate_data_key;
mod generate_data_key_pair;
mod generate_data_key_pair_without_plaintext;
mod generate_data_key_without_plaintext;
mod generate_mac;
mod generate_random;
mod get_key_last_usage;
mod get_key_policy;
mod get_key_rotation_status;
mod get_parameters_for_import;
mod get_public_key;
mod grant_entry;
mod grant_principal;
pub mod iam;
mod import_key_material;
mod key_use;
mod keystead;
mod list_aliases;
mod list_grants;
mod list_key_policies;
mod list_key_rotations;
mod list_keys;
mod list_resource_tags;
mod list_retirable_grants;
mod mac;
mod management;
mod metadata;
pub(crate) mod new_material;
pub mod organizations;
mod page;
mod policy_check;
mod put_key_policy;
mod re_encrypt;
mod resource_quota;
mod retire_grant;
mod revoke_grant;
mod rotate_key_on_demand;
pub mod s3;
mod schedule_key_deletion;
pub mod service_quotas;
mod sign;
mod signing;
mod sts;
mod tag_resource;
mod untag_resource;
mod update_alias;
mod update_key;
mod update_key_description;
mod verify;
mod verify_mac;
pub(crate) mod wrapping_key;

pub use cancel_key_deletion::CancelKeyDeletion;
pub use create_alias::CreateAlias;
pub use create_grant::CreateGrant;
pub use create_key::CreateKey;
pub use custom_key_stores::{
    ConnectCustomKeyStore, CreateCustomKeyStore, DeleteCustomKeyStore, DescribeCustomKeyStores,
    DisconnectCustomKeyStore, UpdateCustomKeyStore,
};
pub use decrypt::Decrypt;
pub use delete_alias::DeleteAlias;
pub use delete_imported_key_material::DeleteImportedKeyMaterial;
pub use derive_shared_secret::DeriveSharedSecret;
pub use describe_key::DescribeKey;
pub use disable_key::DisableKey;
pub use disable_key_rotation::DisableKeyRotation;
pub use enable_key::EnableKey;
pub use enable_key_rotation::EnableKeyRotation;
pub use encrypt::Encrypt;
pub use generate_data_key::GenerateDataKey;
pub use generate_data_key_pair::GenerateDataKeyPair;
pub use generate_data_key_pair_without_plaintext::GenerateDataKeyPairWithoutPlaintext;
pub use generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext;
pub use generate_mac::GenerateMac;
pub use generate_random::GenerateRandom;
pub use get_key_last_usage::GetKeyLastUsage;
pub use get_key_policy::GetKeyPolicy;
pub use get_key_rotation_status::GetKeyRotationStatus;
pub use get_parameters_for_import::GetParametersForImport;
pub use get_public_key::GetPublicKey;
pub use import_key_material::ImportKeyMaterial;
pub use keystead::{
    CreateServiceAccessKey, DeleteService, DeleteServiceAccessKey, GetOpenIDConnectProviderKeys,
    ListServiceAccessKeys, ListServices, PutOpenIDConnectProviderKeys, PutService, SeedKey, WhoCan,
};
pub use list_aliases::ListAliases;
pub use list_grants::ListGrants;
pub use list_key_policies::ListKeyPolicies;
pub use list_key_rotations::ListKeyRotations;
pub use list_keys::ListKeys;
pub use list_resource_tags::ListResourceTags;
pub use list_retirable_grants::ListRetirableGrants;
pub use put_key_policy::PutKeyPolicy;
pub use re_encrypt::ReEncrypt;
pub use retire_grant::RetireGrant;
pub use revoke_grant::RevokeGrant;
pub use rotate_key_on_demand::RotateKeyOnDemand;
pub use schedule_key_deletion::ScheduleKeyDeletion;
pub use sign::Sign;
pub use sts::{
    AssumeRole, AssumeRoleWithWebIdentity, DecodeAuthorizationMessage, GetAccessKeyInfo,
    GetCallerIdentity, GetFederationToken, GetSessionToken,
};
pub use tag_resource::TagResource;
pub use untag_resource::UntagResource;
pub use update_alias::UpdateAlias;
pub use update_key_description::UpdateKeyDescription;
pub use verify::Verify;
pub use verify_mac::VerifyMac;

use crate::fault::Fault;
use crate::grant_token;
use crate::operation::Tools;

/// Checks the grant tokens of a request.
fn check_grant_tokens(tokens: &[String], tools: &Tools<'_>) -> Result<(), Fault> {
    grant_token::check_all(tokens, tools.directory)
}
