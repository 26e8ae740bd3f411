//! Tags.

use crate::json::recorded_outputs;

recorded_outputs! {
    /// A page of tags.
    ListTagsForResource {
        "Tags" tags: Vec<Tag> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// A tag.
    Tag {
        "Key" key: String = always;
        "Value" value: String = always;
    }
}
