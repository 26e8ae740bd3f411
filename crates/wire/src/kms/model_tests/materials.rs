//! Outputs about key material: rotation and import.

use super::{INSTANT, blob, check_output, text};
use crate::kms::{ExpirationModelType, ImportState, KeyMaterialState, RotationType, output};

#[test]
fn outputs_about_rotation_have_the_models_members() {
    check_output(
        "RotateKeyOnDemandResponse",
        &output::RotateKeyOnDemand { key_id: text() },
    );
    check_output(
        "GetKeyRotationStatusResponse",
        &output::GetKeyRotationStatus {
            key_rotation_enabled: true,
            key_id: text(),
            rotation_period_in_days: Some(90),
            next_rotation_date: Some(INSTANT),
            on_demand_rotation_start_date: Some(INSTANT),
        },
    );
    let entry = || output::RotationsListEntry {
        key_id: Some(text()),
        key_material_id: Some(text()),
        key_material_description: Some(text()),
        import_state: Some(ImportState::Imported),
        key_material_state: Some(KeyMaterialState::Current),
        expiration_model: Some(ExpirationModelType::KeyMaterialExpires),
        valid_to: Some(INSTANT),
        rotation_date: Some(INSTANT),
        rotation_type: Some(RotationType::OnDemand),
    };
    check_output("RotationsListEntry", &entry());
    check_output(
        "ListKeyRotationsResponse",
        &output::ListKeyRotations {
            rotations: vec![entry()],
            next_marker: Some(text()),
            truncated: true,
        },
    );
}

#[test]
fn outputs_about_imports_have_the_models_members() {
    check_output(
        "GetParametersForImportResponse",
        &output::GetParametersForImport {
            key_id: text(),
            import_token: blob(),
            public_key: blob(),
            parameters_valid_to: INSTANT,
        },
    );
    check_output(
        "ImportKeyMaterialResponse",
        &output::ImportKeyMaterial {
            key_id: text(),
            key_material_id: Some(text()),
        },
    );
    check_output(
        "DeleteImportedKeyMaterialResponse",
        &output::DeleteImportedKeyMaterial {
            key_id: text(),
            key_material_id: Some(text()),
        },
    );
}
