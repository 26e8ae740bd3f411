//! The way to a thread of one's own, for calls that take long, such as making an RSA key.
//!
//! Such threads compete with those that serve, so that there are few, and calls wait for them. Each
//! account has as many places in the row as there are threads, and the rest of its calls wait for
//! one of its places. So the threads go to the accounts in turn, however much one of them asks for,
//! and an account that is alone has them all. Where there is not enough time for everything, the
//! threads that serve have most of it.

use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use keystead_core::arn::AccountId;
use rustix::process::setpriority_process;
use rustix::thread::gettid;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a call waits for a thread. AWS's SDKs wait for an answer for a minute.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(50);

/// The priority of the threads: a tenth of what one that serves has, where both want a core.
const NICENESS: i32 = 10;

/// The threads, and who is in the row for them.
#[derive(Debug)]
pub struct SlowLane {
    /// How many threads there are.
    width: usize,
    threads: Arc<Semaphore>,
    places: DashMap<AccountId, Arc<Semaphore>>,
}

/// The right to a thread, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    // Dropped in this order: whoever is next in the row has the thread before the account's next
    // call stands at its end.
    _thread: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl SlowLane {
    /// A row for this many threads.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self {
            width,
            threads: Arc::new(Semaphore::new(width)),
            places: DashMap::new(),
        }
    }

    /// How many threads are free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.threads.available_permits()
    }

    /// Waits until it is an account's turn. `None` never comes: nobody closes the lane.
    pub async fn turn(&self, account: AccountId) -> Option<Turn> {
        // The guard of the map is gone before anybody waits.
        let places = {
            let places = self.places.entry(account);
            Arc::clone(&places.or_insert_with(|| Arc::new(Semaphore::new(self.width))))
        };
        let place = places.acquire_owned().await.ok()?;
        let thread = Arc::clone(&self.threads).acquire_owned().await.ok()?;
        Some(Turn {
            _thread: thread,
            _place: place,
        })
    }
}

/// Gives this thread the priority of the lane, for good.
pub(crate) fn be_nice() {
    if let Err(error) = setpriority_process(Some(gettid()), NICENESS) {
        tracing::debug!(%error, "a call that takes long has the priority of all others");
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    type Waiting<'a> = Pin<Box<dyn Future<Output = Option<Turn>> + 'a>>;

    const ALICE: &str = "111122223333";
    const BOB: &str = "444455556666";

    fn poll(waiting: &mut Waiting<'_>) -> Option<Turn> {
        match waiting
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(turn) => Some(turn.unwrap()),
            Poll::Pending => None,
        }
    }

    fn wait<'a>(lane: &'a SlowLane, account: &str) -> Waiting<'a> {
        Box::pin(lane.turn(account.parse().unwrap()))
    }

    #[test]
    fn who_asks_for_much_does_not_keep_others_waiting() {
        let lane = SlowLane::new(2);
        let mut much: Vec<_> = (0..9).map(|_| wait(&lane, ALICE)).collect();
        // Alone, the account has all threads.
        let mut at_work: Vec<_> = much.iter_mut().filter_map(poll).collect();
        assert_eq!(at_work.len(), 2);
        much.drain(..2);

        let mut bob = wait(&lane, BOB);
        assert!(poll(&mut bob).is_none());
        drop(at_work.pop());
        assert_eq!(much.iter_mut().filter_map(poll).count(), 0);
        let bob = poll(&mut bob).unwrap();
        // And it is the first account's turn again.
        drop(bob);
        at_work.extend(much.iter_mut().filter_map(poll));
        assert_eq!(at_work.len(), 2);
    }

    #[test]
    fn who_hangs_up_leaves_the_row() {
        let lane = SlowLane::new(1);
        let at_work = poll(&mut wait(&lane, ALICE)).unwrap();
        let (mut gone, mut bob) = (wait(&lane, ALICE), wait(&lane, BOB));
        assert!(poll(&mut gone).is_none() && poll(&mut bob).is_none());
        drop(gone);
        drop(at_work);
        drop(poll(&mut bob).unwrap());
        assert!(poll(&mut wait(&lane, ALICE)).is_some());
    }
}
