//! Access keys.

use crate::iam::StatusType;
use crate::iam::shapes::{AccessKeyIdType, ExistingUserNameType, MarkerType, MaxItemsType};
use crate::query::inputs;

inputs! {
    /// Makes an access key of a user; without a name of the caller.
    CreateAccessKey {
        "UserName" user_name: Option<String> = optional ExistingUserNameType;
    }

    /// Lists the access keys of a user; without a name of the caller.
    ListAccessKeys {
        "UserName" user_name: Option<String> = optional ExistingUserNameType;
        "Marker" marker: Option<String> = optional MarkerType;
        "MaxItems" max_items: Option<i64> = optional MaxItemsType;
    }

    /// Switches an access key on or off.
    UpdateAccessKey {
        "UserName" user_name: Option<String> = optional ExistingUserNameType;
        "AccessKeyId" access_key_id: String = required AccessKeyIdType;
        "Status" status: StatusType = required StatusType;
    }

    /// Destroys an access key.
    DeleteAccessKey {
        "UserName" user_name: Option<String> = optional ExistingUserNameType;
        "AccessKeyId" access_key_id: String = required AccessKeyIdType;
    }

    /// Tells when an access key was used last.
    GetAccessKeyLastUsed {
        "AccessKeyId" access_key_id: String = required AccessKeyIdType;
    }
}
