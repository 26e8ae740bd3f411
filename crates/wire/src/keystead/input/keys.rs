//! Keys for tests.

use zeroize::Zeroizing;

use crate::json::recorded_structures;
use crate::keystead::inputs;
use crate::keystead::shapes::{
    DescriptionType, KeyIdType, KeyMaterialType, PolicyType, TagKeyType, TagList, TagValueType,
};

inputs! {
    /// Makes a key of a fixed id and fixed material, in development mode only.
    SeedKey {
        "KeyId" key_id: String = required KeyIdType;
        "KeyMaterial" key_material: Zeroizing<Vec<u8>> = required KeyMaterialType;
        "Policy" policy: Option<String> = optional PolicyType;
        "Description" description: String = defaulted DescriptionType;
        "Tags" tags: Vec<Tag> = defaulted TagList;
    }
}

recorded_structures! {
    /// A tag to put on.
    Tag {
        "TagKey" tag_key: String = required TagKeyType;
        "TagValue" tag_value: String = required TagValueType;
    }
}
