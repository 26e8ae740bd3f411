//! The trail: the audit log as files that can be proven, in CloudTrail's names and form.
//!
//! Every account has one trail. Every few minutes, what the log has of an account and a Region goes
//! into a log file; every hour gets a digest that has the hashes of its log files and of the digest
//! before it, and is signed. `aws cloudtrail validate-logs` and `keystead audit verify` check all of
//! it.
//!
//! All work is done by one thread of low priority, which reads the log behind those that write it. No
//! call waits for it. Whatever a crash interrupts is done again, with the same names and bytes.

mod catalogue;
mod delivery;
mod digest;
mod disk;
mod hex;
mod keys;
mod name;
mod public_keys;
mod records;
mod state;
#[cfg(test)]
mod testing;
pub mod verify;
mod worker;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use keystead_core::arn::{AccountId, Region};
use keystead_core::time::Timestamp;
use keystead_crypto::Provider;
use keystead_store::Store;

pub use self::catalogue::{Catalogue, Names, ObjectFacts, Wanted};
pub use self::digest::SIGNATURE_ALGORITHM;
pub use self::keys::{PREFIX as KEYS_PREFIX, PublicKey, SigningKeyError};
pub use self::name::{
    Kind, ObjectKey, TRAIL, bucket, bucket_arn, bucket_owner, object_arn, trail_arn,
};
pub(super) use self::public_keys::FILE as PUBLIC_KEYS_FILE;
use self::state::State;
use self::worker::Worker;
use super::log::{LogError, Place, Reader};
use super::retention::{Need, Needs};
use crate::clock::Clock;

/// What is at the end of the name of the file with a digest's signature, beside the digest.
pub const SIGNATURE_SUFFIX: &str = ".signature";

/// How a trail is kept.
#[derive(Debug, Clone)]
pub struct TrailOptions {
    /// The folder that everything is delivered into.
    pub directory: PathBuf,
    /// How many seconds lie between two deliveries; at least 1 and at most 3600.
    pub interval_seconds: u32,
    /// How many days a key signs digests before the next one does; at least 1.
    pub key_rotation_days: u32,
}

impl TrailOptions {
    /// Deliveries every five minutes, and a new key every year.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            interval_seconds: 300,
            key_rotation_days: 365,
        }
    }
}

/// Why nothing can be delivered.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// A file can't be read or written.
    #[error("the audit trail's file {} can't be read or written", path.display())]
    Disk {
        /// The file, by the trail's folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The log can't be read.
    #[error(transparent)]
    Log {
        /// What the log says.
        #[from]
        source: LogError,
    },
    /// The state is not one that delivery can go on from.
    #[error("the audit trail's state.json can't be used: {reason}")]
    State {
        /// Why.
        reason: String,
    },
    /// The log lacks lines that were delivered or were about to be.
    #[error(
        "the audit log lacks lines that its trail has seen: restore both from the same backup, or move the trail's directory away to begin a new one"
    )]
    AheadOfLog,
    /// Segments of the log were removed that the trail had not come past, as while it was turned off.
    #[error(
        "the audit log's segments from {first} to {last} are gone, and the trail had not delivered all of their records: those are in no log file"
    )]
    Gap {
        /// The segment that the trail was at.
        first: u64,
        /// The last one that is gone.
        last: u64,
    },
    /// The clock was ahead, and there are digests of a time that is still to come.
    #[error(
        "the audit trail has digests of the time until {until}, since the clock was ahead: there is no other before that time"
    )]
    Ahead {
        /// Where the time of the newest digest ends.
        until: Timestamp,
    },
    /// Digests can't be signed.
    #[error(transparent)]
    Keys {
        /// Why.
        #[from]
        source: SigningKeyError,
    },
    /// A document can't be written as JSON.
    #[error("a document of the audit trail can't be encoded")]
    Encoding {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// The thread can't be started.
    #[error("the audit trail's thread can't be started")]
    Thread {
        /// What the system says.
        source: io::Error,
    },
}

impl TrailError {
    fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }
}

/// What there is to tell of an account's trail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// Where the time of the first digest begins.
    pub since: Option<Timestamp>,
    /// When the newest log file was delivered.
    pub delivered: Option<Timestamp>,
    /// When the time of the newest digest ends.
    pub digested: Option<Timestamp>,
}

/// What the trail's thread tells to everybody else.
struct Shared {
    /// What of the log is not delivered yet, and must stay.
    need: Need,
    directory: PathBuf,
    home: Region,
    location: Region,
    told: ArcSwap<Told>,
}

/// What is so at a moment.
#[derive(Debug, Default)]
struct Told {
    keys: Vec<PublicKey>,
    /// Of each account that has records.
    statuses: Vec<(AccountId, Status)>,
    cursor: Place,
    /// What is wrong since the last delivery; `None` if all is well.
    error: Option<String>,
}

/// The trail of every account.
pub struct Trail {
    shared: Arc<Shared>,
    worker: Worker,
}

/// What a trail is kept with.
pub struct TrailParts {
    /// How.
    pub options: TrailOptions,
    /// The log.
    pub reader: Reader,
    /// Who needs the log: the trail does, as far as it is not delivered.
    pub needs: Needs,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The store of the identities, where the keys of digests are kept.
    pub store: Arc<dyn Store>,
    /// What makes and opens them.
    pub provider: Arc<dyn Provider>,
    /// The Regions that are served, of which the first is the home of a trail that is begun.
    pub regions: Vec<Region>,
}

impl Trail {
    /// Begins the trail, or goes on with it, on a thread of its own. Must be called in a runtime.
    ///
    /// # Errors
    /// [`TrailError`].
    pub async fn start(parts: TrailParts) -> Result<Self, TrailError> {
        let (shared, worker) = worker::start(parts).await?;
        Ok(Self { shared, worker })
    }

    /// The trail's home Region.
    #[must_use]
    pub fn home(&self) -> &Region {
        &self.shared.home
    }

    /// The Region in which clients are to ask for the buckets: the trail's home, while it is served.
    #[must_use]
    pub fn location(&self) -> &Region {
        &self.shared.location
    }

    /// The ARN of an account's trail.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        trail_arn(self.home(), account, TRAIL)
    }

    /// What was delivered to an account's bucket.
    #[must_use]
    pub fn catalogue(&self, account: AccountId) -> Catalogue {
        Catalogue::new(self.shared.directory.join(bucket(account)))
    }

    /// What there is to tell of an account's trail.
    #[must_use]
    pub fn status(&self, account: AccountId) -> Status {
        let told = self.shared.told.load();
        let of_account = told.statuses.iter().find(|(owner, _)| *owner == account);
        of_account.map(|(_, status)| *status).unwrap_or_default()
    }

    /// What is wrong since the last delivery, for the operator alone: it may name what is others'.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.shared.told.load().error.clone()
    }

    /// The public keys of a Region's digests, the oldest first.
    #[must_use]
    pub fn public_keys(&self, region: &Region) -> Vec<PublicKey> {
        let told = self.shared.told.load();
        let of_region = told.keys.iter().filter(|key| key.region == *region);
        of_region.cloned().collect()
    }

    /// How far the log is delivered: no line before is needed any more.
    #[must_use]
    pub fn cursor(&self) -> Place {
        self.shared.told.load().cursor
    }

    /// Delivers what is due by the clock, and returns when that is done. The thread does so by itself
    /// every few seconds.
    pub async fn deliver(&self) {
        self.worker.deliver().await;
    }

    /// Ends the thread after the step that it is at.
    pub async fn stop(&self) {
        self.worker.stop().await;
    }
}

impl Shared {
    fn tell(&self, state: &State, keys: Vec<PublicKey>, error: Option<String>) {
        let mut statuses: Vec<(AccountId, Status)> = Vec::new();
        for ((account, _), chain) in &state.chains {
            // Chains are in the order of accounts.
            if statuses.last().is_none_or(|(last, _)| last != account) {
                statuses.push((*account, Status::default()));
            }
            if let Some((_, status)) = statuses.last_mut() {
                let since = status.since.map_or(chain.since, |s| s.min(chain.since));
                status.since = Some(since);
                status.delivered = status.delivered.max(Some(chain.delivered));
                status.digested = status.digested.max(chain.digested);
            }
        }
        self.need.advance(state.cursor);
        self.told.store(Arc::new(Told {
            keys,
            statuses,
            cursor: state.cursor,
            error,
        }));
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trail")
            .field("home", self.home())
            .field("directory", &self.shared.directory)
            .finish_non_exhaustive()
    }
}
