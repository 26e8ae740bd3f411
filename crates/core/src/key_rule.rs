//! Which operation can be done on which key: the key-state table, and what kind of key each needs.

use crate::key::{KeyRecord, KeyUsage, Origin};
use crate::key_state::{KeyState, StateError};
use crate::time::Timestamp;

/// A row of the table: what an operation needs of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRule {
    operation: &'static str,
    kind: Kind,
    enabled: Verdict,
    disabled: Verdict,
    pending_deletion: Verdict,
    pending_import: Verdict,
}

/// What kind of key an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Any.
    Any,
    /// One with this usage.
    Usage(KeyUsage),
    /// One of symmetric encryption, as its usage says: whatever makes data keys.
    DataKeys,
    /// One with a public half.
    Asymmetric,
    /// One of symmetric encryption, whose material is replaced.
    Rotated,
    /// Such a key whose material is made here.
    RotatedByItself,
    /// One whose material is imported.
    Imported,
}

/// Why an operation can't be done on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Not in its present state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The key is for something else.
    #[error("the key is for {0}")]
    Usage(KeyUsage),
    /// The key's material comes from elsewhere than the operation needs.
    #[error("the key's origin is {0}")]
    Origin(Origin),
    /// The key's spec is not one that the operation is for.
    #[error("the operation is not for keys of this spec")]
    Spec,
}

type Verdict = Option<KeyRefusal>;

const OK: Verdict = None;
const DIS: Verdict = Some(KeyRefusal::State(StateError::Disabled));
const PD: Verdict = Some(KeyRefusal::State(StateError::PendingDeletion));
const PI: Verdict = Some(KeyRefusal::State(StateError::PendingImport));
const NPD: Verdict = Some(KeyRefusal::State(StateError::NotPendingDeletion));
const EXT: Verdict = Some(KeyRefusal::Origin(Origin::External));

const fn row(
    enabled: Verdict,
    disabled: Verdict,
    pending_deletion: Verdict,
    pending_import: Verdict,
) -> KeyRule {
    KeyRule {
        operation: "",
        kind: Kind::Any,
        enabled,
        disabled,
        pending_deletion,
        pending_import,
    }
}

/// Succeeds whatever the key's state.
const ALWAYS: KeyRule = row(OK, OK, OK, OK);
/// Succeeds unless the key waits for its deletion.
const LIVING: KeyRule = row(OK, OK, PD, OK);
/// Needs an enabled key.
const CRYPTO: KeyRule = row(OK, DIS, PD, PI);

const ENCRYPT: KeyRule = CRYPTO.of(Kind::Usage(KeyUsage::EncryptDecrypt));
const SIGN: KeyRule = CRYPTO.of(Kind::Usage(KeyUsage::SignVerify));
const MAC: KeyRule = CRYPTO.of(Kind::Usage(KeyUsage::GenerateVerifyMac));
const DATA_KEYS: KeyRule = CRYPTO.of(Kind::DataKeys);

/// The key-state table: operation, then what it answers for a key that is Enabled, Disabled,
/// PendingDeletion, PendingImport.
///
/// Source: AWS KMS Developer Guide, "Key state table", and "Key type reference" for the kinds.
/// Where AWS lists two errors for a key that is pending deletion, this is the one that is observed.
const TABLE: &[(&str, KeyRule)] = &[
    ("CancelKeyDeletion", row(NPD, NPD, OK, NPD)),
    ("CreateAlias", LIVING),
    ("CreateGrant", CRYPTO),
    ("Decrypt", ENCRYPT),
    ("DeleteAlias", ALWAYS),
    ("DeleteImportedKeyMaterial", ALWAYS.of(Kind::Imported)),
    (
        "DeriveSharedSecret",
        CRYPTO.of(Kind::Usage(KeyUsage::KeyAgreement)),
    ),
    ("DescribeKey", ALWAYS),
    ("DisableKey", row(OK, OK, PD, PI)),
    (
        "DisableKeyRotation",
        row(OK, DIS, PD, EXT).of(Kind::RotatedByItself),
    ),
    ("EnableKey", row(OK, OK, PD, PI)),
    (
        "EnableKeyRotation",
        row(OK, DIS, PD, EXT).of(Kind::RotatedByItself),
    ),
    ("Encrypt", ENCRYPT),
    ("GenerateDataKey", DATA_KEYS),
    ("GenerateDataKeyPair", DATA_KEYS),
    ("GenerateDataKeyPairWithoutPlaintext", DATA_KEYS),
    ("GenerateDataKeyWithoutPlaintext", DATA_KEYS),
    ("GenerateMac", MAC),
    ("GetKeyLastUsage", ALWAYS),
    ("GetKeyPolicy", ALWAYS),
    ("GetKeyRotationStatus", row(OK, OK, OK, EXT)),
    ("GetParametersForImport", LIVING.of(Kind::Imported)),
    // Without its material, there is no public key to give.
    ("GetPublicKey", row(OK, OK, PD, PI).of(Kind::Asymmetric)),
    ("ImportKeyMaterial", LIVING.of(Kind::Imported)),
    ("ListAliases", ALWAYS),
    ("ListGrants", ALWAYS),
    ("ListKeyPolicies", ALWAYS),
    ("ListKeyRotations", ALWAYS.of(Kind::Rotated)),
    ("ListResourceTags", ALWAYS),
    ("PutKeyPolicy", ALWAYS),
    ("ReEncrypt", ENCRYPT),
    ("RetireGrant", ALWAYS),
    ("RevokeGrant", ALWAYS),
    ("RotateKeyOnDemand", CRYPTO.of(Kind::Rotated)),
    ("ScheduleKeyDeletion", LIVING),
    ("Sign", SIGN),
    ("TagResource", LIVING),
    ("UntagResource", LIVING),
    ("UpdateAlias", LIVING),
    ("UpdateKeyDescription", LIVING),
    ("Verify", SIGN),
    ("VerifyMac", MAC),
];

impl KeyRule {
    /// The rule of an operation that has no key, or whose rule is not about one.
    pub const ANY: Self = ALWAYS;

    /// The rule of an operation, by its API name; `None` if the table has no such row.
    #[must_use]
    pub const fn named(operation: &str) -> Option<Self> {
        let mut rest = TABLE;
        while let [(name, rule), tail @ ..] = rest {
            if same(name.as_bytes(), operation.as_bytes()) {
                let rule = *rule;
                return Some(Self {
                    operation: name,
                    ..rule
                });
            }
            rest = tail;
        }
        None
    }

    const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The operation's name at the API; empty for [`ANY`](Self::ANY).
    #[must_use]
    pub const fn operation(self) -> &'static str {
        self.operation
    }

    /// Whether the operation may go on with a key now: imported material that has expired counts as
    /// gone.
    ///
    /// # Errors
    /// The error that AWS answers; the key's kind goes before its state.
    pub fn check(self, key: &KeyRecord, now: Timestamp) -> Result<(), KeyRefusal> {
        self.kind.check(key)?;
        self.verdict(key.state_at(now)).map_or(Ok(()), Err)
    }

    const fn verdict(self, state: KeyState) -> Verdict {
        match state {
            KeyState::Enabled => self.enabled,
            KeyState::Disabled => self.disabled,
            KeyState::PendingDeletion { .. } => self.pending_deletion,
            KeyState::PendingImport => self.pending_import,
        }
    }
}

impl Kind {
    fn check(self, key: &KeyRecord) -> Result<(), KeyRefusal> {
        let symmetric = key.spec.is_symmetric_encryption();
        match self {
            Self::Any => Ok(()),
            Self::Usage(usage) if key.usage == usage => Ok(()),
            Self::DataKeys | Self::Rotated if symmetric => Ok(()),
            Self::Usage(_) | Self::DataKeys => Err(KeyRefusal::Usage(key.usage)),
            Self::Asymmetric if key.spec.is_asymmetric() => Ok(()),
            Self::RotatedByItself if symmetric => needs(key, Origin::AwsKms),
            Self::Asymmetric | Self::Rotated | Self::RotatedByItself => Err(KeyRefusal::Spec),
            Self::Imported => needs(key, Origin::External),
        }
    }
}

fn needs(key: &KeyRecord, origin: Origin) -> Result<(), KeyRefusal> {
    if key.origin == origin {
        Ok(())
    } else {
        Err(KeyRefusal::Origin(key.origin))
    }
}

/// String equality that the compiler can evaluate: a missing row fails the build, not a call.
pub(crate) const fn same(mut left: &[u8], mut right: &[u8]) -> bool {
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
    use super::*;

    const DATE: Timestamp = Timestamp::from_millis(1_000);
    const STATES: [KeyState; 4] = [
        KeyState::Enabled,
        KeyState::Disabled,
        KeyState::PendingImport,
        KeyState::PendingDeletion {
            deletion_date: DATE,
        },
    ];

    fn refused_in(state: KeyState, refusal: KeyRefusal) -> Vec<&'static str> {
        TABLE
            .iter()
            .filter(|(_, rule)| rule.verdict(state) == Some(refusal))
            .map(|(name, _)| *name)
            .collect()
    }

    #[test]
    fn a_disabled_key_refuses_cryptography_grants_and_rotation() {
        let refused = refused_in(KeyState::Disabled, StateError::Disabled.into());
        assert_eq!(
            refused,
            [
                "CreateGrant",
                "Decrypt",
                "DeriveSharedSecret",
                "DisableKeyRotation",
                "EnableKeyRotation",
                "Encrypt",
                "GenerateDataKey",
                "GenerateDataKeyPair",
                "GenerateDataKeyPairWithoutPlaintext",
                "GenerateDataKeyWithoutPlaintext",
                "GenerateMac",
                "ReEncrypt",
                "RotateKeyOnDemand",
                "Sign",
                "Verify",
                "VerifyMac"
            ]
        );
    }

    #[test]
    fn a_key_without_material_refuses_whatever_uses_it() {
        let refused = refused_in(KeyState::PendingImport, StateError::PendingImport.into());
        assert_eq!(
            refused,
            [
                "CreateGrant",
                "Decrypt",
                "DeriveSharedSecret",
                "DisableKey",
                "EnableKey",
                "Encrypt",
                "GenerateDataKey",
                "GenerateDataKeyPair",
                "GenerateDataKeyPairWithoutPlaintext",
                "GenerateDataKeyWithoutPlaintext",
                "GenerateMac",
                "GetPublicKey",
                "ReEncrypt",
                "RotateKeyOnDemand",
                "Sign",
                "Verify",
                "VerifyMac"
            ]
        );
    }

    #[test]
    fn rows_are_found_by_their_whole_name() {
        assert!(KeyRule::named("Encrypt").is_some());
        for absent in ["", "Encryp", "Encrypts", "encrypt"] {
            assert_eq!(KeyRule::named(absent), None, "{absent}");
        }
    }

    /// The table and the transitions say the same, whatever has happened to the key before.
    #[test]
    fn transitions_agree_with_the_table() {
        for state in STATES {
            let of = |name| KeyRule::named(name).unwrap().verdict(state);
            let refused = |step: Result<KeyState, StateError>| step.err().map(KeyRefusal::State);
            assert_eq!(refused(state.enable()), of("EnableKey"));
            assert_eq!(refused(state.disable()), of("DisableKey"));
            assert_eq!(
                refused(state.schedule_deletion(DATE)),
                of("ScheduleKeyDeletion")
            );
            assert_eq!(
                refused(state.cancel_deletion(true)),
                of("CancelKeyDeletion")
            );
        }
    }
}
