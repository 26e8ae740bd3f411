//! Tags.

use crate::iam::shapes::{TagKeyType, TagValueType};
use crate::query::structures;

structures! {
    /// A tag to put on something.
    Tag {
        "Key" key: String = required TagKeyType;
        "Value" value: String = required TagValueType;
    }
}
