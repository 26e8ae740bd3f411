//! Events.

use crate::cloudtrail::shapes::{
    Date, LookupAttributeValue, LookupAttributesList, MaxResults, NextToken,
};
use crate::cloudtrail::{EventCategory, LookupAttributeKey, invalid_lookup::invalid_lookup};
use crate::error::ApiError;
use crate::json::{EpochSeconds, Input, decode_or, recorded_structures};

recorded_structures! {
    /// Lists the events of an account in a Region, the newest first.
    LookupEvents {
        "LookupAttributes" lookup_attributes: Vec<LookupAttribute> = defaulted LookupAttributesList;
        "StartTime" start_time: Option<EpochSeconds> = optional Date;
        "EndTime" end_time: Option<EpochSeconds> = optional Date;
        "EventCategory" event_category: Option<EventCategory> = optional EventCategory;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
        "NextToken" next_token: Option<String> = optional NextToken;
    }

    /// What an attribute of the wanted events is.
    LookupAttribute {
        "AttributeKey" attribute_key: LookupAttributeKey = required LookupAttributeKey;
        "AttributeValue" attribute_value: String = required LookupAttributeValue;
    }
}

impl Input for LookupEvents {
    const OPERATION: &'static str = "LookupEvents";

    fn decode(body: &[u8]) -> Result<Self, ApiError> {
        decode_or::<Self>(body, invalid_lookup)
    }
}
