//! Making keys, looking at them, changing their state.

use super::Tag;
use crate::json::inputs;
use crate::kms::shapes::{
    BooleanType, CustomKeyStoreIdType, DescriptionType, GrantTokenList, KeyIdType, LimitType,
    MarkerType, NullableBooleanType, PendingWindowInDaysType, PolicyType, TagList, XksKeyIdType,
};
use crate::kms::{CustomerMasterKeySpec, KeySpec, KeyUsageType, OriginType};

inputs! {
    /// Makes a key.
    CreateKey {
        "Policy" policy: Option<String> = optional PolicyType;
        "Description" description: String = defaulted DescriptionType;
        "KeyUsage" key_usage: Option<KeyUsageType> = optional KeyUsageType;
        "CustomerMasterKeySpec" customer_master_key_spec: Option<CustomerMasterKeySpec> = optional CustomerMasterKeySpec;
        "KeySpec" key_spec: Option<KeySpec> = optional KeySpec;
        "Origin" origin: Option<OriginType> = optional OriginType;
        "CustomKeyStoreId" custom_key_store_id: Option<String> = optional CustomKeyStoreIdType;
        "BypassPolicyLockoutSafetyCheck" bypass_policy_lockout_safety_check: bool = defaulted BooleanType;
        "Tags" tags: Vec<Tag> = defaulted TagList;
        "MultiRegion" multi_region: Option<bool> = optional NullableBooleanType;
        "XksKeyId" xks_key_id: Option<String> = optional XksKeyIdType;
    }

    /// Tells all of a key but its material.
    DescribeKey {
        "KeyId" key_id: String = required KeyIdType;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
    }

    /// Tells what a key was last used for.
    GetKeyLastUsage {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Lists the account's keys.
    ListKeys {
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }

    /// Makes a disabled key usable again.
    EnableKey {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Keeps a key from being used.
    DisableKey {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Changes a key's description.
    UpdateKeyDescription {
        "KeyId" key_id: String = required KeyIdType;
        "Description" description: String = required DescriptionType;
    }

    /// Starts the waiting period after which a key is deleted. The model allows periods of 1 to 365 days, the
    /// service of 7 to 30.
    ScheduleKeyDeletion {
        "KeyId" key_id: String = required KeyIdType;
        "PendingWindowInDays" pending_window_in_days: Option<i64> = optional PendingWindowInDaysType;
    }

    /// Keeps a key that waits for its deletion.
    CancelKeyDeletion {
        "KeyId" key_id: String = required KeyIdType;
    }
}
