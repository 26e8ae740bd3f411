//! Import: which material a key takes.

use super::{Import, KeyRecord, Material, MaterialId, Sealed, Stage};
use crate::time::Timestamp;

/// Material that a key's owner brings.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Its id under this key, which the same bytes have again.
    pub id: MaterialId,
    /// The id that the caller says it has.
    pub expected: Option<MaterialId>,
    /// Whether it is to be new to the key; if not said, it is when nothing was ever imported.
    pub is_new: Option<bool>,
    /// The material, sealed.
    pub sealed: Sealed,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// What the owner says of it. Without a word, what was said before stays.
    pub description: Option<String>,
    /// When it is imported.
    pub now: Timestamp,
}

/// Why a key does not take a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// It is not the material that the key once had, or it is where it has to be new.
    #[error("not the material that the key expects")]
    Incorrect,
    /// Another new one waits for its rotation.
    #[error("the material {pending} is pending rotation")]
    OtherIsPending {
        /// The one that waits.
        pending: MaterialId,
    },
}

impl KeyRecord {
    /// Takes imported material. The first is the key's for good, and so is each that it is rotated
    /// to; until all of them are there, the key can't be used. A key that has them and was only
    /// waiting for that is enabled.
    ///
    /// Source: `ImportKeyMaterial` in the KMS API reference, with "Reimporting key material" in the
    /// developer guide.
    ///
    /// # Errors
    /// [`ImportRefusal`].
    pub fn import(&mut self, offered: Offered) -> Result<(), ImportRefusal> {
        let is_new = offered.is_new.unwrap_or(self.materials.is_empty());
        let is_known = self.materials.iter().any(|known| known.id == offered.id);
        let is_expected = offered
            .expected
            .is_none_or(|expected| expected == offered.id);
        if is_new == is_known || !is_expected {
            return Err(ImportRefusal::Incorrect);
        }
        if is_known {
            self.import_again(offered);
        } else {
            self.import_new(offered)?;
        }
        if self.is_complete() {
            self.state = self.state.complete();
        }
        Ok(())
    }

    fn import_again(&mut self, offered: Offered) {
        let known = self
            .materials
            .iter_mut()
            .find(|known| known.id == offered.id);
        if let Some(known) = known {
            let before = known.import.take().and_then(|import| import.description);
            known.sealed = Some(offered.sealed);
            known.import = Some(Import {
                expires: offered.expires,
                description: offered.description.or(before),
            });
        }
    }

    fn import_new(&mut self, offered: Offered) -> Result<(), ImportRefusal> {
        // Only keys of symmetric encryption have more than one material in their lives.
        if !self.materials.is_empty() && !self.spec.is_symmetric_encryption() {
            return Err(ImportRefusal::Incorrect);
        }
        if let Some(pending) = self.pending_material() {
            return Err(ImportRefusal::OtherIsPending {
                pending: pending.id,
            });
        }
        let stage = if self.materials.is_empty() {
            Stage::First
        } else {
            Stage::Pending
        };
        self.materials.push(Material {
            id: offered.id,
            created: offered.now,
            sealed: Some(offered.sealed),
            stage,
            import: Some(Import {
                expires: offered.expires,
                description: offered.description,
            }),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{imported, key};
    use super::super::{KeySpec, Origin};
    use super::*;
    use crate::key_state::KeyState;

    const DATE: Timestamp = Timestamp::from_millis(1_000);

    fn id(number: u8) -> MaterialId {
        MaterialId::from_bytes([number; 32])
    }

    fn offer(number: u8, is_new: Option<bool>) -> Offered {
        Offered {
            id: id(number),
            expected: None,
            is_new,
            sealed: Sealed::new(vec![number]),
            expires: None,
            description: None,
            now: DATE,
        }
    }

    /// What a key that has the materials 0 to `has` answers to each offer; the last is pending
    /// where there are two.
    #[test]
    fn new_is_new_and_existing_exists() {
        const INCORRECT: Result<usize, ImportRefusal> = Err(ImportRefusal::Incorrect);
        let pending = || Err(ImportRefusal::OtherIsPending { pending: id(1) });
        let (new, existing) = (Some(true), Some(false));
        for (has, offered, is_new, expected) in [
            (0, 0, None, Ok(1)),
            (0, 0, new, Ok(1)),
            (0, 0, existing, INCORRECT),
            (1, 0, None, Ok(1)),
            (1, 1, None, INCORRECT),
            (1, 0, new, INCORRECT),
            (1, 1, new, Ok(2)),
            (1, 0, existing, Ok(1)),
            (1, 1, existing, INCORRECT),
            (2, 0, None, Ok(2)),
            (2, 1, existing, Ok(2)),
            (2, 1, new, INCORRECT),
            (2, 2, new, pending()),
            (2, 2, existing, INCORRECT),
        ] {
            let all = [
                imported(0, Stage::First, None),
                imported(1, Stage::Pending, None),
            ];
            let mut key = key(Origin::External, all.into_iter().take(has).collect());
            let taken = key.import(offer(offered, is_new));
            let taken = taken.map(|()| key.materials.len());
            assert_eq!(taken, expected, "{has} {offered} {is_new:?}");
            assert_eq!(
                key.state,
                if key.materials.is_empty() {
                    KeyState::PendingImport
                } else {
                    KeyState::Enabled
                }
            );
        }
    }

    #[test]
    fn other_kinds_of_keys_have_one_material_for_life() {
        let mut key = key(Origin::External, Vec::new());
        key.spec = KeySpec::Hmac256;
        assert_eq!(key.import(offer(0, None)), Ok(()));
        assert!(key.delete_material(id(0)));
        for is_new in [None, Some(true)] {
            assert_eq!(key.import(offer(1, is_new)), Err(ImportRefusal::Incorrect));
        }
        assert_eq!(key.import(offer(0, None)), Ok(()));
        assert_eq!(key.state, KeyState::Enabled);
    }

    #[test]
    fn the_id_that_is_expected_must_be_the_one_that_comes() {
        let mut key = key(Origin::External, vec![imported(0, Stage::First, None)]);
        let expecting = |expected| Offered {
            expected: Some(id(expected)),
            ..offer(0, None)
        };
        assert_eq!(key.import(expecting(1)), Err(ImportRefusal::Incorrect));
        assert_eq!(key.import(expecting(0)), Ok(()));
    }

    #[test]
    fn a_key_is_enabled_by_its_last_missing_material_only() {
        let first = imported(0, Stage::First, None);
        let rotated = Stage::Rotated {
            at: DATE,
            by: super::super::Rotation::OnDemand,
        };
        let mut key = key(Origin::External, vec![first, imported(1, rotated, None)]);
        assert!(key.delete_material(id(0)) && key.delete_material(id(1)));
        assert_eq!(key.import(offer(1, None)), Ok(()));
        assert_eq!(key.state, KeyState::PendingImport);
        assert_eq!(key.import(offer(2, Some(true))), Ok(()));
        assert_eq!(key.state, KeyState::PendingImport);
        assert_eq!(key.import(offer(0, None)), Ok(()));
        assert_eq!(key.state, KeyState::Enabled);
        key.state = KeyState::Disabled;
        assert_eq!(key.import(offer(0, None)), Ok(()));
        assert_eq!(key.state, KeyState::Disabled);
    }

    #[test]
    fn a_description_stays_until_another_comes_and_a_date_does_not() {
        let mut key = key(Origin::External, Vec::new());
        let mut import = |expires, description: Option<&str>| {
            let offered = Offered {
                expires,
                description: description.map(str::to_owned),
                ..offer(0, None)
            };
            key.import(offered).unwrap();
            key.materials[0].import.clone().unwrap()
        };
        assert_eq!(
            import(Some(DATE), Some("a")).description.as_deref(),
            Some("a")
        );
        let again = import(None, None);
        assert_eq!(
            (again.expires, again.description.as_deref()),
            (None, Some("a"))
        );
        assert_eq!(import(None, Some("b")).description.as_deref(), Some("b"));
    }
}
