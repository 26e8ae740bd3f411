//! What is known of a session: of temporary credentials, and of what they were made with.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What policies and audit records read of a session, besides whose it is. Nothing of it can change
/// while the session lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// When its credentials were given out.
    pub issued: Timestamp,
    /// When they end.
    pub expires: Timestamp,
    /// Who stands behind it, as whoever opened the first session of the chain said.
    #[serde(default)]
    pub source_identity: Option<String>,
    /// The ARN of the identity provider that vouched for its owner.
    #[serde(default)]
    pub federated_provider: Option<String>,
    /// The tags that it was given.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The names of those tags that go on to sessions which are opened from this one.
    #[serde(default)]
    pub transitive_tags: BTreeSet<String>,
}

impl SessionFacts {
    /// A session between two instants, of which nothing else is known.
    #[must_use]
    pub const fn between(issued: Timestamp, expires: Timestamp) -> Self {
        Self {
            issued,
            expires,
            source_identity: None,
            federated_provider: None,
            tags: BTreeMap::new(),
            transitive_tags: BTreeSet::new(),
        }
    }

    /// Whether its credentials have ended.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}
