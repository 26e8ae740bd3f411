//! A node: all rooms together, from the parts that the binary chose.

use std::sync::Arc;

use keystead_core::arn::Region;
use keystead_crypto::{KeyFingerprint, Provider};
use keystead_store::Store;
use tokio::task::JoinHandle;

use crate::audit::AuditRoom;
use crate::audit::log::{AuditLog, LogError};
use crate::audit::outbox::DrainError;
use crate::authn::Trust;
use crate::clock::Clock;
use crate::corridor::Corridor;
use crate::directory::Directory;
use crate::directory::memory::RegionMemory;
use crate::identities::Identities;
use crate::jobs;
use crate::ledger::Ledger;
use crate::ledger::follow::{FollowError, follow};
use crate::region::{RegionRoom, Regions};

/// What a node is made of.
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where keys are made, opened and used.
    pub provider: Arc<dyn Provider>,
    /// The root key that the provider seals under, and all stored keys must be sealed under.
    pub root: KeyFingerprint,
    /// Who may call.
    pub identities: Identities,
    /// What signatures are worth.
    pub trust: Trust,
    /// The first Region and its store.
    pub first_region: (Region, Arc<dyn Store>),
    /// Further Regions and their stores.
    pub other_regions: Vec<(Region, Arc<dyn Store>)>,
    /// The audit log.
    pub log: AuditLog,
}

/// Why a node can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A directory can't be filled.
    #[error("Region {region}: {source}")]
    Directory {
        /// The Region.
        region: Region,
        /// Why.
        source: FollowError,
    },
    /// An outbox can't be emptied.
    #[error("Region {region}: {source}")]
    Outbox {
        /// The Region.
        region: Region,
        /// Why.
        source: DrainError,
    },
}

/// A node that is ready to serve.
pub struct Node {
    corridor: Arc<Corridor>,
    jobs: JoinHandle<()>,
}

impl Node {
    /// Opens all rooms. Whatever an earlier run committed but did not log is logged first. Must be
    /// called in a runtime, on which the node's own work goes on.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let audit = Arc::new(AuditRoom::new(parts.log));
        let mut rooms = Vec::new();
        let (first, first_store) = parts.first_region;
        let first = open_region(first, first_store, parts.root, &audit).await?;
        for (region, store) in parts.other_regions {
            rooms.push(open_region(region, store, parts.root, &audit).await?);
        }
        let corridor = Arc::new(Corridor {
            clock: parts.clock,
            provider: parts.provider,
            identities: parts.identities,
            regions: Regions::new(first, rooms),
            audit,
            trust: parts.trust,
        });
        let jobs = jobs::start(Arc::clone(&corridor), jobs::INTERVAL);
        Ok(Self { corridor, jobs })
    }

    /// The corridor, for whoever brings requests.
    #[must_use]
    pub const fn corridor(&self) -> &Arc<Corridor> {
        &self.corridor
    }

    /// Ends the node's own work, writes out what is queued, and closes log and stores. Call it
    /// when no request is served any more.
    ///
    /// # Errors
    /// [`LogError`], if the last records could not be written.
    pub async fn stop(self) -> Result<(), LogError> {
        self.jobs.abort();
        let _ = self.jobs.await;
        let logged = self.corridor.audit.close().await;
        for room in self.corridor.regions.iter() {
            room.ledger.store.close().await;
        }
        logged
    }
}

async fn open_region(
    region: Region,
    store: Arc<dyn Store>,
    root: KeyFingerprint,
    audit: &Arc<AuditRoom>,
) -> Result<RegionRoom, StartError> {
    let directory = Arc::new(Directory::new(region.clone()));
    let opened = Ledger::open(Arc::clone(&store), Arc::clone(directory.shown()), audit).await;
    let (ledger, recovered) = opened.map_err(|source| StartError::Outbox {
        region: region.clone(),
        source,
    })?;
    if recovered > 0 {
        tracing::info!(%region, recovered, "logged changes that the last run committed and did not log");
    }
    let memory = Arc::new(RegionMemory::new(Arc::clone(&directory), root));
    // The task ends when the store closes, and cuts the directory off if it ends otherwise.
    drop(
        follow(memory, store)
            .await
            .map_err(|source| StartError::Directory {
                region: region.clone(),
                source,
            })?,
    );
    tracing::info!(%region, keys = directory.key_count(), "Region is ready");
    Ok(RegionRoom {
        directory,
        ledger: Arc::new(ledger),
    })
}
