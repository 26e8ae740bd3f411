//! The Regions that a process serves, each with a store and a directory of its own.

use std::fmt;
use std::sync::Arc;

use keystead_core::arn::Region;

use crate::directory::Directory;
use crate::ledger::Ledger;
use crate::protocol::Service;
use crate::throttle::Throttle;

/// The Region that clients sign for when a service belongs to none.
const GLOBAL_REGION: &str = "us-east-1";

/// A Region.
pub struct RegionRoom {
    /// What it holds, in memory.
    pub directory: Arc<Directory>,
    /// What it holds, for good.
    pub ledger: Arc<Ledger>,
    /// How often accounts call here.
    pub throttle: Throttle,
}

impl RegionRoom {
    /// The Region's name.
    #[must_use]
    pub fn region(&self) -> &Region {
        self.directory.region()
    }
}

impl fmt::Debug for RegionRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RegionRoom").field(self.region()).finish()
    }
}

/// All Regions of the process; at least one.
#[derive(Debug)]
pub struct Regions {
    rooms: Vec<Arc<RegionRoom>>,
    first: Arc<RegionRoom>,
    names: Vec<Region>,
    global_names: Vec<Region>,
}

impl Regions {
    /// The Regions, of which the first serves what belongs to none.
    #[must_use]
    pub fn new(first: RegionRoom, others: Vec<RegionRoom>) -> Self {
        let first = Arc::new(first);
        let rooms: Vec<_> = std::iter::once(Arc::clone(&first))
            .chain(others.into_iter().map(Arc::new))
            .collect();
        let names: Vec<Region> = rooms.iter().map(|room| room.region().clone()).collect();
        let global = GLOBAL_REGION
            .parse()
            .ok()
            .filter(|global| !names.contains(global));
        let global_names = names.iter().cloned().chain(global).collect();
        Self {
            rooms,
            first,
            names,
            global_names,
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RegionRoom>> {
        self.rooms.iter()
    }

    /// The Regions that a signature for this service may name.
    #[must_use]
    pub fn names_for(&self, service: Service) -> &[Region] {
        if service.is_global() {
            &self.global_names
        } else {
            &self.names
        }
    }

    /// The Region of a name; the first one for a name that only global services or development mode let in.
    #[must_use]
    pub fn serving(&self, name: &str) -> &Arc<RegionRoom> {
        self.rooms
            .iter()
            .find(|room| room.region().as_str() == name)
            .unwrap_or(&self.first)
    }
}
