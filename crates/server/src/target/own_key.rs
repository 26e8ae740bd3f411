//! Targets that are a key of the caller's account, and that only identity policies decide on.

use std::sync::Arc;

use super::Target;
use super::lookup::{self, Forms};
use crate::authz::Gate;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;

/// A key of the caller's account, about which something is asked that its policy does not speak
/// of: actions of Keystead's own service.
#[derive(Debug)]
pub struct OwnKey {
    /// The key.
    pub entry: Arc<KeyEntry>,
}

impl Target for OwnKey {
    /// The key's id, its ARN, an alias's name or its ARN.
    type Name<'a> = &'a str;
    type Action = &'static str;
    const HAS_KEY: bool = false;

    fn admit(name: &str, action: &'static str, gate: &mut Gate<'_>) -> Result<Self, Fault> {
        let own = gate.scope().account;
        let found = lookup::by_text(name, Forms::KeyOrAlias, gate.scope())?;
        let Some(entry) = found.filter(|entry| entry.record.account == own) else {
            return Err(gate.deny_foreign(action));
        };
        gate.found(entry.resource());
        gate.ask_tagged(action, &entry.arn, &entry.record.tags)?;
        Ok(Self { entry })
    }
}
