//! The materials of a key: one that encrypts, those that did before, and at most one that is to.

use serde::{Deserialize, Serialize};

use super::material_id::MaterialId;
use super::sealed::Sealed;
use crate::time::Timestamp;

/// One material of a key: a rotation adds another and keeps this one for decryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// The material's id, which ciphertexts carry.
    pub id: MaterialId,
    /// When it was made, or first imported.
    pub created: Timestamp,
    /// The material, sealed under the root key and bound to its place. `None` while imported
    /// material is gone: deleted by its owner, or expired.
    pub sealed: Option<Sealed>,
    /// How it became the one that encrypts.
    #[serde(default, skip_serializing_if = "Stage::is_first")]
    pub stage: Stage,
    /// What its owner said when importing it; `None` if it was made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Import>,
}

/// How a material became the one that encrypts, or that it has not yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It was the key's first.
    #[default]
    First,
    /// By a rotation.
    Rotated {
        /// When.
        at: Timestamp,
        /// On whose account.
        by: Rotation,
    },
    /// It waits for `RotateKeyOnDemand`.
    Pending,
}

/// What caused a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rotation {
    /// The key's rotation period was over.
    Automatic,
    /// `RotateKeyOnDemand`.
    OnDemand,
}

/// What the owner of imported material said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// When it expires (`ValidTo`); `None` if it does not.
    pub expires: Option<Timestamp>,
    /// `KeyMaterialDescription`, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Material {
    /// When the material is to be removed: its `ValidTo`, as long as it is there.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        let import = self.import.as_ref()?;
        import.expires.filter(|_| self.sealed.is_some())
    }
}

impl Stage {
    /// Whether it is the first material of its key.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        matches!(self, Self::First)
    }

    /// Whether it waits to become the one that encrypts.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }
}
