//! How policies decide.

use crate::json::recorded_outputs;
use crate::keystead::{Certainty, PrincipalKind};

recorded_outputs! {
    /// A page of those who may. It may be short, or empty, and not the last: whoever may not is looked at too.
    WhoCan {
        "Action" action: String = always;
        "KeyArn" key_arn: String = always;
        "Accesses" accesses: Vec<Access> = always;
        "Truncated" truncated: bool = always;
        "NextMarker" next_marker: Option<String> = present;
    }

    /// A principal that may, and why.
    Access {
        "Principal" principal: String = always;
        "Kind" kind: PrincipalKind = always;
        "Local" local: bool = always;
        "Certainty" certainty: Certainty = always;
        "ConditionKeys" condition_keys: Vec<String> = always;
        "AlsoNeeds" also_needs: Option<String> = present;
        "GrantId" grant_id: Option<String> = present;
        "Because" because: Vec<String> = always;
    }
}
