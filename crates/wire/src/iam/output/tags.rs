//! Tags.

use crate::query::outputs;

outputs! {
    /// A tag.
    Tag {
        "Key" key: String = always;
        "Value" value: String = always;
    }
}
