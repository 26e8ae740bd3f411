//! How destinations are doing, for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use keystead_core::time::Timestamp;
use serde::Deserialize;

use crate::audit::log::{LogError, Place, Reader};

/// How a destination is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipStatus {
    /// `webhook`, `syslog` or `copy`.
    pub kind: &'static str,
    /// Its name in the configuration.
    pub name: String,
    /// How many bytes of the log, or of the trail's files, it has not confirmed.
    pub behind_bytes: u64,
    /// The time of the oldest record, or file, that it has not confirmed; `None` if there is none.
    pub oldest: Option<Timestamp>,
    /// How often it failed.
    pub failures: u64,
}

/// A destination, as its task and those who watch know it.
pub(super) struct Destination {
    kind: &'static str,
    name: String,
    failures: AtomicU64,
    behind: Behind,
}

/// What is known of what a destination lacks.
pub(super) enum Behind {
    /// The records from a place on.
    Log {
        reader: Reader,
        confirmed: Mutex<Place>,
    },
    /// Files.
    Files(Mutex<Waiting>),
}

/// Files that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) bytes: u64,
    /// When the oldest was delivered.
    pub(super) oldest: Option<Timestamp>,
}

impl Behind {
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
    pub(super) const fn new(kind: &'static str, name: String, behind: Behind) -> Self {
        Self {
            kind,
            name,
            failures: AtomicU64::new(0),
            behind,
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
        if let Behind::Log { confirmed, .. } = &self.behind {
            *locked(confirmed) = place;
        }
    }

    /// These files wait.
    pub(super) fn waiting(&self, files: Waiting) {
        if let Behind::Files(waiting) = &self.behind {
            *locked(waiting) = files;
        }
    }

    pub(super) fn status(&self) -> Result<ShipStatus, LogError> {
        let waiting = match &self.behind {
            Behind::Files(waiting) => *locked(waiting),
            Behind::Log { reader, confirmed } => {
                let confirmed = *locked(confirmed);
                Waiting {
                    bytes: reader.bytes_after(confirmed)?,
                    oldest: time_of_next(reader, confirmed)?,
                }
            }
        };
        Ok(ShipStatus {
            kind: self.kind,
            name: self.name.clone(),
            behind_bytes: waiting.bytes,
            oldest: waiting.oldest,
            failures: self.failures.load(Ordering::Relaxed),
        })
    }
}

/// The time of the first record after a place; `None` if there is none, or it tells no time.
fn time_of_next(reader: &Reader, place: Place) -> Result<Option<Timestamp>, LogError> {
    let batch = reader.read(place, 1)?;
    let first = batch.lines().next();
    Ok(first.and_then(|(_, line)| event_time(line)?.parse().ok()))
}

/// The `eventTime` of a record.
pub(super) fn event_time(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Timed {
        event_time: String,
    }
    let timed: Timed = serde_json::from_slice(line).ok()?;
    Some(timed.event_time)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
