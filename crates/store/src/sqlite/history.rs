//! The recent commits, kept in memory for watches.
//!
//! All watches read the same ring, each at its own pace, so that a slow one costs no memory and
//! no writer ever waits for it: it is told `Compacted` when the ring has gone past it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::watch::{self, Receiver, Sender};

use super::{SqliteOptions, lock};
use crate::{Change, Event, Pending, Revision, Watch, WatchError};

/// Bytes counted for an event and for each change beside keys and values.
const OVERHEAD_BYTES: usize = 64;

/// The writer's end: when it is dropped, watches end after the last event.
pub(super) struct Publisher {
    ring: Arc<Mutex<Ring>>,
    latest: Sender<Revision>,
}

/// The end from which watches are made.
pub(super) struct History {
    ring: Arc<Mutex<Ring>>,
    latest: Receiver<Revision>,
}

/// An empty history of a store whose last commit was `head`.
pub(super) fn new(head: Revision, options: &SqliteOptions) -> (Publisher, History) {
    let (sender, latest) = watch::channel(head);
    let ring = Arc::new(Mutex::new(Ring {
        events: VecDeque::new(),
        oldest: head.next(),
        bytes: 0,
        max_events: options.history_commits.max(1),
        max_bytes: options.history_bytes,
    }));
    let publisher = Publisher {
        ring: Arc::clone(&ring),
        latest: sender,
    };
    (publisher, History { ring, latest })
}

impl Publisher {
    /// Appends the events of a durable group and wakes the watches once.
    pub(super) fn publish(&self, events: impl Iterator<Item = Event>) {
        let mut latest = None;
        let mut ring = lock(&self.ring);
        for event in events {
            latest = Some(event.revision);
            ring.push(event);
        }
        drop(ring);
        if let Some(latest) = latest {
            self.latest.send_replace(latest);
        }
    }
}

impl History {
    /// A watch from `from` on.
    pub(super) fn watch(&self, from: Revision) -> Result<HistoryWatch, WatchError> {
        // Nothing was ever committed at revision zero.
        let from = from.max(Revision::ZERO.next());
        lock(&self.ring).reaches(from)?;
        Ok(HistoryWatch {
            ring: Arc::clone(&self.ring),
            latest: self.latest.clone(),
            wanted: from,
        })
    }
}

/// A place in the history.
pub(super) struct HistoryWatch {
    ring: Arc<Mutex<Ring>>,
    latest: Receiver<Revision>,
    wanted: Revision,
}

impl Watch for HistoryWatch {
    fn next(&mut self) -> Pending<'_, Result<Event, WatchError>> {
        Box::pin(async {
            let wanted = self.wanted;
            let arrived = self.latest.wait_for(|latest| *latest >= wanted).await;
            if arrived.is_err() {
                return Err(WatchError::Closed);
            }
            drop(arrived);
            let event = lock(&self.ring).event(wanted)?;
            self.wanted = wanted.next();
            Ok(event)
        })
    }
}

/// Events of consecutive revisions.
struct Ring {
    events: VecDeque<Event>,
    /// The revision of the first event, or of the next one if there is none.
    oldest: Revision,
    bytes: usize,
    max_events: usize,
    max_bytes: usize,
}

impl Ring {
    fn push(&mut self, event: Event) {
        self.bytes += weight(&event);
        self.events.push_back(event);
        while self.events.len() > 1 && self.is_over() {
            if let Some(event) = self.events.pop_front() {
                self.bytes -= weight(&event);
                self.oldest = event.revision.next();
            }
        }
    }

    fn is_over(&self) -> bool {
        self.events.len() > self.max_events || self.bytes > self.max_bytes
    }

    fn reaches(&self, wanted: Revision) -> Result<(), WatchError> {
        if wanted >= self.oldest {
            return Ok(());
        }
        Err(WatchError::Compacted {
            wanted,
            oldest: self.oldest,
        })
    }

    /// The event of a revision that was published; if it is not there, it is gone.
    fn event(&self, wanted: Revision) -> Result<Event, WatchError> {
        wanted
            .as_u64()
            .checked_sub(self.oldest.as_u64())
            .and_then(|distance| usize::try_from(distance).ok())
            .and_then(|index| self.events.get(index))
            .cloned()
            .ok_or(WatchError::Compacted {
                wanted,
                oldest: self.oldest,
            })
    }
}

fn weight(event: &Event) -> usize {
    let changes = event.changes.iter().map(Change::bytes).sum::<usize>();
    changes + OVERHEAD_BYTES * (1 + event.changes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(revision: u64, value_bytes: usize) -> Event {
        Event {
            revision: Revision::new(revision),
            changes: Arc::new([Change::Put {
                key: "k".into(),
                value: vec![0; value_bytes].into(),
            }]),
        }
    }

    fn options(history_commits: usize, history_bytes: usize) -> SqliteOptions {
        SqliteOptions {
            history_commits,
            history_bytes,
            ..SqliteOptions::default()
        }
    }

    #[track_caller]
    fn check_oldest(history: &History, expected: u64) {
        let oldest = Revision::new(expected);
        assert!(history.watch(oldest).is_ok());
        let wanted = Revision::new(expected - 1);
        match history.watch(wanted) {
            Err(WatchError::Compacted {
                wanted: w,
                oldest: o,
            }) => {
                assert_eq!((w, o), (wanted, oldest));
            }
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("revision {wanted} should be gone"),
        }
    }

    #[test]
    fn is_bounded_by_commits() {
        let (publisher, history) = new(Revision::new(10), &options(3, usize::MAX));
        check_oldest(&history, 11);
        publisher.publish((11..=13).map(|r| event(r, 1)));
        check_oldest(&history, 11);
        publisher.publish((14..=15).map(|r| event(r, 1)));
        check_oldest(&history, 13);
    }

    #[test]
    fn is_bounded_by_bytes_but_keeps_the_newest() {
        let (publisher, history) = new(Revision::new(10), &options(100, 1000));
        publisher.publish((11..=13).map(|r| event(r, 300)));
        check_oldest(&history, 12);
        publisher.publish([event(14, 5000)].into_iter());
        check_oldest(&history, 14);
        publisher.publish([event(15, 1)].into_iter());
        check_oldest(&history, 15);
        assert_eq!(lock(&history.ring).bytes, weight(&event(15, 1)));
    }

    #[tokio::test]
    async fn a_watch_that_lags_is_told_and_never_skips() {
        let (publisher, history) = new(Revision::ZERO, &options(2, usize::MAX));
        let mut watch = history.watch(Revision::ZERO).unwrap();
        publisher.publish((1..=2).map(|r| event(r, 1)));
        assert_eq!(watch.next().await.unwrap(), event(1, 1));
        publisher.publish((3..=4).map(|r| event(r, 1)));
        for _ in 0..2 {
            assert!(matches!(
                watch.next().await,
                Err(WatchError::Compacted { wanted, oldest })
                    if wanted == Revision::new(2) && oldest == Revision::new(3)
            ));
        }
    }

    #[tokio::test]
    async fn a_watch_yields_everything_before_it_ends() {
        let (publisher, history) = new(Revision::ZERO, &options(9, usize::MAX));
        let mut watch = history.watch(Revision::ZERO).unwrap();
        publisher.publish((1..=2).map(|r| event(r, 1)));
        drop(publisher);
        assert_eq!(watch.next().await.unwrap(), event(1, 1));
        assert_eq!(watch.next().await.unwrap(), event(2, 1));
        assert!(matches!(watch.next().await, Err(WatchError::Closed)));
    }
}
