//! Aliases.

use crate::json::inputs;
use crate::kms::shapes::{AliasNameType, KeyIdType, LimitType, MarkerType};

inputs! {
    /// Gives a key a name.
    CreateAlias {
        "AliasName" alias_name: String = required AliasNameType;
        "TargetKeyId" target_key_id: String = required KeyIdType;
    }

    /// Gives a name to another key.
    UpdateAlias {
        "AliasName" alias_name: String = required AliasNameType;
        "TargetKeyId" target_key_id: String = required KeyIdType;
    }

    /// Removes a name.
    DeleteAlias {
        "AliasName" alias_name: String = required AliasNameType;
    }

    /// Lists the account's aliases, or a key's.
    ListAliases {
        "KeyId" key_id: Option<String> = optional KeyIdType;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }
}
