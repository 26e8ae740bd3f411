//! Versions of managed policies.

use crate::query::{Document, Iso8601, outputs};

outputs! {
    /// The version that was made.
    CreatePolicyVersion {
        "PolicyVersion" policy_version: PolicyVersion = always;
    }

    /// The version.
    GetPolicyVersion {
        "PolicyVersion" policy_version: PolicyVersion = always;
    }

    /// A page of versions, without documents.
    ListPolicyVersions {
        "Versions" versions: Vec<PolicyVersion> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// A version of a managed policy.
    PolicyVersion {
        "Document" document: Option<Document> = present;
        "VersionId" version_id: String = always;
        "IsDefaultVersion" is_default_version: bool = always;
        "CreateDate" create_date: Iso8601 = always;
    }
}
