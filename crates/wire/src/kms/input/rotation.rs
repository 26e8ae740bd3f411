//! New key material for old keys.

use crate::json::inputs;
use crate::kms::IncludeKeyMaterial;
use crate::kms::shapes::{KeyIdType, LimitType, MarkerType, RotationPeriodInDaysType};

inputs! {
    /// Gives a key new material regularly, or changes how often. Without a period that is once a year.
    EnableKeyRotation {
        "KeyId" key_id: String = required KeyIdType;
        "RotationPeriodInDays" rotation_period_in_days: Option<i64> = optional RotationPeriodInDaysType;
    }

    /// Ends what [`EnableKeyRotation`] began.
    DisableKeyRotation {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Gives a key new material now.
    RotateKeyOnDemand {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Tells whether and when a key gets new material.
    GetKeyRotationStatus {
        "KeyId" key_id: String = required KeyIdType;
    }

    /// Lists when a key got new material, or all of its material. Without a choice it is the former.
    ListKeyRotations {
        "KeyId" key_id: String = required KeyIdType;
        "IncludeKeyMaterial" include_key_material: Option<IncludeKeyMaterial> = optional IncludeKeyMaterial;
        "Limit" limit: Option<i64> = optional LimitType;
        "Marker" marker: Option<String> = optional MarkerType;
    }
}
