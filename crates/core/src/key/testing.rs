//! Keys for the tests beside the rules.

use super::{
    Import, KeyManager, KeyRecord, KeySpec, KeyUsage, Material, MaterialId, Origin, Sealed, Stage,
};
use crate::key_id::KeyId;
use crate::key_state::KeyState;
use crate::policy::PrincipalIds;
use crate::tag::Tags;
use crate::time::Timestamp;

/// A key of symmetric encryption with these materials, enabled if it has any.
pub(super) fn key(origin: Origin, materials: Vec<Material>) -> KeyRecord {
    KeyRecord {
        id: KeyId::from_random([1; 16]),
        account: "111122223333".parse().unwrap(),
        created: Timestamp::from_millis(0),
        description: String::new(),
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin,
        manager: KeyManager::Customer,
        state: if materials.is_empty() {
            KeyState::PendingImport
        } else {
            KeyState::Enabled
        },
        policy: String::new(),
        policy_principals: PrincipalIds::new(),
        tags: Tags::default(),
        materials,
        rotation: None,
    }
}

/// A material that was made here.
pub(super) fn made(number: u8) -> Material {
    Material {
        id: MaterialId::from_bytes([number; 32]),
        created: Timestamp::from_millis(0),
        sealed: Some(Sealed::new(vec![number])),
        stage: Stage::First,
        import: None,
    }
}

/// A material that was imported.
pub(super) fn imported(number: u8, stage: Stage, expires: Option<Timestamp>) -> Material {
    Material {
        stage,
        import: Some(Import {
            expires,
            description: None,
        }),
        ..made(number)
    }
}
