//! Replies that come in pages: `NextMarker` is there if and only if `Truncated`.

use crate::json::{EpochSeconds, outputs};

outputs! {
    /// A page of keys.
    ListKeys {
        "Keys" keys: Vec<KeyListEntry> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// A key in a list.
    KeyListEntry {
        "KeyId" key_id: String = always;
        "KeyArn" key_arn: String = always;
    }

    /// A page of aliases.
    ListAliases {
        "Aliases" aliases: Vec<AliasListEntry> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// An alias in a list. Those of AWS managed keys that were never used have no target and no dates.
    AliasListEntry {
        "AliasName" alias_name: String = always;
        "AliasArn" alias_arn: String = always;
        "TargetKeyId" target_key_id: Option<String> = present;
        "CreationDate" creation_date: Option<EpochSeconds> = present;
        "LastUpdatedDate" last_updated_date: Option<EpochSeconds> = present;
    }

    /// A page of tags.
    ListResourceTags {
        "Tags" tags: Vec<Tag> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// A tag in a list.
    Tag {
        "TagKey" tag_key: String = always;
        "TagValue" tag_value: String = always;
    }

    /// A page of policy names.
    ListKeyPolicies {
        "PolicyNames" policy_names: Vec<String> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }
}
