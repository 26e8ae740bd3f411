//! What `GenerateMac` and `VerifyMac` share.

use keystead_core::audit::Elements;
use keystead_core::policy::{ConditionKey, KnownKey, Values};
use keystead_wire::kms::MacAlgorithmSpec;

use super::key_use::KeyUse;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

/// The key, if the algorithm is its own.
pub(super) fn key(entry: &KeyEntry, algorithm: MacAlgorithmSpec) -> Result<KeyUse<'_>, Fault> {
    let known = entry.record.spec.mac_algorithms();
    KeyUse::with(entry, algorithm.as_str(), known).map(|(key, _)| key)
}

/// The values of condition keys.
pub(super) fn conditions<'a>(algorithm: MacAlgorithmSpec, key: &ConditionKey) -> Values<'a> {
    match key {
        ConditionKey::Known(KnownKey::MacAlgorithm) => Values::one(algorithm.as_str()),
        _ => Values::Absent,
    }
}

/// What the audit record says.
pub(super) fn parameters(key_id: &str, algorithm: MacAlgorithmSpec) -> Elements<'_> {
    Elements::new()
        .text("keyId", key_id)
        .text("macAlgorithm", algorithm.as_str())
}
