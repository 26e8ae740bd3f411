//! A ledger: a store with what it takes to change it, and a memory that follows it.
//!
//! Each Region has one, and so have the identities, which belong to no Region. A change is one
//! commit together with its audit record, and is answered once the memory shows it.

pub mod follow;
mod shown;

use std::fmt;
use std::sync::Arc;

use keystead_store::{Commit, CommitError, Revision, Store};

pub use self::shown::{NotCurrent, Shown};
use crate::audit::AuditRoom;
use crate::audit::outbox::{self, DrainError, Outbox};
use crate::watch::Stopwatch;

/// A store, its outbox, and how far its memory has followed it.
pub struct Ledger {
    /// What is kept for good.
    pub store: Arc<dyn Store>,
    /// Records of changes on their way to the audit log.
    pub outbox: Outbox,
    /// What the memory shows of the store.
    pub shown: Arc<Shown>,
    commits: Stopwatch,
}

impl Ledger {
    /// A ledger of a store, whose memory shows what `shown` says. Whatever an earlier run committed
    /// but did not log is logged first; how much that was comes along. The time that its commits
    /// take is noted.
    ///
    /// # Errors
    /// [`DrainError`].
    pub async fn open(
        store: Arc<dyn Store>,
        shown: Arc<Shown>,
        audit: &Arc<AuditRoom>,
        commits: Stopwatch,
    ) -> Result<(Self, usize), DrainError> {
        let recovered = outbox::drain(store.as_ref(), audit).await?;
        let outbox = Outbox::start(Arc::clone(&store), Arc::clone(audit));
        let ledger = Self {
            store,
            outbox,
            shown,
            commits,
        };
        Ok((ledger, recovered))
    }

    /// Commits to the store, and notes how long that took.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn commit(&self, commit: Commit) -> Result<Revision, CommitError> {
        self.commits.time(self.store.commit(commit)).await
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}
