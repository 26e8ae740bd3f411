//! What delivery remembers: how far it has read the log, and where the chains of digests are.
//!
//! It is one file that is replaced as a whole. What it tells of is on the disk before it is.

use std::collections::BTreeMap;
use std::path::Path;

use keystead_core::arn::{AccountId, Region};
use keystead_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::TrailError;
use super::digest::{Delivered, Previous};
use super::disk::Disk;
use super::name::bucket_owner;
use super::records::Owner;
use crate::audit::log::Place;

/// The file's name.
const FILE: &str = "state.json";

/// The version of the file's form that this build writes, and the newest that it reads.
const VERSION: u32 = 1;

/// All that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) version: u32,
    /// The trail's home Region, which the names of digests keep for ever.
    pub(super) home: Region,
    /// Everything before it is in log files.
    pub(super) cursor: Place,
    /// A round that may have been carried out only in part.
    pub(super) intent: Option<Intent>,
    /// When the last round was.
    pub(super) delivered: Option<Timestamp>,
    /// Where the time begins that no digest tells of yet; `None` before the first round.
    pub(super) open: Option<Timestamp>,
    /// The chain of digests of each account and Region.
    #[serde(with = "as_list")]
    pub(super) chains: BTreeMap<Owner, Chain>,
}

/// A round: which lines go into log files of which time. It is written down before the files are, so
/// that a round which is carried out again makes the same files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) from: Place,
    /// In the same segment.
    pub(super) to: Place,
    pub(super) at: Timestamp,
}

/// A chain of digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chain {
    account: AccountId,
    region: Region,
    /// Where the time of the first digest begins.
    pub(super) since: Timestamp,
    /// The log files that no digest tells of yet.
    pub(super) files: Vec<Delivered>,
    /// The newest digest.
    pub(super) head: Option<Previous>,
    /// When the newest log file was delivered.
    pub(super) delivered: Timestamp,
    /// When the time of the newest digest ends.
    pub(super) digested: Option<Timestamp>,
}

impl Chain {
    pub(super) fn new((account, region): Owner, since: Timestamp) -> Self {
        Self {
            account,
            region,
            since,
            files: Vec::new(),
            head: None,
            delivered: since,
            digested: None,
        }
    }
}

impl State {
    /// Reads the state; a new one if there is none, and nothing was delivered yet.
    ///
    /// # Errors
    /// [`TrailError::Disk`], and [`TrailError::State`] if it can't be made sense of or is missing: a
    /// new one would break the chains.
    pub(super) fn load(disk: &impl Disk, home: &Region, start: Place) -> Result<Self, TrailError> {
        let path = Path::new(FILE);
        let Some(file) = disk.read(path).map_err(TrailError::disk(path))? else {
            let names = disk.names().map_err(TrailError::disk(Path::new("")))?;
            if names.iter().any(|name| bucket_owner(name).is_some()) {
                return Err(TrailError::State {
                    reason: "it is missing, though there are files that were delivered: restore it, or move the trail's directory away to begin a new one".to_owned(),
                });
            }
            return Ok(Self {
                version: VERSION,
                home: home.clone(),
                cursor: start,
                intent: None,
                delivered: None,
                open: None,
                chains: BTreeMap::new(),
            });
        };
        let state: Self = serde_json::from_slice(&file).map_err(|error| TrailError::State {
            reason: error.to_string(),
        })?;
        match state.version {
            VERSION => Ok(state),
            version => Err(TrailError::State {
                reason: format!("it is of version {version}, which this keystead does not know"),
            }),
        }
    }

    /// Writes the state down.
    ///
    /// # Errors
    /// [`TrailError::Disk`] and [`TrailError::Encoding`].
    pub(super) fn save(&self, disk: &mut impl Disk) -> Result<(), TrailError> {
        let path = Path::new(FILE);
        let file = serde_json::to_vec(self)?;
        disk.replace(path, &file).map_err(TrailError::disk(path))
    }
}

/// Chains as a list, since the names in a document are texts.
mod as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{Chain, Owner};

    pub(super) fn serialize<S: Serializer>(
        chains: &BTreeMap<Owner, Chain>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(chains.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Owner, Chain>, D::Error> {
        let chains = Vec::<Chain>::deserialize(deserializer)?;
        let named = |chain: Chain| ((chain.account, chain.region.clone()), chain);
        Ok(chains.into_iter().map(named).collect())
    }
}
