//! Grants.
//!
//! The service members and the source ARN came to the API in March 2026; `GranteePrincipal` and `RetiringPrincipal`
//! of [`ListRetirableGrants`] are optional since. Which of two goes with which is the operations' to check.

use std::collections::BTreeMap;

use crate::json::{inputs, structures};
use crate::kms::GrantOperation;
use crate::kms::shapes::{
    EncryptionContextType, GrantConstraintSourceArnType, GrantIdType, GrantNameType,
    GrantOperationList, GrantTokenList, GrantTokenType, KeyIdType, LimitType, MarkerType,
    NullableBooleanType, PrincipalIdType, ServicePrincipalType,
};

inputs! {
    /// Lets somebody use a key.
    CreateGrant {
        "KeyId" key_id: String = required KeyIdType;
        "GranteePrincipal" grantee_principal: Option<String> = optional PrincipalIdType;
        "RetiringPrincipal" retiring_principal: Option<String> = optional PrincipalIdType;
        "Operations" operations: Vec<GrantOperation> = required GrantOperationList;
        "Constraints" constraints: Option<GrantConstraints> = optional GrantConstraints;
        "GrantTokens" grant_tokens: Vec<String> = defaulted GrantTokenList;
        "Name" name: Option<String> = optional GrantNameType;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
        "GranteeServicePrincipal" grantee_service_principal: Option<String> = optional ServicePrincipalType;
        "RetiringServicePrincipal" retiring_service_principal: Option<String> = optional ServicePrincipalType;
    }

    /// Lists a key's grants.
    ListGrants {
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
        "KeyId" key_id: String = required KeyIdType;
        "GrantId" grant_id: Option<String> = optional GrantIdType;
        "GranteePrincipal" grantee_principal: Option<String> = optional PrincipalIdType;
        "GranteeServicePrincipal" grantee_service_principal: Option<String> = optional ServicePrincipalType;
    }

    /// Lists the grants that a principal may retire, on whichever keys.
    ListRetirableGrants {
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
        "RetiringPrincipal" retiring_principal: Option<String> = optional PrincipalIdType;
        "RetiringServicePrincipal" retiring_service_principal: Option<String> = optional ServicePrincipalType;
    }

    /// Ends a grant that is no longer needed. The grant is named by its token, or by its key and its id.
    RetireGrant {
        "GrantToken" grant_token: Option<String> = optional GrantTokenType;
        "KeyId" key_id: Option<String> = optional KeyIdType;
        "GrantId" grant_id: Option<String> = optional GrantIdType;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }

    /// Takes back a grant.
    RevokeGrant {
        "KeyId" key_id: String = required KeyIdType;
        "GrantId" grant_id: String = required GrantIdType;
        "DryRun" dry_run: Option<bool> = optional NullableBooleanType;
    }
}

structures! {
    /// Under which conditions a grant permits. Of the two encryption contexts there may be one.
    GrantConstraints {
        "EncryptionContextSubset" encryption_context_subset: Option<BTreeMap<String, String>> = optional EncryptionContextType;
        "EncryptionContextEquals" encryption_context_equals: Option<BTreeMap<String, String>> = optional EncryptionContextType;
        "SourceArn" source_arn: Option<String> = optional GrantConstraintSourceArnType;
    }
}
