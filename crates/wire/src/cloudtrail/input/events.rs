//! Events.

use crate::cloudtrail::shapes::{
    Date, LookupAttributeValue, LookupAttributesList, MaxResults, NextToken,
};
use crate::cloudtrail::{EventCategory, LookupAttributeKey};
use crate::json::{EpochSeconds, recorded_inputs, recorded_structures};

recorded_inputs! {
    /// Lists the events of an account in a Region, the newest first.
    LookupEvents {
        "LookupAttributes" lookup_attributes: Vec<LookupAttribute> = defaulted LookupAttributesList;
        "StartTime" start_time: Option<EpochSeconds> = optional Date;
        "EndTime" end_time: Option<EpochSeconds> = optional Date;
        "EventCategory" event_category: Option<EventCategory> = optional EventCategory;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
        "NextToken" next_token: Option<String> = optional NextToken;
    }
}

recorded_structures! {
    /// What an attribute of the wanted events is.
    LookupAttribute {
        "AttributeKey" attribute_key: LookupAttributeKey = required LookupAttributeKey;
        "AttributeValue" attribute_value: String = required LookupAttributeValue;
    }
}
