//! `ListKeyRotations`.

use keystead_core::audit::Elements;
use keystead_core::key::{KeyRecord, Material, MaterialId, Origin, Rotation, Stage};
use keystead_core::time::Timestamp;
use keystead_wire::kms::{
    ExpirationModelType, ImportState, IncludeKeyMaterial, KeyMaterialState, RotationType, input,
    output,
};

use super::convert;
use super::page::{self, PageLimits};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

const LIMITS: PageLimits = PageLimits {
    default: 100,
    max: 1000,
};

/// Lists a key's rotations, oldest first, or all its materials: the first too, and the one that
/// waits for a rotation.
#[derive(Debug)]
pub enum ListKeyRotations {}

impl Operation for ListKeyRotations {
    const NAME: &'static str = "ListKeyRotations";
    const ACTION: &'static str = "kms:ListKeyRotations";
    const READ_ONLY: bool = true;
    type Input = input::ListKeyRotations;
    type Output = output::ListKeyRotations;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new()
            .text("keyId", &input.key_id)
            .text_if(
                "includeKeyMaterial",
                input.include_key_material.map(IncludeKeyMaterial::as_str),
            )
            .integer_if("limit", input.limit)
            .text_if("marker", input.marker.as_deref());
        Some(elements)
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let input = call.input();
        let size = LIMITS.size(input.limit);
        let after: Option<MaterialId> = page::after(Self::NAME, input.marker.as_deref())?;
        let all = input.include_key_material == Some(IncludeKeyMaterial::AllKeyMaterial);
        let record = call.target().entry().record.as_of(tools.now);
        let found = record
            .materials
            .iter()
            .skip(after.map_or(0, |after| place_after(&record, after)))
            .filter(|material| all || matches!(material.stage, Stage::Rotated { .. }))
            .take(size + 1)
            .collect();
        let (found, next_marker) =
            page::cut(Self::NAME, found, size, |material| material.id.to_string());
        let output = output::ListKeyRotations {
            rotations: found
                .iter()
                .map(|material| shown(&record, material))
                .collect(),
            truncated: next_marker.is_some(),
            next_marker,
        };
        Ok(Performed::new(call, output))
    }
}

/// Where the page after a material begins. After one that was pending and is gone, nothing follows.
fn place_after(record: &KeyRecord, after: MaterialId) -> usize {
    let mut materials = record.materials.iter();
    let place = materials.position(|material| material.id == after);
    place.map_or(usize::MAX, |place| place.saturating_add(1))
}

fn shown(record: &KeyRecord, material: &Material) -> output::RotationsListEntry {
    let is_current = record
        .current_material()
        .is_some_and(|m| m.id == material.id);
    let entry = output::RotationsListEntry {
        key_id: Some(record.id.to_string()),
        key_material_id: Some(material.id.to_string()),
        key_material_state: Some(match material.stage {
            Stage::Pending => KeyMaterialState::PendingRotation,
            Stage::First | Stage::Rotated { .. } if is_current => KeyMaterialState::Current,
            Stage::First | Stage::Rotated { .. } => KeyMaterialState::NonCurrent,
        }),
        rotation_date: rotated(material).map(|(at, _)| convert::instant(at)),
        rotation_type: rotated(material).map(|(_, by)| match by {
            Rotation::Automatic => RotationType::Automatic,
            Rotation::OnDemand => RotationType::OnDemand,
        }),
        ..output::RotationsListEntry::default()
    };
    match record.origin {
        Origin::AwsKms => entry,
        Origin::External => with_import(entry, material),
    }
}

const fn rotated(material: &Material) -> Option<(Timestamp, Rotation)> {
    match material.stage {
        Stage::Rotated { at, by } => Some((at, by)),
        Stage::First | Stage::Pending => None,
    }
}

/// What only entries of imported material have. While the material is gone, so is its expiry.
fn with_import(
    entry: output::RotationsListEntry,
    material: &Material,
) -> output::RotationsListEntry {
    let is_there = material.sealed.is_some();
    let expires = material.expires();
    let model = match expires {
        Some(_) => ExpirationModelType::KeyMaterialExpires,
        None => ExpirationModelType::KeyMaterialDoesNotExpire,
    };
    let import = material.import.as_ref();
    output::RotationsListEntry {
        key_material_description: import.and_then(|import| import.description.clone()),
        import_state: Some(if is_there {
            ImportState::Imported
        } else {
            ImportState::PendingImport
        }),
        expiration_model: is_there.then_some(model),
        valid_to: expires.map(convert::instant),
        ..entry
    }
}
