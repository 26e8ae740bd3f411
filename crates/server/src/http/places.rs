//! The places of connections: how many there may be, and how many of one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;

/// The places of a server, over all its workers and entrances.
pub(super) struct Places {
    total: usize,
    free: Arc<Semaphore>,
    /// The most of one address, if there is a limit.
    of_address: Option<usize>,
    /// How many each address has, where there is a limit.
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// A place that is free, and kept for whoever comes next.
pub(super) struct Kept {
    _permit: OwnedSemaphorePermit,
}

/// The place of a connection, until it is dropped.
pub(super) struct Place {
    _kept: Kept,
    address: Option<(Arc<Places>, IpAddr)>,
}

impl Places {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        let total = limits.connections.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            total,
            free: Arc::new(Semaphore::new(total)),
            of_address: limits.connections_of_address,
            taken: Mutex::default(),
        })
    }

    /// Waits for a free place. Nobody closes the semaphore, so that there always is one at last.
    pub(super) async fn keep(&self) -> Option<Kept> {
        Arc::clone(&self.free)
            .acquire_owned()
            .await
            .ok()
            .map(|permit| Kept { _permit: permit })
    }

    /// Gives a place to a connection from an address. `None` if the address has enough of them.
    pub(super) fn take(self: &Arc<Self>, kept: Kept, address: IpAddr) -> Option<Place> {
        let Some(most) = self.of_address else {
            return Some(Place {
                _kept: kept,
                address: None,
            });
        };
        let address = holder(address);
        let mut taken = self.taken();
        let count = taken.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            _kept: kept,
            address: Some((Arc::clone(self), address)),
        })
    }

    /// Whether most places are taken, so that whoever does nothing with one should give it up.
    pub(super) fn is_crowded(&self) -> bool {
        self.free.available_permits() < self.total.div_ceil(8)
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((places, address)) = &self.address else {
            return;
        };
        let mut taken = places.taken();
        if let Some(count) = taken.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(address);
            }
        }
    }
}

/// What counts as one address: of IPv6, a network of 64 bits, of which whoever has one address has all.
pub(crate) fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(connections: usize, of_address: usize) -> Arc<Places> {
        Places::new(&Limits {
            connections,
            connections_of_address: Some(of_address),
            ..Limits::default()
        })
    }

    #[tokio::test]
    async fn an_address_has_its_number_of_places_and_no_more() {
        let places = places(100, 2);
        for (same, other) in [
            (["10.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"], "10.0.0.2"),
            (
                ["2001:db8::1", "2001:db8::1:2:3:4", "2001:db8::2"],
                "2001:db8:0:1::1",
            ),
        ] {
            let take = async |address: &str| {
                let kept = places.keep().await.unwrap();
                places.take(kept, address.parse().unwrap())
            };
            let (one, two) = (take(same[0]).await, take(same[1]).await);
            assert!(one.is_some() && two.is_some());
            assert!(take(same[2]).await.is_none(), "{same:?}");
            assert!(take(other).await.is_some());
            drop(one);
            assert!(take(same[2]).await.is_some());
        }
        assert!(places.taken().is_empty());
        assert_eq!(places.free.available_permits(), 100);
    }

    #[tokio::test]
    async fn it_is_crowded_when_most_places_are_taken() {
        let places = places(16, 16);
        let mut taken = Vec::new();
        while !places.is_crowded() {
            let kept = places.keep().await.unwrap();
            taken.push(places.take(kept, IpAddr::from([10, 0, 0, 1])));
        }
        assert_eq!(taken.len(), 15);
        taken.pop();
        assert!(!places.is_crowded());
    }
}
