//! How far a memory has followed its store.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// The revision of the store that a memory shows; none while it is not kept current.
#[derive(Debug)]
pub struct Shown {
    revision: watch::Sender<Option<u64>>,
    /// Whether there is one, for every call to read without a lock.
    is_current: AtomicBool,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            revision: watch::Sender::new(None),
            is_current: AtomicBool::new(false),
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
        if self.is_current.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(NotCurrent)
        }
    }

    /// Says how far the memory has come. Whoever follows the store is the only one to.
    pub(super) fn show(&self, revision: u64) {
        // Whoever waits for the revision finds the memory current when it goes on.
        self.is_current.store(true, Ordering::Release);
        self.revision.send_replace(Some(revision));
    }

    /// Says that it is not kept current any more.
    pub(super) fn cut_off(&self) {
        self.is_current.store(false, Ordering::Release);
        self.revision.send_replace(None);
    }
}

/// A memory no longer hears of changes in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory has lost the store and can't tell what is still allowed")]
pub struct NotCurrent;
