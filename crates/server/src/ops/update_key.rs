//! What the operations that change one key share.

use keystead_core::audit::Elements;
use keystead_core::change::{Change, Expected};
use keystead_core::key::KeyRecord;
use keystead_core::key_state::{KeyState, StateError};

use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

/// The change that replaces a key's record, if nobody else has meanwhile.
pub(super) fn put(entry: &KeyEntry, record: KeyRecord) -> Change {
    Change::PutKey {
        record: Box::new(record),
        expected: Expected::Revision(entry.revision),
    }
}

/// The change that takes a key through a transition.
pub(super) fn transition(
    entry: &KeyEntry,
    step: impl FnOnce(KeyState) -> Result<KeyState, StateError>,
) -> Result<Change, Fault> {
    let state = step(entry.record.state).map_err(|error| Fault::State {
        arn: entry.arn.to_string(),
        error,
    })?;
    Ok(put(
        entry,
        KeyRecord {
            state,
            ..entry.record.clone()
        },
    ))
}

/// What audit records show as the answer of a change that answers nothing: the key's ARN.
pub(super) fn answered(entry: &KeyEntry) -> Elements<'static> {
    Elements::new().text("keyId", entry.arn.to_string())
}
