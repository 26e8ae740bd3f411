//! The life of a key, and which operation each state of it permits.

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
            Self::PendingDeletion { .. } => "PendingDeletion",
        }
    }

    /// When the key may be destroyed, if it waits for that.
    #[must_use]
    pub const fn deletion_date(self) -> Option<Timestamp> {
        match self {
            Self::PendingDeletion { deletion_date } => Some(deletion_date),
            Self::Enabled | Self::Disabled => None,
        }
    }

    /// Whether the key waits to be destroyed and its time has come.
    #[must_use]
    pub fn is_due(self, now: Timestamp) -> bool {
        self.deletion_date().is_some_and(|date| date <= now)
    }

    /// `EnableKey`. Enabling an enabled key succeeds.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`].
    pub const fn enable(self) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled => Ok(Self::Enabled),
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `DisableKey`. Disabling a disabled key succeeds.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`].
    pub const fn disable(self) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled => Ok(Self::Disabled),
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `ScheduleKeyDeletion`.
    ///
    /// # Errors
    /// [`StateError::PendingDeletion`].
    pub const fn schedule_deletion(self, deletion_date: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Enabled | Self::Disabled => Ok(Self::PendingDeletion { deletion_date }),
            Self::PendingDeletion { .. } => Err(StateError::PendingDeletion),
        }
    }

    /// `CancelKeyDeletion`, after which a key is always disabled.
    ///
    /// # Errors
    /// [`StateError::NotPendingDeletion`].
    pub const fn cancel_deletion(self) -> Result<Self, StateError> {
        match self {
            Self::PendingDeletion { .. } => Ok(Self::Disabled),
            Self::Enabled | Self::Disabled => Err(StateError::NotPendingDeletion),
        }
    }
}

/// A column of the key-state table: what an operation answers in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateRule {
    enabled: Verdict,
    disabled: Verdict,
    pending_deletion: Verdict,
}

type Verdict = Option<StateError>;

const OK: Verdict = None;
const DIS: Verdict = Some(StateError::Disabled);
const PD: Verdict = Some(StateError::PendingDeletion);
const NPD: Verdict = Some(StateError::NotPendingDeletion);

const fn row(enabled: Verdict, disabled: Verdict, pending_deletion: Verdict) -> StateRule {
    StateRule {
        enabled,
        disabled,
        pending_deletion,
    }
}

/// The key-state table: operation, then Enabled, Disabled, PendingDeletion.
///
/// Source: AWS KMS Developer Guide, "Key state table". Where AWS lists two errors for a key that
/// is pending deletion, this is the one that is observed.
const TABLE: &[(&str, StateRule)] = &[
    ("CancelKeyDeletion", row(NPD, NPD, OK)),
    ("CreateAlias", row(OK, OK, PD)),
    ("CreateGrant", row(OK, DIS, PD)),
    ("Decrypt", row(OK, DIS, PD)),
    ("DeleteAlias", row(OK, OK, OK)),
    ("DescribeKey", row(OK, OK, OK)),
    ("DisableKey", row(OK, OK, PD)),
    ("EnableKey", row(OK, OK, PD)),
    ("Encrypt", row(OK, DIS, PD)),
    ("GenerateDataKey", row(OK, DIS, PD)),
    ("GenerateDataKeyWithoutPlaintext", row(OK, DIS, PD)),
    ("GetKeyPolicy", row(OK, OK, OK)),
    ("ListAliases", row(OK, OK, OK)),
    ("ListGrants", row(OK, OK, OK)),
    ("ListKeyPolicies", row(OK, OK, OK)),
    ("ListResourceTags", row(OK, OK, OK)),
    ("PutKeyPolicy", row(OK, OK, OK)),
    ("ReEncrypt", row(OK, DIS, PD)),
    ("RetireGrant", row(OK, OK, OK)),
    ("RevokeGrant", row(OK, OK, OK)),
    ("ScheduleKeyDeletion", row(OK, OK, PD)),
    ("TagResource", row(OK, OK, PD)),
    ("UntagResource", row(OK, OK, PD)),
    ("UpdateAlias", row(OK, OK, PD)),
    ("UpdateKeyDescription", row(OK, OK, PD)),
];

impl StateRule {
    /// The rule of an operation that has no key, or whose rule is not about one.
    pub const ANY: Self = row(OK, OK, OK);

    /// The rule of an operation, by its API name; `None` if the table has no such row.
    #[must_use]
    pub const fn of(operation: &str) -> Option<Self> {
        let mut rest = TABLE;
        while let [(name, rule), tail @ ..] = rest {
            if same(name.as_bytes(), operation.as_bytes()) {
                return Some(*rule);
            }
            rest = tail;
        }
        None
    }

    /// Whether the operation may go on with a key in this state.
    ///
    /// # Errors
    /// The error that AWS answers in this state.
    pub const fn check(self, state: KeyState) -> Result<(), StateError> {
        let verdict = match state {
            KeyState::Enabled => self.enabled,
            KeyState::Disabled => self.disabled,
            KeyState::PendingDeletion { .. } => self.pending_deletion,
        };
        match verdict {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }
}

/// String equality that the compiler can evaluate: a missing row fails the build, not a call.
const fn same(mut left: &[u8], mut right: &[u8]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        left = left_rest;
        right = right_rest;
    }
    left.is_empty() && right.is_empty()
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
    fn a_disabled_key_refuses_cryptography_and_grants() {
        let refused: Vec<_> = TABLE
            .iter()
            .filter(|(_, rule)| rule.check(KeyState::Disabled) == Err(StateError::Disabled))
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(
            refused,
            [
                "CreateGrant",
                "Decrypt",
                "Encrypt",
                "GenerateDataKey",
                "GenerateDataKeyWithoutPlaintext",
                "ReEncrypt"
            ]
        );
    }

    #[test]
    fn rows_are_found_by_their_whole_name() {
        assert!(StateRule::of("Encrypt").is_some());
        for absent in ["", "Encryp", "Encrypts", "encrypt"] {
            assert_eq!(StateRule::of(absent), None, "{absent}");
        }
    }

    #[test]
    fn due_only_from_its_date_on() {
        assert!(!PENDING.is_due(Timestamp::from_millis(999)));
        assert!(PENDING.is_due(DATE));
        assert!(!KeyState::Disabled.is_due(Timestamp::from_millis(i64::MAX)));
    }

    /// The table and the transitions say the same, whatever has happened to the key before.
    #[test]
    fn transitions_agree_with_the_table() {
        for state in [KeyState::Enabled, KeyState::Disabled, PENDING] {
            let of = |name| StateRule::of(name).unwrap().check(state);
            assert_eq!(state.enable().map(drop), of("EnableKey"));
            assert_eq!(state.disable().map(drop), of("DisableKey"));
            assert_eq!(
                state.schedule_deletion(DATE).map(drop),
                of("ScheduleKeyDeletion")
            );
            assert_eq!(state.cancel_deletion().map(drop), of("CancelKeyDeletion"));
        }
    }

    proptest! {
        #[test]
        fn no_sequence_of_events_leaves_pending_deletion_except_by_cancelling(
            events in proptest::collection::vec(0u8..4, 0..40),
        ) {
            let mut state = KeyState::Enabled;
            for event in events {
                let before = state;
                let after = match event {
                    0 => state.enable(),
                    1 => state.disable(),
                    2 => state.schedule_deletion(DATE),
                    _ => state.cancel_deletion(),
                };
                if let Ok(next) = after { state = next; }
                if before == PENDING {
                    prop_assert_eq!(state, if event == 3 { KeyState::Disabled } else { PENDING });
                }
            }
        }
    }
}
