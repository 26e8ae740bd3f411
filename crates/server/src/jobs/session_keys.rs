//! Replacing the key of session tokens when it has sealed for long enough.

use crate::causes::Causes;
use crate::corridor::Corridor;
use crate::sessions::SessionKeys;

pub(super) async fn run(corridor: &Corridor) {
    let store = corridor.identity_ledger.store.as_ref();
    let now = corridor.clock.now();
    if let Err(error) = SessionKeys::renew(store, corridor.provider.as_ref(), now).await {
        tracing::error!(error = %Causes(&error), "the key of session tokens can't be renewed");
    }
}
