//! Key policies.

use crate::json::inputs;
use crate::kms::shapes::{
    BooleanType, KeyIdType, LimitType, MarkerType, PolicyNameType, PolicyType,
};

inputs! {
    /// Gives a key's policy.
    GetKeyPolicy {
        "KeyId" key_id: String = required KeyIdType;
        "PolicyName" policy_name: Option<String> = optional PolicyNameType;
    }

    /// Replaces a key's policy.
    PutKeyPolicy {
        "KeyId" key_id: String = required KeyIdType;
        "PolicyName" policy_name: Option<String> = optional PolicyNameType;
        "Policy" policy: String = required PolicyType;
        "BypassPolicyLockoutSafetyCheck" bypass_policy_lockout_safety_check: bool = defaulted BooleanType;
    }

    /// Lists the names of a key's policies.
    ListKeyPolicies {
        "KeyId" key_id: String = required KeyIdType;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }
}
