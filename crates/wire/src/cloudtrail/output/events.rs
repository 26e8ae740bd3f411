//! Events.

use crate::json::{EpochSeconds, outputs};

outputs! {
    /// A page of events, the newest first.
    LookupEvents {
        "Events" events: Vec<Event> = always;
        "NextToken" next_token: Option<String> = present;
    }

    /// An event: what it can be found by, and the record itself, a text of JSON. `ReadOnly` is `true` or `false`, as
    /// a text.
    Event {
        "EventId" event_id: String = always;
        "EventName" event_name: String = always;
        "ReadOnly" read_only: String = always;
        "AccessKeyId" access_key_id: Option<String> = present;
        "EventTime" event_time: EpochSeconds = always;
        "EventSource" event_source: String = always;
        "Username" username: Option<String> = present;
        "Resources" resources: Vec<Resource> = always;
        "CloudTrailEvent" cloud_trail_event: String = always;
    }

    /// Something that an event concerns.
    Resource {
        "ResourceType" resource_type: String = always;
        "ResourceName" resource_name: String = always;
    }
}
