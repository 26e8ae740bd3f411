//! Keys as they are stored: metadata in the clear, material always sealed.

mod algorithm;
mod expiry;
mod hex;
mod import;
mod material;
mod material_id;
mod names;
mod rotation;
mod sealed;
mod spec;
#[cfg(test)]
mod testing;
mod wrapping;

pub use algorithm::{
    AgreementAlgorithm, EncryptionAlgorithm, MacAlgorithm, MessageForms, SigningAlgorithm,
    WrappingAlgorithm,
};
pub use import::{ImportRefusal, Offered};
pub use material::{Import, Material, Rotation, Stage};
pub use material_id::{MalformedMaterialId, MaterialId};
pub(crate) use names::names;
pub use rotation::{AutomaticRotation, MAX_ON_DEMAND_ROTATIONS, RotationRefusal};
pub use sealed::Sealed;
pub use spec::{KeyManager, KeySpec, KeyUsage, Origin};
pub use wrapping::{MalformedWrappingKeyId, WrappingKeyId, WrappingKeyRecord};

use serde::{Deserialize, Serialize};

use crate::arn::AccountId;
use crate::key_id::KeyId;
use crate::key_state::KeyState;
use crate::policy::PrincipalIds;
use crate::tag::Tags;
use crate::time::Timestamp;

/// The text is not one of the API's names of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of the API's names")]
pub struct UnknownName;

/// A key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The key's id.
    pub id: KeyId,
    /// The account that owns it.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// What its owner says of it; at most 8,192 characters.
    pub description: String,
    /// The kind of its material.
    pub spec: KeySpec,
    /// What it may be used for.
    pub usage: KeyUsage,
    /// Where its material comes from.
    #[serde(default = "made_here")]
    pub origin: Origin,
    /// Who manages it.
    #[serde(default = "by_its_owner")]
    pub manager: KeyManager,
    /// Where it is in its life.
    pub state: KeyState,
    /// The text of its key policy, as it was given.
    pub policy: String,
    /// The unique ids that the users and roles named there had when it was set, by ARN: one that
    /// is made again under the same name is another principal.
    #[serde(default, skip_serializing_if = "PrincipalIds::is_empty")]
    pub policy_principals: PrincipalIds,
    /// Its tags.
    pub tags: Tags,
    /// Its materials, oldest first: one that encrypts, before it those that did, all of which
    /// decrypt, and after it at most one that waits for a rotation.
    pub materials: Vec<Material>,
    /// Whether and when it is rotated by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<AutomaticRotation>,
}

const fn made_here() -> Origin {
    Origin::AwsKms
}

const fn by_its_owner() -> KeyManager {
    KeyManager::Customer
}

impl KeyRecord {
    /// The material that encrypts, if the key ever had one. Imported material may be gone from it.
    #[must_use]
    pub fn current_material(&self) -> Option<&Material> {
        let mut newest_first = self.materials.iter().rev();
        newest_first.find(|material| !material.stage.is_pending())
    }

    /// The material that waits for a rotation.
    #[must_use]
    pub fn pending_material(&self) -> Option<&Material> {
        self.materials
            .last()
            .filter(|material| material.stage.is_pending())
    }

    /// Whether every material that is the key's for good is there, as it must be for the key to
    /// be used.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut permanent = self
            .materials
            .iter()
            .filter(|material| !material.stage.is_pending())
            .peekable();
        permanent.peek().is_some() && permanent.all(|material| material.sealed.is_some())
    }

    /// How often it was rotated on demand.
    #[must_use]
    pub fn on_demand_rotations(&self) -> usize {
        let on_demand = |material: &&Material| {
            matches!(
                material.stage,
                Stage::Rotated {
                    by: Rotation::OnDemand,
                    ..
                }
            )
        };
        self.materials.iter().filter(on_demand).count()
    }

    /// When the first of its materials expires. A pending one counts only for itself.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.materials
            .iter()
            .filter(|material| !material.stage.is_pending())
            .filter_map(Material::expires)
            .min()
    }
}
