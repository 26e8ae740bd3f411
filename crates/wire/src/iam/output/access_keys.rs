//! Access keys.

use crate::iam::StatusType;
use crate::model::Sensitive;
use crate::query::{Iso8601, outputs};

outputs! {
    /// The access key that was made, whose secret is not told again.
    CreateAccessKey {
        "AccessKey" access_key: AccessKey = always;
    }

    /// A page of access keys.
    ListAccessKeys {
        "AccessKeyMetadata" access_key_metadata: Vec<AccessKeyMetadata> = always;
        "IsTruncated" is_truncated: bool = always;
        "Marker" marker: Option<String> = present;
    }

    /// The key's user, and its last use.
    GetAccessKeyLastUsed {
        "UserName" user_name: Option<String> = present;
        "AccessKeyLastUsed" access_key_last_used: AccessKeyLastUsed = always;
    }

    /// An access key with its secret.
    AccessKey {
        "UserName" user_name: String = always;
        "AccessKeyId" access_key_id: String = always;
        "Status" status: StatusType = always;
        "SecretAccessKey" secret_access_key: Sensitive = always;
        "CreateDate" create_date: Iso8601 = always;
    }

    /// An access key without its secret.
    AccessKeyMetadata {
        "UserName" user_name: String = always;
        "AccessKeyId" access_key_id: String = always;
        "Status" status: StatusType = always;
        "CreateDate" create_date: Iso8601 = always;
    }

    /// When and for what an access key was used last: `N/A` if it never was.
    AccessKeyLastUsed {
        "LastUsedDate" last_used_date: Option<Iso8601> = present;
        "ServiceName" service_name: String = always;
        "Region" region: String = always;
    }
}
