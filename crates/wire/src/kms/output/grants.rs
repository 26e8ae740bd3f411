//! Replies about grants.

use std::collections::BTreeMap;

use crate::json::{EpochSeconds, outputs};
use crate::kms::GrantOperation;

outputs! {
    /// The grant that was made, or that an identical request had made before.
    CreateGrant {
        "GrantToken" grant_token: String = always;
        "GrantId" grant_id: String = always;
    }

    /// A page of grants, of `ListGrants` as of `ListRetirableGrants`.
    ListGrants {
        "Grants" grants: Vec<GrantListEntry> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// A grant in a list. One without a name has an empty one.
    GrantListEntry {
        "KeyId" key_id: String = always;
        "GrantId" grant_id: String = always;
        "Name" name: String = always;
        "CreationDate" creation_date: EpochSeconds = always;
        "GranteePrincipal" grantee_principal: Option<String> = present;
        "RetiringPrincipal" retiring_principal: Option<String> = present;
        "IssuingAccount" issuing_account: String = always;
        "Operations" operations: Vec<GrantOperation> = always;
        "Constraints" constraints: Option<GrantConstraints> = present;
        "GranteeServicePrincipal" grantee_service_principal: Option<String> = present;
        "RetiringServicePrincipal" retiring_service_principal: Option<String> = present;
    }

    /// Under which conditions a grant permits.
    GrantConstraints {
        "EncryptionContextSubset" encryption_context_subset: Option<BTreeMap<String, String>> = present;
        "EncryptionContextEquals" encryption_context_equals: Option<BTreeMap<String, String>> = present;
        "SourceArn" source_arn: Option<String> = present;
    }
}
