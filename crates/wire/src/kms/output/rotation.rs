//! Replies about a key's materials.

use crate::json::{EpochSeconds, outputs};
use crate::kms::{ExpirationModelType, ImportState, KeyMaterialState, RotationType};

outputs! {
    /// The key that gets new material.
    RotateKeyOnDemand {
        "KeyId" key_id: String = always;
    }

    /// Whether and when the key gets new material: the period and the next date are those of a key that gets it
    /// regularly, the start that of a rotation on demand that is under way.
    GetKeyRotationStatus {
        "KeyRotationEnabled" key_rotation_enabled: bool = always;
        "KeyId" key_id: String = always;
        "RotationPeriodInDays" rotation_period_in_days: Option<i64> = present;
        "NextRotationDate" next_rotation_date: Option<EpochSeconds> = present;
        "OnDemandRotationStartDate" on_demand_rotation_start_date: Option<EpochSeconds> = present;
    }

    /// A page of a key's materials. `NextMarker` is there if and only if `Truncated`.
    ListKeyRotations {
        "Rotations" rotations: Vec<RotationsListEntry> = always;
        "NextMarker" next_marker: Option<String> = present;
        "Truncated" truncated: bool = always;
    }

    /// A material of a key. The first one, and those that are still to be rotated to, have no date and no kind of
    /// rotation; only imported ones have a description, a state of import and an expiry.
    #[derive(Default)]
    RotationsListEntry {
        "KeyId" key_id: Option<String> = present;
        "KeyMaterialId" key_material_id: Option<String> = present;
        "KeyMaterialDescription" key_material_description: Option<String> = present;
        "ImportState" import_state: Option<ImportState> = present;
        "KeyMaterialState" key_material_state: Option<KeyMaterialState> = present;
        "ExpirationModel" expiration_model: Option<ExpirationModelType> = present;
        "ValidTo" valid_to: Option<EpochSeconds> = present;
        "RotationDate" rotation_date: Option<EpochSeconds> = present;
        "RotationType" rotation_type: Option<RotationType> = present;
    }
}
