//! The end of imported material: at its date, or when its owner deletes it.

use std::borrow::Cow;

use super::{KeyRecord, Material, MaterialId};
use crate::key_state::KeyState;
use crate::time::Timestamp;

impl KeyRecord {
    /// When the first of all its materials expires, the pending one too.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.materials.iter().filter_map(Material::expires).min()
    }

    /// The key without what has expired by now; the job that removes it may come later.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Cow<'_, Self> {
        if self.next_expiry().is_none_or(|at| at > now) {
            return Cow::Borrowed(self);
        }
        let mut key = self.clone();
        let has_expired =
            |material: &Material| material.expires().is_some_and(|expires| expires <= now);
        let expired = self.materials.iter().filter(|m| has_expired(m));
        for material in expired {
            key.delete_material(material.id);
        }
        Cow::Owned(key)
    }

    /// The key's state by now.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> KeyState {
        self.as_of(now).state
    }

    /// Deletes a material; returns whether there was anything to delete. The key remembers which
    /// material it was, and can't be used without it. One that was only waiting for a rotation is
    /// forgotten.
    ///
    /// Source: "Deleting imported key material" in the KMS developer guide.
    pub fn delete_material(&mut self, id: MaterialId) -> bool {
        if self
            .pending_material()
            .is_some_and(|pending| pending.id == id)
        {
            return self.take_pending().is_some();
        }
        let material = self.materials.iter_mut().find(|material| material.id == id);
        let deleted = material.is_some_and(|material| material.sealed.take().is_some());
        if deleted {
            self.state = self.state.lose_material();
        }
        deleted
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{imported, key};
    use super::super::{Origin, Rotation, Stage};
    use super::*;

    const DATE: Timestamp = Timestamp::from_millis(1_000);
    const ROTATED: Stage = Stage::Rotated {
        at: DATE,
        by: Rotation::OnDemand,
    };

    fn id(number: u8) -> MaterialId {
        MaterialId::from_bytes([number; 32])
    }

    /// One row for each kind of material: what its expiry does to the key.
    #[test]
    fn expired_material_is_gone_at_its_date_whether_it_encrypts_or_not() {
        let others = |first, second, third| {
            vec![
                imported(0, Stage::First, first),
                imported(1, ROTATED, second),
                imported(2, Stage::Pending, third),
            ]
        };
        for (materials, state, present) in [
            (others(None, None, None), "Enabled", vec![true, true, true]),
            (
                others(Some(DATE), None, None),
                "PendingImport",
                vec![false, true, true],
            ),
            (
                others(None, Some(DATE), None),
                "PendingImport",
                vec![true, false, true],
            ),
            (others(None, None, Some(DATE)), "Enabled", vec![true, true]),
        ] {
            let key = key(Origin::External, materials);
            let before = key.as_of(Timestamp::from_millis(999));
            assert_eq!(*before, key);
            let after = key.as_of(DATE).into_owned();
            assert_eq!(after.state.as_str(), state);
            assert_eq!(key.state_at(DATE), after.state);
            let left: Vec<bool> = after.materials.iter().map(|m| m.sealed.is_some()).collect();
            assert_eq!(left, present);
            assert_eq!(after.next_expiry(), None);
        }
    }

    #[test]
    fn deleting_twice_deletes_once() {
        let mut key = key(
            Origin::External,
            vec![imported(0, Stage::First, Some(DATE))],
        );
        assert!(!key.delete_material(id(9)));
        assert!(key.delete_material(id(0)));
        assert_eq!(key.state, KeyState::PendingImport);
        assert!(!key.delete_material(id(0)));
        assert_eq!(key.current_material().unwrap().id, id(0));
        assert_eq!(key.next_expiry(), None);
    }

    #[test]
    fn a_key_that_waits_for_its_deletion_goes_on_waiting() {
        let mut key = key(
            Origin::External,
            vec![imported(0, Stage::First, Some(DATE))],
        );
        let waiting = KeyState::PendingDeletion {
            deletion_date: DATE,
        };
        key.state = waiting;
        let key = key.as_of(DATE);
        assert_eq!(key.state, waiting);
        assert!(!key.is_complete());
    }
}
