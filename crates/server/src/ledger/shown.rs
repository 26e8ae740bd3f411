//! How far a memory has followed its store.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Stands for no revision: no store comes this far.
const NONE: u64 = u64::MAX;

/// The revision of the store that a memory shows; none while it is not kept current.
#[derive(Debug)]
pub struct Shown {
    revision: watch::Sender<Option<u64>>,
    /// The same, for every call to read without a lock.
    current: AtomicU64,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            revision: watch::Sender::new(None),
            current: AtomicU64::new(NONE),
        }
    }
}

impl Shown {
    /// Waits until the memory shows everything up to this revision of the store.
    ///
    /// # Errors
    /// [`NotCurrent`] if it stops being kept current before that.
    pub async fn caught_up(&self, revision: u64) -> Result<(), NotCurrent> {
        let mut shown = self.revision.subscribe();
        let reached = shown
            .wait_for(|shown| shown.is_none_or(|shown| shown >= revision))
            .await;
        match reached {
            Ok(shown) if shown.is_some() => Ok(()),
            _ => Err(NotCurrent),
        }
    }

    /// Whether the memory is kept current. One that is not must serve nobody: it may show rights
    /// that were revoked.
    ///
    /// # Errors
    /// [`NotCurrent`] if it is not.
    pub fn check_current(&self) -> Result<(), NotCurrent> {
        self.revision().map(drop).ok_or(NotCurrent)
    }

    /// How far the memory has come. It shows all of that, and may show parts of what comes after.
    #[must_use]
    pub fn revision(&self) -> Option<u64> {
        Some(self.current.load(Ordering::Acquire)).filter(|revision| *revision != NONE)
    }

    /// Says how far the memory has come. Whoever follows the store is the only one to.
    pub(super) fn show(&self, revision: u64) {
        // Whoever waits for the revision finds the memory current when it goes on.
        self.current.store(revision, Ordering::Release);
        self.revision.send_replace(Some(revision));
    }

    /// Says that it is not kept current any more.
    pub(super) fn cut_off(&self) {
        self.current.store(NONE, Ordering::Release);
        self.revision.send_replace(None);
    }
}

/// A memory no longer hears of changes in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory has lost the store and can't tell what is still allowed")]
pub struct NotCurrent;
