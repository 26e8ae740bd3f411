//! How far a memory has followed its store.

use tokio::sync::watch;

/// The revision of the store that a memory shows; none while it is not kept current.
#[derive(Debug)]
pub struct Shown(watch::Sender<Option<u64>>);

impl Default for Shown {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Shown {
    /// Waits until the memory shows everything up to this revision of the store.
    ///
    /// # Errors
    /// [`NotCurrent`] if it stops being kept current before that.
    pub async fn caught_up(&self, revision: u64) -> Result<(), NotCurrent> {
        let mut shown = self.0.subscribe();
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
        self.0.borrow().map(drop).ok_or(NotCurrent)
    }

    pub(super) fn show(&self, revision: u64) {
        self.0.send_replace(Some(revision));
    }

    pub(super) fn cut_off(&self) {
        self.0.send_replace(None);
    }
}

/// A memory no longer hears of changes in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory has lost the store and can't tell what is still allowed")]
pub struct NotCurrent;
