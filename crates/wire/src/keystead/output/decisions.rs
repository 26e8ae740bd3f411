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
        "Conditions" conditions: Vec<OpenCondition> = always;
        "AlsoNeeds" also_needs: Option<String> = present;
        "GrantId" grant_id: Option<String> = present;
        "Because" because: Vec<String> = always;
    }

    /// A condition of which nobody knows whether a request will meet it: of a statement that allows, or of one that denies.
    OpenCondition {
        "Effect" effect: String = always;
        "Operator" operator: String = always;
        "Key" key: String = always;
        "Values" values: Vec<String> = always;
    }
}
