//! Rotation: another material encrypts, and those before it go on decrypting.

use serde::{Deserialize, Serialize};

use super::{KeyRecord, Material, MaterialId, Origin, Rotation, Stage};
use crate::key_state::KeyState;
use crate::time::Timestamp;

/// How often a key can be rotated on demand in its life ("Quotas" in the KMS developer guide).
pub const MAX_ON_DEMAND_ROTATIONS: usize = 25;

/// How near an automatic rotation may be for one on demand: 20 minutes, in milliseconds
/// (`ConflictException` of `RotateKeyOnDemand` in the KMS API reference).
const NEAR_MILLIS: i64 = 20 * 60 * 1000;

/// The automatic rotation of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticRotation {
    /// How many days lie between two rotations, 90 to 2560.
    pub period_days: u32,
    /// When the key is rotated next.
    pub next: Timestamp,
}

impl AutomaticRotation {
    /// Rotation every so many days, counted from now: from when it is enabled or changed, or from
    /// the rotation that has just been done. One that comes late, after its node was down or its key
    /// disabled, is not made up for by others.
    #[must_use]
    pub fn from(now: Timestamp, period_days: u32) -> Self {
        Self {
            period_days,
            next: now.plus_days(period_days),
        }
    }
}

/// Why a key can't be rotated on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RotationRefusal {
    /// It was, as often as it may be.
    #[error("the key was rotated on demand {MAX_ON_DEMAND_ROTATIONS} times")]
    TooOften,
    /// It is about to be rotated automatically.
    #[error("the key is about to be rotated automatically")]
    AutomaticIsNear,
    /// Its owner has not imported the material that is to follow.
    #[error("no imported material waits for a rotation")]
    NothingPending,
}

impl KeyRecord {
    /// When the key is to be rotated automatically. Only an enabled key is: one that missed its date
    /// is due as soon as it is enabled again.
    #[must_use]
    pub fn rotation_due(&self) -> Option<Timestamp> {
        let is_enabled = self.state == KeyState::Enabled;
        self.rotation
            .filter(|_| is_enabled)
            .map(|rotation| rotation.next)
    }

    /// Whether the key can be rotated on demand, where a key made here brings its own material.
    ///
    /// # Errors
    /// [`RotationRefusal`].
    pub fn check_on_demand(&self, now: Timestamp) -> Result<(), RotationRefusal> {
        let near = Timestamp::from_millis(now.as_millis().saturating_add(NEAR_MILLIS));
        if self.on_demand_rotations() >= MAX_ON_DEMAND_ROTATIONS {
            return Err(RotationRefusal::TooOften);
        }
        if self.rotation.is_some_and(|rotation| rotation.next <= near) {
            return Err(RotationRefusal::AutomaticIsNear);
        }
        if self.origin == Origin::External && self.pending_material().is_none() {
            return Err(RotationRefusal::NothingPending);
        }
        Ok(())
    }

    /// Has the key's new material encrypt from now on. An automatic rotation sets the date of the
    /// next.
    pub fn rotate(&mut self, material: Material, now: Timestamp, by: Rotation) {
        self.materials.push(Material {
            stage: Stage::Rotated { at: now, by },
            ..material
        });
        if by == Rotation::Automatic {
            self.rotation = self
                .rotation
                .map(|rotation| AutomaticRotation::from(now, rotation.period_days));
        }
    }

    /// Takes out the material that waits for a rotation.
    pub fn take_pending(&mut self) -> Option<Material> {
        self.pending_material()?;
        self.materials.pop()
    }

    /// The material that encrypts and the one that did before.
    #[must_use]
    pub fn last_two(&self) -> (Option<MaterialId>, Option<MaterialId>) {
        let mut newest_first = self.materials.iter().rev();
        let mut permanent =
            std::iter::from_fn(|| newest_first.find(|material| !material.stage.is_pending()));
        (
            permanent.next().map(|m| m.id),
            permanent.next().map(|m| m.id),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{key, made};
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

    #[test]
    fn on_demand_rotations_are_counted_for_life() {
        let mut key = key(Origin::AwsKms, vec![made(0)]);
        for rotation in 1..=MAX_ON_DEMAND_ROTATIONS {
            assert_eq!(key.check_on_demand(NOW), Ok(()), "{rotation}");
            key.rotate(
                made(u8::try_from(rotation).unwrap()),
                NOW,
                Rotation::OnDemand,
            );
            key.rotate(made(100), NOW, Rotation::Automatic);
        }
        assert_eq!(key.check_on_demand(NOW), Err(RotationRefusal::TooOften));
    }

    #[test]
    fn a_rotation_on_demand_keeps_its_distance_from_an_automatic_one() {
        for (next, expected) in [
            (NEAR_MILLIS + 1, Ok(())),
            (NEAR_MILLIS, Err(RotationRefusal::AutomaticIsNear)),
            (-5, Err(RotationRefusal::AutomaticIsNear)),
        ] {
            let mut key = key(Origin::AwsKms, vec![made(0)]);
            key.rotation = Some(AutomaticRotation {
                period_days: 90,
                next: Timestamp::from_millis(NOW.as_millis() + next),
            });
            assert_eq!(key.check_on_demand(NOW), expected, "{next}");
        }
    }

    #[test]
    fn an_imported_key_rotates_to_what_was_imported() {
        let mut key = key(Origin::External, vec![made(0)]);
        assert_eq!(
            key.check_on_demand(NOW),
            Err(RotationRefusal::NothingPending)
        );
        assert_eq!(key.take_pending(), None);
        key.materials.push(Material {
            stage: Stage::Pending,
            ..made(1)
        });
        assert_eq!(key.last_two().0, Some(made(0).id));
        assert_eq!(key.check_on_demand(NOW), Ok(()));
        let pending = key.take_pending().unwrap();
        key.rotate(pending, NOW, Rotation::OnDemand);
        assert_eq!(key.last_two(), (Some(made(1).id), Some(made(0).id)));
        assert_eq!(key.pending_material(), None);
    }

    #[test]
    fn only_automatic_rotations_move_the_schedule() {
        let mut key = key(Origin::AwsKms, vec![made(0)]);
        let schedule = AutomaticRotation::from(Timestamp::from_millis(0), 90);
        key.rotation = Some(schedule);
        key.rotate(made(1), NOW, Rotation::OnDemand);
        assert_eq!(key.rotation, Some(schedule));
        key.rotate(made(2), NOW, Rotation::Automatic);
        assert_eq!(key.rotation, Some(AutomaticRotation::from(NOW, 90)));
    }

    #[test]
    fn only_an_enabled_key_is_due() {
        let mut key = key(Origin::AwsKms, vec![made(0)]);
        assert_eq!(key.rotation_due(), None);
        key.rotation = Some(AutomaticRotation::from(NOW, 90));
        assert_eq!(key.rotation_due(), Some(NOW.plus_days(90)));
        for state in [
            KeyState::Disabled,
            KeyState::PendingDeletion { deletion_date: NOW },
        ] {
            key.state = state;
            assert_eq!(key.rotation_due(), None);
        }
    }
}
