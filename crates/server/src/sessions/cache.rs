//! The sessions that were lately used, by the digests of their tokens.

use std::sync::Arc;

use arc_swap::ArcSwap;
use dashmap::DashMap;

use super::open_session::OpenSession;

/// How many sessions one generation holds. There are two.
const GENERATION: usize = 5_000;

/// SHA-256 of a token.
pub(super) type Digest = [u8; 32];

type Generation = DashMap<Digest, Arc<OpenSession>>;

/// A bounded number of sessions. When the young generation is full it becomes the old one, whose
/// sessions come back if they are used again, and are forgotten with the next generation otherwise.
/// No call ever waits for this to happen.
#[derive(Default)]
pub(super) struct SessionCache {
    young: ArcSwap<Generation>,
    old: ArcSwap<Generation>,
}

impl SessionCache {
    pub(super) fn find(&self, digest: &Digest) -> Option<Arc<OpenSession>> {
        let found =
            |generation: &Generation| generation.get(digest).map(|found| Arc::clone(&found));
        if let Some(session) = found(&self.young.load()) {
            return Some(session);
        }
        let session = found(&self.old.load())?;
        self.keep(*digest, Arc::clone(&session));
        Some(session)
    }

    pub(super) fn keep(&self, digest: Digest, session: Arc<OpenSession>) {
        let young = self.young.load_full();
        if young.len() >= GENERATION {
            // Of several that come here at once, one makes the change.
            let fresh = Arc::new(Generation::new());
            let before = self.young.compare_and_swap(&young, Arc::clone(&fresh));
            if Arc::ptr_eq(&before, &young) {
                self.old.store(young);
            }
            self.young.load().insert(digest, session);
        } else {
            young.insert(digest, session);
        }
    }
}
