//! `DeleteImportedKeyMaterial`.

use keystead_core::audit::Elements;
use keystead_core::key::{KeyRecord, MaterialId};
use keystead_wire::kms::{input, output};

use super::import_key_material::only_symmetric;
use super::{convert, update_key};
use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Performed, Tools};
use crate::protocol::Json;
use crate::target::{KeyName, OneKey};

/// Takes imported material from a key, which then waits for the same material again: the one that is
/// named, or that which encrypts. Where there is none, nothing happens. Material that was waiting for
/// a rotation is forgotten.
#[derive(Debug)]
pub enum DeleteImportedKeyMaterial {}

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "DeleteImportedKeyMaterial";
    const ACTION: &'static str = "kms:DeleteImportedKeyMaterial";
    const READ_ONLY: bool = false;
    type Input = input::DeleteImportedKeyMaterial;
    type Output = output::DeleteImportedKeyMaterial;
    type Protocol = Json;
    type Target = OneKey;

    fn target(input: &Self::Input) -> KeyName<'_> {
        KeyName::Key(&input.key_id)
    }

    fn parameters(input: &Self::Input) -> Option<Elements<'_>> {
        let elements = Elements::new().text("keyId", &input.key_id);
        Some(elements.text_if("keyMaterialId", input.key_material_id.as_deref()))
    }

    fn perform(call: Authorized<'_, Self>, tools: &Tools<'_>) -> Result<Performed<Self>, Fault> {
        let entry = call.target().entry();
        let mut record = entry.record.as_of(tools.now).into_owned();
        let material = meant(call.input(), &record)?;
        let deleted = material.is_some_and(|id| record.delete_material(id));
        let shown = material.filter(|_| record.spec.is_symmetric_encryption());
        let shown = shown.map(|id| id.to_string());
        let answered = update_key::answered(entry).text_if("keyMaterialId", shown.clone());
        let changes = deleted.then(|| update_key::put(entry, record));
        let output = output::DeleteImportedKeyMaterial {
            key_id: entry.arn.to_string(),
            key_material_id: shown,
        };
        Ok(Performed::new(call, output)
            .changes(changes.into_iter().collect())
            .respond(answered))
    }
}

/// The material that is to be deleted, if the key ever had any.
fn meant(
    input: &input::DeleteImportedKeyMaterial,
    record: &KeyRecord,
) -> Result<Option<MaterialId>, Fault> {
    let Some(given) = &input.key_material_id else {
        return Ok(record.current_material().map(|material| material.id));
    };
    if !record.spec.is_symmetric_encryption() {
        return Err(only_symmetric("KeyMaterialId"));
    }
    let id: MaterialId = convert::named(given)?;
    if record.materials.iter().any(|material| material.id == id) {
        return Ok(Some(id));
    }
    Err(Fault::NoSuchMaterial { id: given.clone() })
}
