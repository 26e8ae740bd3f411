//! A node: all rooms together, from the parts that the binary chose.

use std::sync::Arc;

use keystead_core::arn::Region;
use keystead_core::quota::Quotas;
use keystead_core::time::Timestamp;
use keystead_crypto::{KeyFingerprint, Provider, RootKey};
use keystead_store::Store;
use tokio::task::JoinHandle;

use crate::audit::AuditRoom;
use crate::audit::index::Indexer;
use crate::audit::log::{AuditLog, LogError};
use crate::audit::outbox::DrainError;
use crate::audit::retention::Retention;
use crate::audit::ship::{ShipError, Shipping, ShippingOptions, ShippingParts};
use crate::audit::trail::{Trail, TrailError, TrailOptions, TrailParts};
use crate::authn::Trust;
use crate::clock::Clock;
use crate::corridor::Corridor;
use crate::directory::Directory;
use crate::directory::memory::RegionMemory;
use crate::identities::{Identities, Secrets};
use crate::jobs;
use crate::key_stores::{KeyStores, Tokens};
use crate::ledger::Ledger;
use crate::ledger::follow::{FollowError, follow};
use crate::region::{RegionRoom, Regions};
use crate::sessions::web_identity::{Outbound, WebIdentities};
use crate::sessions::{SessionKeyError, SessionKeys, Sessions};
use crate::slow_lane::SlowLane;
use crate::spans::Spans;
use crate::throttle::Throttle;
use crate::watch::{Watch, WatchError};

/// How many calls may work on threads of their own at once; the rest wait, since such threads
/// compete with those that serve.
const SLOW_CALLS: usize = 2;

/// A Region and its store.
pub type RegionStore = (Region, Arc<dyn Store>);

/// What a node is made of.
pub struct Parts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where keys are made, opened and used.
    pub provider: Arc<dyn Provider>,
    /// The root key, which the provider seals under. All stored keys and secrets must be sealed
    /// under it.
    pub root: Arc<RootKey>,
    /// The tokens that custom key stores may be in.
    pub tokens: Arc<dyn Tokens>,
    /// The store of the identities, which all Regions share.
    pub identity_store: Arc<dyn Store>,
    /// What signatures are worth.
    pub trust: Trust,
    /// The way out to identity providers, to fetch their keys.
    pub outbound: Outbound,
    /// The first Region and its store.
    pub first_region: RegionStore,
    /// Further Regions and their stores.
    pub other_regions: Vec<RegionStore>,
    /// The audit log.
    pub log: AuditLog,
    /// How long the audit log is kept.
    pub retention: Retention,
    /// How the log is delivered; `None` if it is not. A log that keeps nothing is not.
    pub trail: Option<TrailOptions>,
    /// Where the log and what is delivered of it are shipped to; `None` if nowhere.
    pub shipping: Option<ShippingOptions>,
    /// How much accounts can have, and how often they can call.
    pub quotas: Quotas,
    /// What shows where the time of calls goes.
    pub spans: Spans,
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
    /// The directory of identities can't be filled.
    #[error("the identities: {source}")]
    Identities {
        /// Why.
        source: FollowError,
    },
    /// The outbox of the identities can't be emptied.
    #[error("the identities: {source}")]
    IdentityOutbox {
        /// Why.
        source: DrainError,
    },
    /// The keys of session tokens can't be had.
    #[error(transparent)]
    SessionKeys {
        /// Why.
        #[from]
        source: SessionKeyError,
    },
    /// Nothing can be measured.
    #[error(transparent)]
    Watch {
        /// Why.
        #[from]
        source: WatchError,
    },
    /// The audit log can't be read, or not be indexed.
    #[error(transparent)]
    Log {
        /// Why.
        #[from]
        source: LogError,
    },
    /// The audit trail can't go on.
    #[error(transparent)]
    Trail {
        /// Why.
        #[from]
        source: TrailError,
    },
    /// The audit log can't be shipped.
    #[error("the audit log can't be shipped: {source}")]
    Shipping {
        /// Why.
        #[from]
        source: ShipError,
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
    connections: Vec<JoinHandle<()>>,
    indexer: Option<Indexer>,
}

impl Node {
    /// Opens all rooms. Whatever an earlier run committed but did not log is logged first. Must be
    /// called in a runtime, on which the node's own work goes on.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let start = parts.clock.now().as_millis() / 1000;
        let watch = Watch::new(env!("CARGO_PKG_VERSION"), start)?;
        let audit = AuditRoom::new(parts.log, parts.retention, watch.appends())?;
        let audit = Arc::new(audit);
        let identities = identities(&parts.root, parts.trust);
        let identity_ledger =
            open_identities(&identities, parts.identity_store, &audit, &watch).await?;
        let store = &identity_ledger.store;
        let sessions = open_sessions(store, &parts.provider, parts.clock.now()).await?;
        let root = parts.root.fingerprint();
        let stores = (parts.first_region, parts.other_regions);
        let regions = open_regions(stores, root, &audit, &watch).await?;
        let delivered_to = parts.trail.as_ref().map(|trail| trail.directory.clone());
        let trail = parts
            .trail
            .zip(audit.reader())
            .map(|(options, reader)| TrailParts {
                options,
                reader,
                needs: audit.needs().clone(),
                clock: Arc::clone(&parts.clock),
                store: Arc::clone(store),
                provider: Arc::clone(&parts.provider),
                regions: regions.iter().map(|room| room.region().clone()).collect(),
            });
        let trail = match trail {
            Some(trail) => Some(Arc::new(Trail::start(trail).await?)),
            None => None,
        };
        let shipping = parts
            .shipping
            .zip(audit.reader())
            .map(|(options, reader)| ShippingParts {
                options,
                reader,
                needs: audit.needs().clone(),
                clock: Arc::clone(&parts.clock),
                provider: Arc::clone(&parts.provider),
                trail: delivered_to,
            });
        let corridor = Arc::new(Corridor {
            clock: parts.clock,
            provider: parts.provider,
            identities,
            identity_ledger,
            key_stores: KeyStores::new(parts.root, parts.tokens),
            sessions,
            web_identities: WebIdentities::new(parts.outbound),
            regions,
            audit,
            trail,
            shipping: shipping.map(Shipping::start).transpose()?,
            trust: parts.trust,
            quotas: parts.quotas,
            slow: SlowLane::new(SLOW_CALLS),
            searches: SlowLane::new(SLOW_CALLS),
            watch: Arc::new(watch),
            spans: parts.spans,
        });
        let indexer = corridor.audit.index()?;
        let jobs = jobs::start(Arc::clone(&corridor), jobs::INTERVAL);
        let connections = jobs::connect(&corridor);
        Ok(Self {
            corridor,
            jobs,
            connections,
            indexer,
        })
    }

    /// The corridor, for whoever brings requests.
    #[must_use]
    pub const fn corridor(&self) -> &Arc<Corridor> {
        &self.corridor
    }

    /// Ends the node's own work, so that whoever moves the clock does it by [`jobs::run_once`].
    pub fn rest(&self) {
        for job in self.connections.iter().chain([&self.jobs]) {
            job.abort();
        }
    }

    /// Ends the node's own work, writes out what is queued, and closes log and stores. Call it
    /// when no request is served any more.
    ///
    /// # Errors
    /// [`LogError`], if the last records could not be written.
    pub async fn stop(self) -> Result<(), LogError> {
        for job in self.connections.into_iter().chain([self.jobs]) {
            job.abort();
            let _ = job.await;
        }
        jobs::save_last_uses(&self.corridor).await;
        if let Some(trail) = &self.corridor.trail {
            trail.stop().await;
        }
        let logged = self.corridor.audit.close().await;
        if let Some(shipping) = &self.corridor.shipping {
            shipping.stop().await;
        }
        if let Some(indexer) = self.indexer {
            // It blocks until the batch at hand is done.
            let _ = tokio::task::spawn_blocking(|| indexer.stop()).await;
        }
        for room in self.corridor.regions.iter() {
            room.ledger.store.close().await;
        }
        self.corridor.identity_ledger.store.close().await;
        logged
    }
}

fn identities(root: &Arc<RootKey>, trust: Trust) -> Arc<Identities> {
    let secrets = Secrets::new(Arc::clone(root));
    Arc::new(match trust {
        Trust::Signatures => Identities::new(secrets),
        Trust::Anyone { .. } => Identities::of_anyone(secrets),
    })
}

async fn open_identities(
    identities: &Arc<Identities>,
    store: Arc<dyn Store>,
    audit: &Arc<AuditRoom>,
    watch: &Watch,
) -> Result<Arc<Ledger>, StartError> {
    let shown = Arc::clone(identities.shown());
    let commits = watch.commits("identities");
    let opened = Ledger::open(Arc::clone(&store), shown, audit, commits).await;
    let (ledger, recovered) = opened.map_err(|source| StartError::IdentityOutbox { source })?;
    if recovered > 0 {
        tracing::info!(
            recovered,
            "logged changes of identities that the last run committed and did not log"
        );
    }
    // The task ends when the store closes, and cuts the directory off if it ends otherwise.
    drop(
        follow(Arc::clone(identities), store)
            .await
            .map_err(|source| StartError::Identities { source })?,
    );
    Ok(Arc::new(ledger))
}

/// The keys of sessions are read from the store of identities, which then they follow by themselves.
async fn open_sessions(
    store: &Arc<dyn Store>,
    provider: &Arc<dyn Provider>,
    now: Timestamp,
) -> Result<Sessions, StartError> {
    SessionKeys::renew(store.as_ref(), provider.as_ref(), now).await?;
    let keys = Arc::new(SessionKeys::new(Arc::clone(provider)));
    drop(
        follow(Arc::clone(&keys), Arc::clone(store))
            .await
            .map_err(|source| StartError::Identities { source })?,
    );
    Ok(Sessions::new(keys))
}

async fn open_regions(
    (first, others): (RegionStore, Vec<RegionStore>),
    root: KeyFingerprint,
    audit: &Arc<AuditRoom>,
    watch: &Watch,
) -> Result<Regions, StartError> {
    let first = open_region(first, root, audit, watch).await?;
    let mut rooms = Vec::new();
    for other in others {
        rooms.push(open_region(other, root, audit, watch).await?);
    }
    Ok(Regions::new(first, rooms))
}

async fn open_region(
    (region, store): RegionStore,
    root: KeyFingerprint,
    audit: &Arc<AuditRoom>,
    watch: &Watch,
) -> Result<RegionRoom, StartError> {
    let directory = Arc::new(Directory::new(region.clone()));
    let (shown, commits) = (
        Arc::clone(directory.shown()),
        watch.commits(region.as_str()),
    );
    let opened = Ledger::open(Arc::clone(&store), shown, audit, commits).await;
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
        throttle: Throttle::default(),
    })
}
