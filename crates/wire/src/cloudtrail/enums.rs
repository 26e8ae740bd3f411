//! The enums of the model, one line for each value, in the model's order, which error messages repeat.

pub use crate::model::UnknownValue;

use crate::model::enums;

enums! {
    /// Which events are looked up besides those of management.
    EventCategory {
        Insight = "insight",
    }

    /// By what events are looked up.
    LookupAttributeKey {
        EventId = "EventId",
        EventName = "EventName",
        ReadOnly = "ReadOnly",
        Username = "Username",
        ResourceType = "ResourceType",
        ResourceName = "ResourceName",
        EventSource = "EventSource",
        AccessKeyId = "AccessKeyId",
    }
}
