//! Tags.

use crate::json::{inputs, structures};
use crate::kms::shapes::{
    KeyIdType, LimitType, MarkerType, TagKeyList, TagKeyType, TagList, TagValueType,
};

inputs! {
    /// Adds or changes tags of a key.
    TagResource {
        "KeyId" key_id: String = required KeyIdType;
        "Tags" tags: Vec<Tag> = required TagList;
    }

    /// Removes tags of a key.
    UntagResource {
        "KeyId" key_id: String = required KeyIdType;
        "TagKeys" tag_keys: Vec<String> = required TagKeyList;
    }

    /// Lists a key's tags.
    ListResourceTags {
        "KeyId" key_id: String = required KeyIdType;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }
}

structures! {
    /// A tag to put on a key.
    Tag {
        "TagKey" tag_key: String = required TagKeyType;
        "TagValue" tag_value: String = required TagValueType;
    }
}
