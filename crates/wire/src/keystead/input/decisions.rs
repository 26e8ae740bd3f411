//! How policies decide.

use crate::keystead::inputs;
use crate::keystead::shapes::{ActionType, LimitType, NameOfKeyType, PositionType};

inputs! {
    /// Lists who may do something to a key, and why.
    WhoCan {
        "Action" action: String = required ActionType;
        "KeyId" key_id: String = required NameOfKeyType;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional PositionType;
    }
}
