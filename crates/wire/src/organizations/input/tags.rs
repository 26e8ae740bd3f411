//! Tags.

use crate::json::recorded_structures;
use crate::organizations::inputs;
use crate::organizations::shapes::{
    NextToken, TagKey, TagKeys, TagValue, TaggableResourceId, Tags,
};

inputs! {
    /// Adds or changes tags.
    TagResource {
        "ResourceId" resource_id: String = required TaggableResourceId;
        "Tags" tags: Vec<Tag> = required Tags;
    }

    /// Removes tags.
    UntagResource {
        "ResourceId" resource_id: String = required TaggableResourceId;
        "TagKeys" tag_keys: Vec<String> = required TagKeys;
    }

    /// Lists tags.
    ListTagsForResource {
        "ResourceId" resource_id: String = required TaggableResourceId;
        "NextToken" next_token: Option<String> = optional NextToken;
    }
}

recorded_structures! {
    /// A tag to put on something.
    Tag {
        "Key" key: String = required TagKey;
        "Value" value: String = required TagValue;
    }
}
