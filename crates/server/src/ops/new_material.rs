//! Key material that is made here: a new key's, and a rotation's.

use keystead_core::key::{KeyRecord, Material, MaterialId, Sealed, Stage};

use crate::directory::key_entry::MaterialBinding;
use crate::fault::Fault;
use crate::operation::Tools;

/// New material of a key's kind, sealed to its place, as if it were the first.
pub(crate) fn make(record: &KeyRecord, tools: &Tools<'_>) -> Result<Material, Fault> {
    let id = MaterialId::from_bytes(random_array(tools)?);
    let binding = MaterialBinding::new(tools.region, record, id);
    let sealed = tools.provider.generate(&binding.binding())?;
    Ok(Material {
        id,
        created: tools.now,
        sealed: Some(Sealed::new(sealed.as_bytes().to_vec())),
        stage: Stage::First,
        import: None,
    })
}

/// Random bytes for an id, which is no secret.
pub(crate) fn random_array<const N: usize>(tools: &Tools<'_>) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    tools.provider.fill_random(&mut bytes)?;
    Ok(bytes)
}
