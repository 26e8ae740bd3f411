//! Services.

use crate::json::recorded_inputs;
use crate::service_quotas::shapes::{MaxResults, NextToken};

recorded_inputs! {
    /// Lists the services that have quotas.
    ListServices {
        "NextToken" next_token: Option<String> = optional NextToken;
        "MaxResults" max_results: Option<i64> = optional MaxResults;
    }
}
