//! How destinations are doing, for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::audit::behind::Behind;
use crate::audit::log::{LogError, Place, Reader};

/// How a destination is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipStatus {
    /// `webhook`, `syslog` or `copy`.
    pub kind: &'static str,
    /// Its name in the configuration.
    pub name: String,
    /// What it has not confirmed of the log, or of the trail's files.
    pub behind: Behind,
    /// How often it failed.
    pub failures: u64,
}

/// A destination, as its task and those who watch know it.
pub(super) struct Destination {
    kind: &'static str,
    name: String,
    failures: AtomicU64,
    lacks: Lacks,
}

/// What is known of what a destination lacks.
pub(super) enum Lacks {
    /// The records from a place on.
    Log {
        reader: Reader,
        confirmed: Mutex<Place>,
    },
    /// Files.
    Files(Mutex<Behind>),
}

impl Lacks {
    pub(super) const fn log(reader: Reader, confirmed: Place) -> Self {
        Self::Log {
            reader,
            confirmed: Mutex::new(confirmed),
        }
    }

    pub(super) fn files() -> Self {
        Self::Files(Mutex::default())
    }
}

impl Destination {
    pub(super) const fn new(kind: &'static str, name: String, lacks: Lacks) -> Self {
        Self {
            kind,
            name,
            failures: AtomicU64::new(0),
            lacks,
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Everything before this place is confirmed.
    pub(super) fn confirmed(&self, place: Place) {
        if let Lacks::Log { confirmed, .. } = &self.lacks {
            *locked(confirmed) = place;
        }
    }

    /// These files wait.
    pub(super) fn waiting(&self, files: Behind) {
        if let Lacks::Files(waiting) = &self.lacks {
            *locked(waiting) = files;
        }
    }

    pub(super) fn status(&self) -> Result<ShipStatus, LogError> {
        let behind = match &self.lacks {
            Lacks::Files(waiting) => *locked(waiting),
            Lacks::Log { reader, confirmed } => {
                let confirmed = *locked(confirmed);
                Behind::of(reader, confirmed)?
            }
        };
        Ok(ShipStatus {
            kind: self.kind,
            name: self.name.clone(),
            behind,
            failures: self.failures.load(Ordering::Relaxed),
        })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
