//! The life of a key. What each state permits is in [`crate::key_rule`].

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The state of a key. Changing it is a verb that consumes the old state.
///
/// Source: AWS KMS Developer Guide, "Key states of AWS KMS keys".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyState {
    /// Usable for every operation.
    Enabled,
    /// Kept, but not usable for cryptographic operations.
    Disabled,
    /// Without a material that its owner is to import: never imported, deleted or expired.
    PendingImport,
    /// Waiting to be destroyed.
    PendingDeletion {
        /// The instant from which the key may be destroyed.
        deletion_date: Timestamp,
    },
}

/// Why an operation can't be done on a key in its present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The key is disabled.
    #[error("the key is disabled")]
    Disabled,
    /// The key is waiting to be destroyed.
    #[error("the key is pending deletion")]
    PendingDeletion,
    /// The key has no material, or not all of it.
    #[error("the key is pending import")]
    PendingImport,
    /// The key is not waiting to be destroyed, so that there is nothing to cancel.
    #[error("the key is not pending deletion")]
    NotPendingDeletion,
}

impl KeyState {
    /// The state's name at the API, such as `PendingDeletion`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingImport => "PendingImport",
            Self::PendingDeletion { .. } => "PendingDeletion",
        }
    }

    /// When the key may be destroyed, if it waits for that.
    #[must_use]
    pub const fn deletion_date(self) -> Option<Timestamp> {
        match self {
            Self::PendingDeletion { deletion_date } => Some(deletion_date),
            Self::Enabled | Self::Disabled | Self::PendingImport => None,
        }
    }

    /// `EnableKey`. Enabling an enabled key succeeds.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`] and [`StateError::PendingImport`].
    pub const fn enable(self) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled => Ok(Self::Enabled),
            Self::PendingImport => Err(StateError::PendingImport),
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `DisableKey`. Disabling a disabled key succeeds.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`] and [`StateError::PendingImport`].
    pub const fn disable(self) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled => Ok(Self::Disabled),
            Self::PendingImport => Err(StateError::PendingImport),
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `ScheduleKeyDeletion`.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`].
    pub const fn schedule_deletion(self, deletion_date: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled | Self::PendingImport => {
                Ok(Self::PendingDeletion { deletion_date })
            }
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `CancelKeyDeletion`, after which a key is disabled; without all of its material, it is pending
    /// import.
    ///
    /// # Errors
    /// [`StateError::NotPendingDeletion`].
    pub const fn cancel_deletion(self, is_complete: bool) -> Result<Self, StateError> {
        match self {
            Self::PendingDeletion { .. } if is_complete => Ok(Self::Disabled),
            Self::PendingDeletion { .. } => Ok(Self::PendingImport),
            Self::Enabled | Self::Disabled | Self::PendingImport => {
                Err(StateError::NotPendingDeletion)
            }
        }
    }

    /// The last missing material was imported.
    #[must_use]
    pub const fn complete(self) -> Self {
        match self {
            Self::PendingImport => Self::Enabled,
            other => other,
        }
    }

    /// A material that the key needs was deleted or expired.
    #[must_use]
    pub const fn lose_material(self) -> Self {
        match self {
            Self::Enabled | Self::Disabled => Self::PendingImport,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DATE: Timestamp = Timestamp::from_millis(1_000);
    const PENDING: KeyState = KeyState::PendingDeletion {
        deletion_date: DATE,
    };

    #[test]
    fn what_comes_after_each_state() {
        use KeyState::{Disabled, Enabled, PendingImport};
        let deletion = Err(StateError::PendingDeletion);
        let import = Err(StateError::PendingImport);
        let kept = Err(StateError::NotPendingDeletion);
        // Enabled, disabled, scheduled for deletion, and cancelled with all of the material.
        let table = [
            (Enabled, [Ok(Enabled), Ok(Disabled), Ok(PENDING), kept]),
            (Disabled, [Ok(Enabled), Ok(Disabled), Ok(PENDING), kept]),
            (PendingImport, [import, import, Ok(PENDING), kept]),
            (PENDING, [deletion, deletion, deletion, Ok(Disabled)]),
        ];
        for (state, expected) in table {
            let found = [
                state.enable(),
                state.disable(),
                state.schedule_deletion(DATE),
                state.cancel_deletion(true),
            ];
            assert_eq!(found, expected, "{state:?}");
        }
        assert_eq!(PENDING.cancel_deletion(false), Ok(PendingImport));
        assert_eq!(Enabled.cancel_deletion(false), kept);
        let states = [Enabled, Disabled, PendingImport, PENDING];
        let completed = [Enabled, Disabled, Enabled, PENDING];
        assert_eq!(states.map(KeyState::complete), completed);
        let lost = [PendingImport, PendingImport, PendingImport, PENDING];
        assert_eq!(states.map(KeyState::lose_material), lost);
    }

    #[test]
    fn what_is_told_of_each_state() {
        use KeyState::{Disabled, Enabled, PendingImport};
        for (state, name, date) in [
            (Enabled, "Enabled", None),
            (Disabled, "Disabled", None),
            (PendingImport, "PendingImport", None),
            (PENDING, "PendingDeletion", Some(DATE)),
        ] {
            assert_eq!((state.as_str(), state.deletion_date()), (name, date));
        }
    }

    proptest! {
        #[test]
        fn only_cancelling_leaves_pending_deletion_and_only_importing_leaves_pending_import(
            events in proptest::collection::vec(0u8..7, 0..40),
        ) {
            let mut state = KeyState::Enabled;
            for event in events {
                let before = state;
                let after = match event {
                    0 => state.enable(),
                    1 => state.disable(),
                    2 => state.schedule_deletion(DATE),
                    3 => state.cancel_deletion(true),
                    4 => state.cancel_deletion(false),
                    5 => Ok(state.complete()),
                    _ => Ok(state.lose_material()),
                };
                if let Ok(next) = after { state = next; }
                match (before, event) {
                    (PENDING, 3) => prop_assert_eq!(state, KeyState::Disabled),
                    (PENDING, 4) => prop_assert_eq!(state, KeyState::PendingImport),
                    (PENDING, _) => prop_assert_eq!(state, PENDING),
                    (KeyState::PendingImport, 5) => prop_assert_eq!(state, KeyState::Enabled),
                    (KeyState::PendingImport, 2) => prop_assert_eq!(state, PENDING),
                    (KeyState::PendingImport, _) => prop_assert_eq!(state, KeyState::PendingImport),
                    _ => {}
                }
            }
        }
    }
}
