//! Clearing the audit log of what is older than it is kept.

use crate::causes::Causes;
use crate::corridor::Corridor;

/// Clears it. What can't be removed now is tried again next time.
pub(super) async fn run(corridor: &Corridor) {
    if let Err(error) = corridor.audit.clear(corridor.clock.now()).await {
        tracing::warn!(error = %Causes(&error), "the audit log can't be cleared of old records");
    }
}
