//! Versions of managed policies.

use crate::iam::shapes::{
    ArnType, BooleanType, MarkerType, MaxItemsType, PolicyDocumentType, PolicyVersionIdType,
};
use crate::query::inputs;

inputs! {
    /// Adds a version to a managed policy.
    CreatePolicyVersion {
        "PolicyArn" policy_arn: String = required ArnType;
        "PolicyDocument" policy_document: String = required PolicyDocumentType;
        "SetAsDefault" set_as_default: Option<bool> = optional BooleanType;
    }

    /// Gives a version of a managed policy, with its document.
    GetPolicyVersion {
        "PolicyArn" policy_arn: String = required ArnType;
        "VersionId" version_id: String = required PolicyVersionIdType;
    }

    /// Lists the versions of a managed policy.
    ListPolicyVersions {
        "PolicyArn" policy_arn: String = required ArnType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Removes a version that is not the default.
    DeletePolicyVersion {
        "PolicyArn" policy_arn: String = required ArnType;
        "VersionId" version_id: String = required PolicyVersionIdType;
    }

    /// Says which version of a managed policy counts.
    SetDefaultPolicyVersion {
        "PolicyArn" policy_arn: String = required ArnType;
        "VersionId" version_id: String = required PolicyVersionIdType;
    }
}
